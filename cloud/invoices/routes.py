"""Invoices and packing slips over HTTP: a member's own, a guest's by key, and the staff's."""

from typing import Annotated, Any

from fastapi import Path, Query
from starlette.responses import Response

from cloud.foundation import permits
from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import CurrentUser, Session, allowed
from cloud.foundation.web.late_routes import APIRouter
from cloud.invoices import service
from cloud.invoices.schemas import InvoiceView
from cloud.orders import service as orders
from cloud.orders.errors import OrderNotFound
from cloud.orders.links import OrderLinks
from cloud.orders.numbers import OrderNumber

SheetNumber = Annotated[str, Path(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9-]+$")]
Key = Annotated[str, Query(max_length=64, description="From the link in the order's mails.")]
_PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {}}, "description": "The sheet as PDF."}
}


def routes(database: Database, clock: Clock, links: OrderLinks) -> APIRouter:
    """Return the routes of invoices."""
    router = APIRouter(prefix="/api/v1", tags=["invoices"])
    router.include_router(_own_routes(database, clock))
    router.include_router(_guest_routes(database, clock, links))
    router.include_router(_staff_routes(database, clock))
    return router


def pdf_answer(pdf: bytes, name: str) -> Response:
    """Return a PDF for a browser to show, under a name to save it as; not to be cached."""
    return Response(
        pdf,
        media_type="application/pdf",
        headers={
            "content-disposition": f'inline; filename="{name}.pdf"',
            "cache-control": "private, no-store",
        },
    )


def _own_routes(database: Database, clock: Clock) -> APIRouter:
    router = APIRouter(prefix="/me/orders/{number}/invoices")

    @router.get("")
    async def get_own_invoices(
        number: OrderNumber, session: Session, user: CurrentUser
    ) -> list[InvoiceView]:
        """Return the invoice and the credit notes of one of the caller's orders, oldest first."""
        order = await orders.view_by_number(session, number, user_id=user.user_id)
        return await service.list_invoices(session, order.id)

    @router.get("/{sheet}", response_class=Response, responses=_PDF)
    async def get_own_invoice(
        number: OrderNumber, sheet: SheetNumber, user: CurrentUser
    ) -> Response:
        """Return a sheet of one of the caller's orders."""
        async with database.unit_of_work() as session:
            order = await orders.view_by_number(session, number, user_id=user.user_id)
        return pdf_answer(await service.get_pdf(database, order.id, sheet, clock), sheet)

    return router


def _guest_routes(database: Database, clock: Clock, links: OrderLinks) -> APIRouter:
    router = APIRouter(prefix="/orders/{number}/invoices")

    @router.get("")
    async def get_guest_invoices(
        number: OrderNumber, key: Key, session: Session
    ) -> list[InvoiceView]:
        """Return the sheets of an order to whoever holds its key."""
        if not links.opens(number, key):
            raise OrderNotFound(number)
        order = await orders.view_by_number(session, number)
        return await service.list_invoices(session, order.id)

    @router.get("/{sheet}", response_class=Response, responses=_PDF)
    async def get_guest_invoice(number: OrderNumber, sheet: SheetNumber, key: Key) -> Response:
        """Return a sheet of an order to whoever holds its key."""
        if not links.opens(number, key):
            raise OrderNotFound(number)
        async with database.unit_of_work() as session:
            order = await orders.view_by_number(session, number)
        return pdf_answer(await service.get_pdf(database, order.id, sheet, clock), sheet)

    return router


def _staff_routes(database: Database, clock: Clock) -> APIRouter:
    router = APIRouter(prefix="/staff/orders/{number}")

    @router.get("/invoices")
    async def get_invoices(
        number: OrderNumber, session: Session, _staff: SignedIn = allowed(permits.ORDERS_VIEW)
    ) -> list[InvoiceView]:
        """Return the invoice and the credit notes of an order, oldest first."""
        order = await orders.view_by_number(session, number)
        return await service.list_invoices(session, order.id)

    @router.get("/invoices/{sheet}", response_class=Response, responses=_PDF)
    async def get_invoice(
        number: OrderNumber, sheet: SheetNumber, _staff: SignedIn = allowed(permits.ORDERS_VIEW)
    ) -> Response:
        """Return a sheet of an order."""
        async with database.unit_of_work() as session:
            order = await orders.view_by_number(session, number)
        return pdf_answer(await service.get_pdf(database, order.id, sheet, clock), sheet)

    @router.get("/packing-slip", response_class=Response, responses=_PDF)
    async def get_packing_slip(
        number: OrderNumber,
        shipment_id: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
        _staff: SignedIn = allowed(permits.ORDERS_VIEW),
    ) -> Response:
        """Return the sheet for a parcel, or for all that is not in parcels yet."""
        async with database.unit_of_work() as session:
            order = await orders.view_by_number(session, number)
        slip = await service.get_packing_slip(database, order.id, shipment_id, clock.now())
        return pdf_answer(slip, f"{number}-packing")

    return router
