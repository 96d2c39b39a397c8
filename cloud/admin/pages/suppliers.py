"""Whom bottles are bought from: the list and the form."""

from typing import Any

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from cloud.admin.back_office import BackOffice
from cloud.admin.desk import answer, attempt, desk_of, parsed, theirs_as
from cloud.admin.lists import show_list
from cloud.admin.purchase_desks import SUPPLIER_FORM, SUPPLIERS, flat_supplier, supplier_wish
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.inventory import suppliers
from cloud.inventory.purchase_schemas import SupplierChange, SupplierFields

_MAY_VIEW: SignedIn = allowed(permits.SUPPLIERS_VIEW)
_MAY_CHANGE: SignedIn = allowed(permits.SUPPLIERS_CHANGE)
_HOME = "/admin/suppliers"
_TRAIL = [(_HOME, N_("Suppliers"))]


def supplier_pages(office: BackOffice) -> APIRouter:
    """Return the pages of suppliers."""
    router = APIRouter(prefix=_HOME, include_in_schema=False)

    @router.get("")
    async def listing(request: Request, pages: Pages, staff: SignedIn = _MAY_VIEW) -> Response:
        """Return the suppliers."""
        context: dict[str, object] = {
            "title": N_("Suppliers"),
            "empty": (N_("No suppliers yet"), N_("Write down whom you buy bottles from.")),
        }
        if staff.may(permits.SUPPLIERS_CHANGE):
            context["new"] = (f"{_HOME}/new", N_("New supplier"))
        return await show_list(office, request, pages, SUPPLIERS, context)

    @router.get("/new")
    async def blank(request: Request, pages: Pages, _staff: SignedIn = _MAY_CHANGE) -> Response:
        """Return the form for a new supplier."""
        paper = SUPPLIER_FORM.blank(await desk_of(office), is_active=True)
        return await answer(request, pages, paper, "", _context(N_("New supplier")))

    @router.post("/new")
    async def make(request: Request, pages: Pages, staff: SignedIn = _MAY_CHANGE) -> Response:
        """Write a supplier down."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            wish = parsed(SupplierFields, supplier_wish(values))
            await suppliers.make_supplier(session, staff, wish)

        paper = await attempt(office, request, SUPPLIER_FORM, work)
        context = _context(N_("New supplier"))
        return await answer(request, pages, paper, f"{_HOME}?done=created", context)

    @router.get("/{supplier_id}")
    async def one(
        request: Request, pages: Pages, supplier_id: RowId, _staff: SignedIn = _MAY_VIEW
    ) -> Response:
        """Return the form of a supplier."""
        async with office.database.unit_of_work() as session:
            found = await suppliers.get_supplier(session, supplier_id)
        values = flat_supplier(found.model_dump())
        paper = SUPPLIER_FORM.of(values, found.version, await desk_of(office))
        return await answer(request, pages, paper, "", _context(found.name))

    @router.post("/{supplier_id}")
    async def change(
        request: Request, pages: Pages, supplier_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Store a changed supplier."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            wish = parsed(SupplierChange, supplier_wish(values))
            with theirs_as(flat_supplier):
                await suppliers.change_supplier(session, staff, supplier_id, wish)

        paper = await attempt(office, request, SUPPLIER_FORM, work)
        context = _context(str(paper.typed["name"]) if paper else "")
        return await answer(request, pages, paper, f"{_HOME}?done=saved", context)

    return router


def _context(title: str) -> dict[str, object]:
    return {"title": title, "trail": _TRAIL}
