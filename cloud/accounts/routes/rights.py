"""Roles, people of the staff, and API tokens over HTTP."""

from cloud.accounts.right_schemas import (
    Colleague,
    InvitationView,
    Invite,
    NewToken,
    PermitView,
    Post,
    RoleEdit,
    RoleFields,
    RoleView,
    TokenView,
    TokenWish,
)
from cloud.accounts.service import invitations, roles, staffing
from cloud.accounts.service.api_tokens import ApiTokens
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.permits import ALL
from cloud.foundation.web import RequestClock, Session, allowed, any_staff
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter


def rights_routes(tokens: ApiTokens) -> APIRouter:
    """Return the routes of all three."""
    router = APIRouter(tags=["staff"])
    for part in (_roles(), _people(), _invitations(), _tokens(tokens)):
        router.include_router(part)
    return router


def _roles() -> APIRouter:
    router = APIRouter(prefix="/api/v1/staff")

    @router.get("/permits")
    async def list_permits(
        _staff: SignedIn = allowed(permits.ROLES_VIEW),
    ) -> list[PermitView]:
        """Return everything that staff may be allowed to do."""
        return [
            PermitView(name=str(one), subject=one.subject, action=one.action, category=one.category)
            for one in ALL
        ]

    @router.get("/roles")
    async def list_roles(
        session: Session, _staff: SignedIn = allowed(permits.ROLES_VIEW)
    ) -> list[RoleView]:
        """Return all roles, the system's own first."""
        return await roles.list_roles(session)

    @router.post("/roles", status_code=201)
    async def create_role(
        session: Session, wish: RoleFields, staff: SignedIn = allowed(permits.ROLES_CHANGE)
    ) -> RoleView:
        """Make a role of permits that you hold yourself."""
        return await roles.create_role(session, staff, wish)

    @router.get("/roles/{role_id}")
    async def get_role(
        session: Session, role_id: RowId, _staff: SignedIn = allowed(permits.ROLES_VIEW)
    ) -> RoleView:
        """Return a role."""
        return await roles.get_role(session, role_id)

    @router.put("/roles/{role_id}")
    async def change_role(
        session: Session,
        role_id: RowId,
        wish: RoleEdit,
        staff: SignedIn = allowed(permits.ROLES_CHANGE),
    ) -> RoleView:
        """Replace a role; 412 when somebody else changed it since the version sent."""
        return await roles.change_role(session, staff, role_id, wish)

    @router.post("/roles/{role_id}/copy", status_code=201)
    async def copy_role(
        session: Session, role_id: RowId, staff: SignedIn = allowed(permits.ROLES_CHANGE)
    ) -> RoleView:
        """Make a role like another one, of those of its permits that you hold."""
        return await roles.copy_role(session, staff, role_id)

    @router.delete("/roles/{role_id}", status_code=204)
    async def delete_role(
        session: Session, role_id: RowId, staff: SignedIn = allowed(permits.ROLES_CHANGE)
    ) -> None:
        """Delete a role; who had it is a plain manager from now on."""
        await roles.delete_role(session, staff, role_id)

    return router


def _people() -> APIRouter:
    router = APIRouter(prefix="/api/v1/staff/people")

    @router.get("")
    async def list_people(
        session: Session, _staff: SignedIn = allowed(permits.STAFF_VIEW)
    ) -> list[Colleague]:
        """Return everybody who works here, by name."""
        return await staffing.list_staff(session)

    @router.put("/{user_id}", status_code=204)
    async def give_post(
        session: Session,
        clock: RequestClock,
        user_id: RowId,
        post: Post,
        staff: SignedIn = allowed(permits.STAFF_CHANGE),
    ) -> None:
        """Give an account a role; CUSTOMER takes it out of the staff."""
        await staffing.give_post(session, staff, user_id, post, clock.now())

    return router


def _invitations() -> APIRouter:
    router = APIRouter(prefix="/api/v1/staff/invitations")

    @router.get("")
    async def list_invitations(
        session: Session, _staff: SignedIn = allowed(permits.STAFF_VIEW)
    ) -> list[InvitationView]:
        """Return the open invitations."""
        return await invitations.list_invitations(session)

    @router.post("", status_code=202)
    async def invite(
        session: Session,
        clock: RequestClock,
        wish: Invite,
        staff: SignedIn = allowed(permits.STAFF_CHANGE),
    ) -> None:
        """Ask somebody by e-mail; an earlier invitation of the address is worth nothing then."""
        await invitations.invite(session, staff, wish, clock.now())

    @router.delete("/{invitation_id}", status_code=204)
    async def take_back(
        session: Session, invitation_id: RowId, staff: SignedIn = allowed(permits.STAFF_CHANGE)
    ) -> None:
        """Take an invitation back."""
        await invitations.take_back(session, staff, invitation_id)

    return router


def _tokens(tokens: ApiTokens) -> APIRouter:
    router = APIRouter(prefix="/api/v1/me/tokens")

    @router.get("")
    async def list_tokens(session: Session, me: SignedIn = any_staff()) -> list[TokenView]:
        """Return one's own API tokens, newest first."""
        return [TokenView.model_validate(one) for one in await tokens.list(session, me.user_id)]

    @router.post("", status_code=201)
    async def make_token(session: Session, wish: TokenWish, me: SignedIn = any_staff()) -> NewToken:
        """Make an API token; its secret is in this answer and never again."""
        token, secret = await tokens.make(session, me, wish)
        return NewToken(**TokenView.model_validate(token).model_dump(), token=secret)

    @router.delete("/{token_id}", status_code=204)
    async def revoke_token(session: Session, token_id: RowId, me: SignedIn = any_staff()) -> None:
        """Make an API token worth nothing."""
        await tokens.revoke(session, me, token_id)

    return router
