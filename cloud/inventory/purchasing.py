"""Writing purchase orders and moving them from state to state, each act noted in the audit."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.service import get_variant
from cloud.foundation import audit
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import check_version
from cloud.inventory import repository
from cloud.inventory.errors import LocationNotFound
from cloud.inventory.purchase_errors import (
    PurchaseCostUnknown,
    PurchaseFixed,
    PurchaseImmovable,
    PurchaseUnfit,
    SupplierInactive,
    SupplierNotFound,
)
from cloud.inventory.purchase_models import (
    NUMBERS,
    PurchaseLine,
    PurchaseOrder,
    PurchaseStep,
    Supplier,
)
from cloud.inventory.purchase_reading import lock_order
from cloud.inventory.purchase_schemas import (
    COST_UNKNOWN,
    PurchaseChange,
    PurchaseFields,
    PurchaseLineFields,
    PurchaseMove,
)
from cloud.inventory.purchase_states import BY_RECEIPT, PurchaseState, can_move

SUBJECT = "purchases"
_HEAD = ("supplier_id", "location_id", "currency", "expected_at", "shipping_minor", "notes")


async def make_order(
    session: AsyncSession, staff: SignedIn, wish: PurchaseFields, now: datetime
) -> int:
    """Write a draft and return its id.

    Raises SupplierNotFound, SupplierInactive, LocationNotFound, VariantNotFound, PurchaseUnfit.
    """
    await _check(session, wish)
    order = PurchaseOrder(
        number=f"PO-{await session.scalar(NUMBERS)}",
        state=PurchaseState.DRAFT,
        created_by_user_id=staff.user_id,
        lines=[],
    )
    _write(order, staff, wish)
    order.lines = [PurchaseLine(received=0, **line.model_dump()) for line in wish.lines]
    session.add(order)
    await session.flush()
    _note_step(session, staff, order, None, now)
    await audit.note(session, staff, "make", SUBJECT, order.number, after=_facts(order))
    return order.id


async def change_order(
    session: AsyncSession, staff: SignedIn, order_id: int, change: PurchaseChange
) -> None:
    """Write a draft anew.

    Raises PurchaseNotFound, ChangedMeanwhile, PurchaseFixed, and what `make_order` raises.
    """
    order = await lock_order(session, order_id)
    before = _facts(order)
    check_version(order.version, change.version, before)
    if order.state is not PurchaseState.DRAFT:
        raise PurchaseFixed
    await _check(session, change)
    _write(order, staff, change)
    _write_lines(order, change.lines)
    await session.flush()
    await audit.note(
        session, staff, "change", SUBJECT, order.number, before=before, after=_facts(order)
    )


async def move_order(
    session: AsyncSession, staff: SignedIn, order_id: int, move: PurchaseMove, now: datetime
) -> None:
    """Move an order along an edge that is not a receipt's.

    Raises PurchaseNotFound, ChangedMeanwhile, PurchaseImmovable: also for a draft without lines
    that would go to the supplier; PurchaseCostUnknown for one with a line that costs nothing,
    which nobody says they saw.
    """
    order = await lock_order(session, order_id)
    check_version(order.version, move.version, _facts(order))
    if move.to in BY_RECEIPT or (move.to is PurchaseState.PENDING and not order.lines):
        raise PurchaseImmovable(order.state, move.to)
    is_costly = all(line.unit_cost_minor != COST_UNKNOWN for line in order.lines)
    if move.to is PurchaseState.PENDING and not is_costly and not move.costs_seen:
        raise PurchaseCostUnknown
    before = {"state": order.state.value}
    step(session, staff, order, move.to, now)
    await session.flush()
    await audit.note(
        session,
        staff,
        "move",
        SUBJECT,
        order.number,
        before=before,
        after={"state": order.state.value},
    )


def step(
    session: AsyncSession, staff: SignedIn, order: PurchaseOrder, to: PurchaseState, now: datetime
) -> None:
    """Move a locked order along an edge and write it into its history; or PurchaseImmovable."""
    if not can_move(order.state, to):
        raise PurchaseImmovable(order.state, to)
    former = order.state
    order.state = to
    order.updated_by_user_id = staff.user_id
    _note_step(session, staff, order, former, now)


def _note_step(
    session: AsyncSession,
    staff: SignedIn,
    order: PurchaseOrder,
    former: PurchaseState | None,
    now: datetime,
) -> None:
    session.add(
        PurchaseStep(
            purchase_order_id=order.id,
            from_state=former,
            to_state=order.state,
            actor_user_id=staff.user_id,
            actor_name=staff.name or staff.email,
            at=now,
        )
    )


async def _check(session: AsyncSession, wish: PurchaseFields) -> None:
    supplier = await session.get(Supplier, wish.supplier_id)
    if supplier is None:
        raise SupplierNotFound
    if not supplier.is_active:
        raise SupplierInactive
    if await repository.find_location(session, wish.location_id) is None:
        raise LocationNotFound
    sets = await repository.list_parts(session, {line.variant_id for line in wish.lines})
    for line in wish.lines:
        variant = await get_variant(session, line.variant_id)
        if variant.currency != wish.currency or any(one.set_id == variant.id for one in sets):
            raise PurchaseUnfit(variant.id)


def _write(order: PurchaseOrder, staff: SignedIn, wish: PurchaseFields) -> None:
    for name in _HEAD:
        setattr(order, name, getattr(wish, name))
    order.updated_by_user_id = staff.user_id
    order.subtotal_minor = sum(line.ordered * line.unit_cost_minor for line in wish.lines)
    order.total_minor = order.subtotal_minor + order.shipping_minor


def _write_lines(order: PurchaseOrder, wanted: tuple[PurchaseLineFields, ...]) -> None:
    """Keep the lines that stay, so that a line's id means the same variant all along."""
    there = {line.variant_id: line for line in order.lines}
    for wish in wanted:
        line = there.pop(wish.variant_id, None)
        if line is None:
            order.lines.append(PurchaseLine(received=0, **wish.model_dump()))
        else:
            line.ordered, line.unit_cost_minor = wish.ordered, wish.unit_cost_minor
    for line in there.values():
        order.lines.remove(line)


def _facts(order: PurchaseOrder) -> dict[str, Any]:
    facts = {name: getattr(order, name) for name in _HEAD}
    expected_at = order.expected_at
    return {
        **facts,
        "expected_at": expected_at.isoformat() if expected_at else None,
        "lines": [
            {
                "variant_id": line.variant_id,
                "ordered": line.ordered,
                "unit_cost_minor": line.unit_cost_minor,
            }
            for line in order.lines
        ],
    }
