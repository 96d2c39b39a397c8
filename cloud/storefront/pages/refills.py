"""One refill: what, for how much and why; yes, no, or call it off. What a slot does by itself."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.service.addresses import default_address
from cloud.checkout import service as checkout
from cloud.foundation.errors import CloudError
from cloud.foundation.web import CurrentUser, Pages, Templates
from cloud.hubs.service.fleet import get_slot
from cloud.payments import service as payments
from cloud.reorders import service as reorders
from cloud.reorders.cases import Mode
from cloud.reorders.errors import OfferChanged
from cloud.reorders.schemas import ExplainedReorder, NewConsent, SlotWish
from cloud.storefront.front_desk import FrontDesk, show
from cloud.storefront.wording import MODES, STAGES, evidence_facts, why


def refill_pages(desk: FrontDesk) -> APIRouter:
    """Return the pages of one refill."""
    router = APIRouter(prefix="/account/reorders/{reorder_id}", include_in_schema=False)

    @router.get("")
    async def refill(
        request: Request, pages: Pages, user: CurrentUser, reorder_id: int
    ) -> Response:
        """Return the refill with its price, its day and its reasons."""
        return await _refill(desk, request, pages, user.user_id, reorder_id)

    @router.post("/confirm")
    async def confirm(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        reorder_id: int,
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
        request: Request, pages: Pages, user: CurrentUser, reorder_id: int
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
        request: Request, pages: Pages, user: CurrentUser, reorder_id: int
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

    return router


def slot_pages(desk: FrontDesk) -> APIRouter:
    """Return the pages on which a household says what may happen for a slot."""
    router = APIRouter(prefix="/account/slots/{slot_id}", include_in_schema=False)

    @router.get("")
    async def slot(request: Request, pages: Pages, user: CurrentUser, slot_id: int) -> Response:
        """Return what is agreed for the slot, and the choices."""
        return await _slot(desk, request, pages, user.user_id, slot_id)

    @router.post("/automatic")
    async def automatic(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        slot_id: int,
        seen_total_minor: Annotated[int, Form(ge=1)],
        max_total_minor: Annotated[int, Form(ge=1)],
    ) -> Response:
        """Agree to automatic refills at the price that was shown."""
        asked = NewConsent(
            mode=Mode.AUTOMATIC,
            seen_total_minor=seen_total_minor,
            max_total_minor=max_total_minor,
        )
        try:
            async with desk.database.unit_of_work() as session:
                await reorders.give_consent(session, user.user_id, slot_id, asked, desk.clock.now())
        except CloudError as error:
            return await _slot(desk, request, pages, user.user_id, slot_id, error)
        return RedirectResponse(f"/account/slots/{slot_id}", 303)

    @router.post("/mode")
    async def change_mode(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        slot_id: int,
        mode: Annotated[Mode, Form()],
    ) -> Response:
        """Ask first, or do nothing; automatic refills end with either."""
        now = desk.clock.now()
        try:
            async with desk.database.unit_of_work() as session:
                await reorders.revoke_consent(session, desk.reorders, user.user_id, slot_id, now)
                await reorders.change_wish(
                    session, desk.reorders, user.user_id, slot_id, SlotWish(mode=mode), now
                )
        except CloudError as error:
            return await _slot(desk, request, pages, user.user_id, slot_id, error)
        return RedirectResponse(f"/account/slots/{slot_id}", 303)

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
        "why": why(view.reason),
        "facts": evidence_facts(explained.evidence),
        "steps": [(STAGES[step.stage][0], step) for step in explained.steps],
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


async def _slot(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    user_id: int,
    slot_id: int,
    error: CloudError | None = None,
) -> Response:
    async with desk.database.unit_of_work() as session:
        await get_slot(session, user_id, slot_id)
        slots = await reorders.list_slots(session, user_id)
    slot = next(slot for slot in slots if slot.slot_id == slot_id)
    terms, obstacle, card = None, None, None
    try:
        async with desk.database.unit_of_work() as session:
            asked = NewConsent(mode=Mode.AUTOMATIC, seen_total_minor=1, max_total_minor=1)
            terms = await reorders.preview_consent(
                session, user_id, slot_id, asked, desk.clock.now()
            )
            card = await payments.default_card(session, user_id, desk.clock.now())
    except CloudError as refused:
        obstacle = refused
    context = {
        "slot": slot,
        "mode_words": MODES[slot.mode],
        "terms": terms,
        "card": card,
        "obstacle": obstacle,
    }
    return await show(request, pages, "slot", context, error=error)
