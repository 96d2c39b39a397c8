"""Taking in what a supplier delivered: bottles, the order's state and the bottles' cost in one.

The order is locked first, then the variants, then the stock, each in id order. So of two who
receive one delivery at once the second finds it done; two deliveries both count.
"""

from collections import Counter
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cloud.catalogue.models import Variant
from cloud.foundation import audit
from cloud.foundation.identity import SignedIn
from cloud.inventory import repository, service
from cloud.inventory.average_cost import average_cost, most_receivable
from cloud.inventory.purchase_errors import (
    DeliveryTaken,
    FarMoreThanOrdered,
    LineUnknown,
    MoreThanOrdered,
    NotReceivable,
)
from cloud.inventory.purchase_models import (
    PurchaseLine,
    PurchaseOrder,
    PurchaseReceipt,
    PurchaseReceiptLine,
)
from cloud.inventory.purchase_reading import lock_order
from cloud.inventory.purchase_schemas import Delivery
from cloud.inventory.purchase_states import RECEIVABLE, PurchaseState
from cloud.inventory.purchasing import SUBJECT, step


async def take_delivery(
    session: AsyncSession, staff: SignedIn, order_id: int, delivery: Delivery, now: datetime
) -> None:
    """Take in a delivery; one whose note was received with the same bottles is done already.

    What delivery costs (`shipping_minor`) is not shared out over the bottles' cost. Raises
    PurchaseNotFound, DeliveryTaken, NotReceivable, LineUnknown, MoreThanOrdered,
    FarMoreThanOrdered; then nothing was changed.
    """
    order = await lock_order(session, order_id)
    if await _is_done(session, order, delivery):
        return
    if order.state not in RECEIVABLE:
        raise NotReceivable
    counts = _counts(order, delivery)
    surplus = {line.id: _surplus(line, count, delivery) for line, count in counts.items()}
    before = _facts(order)
    for line, count in counts.items():
        line.received += count
    await _write_receipt(session, staff, order, delivery, surplus, now)
    await _stock(session, order, counts, delivery.delivery_note)
    _move(session, staff, order, now)
    await session.flush()
    after = {**_facts(order), "delivery_note": delivery.delivery_note}
    await audit.note(session, staff, "receive", SUBJECT, order.number, before=before, after=after)


async def _is_done(session: AsyncSession, order: PurchaseOrder, delivery: Delivery) -> bool:
    receipt = await session.scalar(
        select(PurchaseReceipt)
        .where(
            PurchaseReceipt.purchase_order_id == order.id,
            PurchaseReceipt.delivery_note == delivery.delivery_note,
        )
        .options(selectinload(PurchaseReceipt.lines))
    )
    if receipt is None:
        return False
    if {one.line_id: one.quantity for one in receipt.lines} != {
        one.line_id: one.quantity for one in delivery.lines
    }:
        raise DeliveryTaken
    return True


def _counts(order: PurchaseOrder, delivery: Delivery) -> dict[PurchaseLine, int]:
    lines = {line.id: line for line in order.lines}
    for one in delivery.lines:
        if one.line_id not in lines:
            raise LineUnknown(one.line_id)
    return {lines[one.line_id]: one.quantity for one in delivery.lines}


def _surplus(line: PurchaseLine, count: int, delivery: Delivery) -> int:
    """Return how many of the bottles that came are more than were ordered, 0 or more."""
    still_open = max(0, line.ordered - line.received)
    if count <= still_open:
        return 0
    most = max(0, most_receivable(line.ordered) - line.received)
    if count > most:
        raise FarMoreThanOrdered(line.id, most)
    if not delivery.allow_over:
        raise MoreThanOrdered(line.id, still_open)
    return count - still_open


async def _write_receipt(
    session: AsyncSession,
    staff: SignedIn,
    order: PurchaseOrder,
    delivery: Delivery,
    surplus: dict[int, int],
    now: datetime,
) -> None:
    receipt = PurchaseReceipt(
        purchase_order_id=order.id,
        delivery_note=delivery.delivery_note,
        notes=delivery.notes,
        actor_user_id=staff.user_id,
        actor_name=staff.name or staff.email,
        at=now,
        lines=[
            PurchaseReceiptLine(
                line_id=one.line_id, quantity=one.quantity, surplus=surplus[one.line_id]
            )
            for one in delivery.lines
        ],
    )
    session.add(receipt)
    await session.flush()


async def _stock(
    session: AsyncSession, order: PurchaseOrder, counts: dict[PurchaseLine, int], note: str
) -> None:
    variant_ids = {line.variant_id for line in counts}
    variants = {
        one.id: one
        for one in await session.scalars(
            select(Variant)
            .where(Variant.id.in_(variant_ids))
            .order_by(Variant.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    }
    on_hand: Counter[int] = Counter()
    for (variant_id, _), count in (await repository.lock_levels(session, variant_ids)).items():
        on_hand[variant_id] += count
    for line, count in sorted(counts.items(), key=lambda pair: pair[0].variant_id):
        variant = variants[line.variant_id]
        variant.cost_minor = average_cost(
            on_hand[variant.id], variant.cost_minor, count, line.unit_cost_minor
        )
        await service.receive(
            session,
            variant.id,
            count,
            f"{order.number}, {note}",
            location_id=order.location_id,
        )


def _move(session: AsyncSession, staff: SignedIn, order: PurchaseOrder, now: datetime) -> None:
    is_whole = all(line.received >= line.ordered for line in order.lines)
    to = PurchaseState.RECEIVED if is_whole else PurchaseState.PARTIALLY_RECEIVED
    order.arrived_at = order.arrived_at or now
    order.updated_by_user_id = staff.user_id
    if order.state is not to:
        step(session, staff, order, to, now)


def _facts(order: PurchaseOrder) -> dict[str, object]:
    return {
        "state": order.state.value,
        "received": {str(line.variant_id): line.received for line in order.lines},
    }
