"""Points over HTTP: a member's own, and the staff's."""

from typing import Annotated

from fastapi import Query

from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import CurrentUser, RequestClock, Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.loyalty.errors import NoPoints
from cloud.loyalty.schemas import PointCorrection, PointsView
from cloud.loyalty.service import desk
from cloud.loyalty.service.views import view_points

Before = Annotated[int | None, Query(ge=1, lt=2**63)]
Limit = Annotated[int, Query(ge=1, le=100)]

_SHOWN = 50


def routes() -> APIRouter:
    """Return the routes of points."""
    router = APIRouter(prefix="/api/v1", tags=["points"])

    @router.get("/me/points")
    async def get_points(
        session: Session,
        user: CurrentUser,
        clock: RequestClock,
        before: Before = None,
        limit: Limit = _SHOWN,
    ) -> PointsView:
        """Return the caller's points and how they came and went."""
        return await view_points(session, user.user_id, clock.now(), before=before, limit=limit)

    router.include_router(_staff_routes())
    return router


def _staff_routes() -> APIRouter:
    router = APIRouter(prefix="/staff/points")

    @router.get("/{user_id}")
    async def get_points_of(
        user_id: RowId,
        session: Session,
        clock: RequestClock,
        before: Before = None,
        limit: Limit = _SHOWN,
        _staff: SignedIn = allowed(permits.POINTS_VIEW),
    ) -> PointsView:
        """Return a member's points."""
        return await view_points(session, user_id, clock.now(), before=before, limit=limit)

    @router.post("")
    async def correct_points(
        wish: PointCorrection,
        session: Session,
        clock: RequestClock,
        staff: SignedIn = allowed(permits.POINTS_CHANGE),
    ) -> PointsView:
        """Give a member points, or take some that are there."""
        if not wish.points:
            raise NoPoints
        now = clock.now()
        await desk.correct(session, staff, wish.user_id, wish.points, wish.reason, now)
        return await view_points(session, wish.user_id, now, before=None, limit=_SHOWN)

    return router
