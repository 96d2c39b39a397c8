"""Queries about invoices."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from cloud.invoices.kinds import InvoiceKind
from cloud.invoices.models import Invoice, InvoiceSeries


async def next_position(session: AsyncSession, series: str) -> int:
    """Return the next number of a series; whoever comes next waits until this transaction ends.

    A transaction that fails gives its number back, so there are no gaps.
    """
    step = insert(InvoiceSeries).values(name=series, last_position=1)
    position: int | None = await session.scalar(
        step.on_conflict_do_update(
            index_elements=[InvoiceSeries.name],
            set_={"last_position": InvoiceSeries.last_position + 1},
        ).returning(InvoiceSeries.last_position)
    )
    if position is None:
        raise RuntimeError(f"series {series} gave no number")
    return position


async def invoice_of(session: AsyncSession, order_id: int) -> Invoice | None:
    """Return an order's invoice."""
    return await _one(session, Invoice.order_id == order_id, Invoice.kind == InvoiceKind.INVOICE)


async def credit_note_of(session: AsyncSession, refund_id: int) -> Invoice | None:
    """Return a refund's credit note."""
    return await _one(session, Invoice.refund_id == refund_id)


async def fetch_locked(session: AsyncSession, invoice_id: int) -> Invoice:
    """Return a sheet with its row locked."""
    found = await session.scalars(
        select(Invoice)
        .where(Invoice.id == invoice_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.one()


async def with_pdf(session: AsyncSession, order_id: int, number: str) -> Invoice | None:
    """Return a sheet of an order with its drawn bytes."""
    invoice: Invoice | None = await session.scalar(
        select(Invoice)
        .where(Invoice.order_id == order_id, Invoice.number == number)
        .options(undefer(Invoice.pdf))
    )
    return invoice


async def all_of(session: AsyncSession, order_id: int) -> Sequence[Invoice]:
    """Return the sheets of an order, oldest first."""
    found = await session.scalars(
        select(Invoice).where(Invoice.order_id == order_id).order_by(Invoice.id)
    )
    return found.all()


async def _one(session: AsyncSession, *conditions: ColumnElement[bool]) -> Invoice | None:
    invoice: Invoice | None = await session.scalar(select(Invoice).where(*conditions))
    return invoice
