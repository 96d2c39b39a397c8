"""Sheets to look at: the list of an order's, one as PDF, and a packing slip drawn as asked."""

import asyncio
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.invoices import repository
from cloud.invoices.errors import SheetNotFound
from cloud.invoices.schemas import InvoiceView
from cloud.invoices.service.issuing import draw_invoice
from cloud.invoices.sheets import draw
from cloud.invoices.writing import Writer
from cloud.orders import service as orders
from cloud.orders.schemas import OrderView
from cloud.refunds import service as refunds
from cloud.site.service import read_site


async def list_invoices(session: AsyncSession, order_id: int) -> list[InvoiceView]:
    """Return the invoice and the credit notes of an order, oldest first."""
    return [
        InvoiceView(
            number=one.number,
            kind=one.kind,
            refund_id=one.refund_id,
            issued_at=one.issued_at,
            is_drawn=one.made_at is not None,
        )
        for one in await repository.all_of(session, order_id)
    ]


async def get_pdf(database: Database, order_id: int, number: str, clock: Clock) -> bytes:
    """Return a sheet of an order as kept; drawn now if its job has not come to it. SheetNotFound.

    Opens its own units of work, so that no transaction waits for the drawing.
    """
    for _ in range(2):
        async with database.unit_of_work() as session:
            invoice = await repository.with_pdf(session, order_id, number)
        if invoice is None:
            break
        if invoice.pdf is not None:
            return invoice.pdf
        await draw_invoice(database, invoice.id, clock)
    raise SheetNotFound(number)


async def get_packing_slip(
    database: Database, order_id: int, shipment_id: int | None, now: datetime
) -> bytes:
    """Return the sheet for a parcel as PDF; None is for all that is not in parcels yet.

    SheetNotFound when there is no such parcel, or nothing is left to pack.
    """
    async with database.unit_of_work() as session:
        order = await orders.lock(session, order_id)
        view = await orders.get_order_view(session, order_id)
        site = await read_site(session)
        writer = Writer(site=site, order=view, paid=await refunds.read_paid(session, order))
    quantities = _packed(view, shipment_id)
    if not quantities:
        raise SheetNotFound(view.number)
    sheet = writer.packing_slip(now.astimezone(site.zone).date(), quantities)
    return await asyncio.to_thread(draw, sheet.as_json(), now)


def _packed(order: OrderView, shipment_id: int | None) -> dict[int, int]:
    if shipment_id is None:
        left = {item.id: item.left_to_ship for item in order.items}
        return {item_id: quantity for item_id, quantity in left.items() if quantity > 0}
    parcels = [one for one in order.shipments if one.id == shipment_id]
    return dict(parcels[0].item_quantities) if parcels else {}
