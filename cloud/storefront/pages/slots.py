"""What may happen for one slot by itself: the agreement, its bounds, putting off, trying out."""

from typing import Annotated

from fastapi import Form, Request
from starlette.responses import RedirectResponse, Response

from cloud.foundation.errors import CloudError
from cloud.foundation.web import CurrentUser, Pages, Templates
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.hubs.service.fleet import get_slot
from cloud.payments import service as payments
from cloud.reorders import service as reorders
from cloud.reorders.cases import Mode
from cloud.reorders.schemas import NewConsent, SlotWish
from cloud.reorders.wording import MODES
from cloud.storefront.front_desk import FrontDesk, show


def slot_pages(desk: FrontDesk) -> APIRouter:
    """Return the pages on which a household says what may happen for a slot."""
    router = APIRouter(prefix="/account/slots/{slot_id}", include_in_schema=False)

    @router.get("")
    async def slot(request: Request, pages: Pages, user: CurrentUser, slot_id: RowId) -> Response:
        """Return what is agreed for the slot, and the choices."""
        return await _slot(desk, request, pages, user.user_id, slot_id)

    @router.post("/automatic")
    async def automatic(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        slot_id: RowId,
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
        slot_id: RowId,
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

    router.include_router(_bounds(desk))
    return router


def _bounds(desk: FrontDesk) -> APIRouter:
    router = APIRouter()

    @router.post("/bounds")
    async def change_bounds(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        slot_id: RowId,
        most_orders: Annotated[int, Form(ge=0, le=10)],
        bottles_on_hand: Annotated[int, Form(ge=0, le=99)],
        is_refilled_elsewhere: Annotated[str, Form(max_length=10)] = "",
    ) -> Response:
        """Say how often it may be ordered, what stands in the cupboard, who else refills it."""
        wished = SlotWish(
            most_orders=most_orders,
            bottles_on_hand=bottles_on_hand,
            is_refilled_elsewhere=bool(is_refilled_elsewhere),
        )
        return await _change(desk, request, pages, user.user_id, slot_id, wished)

    @router.post("/snooze")
    async def snooze(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        slot_id: RowId,
        days: Annotated[int, Form(ge=0, le=90)],
    ) -> Response:
        """Leave the slot alone for some days; 0 ends it."""
        wished = SlotWish(snooze_days=days)
        return await _change(desk, request, pages, user.user_id, slot_id, wished)

    @router.post("/test")
    async def begin_test(
        request: Request, pages: Pages, user: CurrentUser, slot_id: RowId
    ) -> Response:
        """Go through a refill without any charge."""
        try:
            async with desk.database.unit_of_work() as session:
                reorder_id = await reorders.begin_test(
                    session, desk.reorders, user.user_id, slot_id, desk.clock.now()
                )
        except CloudError as error:
            return await _slot(desk, request, pages, user.user_id, slot_id, error)
        return RedirectResponse(f"/account/reorders/{reorder_id}", 303)

    return router


async def _change(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    user_id: int,
    slot_id: int,
    wished: SlotWish,
) -> Response:
    now = desk.clock.now()
    try:
        async with desk.database.unit_of_work() as session:
            await reorders.change_wish(session, desk.reorders, user_id, slot_id, wished, now)
    except CloudError as error:
        return await _slot(desk, request, pages, user_id, slot_id, error)
    return RedirectResponse(f"/account/slots/{slot_id}?done=saved", 303)


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
        slots = await reorders.list_slots(session, desk.reorders, user_id)
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
        "now": desk.clock.now(),
        "is_saved": request.query_params.get("done") == "saved",
    }
    return await show(request, pages, "slot", context, error=error)
