"""One refill: what, for how much and why; yes, no, or call it off, and whether it is in."""

from typing import Annotated

from fastapi import Form, Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.service.addresses import default_address
from cloud.checkout import service as checkout
from cloud.foundation.errors import CloudError
from cloud.foundation.web import CurrentUser, Pages, Templates
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.payments import service as payments
from cloud.reorders import service as reorders
from cloud.reorders.errors import OfferChanged
from cloud.reorders.schemas import ExplainedReorder
from cloud.reorders.stages import RefillAnswer
from cloud.reorders.wording import STAGES, shown
from cloud.storefront.front_desk import FrontDesk, show


def refill_pages(desk: FrontDesk) -> APIRouter:
    """Return the pages of one refill."""
    router = APIRouter(prefix="/account/reorders/{reorder_id}", include_in_schema=False)

    @router.get("")
    async def refill(
        request: Request, pages: Pages, user: CurrentUser, reorder_id: RowId
    ) -> Response:
        """Return the refill with its price, its day and its reasons."""
        return await _refill(desk, request, pages, user.user_id, reorder_id)

    @router.post("/confirm")
    async def confirm(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        reorder_id: RowId,
        seen_total_minor: Annotated[int, Form(ge=0)],
        keep_card: Annotated[str, Form(max_length=10)] = "",
    ) -> Response:
        """Order it; with no card to charge, go on to the payment page."""
        try:
            async with desk.database.unit_of_work() as session:
                confirmed = await reorders.confirm_proposal(
                    session,
                    desk.reorders,
                    reorder_id,
                    user.user_id,
                    seen_total_minor=seen_total_minor,
                    now=desk.clock.now(),
                )
        except CloudError as error:
            if isinstance(error, OfferChanged):
                await _refresh(desk, user.user_id, reorder_id)
            return await _refill(desk, request, pages, user.user_id, reorder_id, error)
        if confirmed.pay_by_page:
            url = await checkout.pay_by_page(
                desk.database,
                desk.gateway,
                desk.clock,
                desk.links,
                confirmed.order_id,
                save_card=bool(keep_card),
            )
            return RedirectResponse(url, 303)
        return RedirectResponse(f"/account/orders/{confirmed.order_number}", 303)

    @router.post("/decline")
    async def decline(
        request: Request, pages: Pages, user: CurrentUser, reorder_id: RowId
    ) -> Response:
        """Say no this time."""
        try:
            async with desk.database.unit_of_work() as session:
                await reorders.decline_proposal(
                    session, desk.reorders, reorder_id, user.user_id, now=desk.clock.now()
                )
        except CloudError as error:
            return await _refill(desk, request, pages, user.user_id, reorder_id, error)
        return RedirectResponse("/account", 303)

    @router.post("/cancel")
    async def cancel(
        request: Request, pages: Pages, user: CurrentUser, reorder_id: RowId
    ) -> Response:
        """Call it off, ordered or not, while nothing has left the house."""
        try:
            async with desk.database.unit_of_work() as session:
                await reorders.cancel_reorder(
                    session, desk.reorders, reorder_id, user.user_id, now=desk.clock.now()
                )
        except CloudError as error:
            return await _refill(desk, request, pages, user.user_id, reorder_id, error)
        return RedirectResponse(f"/account/reorders/{reorder_id}", 303)

    router.include_router(_afterwards(desk))
    return router


def _afterwards(desk: FrontDesk) -> APIRouter:
    router = APIRouter()

    @router.post("/claim")
    async def claim(
        request: Request, pages: Pages, user: CurrentUser, reorder_id: RowId
    ) -> Response:
        """Let it come with the next parcel of the home's subscription."""
        try:
            async with desk.database.unit_of_work() as session:
                await reorders.answer_with_parcel(
                    session, desk.reorders, reorder_id, user.user_id, desk.clock.now()
                )
        except CloudError as error:
            return await _refill(desk, request, pages, user.user_id, reorder_id, error)
        return RedirectResponse(f"/account/reorders/{reorder_id}", 303)

    @router.post("/keep")
    async def keep(
        request: Request, pages: Pages, user: CurrentUser, reorder_id: RowId
    ) -> Response:
        """Let it come although its device left the home."""
        try:
            async with desk.database.unit_of_work() as session:
                await reorders.keep_reorder(
                    session, desk.reorders, reorder_id, user.user_id, desk.clock.now()
                )
        except CloudError as error:
            return await _refill(desk, request, pages, user.user_id, reorder_id, error)
        return RedirectResponse(f"/account/reorders/{reorder_id}", 303)

    @router.post("/refilled")
    async def refilled(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        reorder_id: RowId,
        answer: Annotated[RefillAnswer, Form()],
    ) -> Response:
        """Say whether the delivered bottle is in."""
        try:
            async with desk.database.unit_of_work() as session:
                await reorders.answer_refill(
                    session, desk.reorders, reorder_id, user.user_id, answer, desk.clock.now()
                )
        except CloudError as error:
            return await _refill(desk, request, pages, user.user_id, reorder_id, error)
        return RedirectResponse(f"/account/reorders/{reorder_id}", 303)

    return router


async def _refresh(desk: FrontDesk, user_id: int, reorder_id: int) -> None:
    async with desk.database.unit_of_work() as session:
        await reorders.refresh_proposal(
            session, desk.reorders, reorder_id, user_id, desk.clock.now()
        )


async def _refill(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    user_id: int,
    reorder_id: int,
    error: CloudError | None = None,
) -> Response:
    async with desk.database.unit_of_work() as session:
        explained = await reorders.explain_reorder(session, desk.reorders, reorder_id, user_id)
    view = explained.reorder
    words, kind = STAGES[view.stage]
    context = {
        "view": view,
        "state_words": words,
        "kind": kind,
        "shown": shown(explained),
        **await _terms(desk, user_id, explained),
    }
    return await show(request, pages, "reorder", context, error=error)


async def _terms(desk: FrontDesk, user_id: int, explained: ExplainedReorder) -> dict[str, object]:
    """Return where it would go and what would be charged: shown at the moment of order."""
    consent = explained.consent
    async with desk.database.unit_of_work() as session:
        address = await default_address(session, user_id)
        card = await payments.default_card(session, user_id, desk.clock.now())
        if consent is not None and consent.card_id is not None:
            agreed = await payments.find_card(session, user_id, consent.card_id, desk.clock.now())
            card = agreed or card
    own = f"{address.recipient}, {address.line1}, {address.city}" if address else ""
    return {"ships_to": consent.ships_to if consent else own, "card": card}
