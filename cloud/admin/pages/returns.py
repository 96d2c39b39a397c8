"""What comes back: the list, and one return with what staff decide about it."""

from typing import Annotated

from fastapi import Form, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from cloud.admin.amounts import read_amount
from cloud.admin.back_office import BackOffice, show
from cloud.admin.steps import Step, take_step
from cloud.foundation import permits
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.orders import service as orders
from cloud.returns import service
from cloud.returns.routes import ReturnNumber
from cloud.returns.schemas import (
    Approval,
    Closing,
    Receipt,
    ReceivedLine,
    Refusal,
    ReturnRefund,
)
from cloud.returns.stages import Condition, ReturnStage
from cloud.returns.wording import CONDITIONS, REASONS, STAGES

_S = ReturnStage
_QUEUES: dict[str, tuple[str, frozenset[ReturnStage] | None]] = {
    "asked": (N_("To decide"), frozenset({_S.ASKED})),
    "coming": (N_("On their way"), frozenset({_S.APPROVED})),
    "received": (N_("To pay back"), frozenset({_S.RECEIVED})),
    "all": (N_("All"), None),
}
_DONE = {
    "approve": N_("The return is approved and the customer is told."),
    "refuse": N_("The return is refused and the customer is told."),
    "receive": N_("What came is recorded."),
    "refund": N_("The money is on its way back."),
    "close": N_("The return is closed."),
}
Text = Annotated[str, Form(max_length=2000)]


def return_pages(office: BackOffice) -> APIRouter:
    """Return the pages of returns."""
    router = APIRouter(include_in_schema=False)
    router.include_router(_looking(office))
    router.include_router(_deciding(office))
    router.include_router(_ending(office))
    return router


def _looking(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix="/admin/returns")

    @router.get("")
    async def listing(
        request: Request,
        pages: Pages,
        queue: Annotated[str, Query(max_length=20)] = "asked",
        after: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
        _user: SignedIn = allowed(permits.RETURNS_VIEW),
    ) -> Response:
        """Return the returns of one queue, newest first."""
        chosen = queue if queue in _QUEUES else "asked"
        async with office.database.unit_of_work() as session:
            page = await service.list_returns(session, _QUEUES[chosen][1], after, 30)
            counts = await service.count_returns(session)
        queues = [
            (key, title, sum(n for one, n in counts.items() if among is None or one in among))
            for key, (title, among) in _QUEUES.items()
        ]
        context = {"page": page, "queues": queues, "queue": chosen, "stages": STAGES}
        return await show(request, pages, "returns", context)

    @router.get("/{number}")
    async def one(
        request: Request,
        pages: Pages,
        number: ReturnNumber,
        done: Annotated[str, Query(max_length=20)] = "",
        _user: SignedIn = allowed(permits.RETURNS_VIEW),
    ) -> Response:
        """Return one return."""
        return await _shown(office, request, pages, number, done=done)

    return router


async def _shown(
    office: BackOffice,
    request: Request,
    pages: Templates,
    number: str,
    *,
    done: str = "",
    error: CloudError | None = None,
) -> Response:
    async with office.database.unit_of_work() as session:
        back = await service.view_return(session, number)
        order = await orders.get_order_view(session, back.order_id)
    form = await request.form() if request.method == "POST" else {}
    context = {
        "back": back,
        "order": order,
        "stages": STAGES,
        "reasons": REASONS,
        "conditions": CONDITIONS,
        "done": _DONE.get(done, ""),
        "typed": {name: str(value) for name, value in form.items()},
    }
    return await show(request, pages, "return", context, error=error)


async def _step(
    office: BackOffice, request: Request, pages: Templates, number: str, done: str, step: Step
) -> Response:
    async def again(error: CloudError) -> Response:
        return await _shown(office, request, pages, number, error=error)

    return await take_step(office, step, f"/admin/returns/{number}?done={done}", again)


def _deciding(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix="/admin/returns/{number}")

    @router.post("/approve")
    async def approve(
        request: Request,
        pages: Pages,
        number: ReturnNumber,
        answer: Text = "",
        label_url: Text = "",
        user: SignedIn = allowed(permits.RETURNS_CHANGE),
    ) -> Response:
        """Let it come."""

        async def step(session: AsyncSession) -> None:
            yes = Approval(answer=answer, label_url=label_url)
            await service.approve(session, number, yes, user, office.clock.now())

        return await _step(office, request, pages, number, "approve", step)

    @router.post("/refuse")
    async def refuse(
        request: Request,
        pages: Pages,
        number: ReturnNumber,
        answer: Text = "",
        user: SignedIn = allowed(permits.RETURNS_CHANGE),
    ) -> Response:
        """Say no."""

        async def step(session: AsyncSession) -> None:
            no = Refusal(answer=answer)
            await service.refuse(session, number, no, user, office.clock.now())

        return await _step(office, request, pages, number, "refuse", step)

    @router.post("/receive")
    async def receive(
        request: Request,
        pages: Pages,
        number: ReturnNumber,
        user: SignedIn = allowed(permits.RETURNS_CHANGE),
    ) -> Response:
        """Record what was in the parcel."""
        form = await request.form()

        async def step(session: AsyncSession) -> None:
            back = await service.view_return(session, number)
            lines = {
                line.order_item_id: ReceivedLine.model_validate(
                    {
                        "received": form.get(f"received-{line.order_item_id}", "0") or "0",
                        "restocked": form.get(f"restocked-{line.order_item_id}", "0") or "0",
                        "condition": form.get(f"condition-{line.order_item_id}", Condition.SEALED),
                    }
                )
                for line in back.lines
            }
            receipt = Receipt(lines=lines, comment=str(form.get("comment", "")))
            await service.receive(session, number, receipt, user, office.clock.now())

        return await _step(office, request, pages, number, "receive", step)

    return router


def _ending(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix="/admin/returns/{number}")

    @router.post("/refund")
    async def refund(
        request: Request,
        pages: Pages,
        number: ReturnNumber,
        amount: Text = "",
        user: SignedIn = allowed(permits.ORDERS_REFUND),
    ) -> Response:
        """Give the money back for what came."""

        async def step(session: AsyncSession) -> None:
            back = await service.view_return(session, number)
            order = await orders.get_order_view(session, back.order_id)
            minor = read_amount(amount, order.currency) if amount.strip() else None
            asked = ReturnRefund(amount_minor=minor)
            await service.refund(session, office.gateway, number, asked, user, office.clock.now())

        return await _step(office, request, pages, number, "refund", step)

    @router.post("/close")
    async def close(
        request: Request,
        pages: Pages,
        number: ReturnNumber,
        comment: Text = "",
        user: SignedIn = allowed(permits.RETURNS_CHANGE),
    ) -> Response:
        """End it without money."""

        async def step(session: AsyncSession) -> None:
            closing = Closing(comment=comment)
            await service.close(session, number, closing, user, office.clock.now())

        return await _step(office, request, pages, number, "close", step)

    return router
