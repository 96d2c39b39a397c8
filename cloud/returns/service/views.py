"""Returns as pages and the API show them."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.orders import service as orders
from cloud.orders.actors import ActorKind
from cloud.orders.schemas import OrderView
from cloud.returns import repository
from cloud.returns.errors import ReturnNotFound
from cloud.returns.models import Return, ReturnStep
from cloud.returns.schemas import ReturnLineView, ReturnPage, ReturnStepView, ReturnView
from cloud.returns.stages import ReturnStage, ReturnStanding, return_standing


async def view_return(
    session: AsyncSession, number: str, *, order_id: int | None = None
) -> ReturnView:
    """Return a return; with `order_id`, only if it is of that order. ReturnNotFound."""
    back = await repository.by_number(session, number)
    if order_id is not None and back.order_id != order_id:
        raise ReturnNotFound(number)
    return _view(back, await orders.get_order_view(session, back.order_id))


async def list_returns_of(session: AsyncSession, order: OrderView) -> list[ReturnView]:
    """Return the returns of an order, oldest first."""
    return [_view(back, order) for back in await repository.all_of(session, order.id)]


async def list_returns(
    session: AsyncSession,
    stages: Collection[ReturnStage] | None,
    after: int | None = None,
    limit: int = 50,
) -> ReturnPage:
    """Return one page of returns, newest first; `after` is the `next` of the page before."""
    found = await repository.page_of(session, stages, after, limit + 1)
    shown = found[:limit]
    of = await orders.order_views(session, {back.order_id for back in shown})
    views = [_view(back, of[back.order_id]) for back in shown]
    return ReturnPage(returns=views, next=shown[-1].id if len(found) > limit else None)


async def count_returns(session: AsyncSession) -> dict[ReturnStage, int]:
    """Return how many returns stand where."""
    return await repository.count_by_stage(session)


async def standing_of(session: AsyncSession, order_id: int) -> ReturnStanding:
    """Return what an order's returns come to."""
    return return_standing(await repository.stages_of(session, order_id))


def _view(back: Return, order: OrderView) -> ReturnView:
    items = {item.id: item for item in order.items}
    return ReturnView(
        id=back.id,
        number=back.number,
        order_id=order.id,
        order_number=order.number,
        customer_name=order.customer_name,
        stage=back.stage,
        comment=back.comment,
        answer=back.answer,
        label_url=back.label_url,
        refund_id=back.refund_id,
        asked_at=back.asked_at,
        decided_at=back.decided_at,
        received_at=back.received_at,
        ended_at=back.ended_at,
        lines=[
            ReturnLineView(
                order_item_id=line.order_item_id,
                product_name=items[line.order_item_id].product_name,
                variant_name=items[line.order_item_id].variant_name,
                quantity=line.quantity,
                reason=line.reason,
                received=line.received,
                restocked=line.restocked,
                condition=line.condition,
            )
            for line in back.lines
        ],
        steps=[_step(step) for step in back.steps],
    )


def _step(step: ReturnStep) -> ReturnStepView:
    actor = step.actor_name if step.actor_kind is ActorKind.STAFF else step.actor_kind.value
    return ReturnStepView(
        stage=step.stage, comment=step.comment, actor=actor or "staff", at=step.at
    )
