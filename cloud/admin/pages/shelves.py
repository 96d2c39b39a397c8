"""Categories, collections and tags: their lists and forms, over one set of services."""

from collections.abc import Mapping
from typing import Any, Literal

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, show
from cloud.admin.desk import answer, attempt, desk_of, parsed, theirs_as
from cloud.admin.lists import show_list
from cloud.admin.shelf_desks import CATEGORIES, COLLECTIONS, TAGS, Desk
from cloud.admin.shelf_editor import flat, shelf_form, show_shelf
from cloud.catalogue.editing import shelves, trees
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter


def shelf_pages(office: BackOffice) -> list[APIRouter]:
    """Return the pages of all three."""
    desks = (TAGS, COLLECTIONS, CATEGORIES)
    return [
        _tree_pages(office),
        *(_new(office, desk) for desk in desks),
        *(_old(office, desk) for desk in desks),
    ]


def _tree_pages(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix="/admin/categories", include_in_schema=False)

    @router.post("/{row_id}/move/{way}")
    async def move(
        row_id: RowId,
        way: Literal["up", "down"],
        staff: SignedIn = allowed(permits.SHELVES_CHANGE),
    ) -> Response:
        """Change places with the neighbour above or below."""
        async with office.database.unit_of_work() as session:
            await trees.move_beside(session, staff, row_id, -1 if way == "up" else 1)
        return RedirectResponse(f"/admin/categories#category-{row_id}", 303)

    return router


def _new(office: BackOffice, desk: Desk) -> APIRouter:
    home = f"/admin/{desk.kind.subject}"
    router = APIRouter(prefix=home, include_in_schema=False)
    plural, new, _removal = desk.titles

    @router.get("")
    async def listing(
        request: Request, pages: Pages, staff: SignedIn = allowed(permits.SHELVES_VIEW)
    ) -> Response:
        """Return the list."""
        context: dict[str, object] = {"title": plural, "empty": (plural, desk.empty)}
        if staff.may(permits.SHELVES_CHANGE):
            context["new"] = (f"{home}/new", new)
        if desk.listing is not None:
            return await show_list(office, request, pages, desk.listing, context)
        async with office.database.unit_of_work() as session:
            tree = await trees.read_tree(session)
        return await show(request, pages, "categories", {**context, "tree": tree})

    @router.get("/new")
    async def blank(
        request: Request, pages: Pages, _staff: SignedIn = allowed(permits.SHELVES_CHANGE)
    ) -> Response:
        """Return the form for a new one."""
        form = await shelf_form(office, desk)
        under = request.query_params.get("under", "")
        paper = form.blank(await desk_of(office), position=0, is_active=True, parent_id=under)
        return await answer(request, pages, paper, "", _context(home, plural, new))

    @router.post("/new")
    async def create(
        request: Request, pages: Pages, staff: SignedIn = allowed(permits.SHELVES_CHANGE)
    ) -> Response:
        """Add one."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            await shelves.create(session, staff, desk.kind, _wish(desk, values))

        paper = await attempt(office, request, await shelf_form(office, desk), work)
        onward = f"{home}?done=created"
        return await answer(request, pages, paper, onward, _context(home, plural, new))

    return router


def _old(office: BackOffice, desk: Desk) -> APIRouter:
    home = f"/admin/{desk.kind.subject}"
    router = APIRouter(prefix=home, include_in_schema=False)

    @router.get("/{row_id}")
    async def one(
        request: Request,
        pages: Pages,
        row_id: RowId,
        _staff: SignedIn = allowed(permits.SHELVES_VIEW),
    ) -> Response:
        """Return the form of one."""
        return await show_shelf(office, request, pages, desk, row_id)

    @router.post("/{row_id}")
    async def change(
        request: Request,
        pages: Pages,
        row_id: RowId,
        staff: SignedIn = allowed(permits.SHELVES_CHANGE),
    ) -> Response:
        """Save one."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            seen = values.pop("version", 0)
            wish = _wish(desk, values)
            with theirs_as(flat):
                await shelves.change(session, staff, desk.kind, row_id, wish, seen=seen)

        paper = await attempt(office, request, await shelf_form(office, desk, apart=row_id), work)
        if paper is None:
            return RedirectResponse(f"{home}/{row_id}?done=saved", 303)
        return await show_shelf(office, request, pages, desk, row_id, paper=paper)

    @router.post("/{row_id}/remove")
    async def remove(row_id: RowId, staff: SignedIn = allowed(permits.SHELVES_CHANGE)) -> Response:
        """Take one away."""
        async with office.database.unit_of_work() as session:
            await shelves.remove(session, staff, desk.kind, row_id)
        return RedirectResponse(f"{home}?done=removed", 303)

    return router


def _wish(desk: Desk, values: Mapping[str, Any]) -> shelves.Wish:
    texts: dict[str, dict[str, Any]] = {}
    plain: dict[str, Any] = {}
    for name, value in values.items():
        field, _, language = name.partition(".")
        if language:
            texts.setdefault(language, {})[field] = value
        else:
            plain[name] = value
    return parsed(desk.wish, {**plain, "texts": texts})


def _context(home: str, plural: str, title: str) -> dict[str, object]:
    return {"title": title, "trail": [(home, plural)]}
