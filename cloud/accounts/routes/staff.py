"""Accounts as staff see them."""

from typing import Annotated

from fastapi import Query

from cloud.accounts.right_schemas import Post
from cloud.accounts.schemas import RoleChange, UserOut
from cloud.accounts.service.desk import Desk
from cloud.accounts.service.staffing import give_post
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import RequestClock, Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter


def routes(desk: Desk) -> APIRouter:
    """Return the routes for staff."""
    router = APIRouter(prefix="/api/v1/staff/users")

    @router.get("")
    async def list_users(
        session: Session,
        matching: Annotated[str, Query(max_length=100, description="Part of e-mail or name.")] = "",
        after: Annotated[int, Query(ge=0, lt=2**63, description="Only ids above this one.")] = 0,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        _staff: SignedIn = allowed(permits.CUSTOMERS_VIEW),
    ) -> list[UserOut]:
        """Return accounts by id; for the next page pass the last id as `after`."""
        found = await desk.users.list(session, matching=matching, after=after, limit=limit)
        return [UserOut.model_validate(user) for user in found]

    @router.put("/{user_id}/role")
    async def set_role(
        session: Session,
        clock: RequestClock,
        user_id: RowId,
        change: RoleChange,
        staff: SignedIn = allowed(permits.STAFF_CHANGE),
    ) -> UserOut:
        """Give an account a role, effective with its next request."""
        user = await give_post(session, staff, user_id, Post(role=change.role), clock.now())
        return UserOut.model_validate(user)

    return router
