"""Members' points: whose there are, how they came and went, and correcting them by hand."""

from typing import Annotated, Any

from fastapi import Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.accounts.repository import find_user
from cloud.admin.back_office import BackOffice, show
from cloud.admin.club_desks import CORRECTION_FORM, MEMBERS
from cloud.admin.desk import attempt, desk_of
from cloud.admin.forms import FormWrong, Paper
from cloud.admin.history import entries_of
from cloud.admin.lists import show_list
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.loyalty.errors import MemberNotFound
from cloud.loyalty.schemas import MOST_POINTS
from cloud.loyalty.service import desk as points
from cloud.loyalty.service.views import view_points, view_progress

_HOME = "/admin/points"
_TRAIL = (_HOME, N_("Points"))
_ENTRIES = 50
Before = Annotated[int | None, Query(ge=1, lt=2**63)]


def point_pages(office: BackOffice) -> APIRouter:
    """Return the pages of members' points."""
    router = APIRouter(prefix=_HOME, include_in_schema=False)

    @router.get("")
    async def listing(
        request: Request, pages: Pages, _staff: SignedIn = allowed(permits.POINTS_VIEW)
    ) -> Response:
        """Return the list of members with points."""
        empty = (N_("Nobody has points yet"), N_("They come with the first purchase of a member."))
        shown: dict[str, object] = {"title": N_("Points"), "empty": empty}
        return await show_list(office, request, pages, MEMBERS, shown)

    @router.get("/{user_id}")
    async def member(
        request: Request,
        pages: Pages,
        user_id: RowId,
        before: Before = None,
        _staff: SignedIn = allowed(permits.POINTS_VIEW),
    ) -> Response:
        """Return a member's points, and the form that corrects them to whoever may."""
        return await _member(office, request, pages, user_id, before=before)

    @router.post("/{user_id}")
    async def correct(
        request: Request,
        pages: Pages,
        user_id: RowId,
        staff: SignedIn = allowed(permits.POINTS_CHANGE),
    ) -> Response:
        """Give a member points, or take some that are there."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            if not 0 < values["points"] <= MOST_POINTS:
                raise FormWrong({"points": N_("Write a number above nothing.")})
            count = values["points"] if values["direction"] == "give" else -values["points"]
            now = office.clock.now()
            await points.correct(session, staff, user_id, count, values["reason"], now)

        paper = await attempt(office, request, CORRECTION_FORM, work)
        if paper is None:
            return RedirectResponse(f"{_HOME}/{user_id}?done=saved", 303)
        return await _member(office, request, pages, user_id, paper=paper)

    return router


async def _member(
    office: BackOffice,
    request: Request,
    pages: Templates,
    user_id: int,
    *,
    before: int | None = None,
    paper: Paper | None = None,
) -> Response:
    now = office.clock.now()
    async with office.database.unit_of_work() as session:
        user = await find_user(session, user_id)
        if user is None or user.erased_at is not None:
            raise MemberNotFound
        context = {
            "trail": [_TRAIL],
            "member": user,
            "points": await view_points(session, user_id, now, before=before, limit=_ENTRIES),
            "progress": await view_progress(session, user_id, now),
            "paper": paper or CORRECTION_FORM.blank(await desk_of(office)),
            "history": await entries_of(session, "points", user_id),
        }
    return await show(request, pages, "points", context, error=paper.error if paper else None)
