"""The one way a return moves: along an edge, with its history, under its order's lock."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.orders import service as orders
from cloud.orders.actors import Actor
from cloud.orders.models import Order
from cloud.returns import repository
from cloud.returns.errors import ReturnRefused
from cloud.returns.events import ReturnMoved
from cloud.returns.models import Return, ReturnStep
from cloud.returns.stages import EDGES, ReturnStage, can_move


async def lock(session: AsyncSession, number: str) -> tuple[Order, Return]:
    """Return a return and its order, the order's row locked, both fresh; ReturnNotFound."""
    found = await repository.by_number(session, number)
    order = await orders.lock(session, found.order_id)
    return order, await repository.by_number(session, number)


async def move(
    session: AsyncSession,
    order: Order,
    back: Return,
    to: ReturnStage,
    *,
    actor: Actor,
    now: datetime,
    comment: str = "",
) -> None:
    """Move a return along one edge, write its history, tell the listeners; ReturnRefused."""
    if not can_move(back.stage, to):
        raise ReturnRefused(back.number, back.stage, to)
    back.stage = to
    if not EDGES[to]:
        back.ended_at = now
    await note_step(session, order, back, actor=actor, now=now, comment=comment)


async def note_step(
    session: AsyncSession, order: Order, back: Return, *, actor: Actor, now: datetime, comment: str
) -> None:
    """Add a line to the history of a return whose stage was just set, and tell the listeners."""
    session.add(
        ReturnStep(
            return_id=back.id,
            stage=back.stage,
            comment=comment,
            actor_kind=actor.kind,
            actor_user_id=actor.user_id,
            actor_name=actor.name,
            at=now,
        )
    )
    await session.flush()
    await emit(session, ReturnMoved(back.id, back.number, order.id, order.user_id, back.stage, now))
