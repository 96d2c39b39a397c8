"""Purchase orders as they are read: one whole, and the list of them."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cloud.inventory.average_cost import most_receivable
from cloud.inventory.purchase_errors import PurchaseNotFound
from cloud.inventory.purchase_models import (
    PurchaseLine,
    PurchaseOrder,
    PurchaseReceipt,
    PurchaseStep,
)
from cloud.inventory.purchase_schemas import (
    PurchaseLineView,
    PurchasePage,
    PurchaseSummary,
    PurchaseView,
    ReceiptView,
    ReceivedLine,
    StepView,
)
from cloud.inventory.purchase_states import BY_RECEIPT, EDGES, RECEIVABLE, PurchaseState


async def lock_order(session: AsyncSession, order_id: int) -> PurchaseOrder:
    """Return an order with its lines as it is now, locked until the transaction ends.

    Raises PurchaseNotFound.
    """
    order = await session.scalar(
        select(PurchaseOrder)
        .where(PurchaseOrder.id == order_id)
        .options(selectinload(PurchaseOrder.lines))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if order is None:
        raise PurchaseNotFound
    return order


async def get_order(session: AsyncSession, order_id: int) -> PurchaseView:
    """Return an order with its lines, deliveries and history; raises PurchaseNotFound."""
    order = await session.get(
        PurchaseOrder,
        order_id,
        options=[selectinload(PurchaseOrder.lines)],
        populate_existing=True,
    )
    if order is None:
        raise PurchaseNotFound
    steps = await session.scalars(
        select(PurchaseStep)
        .where(PurchaseStep.purchase_order_id == order_id)
        .order_by(PurchaseStep.id)
    )
    receipts = await session.scalars(
        select(PurchaseReceipt)
        .where(PurchaseReceipt.purchase_order_id == order_id)
        .options(selectinload(PurchaseReceipt.lines))
        .order_by(PurchaseReceipt.id)
    )
    ways = EDGES[order.state] - BY_RECEIPT
    return PurchaseView(
        **_summary(order),
        lines=[_line(line) for line in order.lines],
        receipts=[_receipt(one) for one in receipts],
        steps=[
            StepView(from_state=one.from_state, to_state=one.to_state, by=one.actor_name, at=one.at)
            for one in steps
        ],
        ways=[state for state in PurchaseState if state in ways],
        can_receive=order.state in RECEIVABLE,
    )


async def list_orders(
    session: AsyncSession,
    *,
    state: PurchaseState | None = None,
    supplier_id: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> PurchasePage:
    """Return purchase orders, newest first."""
    statement = select(PurchaseOrder).order_by(PurchaseOrder.id.desc()).limit(limit + 1)
    if state is not None:
        statement = statement.where(PurchaseOrder.state == state)
    if supplier_id is not None:
        statement = statement.where(PurchaseOrder.supplier_id == supplier_id)
    if before is not None:
        statement = statement.where(PurchaseOrder.id < before)
    found = list(await session.scalars(statement))
    shown = [PurchaseSummary(**_summary(one)) for one in found[:limit]]
    return PurchasePage(purchase_orders=shown, next=shown[-1].id if len(found) > limit else None)


def _summary(order: PurchaseOrder) -> dict[str, Any]:
    return {name: getattr(order, name) for name in PurchaseSummary.model_fields}


def _line(line: PurchaseLine) -> PurchaseLineView:
    return PurchaseLineView(
        id=line.id,
        variant_id=line.variant_id,
        ordered=line.ordered,
        received=line.received,
        open=max(0, line.ordered - line.received),
        most=max(0, most_receivable(line.ordered) - line.received),
        unit_cost_minor=line.unit_cost_minor,
    )


def _receipt(receipt: PurchaseReceipt) -> ReceiptView:
    return ReceiptView(
        delivery_note=receipt.delivery_note,
        notes=receipt.notes,
        by=receipt.actor_name,
        at=receipt.at,
        lines=[
            ReceivedLine(line_id=one.line_id, quantity=one.quantity, surplus=one.surplus)
            for one in receipt.lines
        ],
    )
