"""Accounts as staff see them."""

from typing import Annotated

from fastapi import APIRouter, Query

from cloud.accounts.schemas import RoleChange, UserOut
from cloud.accounts.service.desk import Desk
from cloud.foundation.web import Admin, Session, Staff


def routes(desk: Desk) -> APIRouter:
    """Return the routes for staff."""
    router = APIRouter(prefix="/api/v1/staff/users")

    @router.get("")
    async def list_users(
        session: Session,
        _staff: Staff,
        matching: Annotated[str, Query(max_length=100, description="Part of e-mail or name.")] = "",
        after: Annotated[int, Query(ge=0, description="Only ids above this one.")] = 0,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> list[UserOut]:
        """Return accounts by id; for the next page pass the last id as `after`."""
        found = await desk.users.list(session, matching=matching, after=after, limit=limit)
        return [UserOut.model_validate(user) for user in found]

    @router.put("/{user_id}/role")
    async def set_role(
        session: Session, _admin: Admin, user_id: int, change: RoleChange
    ) -> UserOut:
        """Give an account a role, effective with its next request."""
        return UserOut.model_validate(await desk.users.set_role(session, user_id, change.role))

    return router
