"""All refills of a home: the vacation switch, what a month may cost, the history to take along."""

from datetime import date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Form, Request
from starlette.responses import RedirectResponse, Response

from cloud.foundation.errors import CloudError, Refused
from cloud.foundation.money import Money, exponent_of
from cloud.foundation.web import CurrentUser, Pages, Templates
from cloud.foundation.web.ids import FormId, RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.reorders import service as reorders
from cloud.reorders.wording import STAGES
from cloud.site.service import read_site
from cloud.storefront.front_desk import FrontDesk, show

_PAGE = "/account/refills"


class NotAnAmount(Refused):
    """What was typed is no amount of money."""

    code = "not_an_amount"

    def __init__(self) -> None:
        super().__init__(
            "This is not an amount of money.",
            hint="Write it in figures, as in 45 or 45.50; leave it empty for our own bound.",
            field="month_cap",
        )


def household_pages(desk: FrontDesk) -> APIRouter:
    """Return the page of all refills of a member's homes."""
    router = APIRouter(prefix=_PAGE, include_in_schema=False)

    @router.get("")
    async def refills(request: Request, pages: Pages, user: CurrentUser) -> Response:
        """Return pauses, bounds and the history."""
        return await _page(desk, request, pages, user.user_id)

    @router.post("/pause")
    async def pause(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        household_id: FormId,
        until: Annotated[date | None, Form()] = None,
    ) -> Response:
        """Pause everything through a day, as for a vacation; without a day the pause ends."""
        now = desk.clock.now()
        try:
            async with desk.database.unit_of_work() as session:
                zone = ZoneInfo((await read_site(session)).time_zone)
                ends = datetime.combine(until, time.max, zone) if until else None
                await reorders.pause_household(session, user.user_id, household_id, ends, now)
        except CloudError as error:
            return await _page(desk, request, pages, user.user_id, error)
        return RedirectResponse(f"{_PAGE}?done=saved", 303)

    @router.post("/bounds")
    async def bound(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        household_id: FormId,
        currency: Annotated[str, Form(pattern="^[A-Z]{3}$")],
        month_cap: Annotated[str, Form(max_length=20)] = "",
    ) -> Response:
        """Say what refills may cost by themselves in a month; empty is the shop's own bound."""
        now = desk.clock.now()
        try:
            cap = _amount(month_cap, currency)
            async with desk.database.unit_of_work() as session:
                await reorders.cap_household(session, user.user_id, household_id, cap, now)
        except CloudError as error:
            return await _page(desk, request, pages, user.user_id, error)
        return RedirectResponse(f"{_PAGE}?done=saved", 303)

    @router.post("/push-backs/{push_back_id}")
    async def push_back(
        user: CurrentUser, push_back_id: RowId, is_wanted: Annotated[bool, Form()]
    ) -> Response:
        """Say whether the next parcel of a subscription shall wait."""
        async with desk.database.unit_of_work() as session:
            await reorders.answer_push_back(
                session, push_back_id, user.user_id, is_wanted=is_wanted, now=desk.clock.now()
            )
        return RedirectResponse("/account", 303)

    return router


def _amount(typed: str, currency: str) -> Money | None:
    """Return an amount as people write it, with a point or a comma."""
    plain = typed.strip().replace(",", ".")
    if not plain:
        return None
    whole, _, part = plain.partition(".")
    places = exponent_of(currency)
    is_number = whole.isascii() and whole.isdigit() and len(whole) <= 9
    if not is_number or (part and not (part.isascii() and part.isdigit())) or len(part) > places:
        raise NotAnAmount
    return Money(int(whole + part.ljust(places, "0")), currency)


async def _page(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    user_id: int,
    error: CloudError | None = None,
) -> Response:
    now = desk.clock.now()
    async with desk.database.unit_of_work() as session:
        homes = await reorders.list_households(session, desk.reorders, user_id, now)
        history = await reorders.list_reorders(session, desk.reorders, user_id)
    context = {
        "homes": homes,
        "history": [(view, *STAGES[view.stage]) for view in history],
        "now": now,
        "is_saved": request.query_params.get("done") == "saved",
    }
    return await show(request, pages, "refills", context, error=error)
