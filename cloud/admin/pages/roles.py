"""Roles: their list, and the matrix of what each may do."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.accounts.right_schemas import RoleEdit, RoleFields
from cloud.accounts.service import roles
from cloud.admin.back_office import BackOffice, show
from cloud.admin.desk import answer, attempt, desk_of, parsed
from cloud.admin.forms import Field, Form, Kind
from cloud.admin.history import entries_of
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.permits import ALL
from cloud.foundation.web import Pages, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_

_HOME = "/admin/roles"
_TRAIL = [(_HOME, N_("Roles"))]
_FORM = Form(
    (
        Field("name", N_("Name"), attributes={"maxlength": "80"}),
        Field(
            "description",
            N_("What these people do"),
            required=False,
            empty="",
            attributes={"maxlength": "400"},
        ),
        Field("permits", N_("Permissions"), Kind.MANY, options=[(str(one),) * 2 for one in ALL]),
    )
)


def matrix() -> list[tuple[str, list[str], list[tuple[str, Mapping[str, str]]]]]:
    """Return per category its actions and its subjects, each with its permits by action."""
    tables: dict[str, dict[str, dict[str, str]]] = {}
    for one in ALL:
        tables.setdefault(one.category, {}).setdefault(one.subject, {})[one.action] = str(one)
    return [
        (
            category,
            list(dict.fromkeys(action for row in rows.values() for action in row)),
            list(rows.items()),
        )
        for category, rows in tables.items()
    ]


def role_pages(office: BackOffice) -> APIRouter:
    """Return the pages of roles."""
    router = APIRouter(prefix=_HOME, include_in_schema=False)

    @router.get("")
    async def listing(
        request: Request, pages: Pages, _staff: SignedIn = allowed(permits.ROLES_VIEW)
    ) -> Response:
        """Return the list."""
        async with office.database.unit_of_work() as session:
            found = await roles.list_roles(session)
        return await show(request, pages, "roles", {"roles": found})

    @router.get("/new")
    async def blank(
        request: Request, pages: Pages, _staff: SignedIn = allowed(permits.ROLES_CHANGE)
    ) -> Response:
        """Return the form for a new role."""
        paper = _FORM.blank(await desk_of(office))
        return await answer(request, pages, paper, "", _context(N_("New role")), template="role")

    @router.post("/new")
    async def create(
        request: Request, pages: Pages, staff: SignedIn = allowed(permits.ROLES_CHANGE)
    ) -> Response:
        """Make a role."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            await roles.create_role(session, staff, parsed(RoleFields, values))

        paper = await attempt(office, request, _FORM, work)
        onward = f"{_HOME}?done=created"
        return await answer(
            request, pages, paper, onward, _context(N_("New role")), template="role"
        )

    for part in (_one(office), _acts(office)):
        router.include_router(part)
    return router


def _one(office: BackOffice) -> APIRouter:
    router = APIRouter()

    @router.get("/{role_id}")
    async def one(
        request: Request,
        pages: Pages,
        role_id: RowId,
        staff: SignedIn = allowed(permits.ROLES_VIEW),
    ) -> Response:
        """Return the matrix of a role."""
        async with office.database.unit_of_work() as session:
            role = await roles.get_role(session, role_id)
            history = await entries_of(session, "roles", role_id)
        paper = _FORM.of(role.model_dump(), role.version, await desk_of(office))
        context = _context(role.name, role_id)
        context |= {
            "role": role,
            "history": history,
            "is_fixed": role.stands_for is not None or not staff.may(permits.ROLES_CHANGE),
        }
        return await answer(request, pages, paper, "", context, template="role")

    @router.post("/{role_id}")
    async def change(
        request: Request,
        pages: Pages,
        role_id: RowId,
        staff: SignedIn = allowed(permits.ROLES_CHANGE),
    ) -> Response:
        """Save a role."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            await roles.change_role(session, staff, role_id, parsed(RoleEdit, values))

        paper = await attempt(office, request, _FORM, work)
        title = str(paper.typed["name"]) if paper else ""
        onward = f"{_HOME}/{role_id}?done=saved"
        return await answer(
            request, pages, paper, onward, _context(title, role_id), template="role"
        )

    return router


def _acts(office: BackOffice) -> APIRouter:
    router = APIRouter()

    @router.post("/{role_id}/copy")
    async def copy(role_id: RowId, staff: SignedIn = allowed(permits.ROLES_CHANGE)) -> Response:
        """Make a role like this one."""
        async with office.database.unit_of_work() as session:
            made = await roles.copy_role(session, staff, role_id)
        return RedirectResponse(f"{_HOME}/{made.id}?done=created", 303)

    @router.post("/{role_id}/remove")
    async def remove(role_id: RowId, staff: SignedIn = allowed(permits.ROLES_CHANGE)) -> Response:
        """Delete a role."""
        async with office.database.unit_of_work() as session:
            await roles.delete_role(session, staff, role_id)
        return RedirectResponse(f"{_HOME}?done=removed", 303)

    return router


def _context(title: str, role_id: int | None = None) -> dict[str, object]:
    return {
        "title": title,
        "trail": _TRAIL,
        "matrix": matrix(),
        "home": f"{_HOME}/{role_id}" if role_id else "",
        "is_fixed": False,
        "history": (),
    }
