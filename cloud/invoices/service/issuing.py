"""Issuing sheets: the number and all that stands on it, in one transaction; then the drawing."""

import asyncio
import hashlib
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.invoices import repository
from cloud.invoices.kinds import InvoiceKind
from cloud.invoices.models import Invoice
from cloud.invoices.sheets import Sheet, draw
from cloud.invoices.writing import Stamp, Writer
from cloud.orders import service as orders
from cloud.orders.models import Order
from cloud.refunds import service as refunds
from cloud.site.service import read_site

_SERIES = {InvoiceKind.INVOICE: "INV", InvoiceKind.CREDIT_NOTE: "CN"}


async def issue_invoice(session: AsyncSession, order_id: int, now: datetime) -> int | None:
    """Issue the invoice of a paid order and return its id; the id of the one it has, if it has.

    None for test orders, which nobody paid, and for unpaid ones.
    """
    order = await orders.lock(session, order_id)
    if order.is_test or order.paid_at is None:
        return None
    known = await repository.invoice_of(session, order_id)
    if known is not None:
        return known.id
    writer = await _writer(session, order)
    stamp, series, position = await _stamp(session, writer, InvoiceKind.INVOICE, now)
    return await _store(
        session,
        Invoice(
            kind=InvoiceKind.INVOICE,
            series=series,
            position=position,
            number=stamp.number,
            order_id=order_id,
            issued_at=now,
        ),
        writer.invoice(stamp),
    )


async def issue_credit_note(
    session: AsyncSession, order_id: int, refund_id: int, now: datetime
) -> int | None:
    """Issue the credit note of a refund that left, after its order's invoice; return its id.

    A second time it is the id of the one there is. None for test orders.
    """
    order = await orders.lock(session, order_id)
    known = await repository.credit_note_of(session, refund_id)
    if known is not None:
        return known.id
    if await issue_invoice(session, order_id, now) is None:
        return None
    invoice = await repository.invoice_of(session, order_id)
    refund = next(
        one for one in await refunds.list_refunds(session, order_id) if one.id == refund_id
    )
    writer = await _writer(session, order)
    stamp, series, position = await _stamp(session, writer, InvoiceKind.CREDIT_NOTE, now)
    return await _store(
        session,
        Invoice(
            kind=InvoiceKind.CREDIT_NOTE,
            series=series,
            position=position,
            number=stamp.number,
            order_id=order_id,
            refund_id=refund_id,
            issued_at=now,
        ),
        writer.credit_note(stamp, refund, invoice.number if invoice else ""),
    )


async def _writer(session: AsyncSession, order: Order) -> Writer:
    return Writer(
        site=await read_site(session),
        order=await orders.get_order_view(session, order.id),
        paid=await refunds.read_paid(session, order),
    )


async def _stamp(
    session: AsyncSession, writer: Writer, kind: InvoiceKind, now: datetime
) -> tuple[Stamp, str, int]:
    day = now.astimezone(writer.site.zone).date()
    series = f"{_SERIES[kind]}{day.year}"
    # Last before storing: the row is locked until the commit, and everybody else waits.
    position = await repository.next_position(session, series)
    return Stamp(f"{series}-{position:05d}", day), series, position


async def _store(session: AsyncSession, invoice: Invoice, sheet: Sheet) -> int:
    invoice.paper = sheet.as_json()
    session.add(invoice)
    await session.flush()
    return invoice.id


async def draw_invoice(database: Database, invoice_id: int, clock: Clock) -> None:
    """Draw an issued sheet and keep it; one that is drawn stays as it is."""
    async with database.unit_of_work() as session:
        invoice = await repository.fetch_locked(session, invoice_id)
        paper, issued_at = invoice.paper, invoice.issued_at
    if invoice.made_at is not None:
        return
    pdf = await asyncio.to_thread(draw, paper, issued_at)
    async with database.unit_of_work() as session:
        invoice = await repository.fetch_locked(session, invoice_id)
        if invoice.made_at is not None:
            return
        invoice.pdf = pdf
        invoice.pdf_digest = hashlib.sha256(pdf).digest()
        invoice.made_at = clock.now()
