"""Accounts over HTTP, as JSON."""

from cloud.accounts.routes import addresses, identity, profile, staff
from cloud.accounts.service.desk import Desk
from cloud.foundation.web.late_routes import APIRouter


def routes(desk: Desk) -> APIRouter:
    """Return the JSON routes of accounts."""
    router = APIRouter(tags=["accounts"])
    router.include_router(identity.routes(desk))
    router.include_router(profile.routes(desk))
    router.include_router(addresses.routes())
    router.include_router(staff.routes(desk))
    return router
