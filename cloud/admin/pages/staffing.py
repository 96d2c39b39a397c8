"""The people who work here: who they are, as what, and asking others in."""

from typing import Annotated

from fastapi import Form, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from cloud.accounts.right_errors import RoleNotFound
from cloud.accounts.right_schemas import Invite, Post
from cloud.accounts.service import invitations, staffing
from cloud.accounts.service.roles import list_roles
from cloud.accounts.service.users import clean_email
from cloud.admin.back_office import BackOffice, show
from cloud.admin.history import entries_of
from cloud.foundation import permits
from cloud.foundation.errors import CloudError, Invalid
from cloud.foundation.identity import Role, SignedIn
from cloud.foundation.web import Pages, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter

Text = Annotated[str, Form(max_length=400)]
_HOME = "/admin/staff"


def staff_people_pages(office: BackOffice) -> APIRouter:
    """Return the pages of the staff."""
    router = APIRouter(prefix=_HOME, include_in_schema=False)

    @router.get("")
    async def people(
        request: Request, pages: Pages, _staff: SignedIn = allowed(permits.STAFF_VIEW)
    ) -> Response:
        """Return who works here and who is asked to."""
        return await _people(office, request, pages)

    @router.post("/invite")
    async def invite(
        request: Request,
        pages: Pages,
        email: Text = "",
        post: Text = "",
        staff: SignedIn = allowed(permits.STAFF_CHANGE),
    ) -> Response:
        """Ask somebody by e-mail."""
        try:
            chosen = read_post(post)
            wish = Invite(email=clean_email(email), **chosen.model_dump())
            async with office.database.unit_of_work() as session:
                await invitations.invite(session, staff, wish, office.clock.now())
        except CloudError as error:
            typed = {"email": email, "post": post}
            return await _people(office, request, pages, error=error, typed=typed)
        return RedirectResponse(f"{_HOME}?done=saved", 303)

    @router.post("/invitations/{invitation_id}/remove")
    async def take_back(
        invitation_id: RowId, staff: SignedIn = allowed(permits.STAFF_CHANGE)
    ) -> Response:
        """Take an invitation back."""
        async with office.database.unit_of_work() as session:
            await invitations.take_back(session, staff, invitation_id)
        return RedirectResponse(f"{_HOME}?done=removed", 303)

    @router.get("/{user_id}")
    async def person(
        request: Request,
        pages: Pages,
        user_id: RowId,
        _staff: SignedIn = allowed(permits.STAFF_VIEW),
    ) -> Response:
        """Return one of the staff."""
        return await _person(office, request, pages, user_id)

    @router.post("/{user_id}")
    async def change(
        request: Request,
        pages: Pages,
        user_id: RowId,
        version: Annotated[int, Form(ge=0, lt=2**63)],
        post: Text = "",
        staff: SignedIn = allowed(permits.STAFF_CHANGE),
    ) -> Response:
        """Give somebody another role, or take them out of the staff."""
        try:
            wish = read_post(post)
            async with office.database.unit_of_work() as session:
                now = office.clock.now()
                await staffing.give_post(session, staff, user_id, wish, now, seen=version)
        except CloudError as error:
            return await _person(office, request, pages, user_id, error=error, typed=post)
        if wish.role is Role.CUSTOMER:
            return RedirectResponse(f"{_HOME}?done=removed", 303)
        return RedirectResponse(f"{_HOME}/{user_id}?done=saved", 303)

    return router


class PostUnknown(Invalid):
    """No role was chosen."""

    code = "post_unknown"

    def __init__(self) -> None:
        super().__init__("Choose a role.", hint="One of the list.", field="post")


def read_post(typed: str) -> Post:
    """Return what a form's choice means: a role's name or a definition's id; PostUnknown."""
    if typed in {role.value for role in Role}:
        return Post(role=Role(typed))
    try:
        return Post(role=Role.MANAGER, role_definition_id=int(typed))
    except ValidationError as error:
        raise RoleNotFound(0) from error
    except ValueError as error:
        raise PostUnknown from error


async def _people(
    office: BackOffice,
    request: Request,
    pages: Pages,
    *,
    error: CloudError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    async with office.database.unit_of_work() as session:
        context = {
            "people": await staffing.list_staff(session),
            "invitations": await invitations.list_invitations(session),
            "roles": await list_roles(session),
            "typed": typed or {"email": "", "post": Role.MANAGER.value},
        }
    return await show(request, pages, "people", context, error=error)


async def _person(
    office: BackOffice,
    request: Request,
    pages: Pages,
    user_id: int,
    *,
    error: CloudError | None = None,
    typed: str = "",
) -> Response:
    async with office.database.unit_of_work() as session:
        person = await staffing.get_colleague(session, user_id)
        context = {
            "person": person,
            "roles": await list_roles(session),
            "chosen": typed or str(person.role_definition_id or person.role.value),
            "history": await entries_of(session, staffing.SUBJECT, user_id),
        }
    return await show(request, pages, "person", context, error=error)
