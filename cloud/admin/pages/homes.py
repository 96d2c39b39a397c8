"""The hubs out there: when they were last heard, what is wrong with them, and taking one out."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, show
from cloud.foundation.web import Admin, Pages, Staff
from cloud.hubs.repository.hubs import HubKey
from cloud.hubs.service import fleet

_PAGE = 100
_ONLINE_WITHIN = timedelta(minutes=30)
Number = Annotated[int, Form(ge=1, lt=2**63)]


def home_pages(office: BackOffice) -> APIRouter:
    """Return the pages of households and hubs."""
    router = APIRouter(prefix="/admin/hubs", include_in_schema=False)

    @router.get("")
    async def listing(
        request: Request,
        pages: Pages,
        _user: Staff,
        after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    ) -> Response:
        """Return the hubs, oldest first."""
        async with office.database.unit_of_work() as session:
            hubs = await fleet.list_hubs(session, after=after, limit=_PAGE + 1)
        now = office.clock.now()
        context = {
            "hubs": [
                {"hub": hub, "is_online": bool(hub.seen_at and now - hub.seen_at < _ONLINE_WITHIN)}
                for hub in hubs[:_PAGE]
            ],
            "next": hubs[_PAGE - 1].id if len(hubs) > _PAGE else None,
        }
        return await show(request, pages, "hubs", context)

    @router.post("/revoke")
    async def revoke(_user: Admin, household_id: Number, hub_id: Number) -> Response:
        """Make a hub's key worth nothing; its slots' refills freeze."""
        async with office.database.unit_of_work() as session:
            await fleet.revoke(session, HubKey(household_id, hub_id), office.clock.now())
        return RedirectResponse("/admin/hubs", 303)

    return router
