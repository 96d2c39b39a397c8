"""Reserving, selling, taking back and counting bottles, exact when many do it at once.

Every writer locks the stock rows it touches in id order, then reads what is promised, then
writes: so two writers of one variant take turns, and writers of several cannot deadlock.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.inventory import holds, repository
from cloud.inventory.allocation import allocate
from cloud.inventory.errors import (
    MoreThanSold,
    NestedSet,
    OutOfStock,
    ReservationLapsed,
    Shortage,
    StockNegative,
)
from cloud.inventory.events import StockCameBack, StockRanLow
from cloud.inventory.kinds import MovementKind
from cloud.inventory.models import FIRST_LOCATION


@dataclass(frozen=True, slots=True)
class StockLine:
    """Some bottles, 1 or more, of a variant."""

    variant_id: int
    quantity: int

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise ValueError("a line holds at least one bottle")


@dataclass(frozen=True, slots=True)
class LowStock:
    """A variant with `available` bottles left to buy, at or under its own limit."""

    variant_id: int
    available: int
    low_stock_at: int


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A variant with `on_hand` bottles where the movements say `booked`."""

    variant_id: int
    on_hand: int
    booked: int


async def available(session: AsyncSession, variant_id: int, now: datetime) -> int:
    """Return how many bottles of a variant can be reserved at a moment, 0 or more."""
    return (await availability(session, [variant_id], now))[variant_id]


async def availability(
    session: AsyncSession, variant_ids: Collection[int], now: datetime
) -> dict[int, int]:
    """Return how many bottles can be reserved at a moment, for every given variant id.

    Of a set, as many as its scarcest part allows.
    """
    known = await repository.read_available(session, variant_ids, now)
    return {variant_id: known.get(variant_id, 0) for variant_id in variant_ids}


async def reserve(
    session: AsyncSession, holder: str, lines: Sequence[StockLine], ttl: timedelta, now: datetime
) -> None:
    """Set bottles aside for a holder ("order:17") until `now + ttl`; all of them or none.

    Replaces whatever the holder had set aside, so repeating it is harmless. Two lines of one
    variant count together, a set as its parts. Raises OutOfStock; what was set aside before then
    stays so.
    """
    plan = await holds.read_plan(session, holder, {line.variant_id for line in lines})
    wanted = _by_variant(_in_parts(lines, plan.parts))
    if not wanted:
        await release(session, holder)
        return
    on_hand = await repository.lock_levels(session, {*wanted, *plan.held_variants})
    promised = await repository.sum_reserved(session, wanted, now, except_for=holder)
    free = {spot: count - promised.get(spot, 0) for spot, count in on_hand.items()}
    taken = allocate(wanted, free, plan.places)
    if taken is None:
        raise OutOfStock(_shortages(wanted, free, plan.places))
    await holds.replace_held(session, holder, taken, now + ttl)


def _shortages(
    wanted: Mapping[int, int], free: Mapping[tuple[int, int], int], places: Sequence[int]
) -> list[Shortage]:
    found = []
    for variant_id, asked in sorted(wanted.items()):
        there = sum(max(0, free.get((variant_id, place), 0)) for place in places)
        if asked > there:
            found.append(Shortage(variant_id, asked, there))
    return found


def _in_parts(lines: Sequence[StockLine], parts: Sequence[tuple[int, int, int]]) -> list[StockLine]:
    """Return the lines with every set replaced by what it is made of."""
    made_of: dict[int, list[tuple[int, int]]] = {}
    for set_id, part_id, quantity in parts:
        made_of.setdefault(set_id, []).append((part_id, quantity))
    taken_apart = []
    for line in lines:
        if line.variant_id not in made_of:
            taken_apart.append(line)
        taken_apart += [
            StockLine(part_id, quantity * line.quantity)
            for part_id, quantity in made_of.get(line.variant_id, ())
        ]
    return taken_apart


async def extend(session: AsyncSession, holder: str, ttl: timedelta, now: datetime) -> None:
    """Keep a holder's bottles aside until `now + ttl` at least; raises ReservationLapsed."""
    if not await holds.prolong_held(session, holder, now + ttl, now):
        raise ReservationLapsed(holder)


async def consume(session: AsyncSession, holder: str, order_id: int, now: datetime) -> None:
    """Turn what a holder had set aside into bottles sold by an order.

    Call it in the transaction that marks the order paid. For an order that took its bottles
    already, it changes nothing but to drop what is set aside a second time. Raises
    ReservationLapsed when the bottles are not set aside any more: reserve them again and consume
    in the same transaction, or give the money back.
    """
    on_hand = await holds.lock_held_levels(session, holder)
    # Read under the locks: another call may have changed what is held while this one waited.
    sale = await holds.read_sale(session, holder, order_id, now)
    if sale.is_done:
        await holds.delete_held(session, holder)
        return
    if not sale.held or any(
        not is_live or on_hand.get(spot, 0) - promised < quantity
        for spot, quantity, is_live, promised in sale.held
    ):
        raise ReservationLapsed(holder)
    await holds.sell_held(session, holder, order_id)


async def release(session: AsyncSession, holder: str) -> None:
    """Give back what a holder had set aside and did not consume; repeating it is harmless."""
    await holds.delete_held(session, holder)


async def restock(
    session: AsyncSession, order_id: int, lines: Sequence[StockLine], reason: str
) -> None:
    """Put bottles of an order back on the shelves they came from, a set as its parts.

    Not idempotent: call it once per return, under the order's row lock. Raises MoreThanSold when
    an order would give back more of a variant than it took.
    """
    made_of = await repository.list_parts(session, {line.variant_id for line in lines})
    parts = [(part.set_id, part.part_id, part.quantity) for part in made_of]
    wanted = _by_variant(_in_parts(lines, parts))
    await repository.lock_levels(session, wanted)
    outside = await repository.sum_of_order(session, order_id)
    for variant_id, quantity in sorted(wanted.items()):
        came_from = sorted(spot for spot in outside if spot[0] == variant_id)
        there = sum(outside[spot] for spot in came_from)
        if quantity > there:
            raise MoreThanSold(order_id, variant_id, there)
        left = quantity
        for spot in came_from:
            share = min(left, outside[spot])
            if share:
                await repository.move(
                    session, spot, share, MovementKind.RETURNED, note=reason, order_id=order_id
                )
                left -= share


async def receive(
    session: AsyncSession,
    variant_id: int,
    quantity: int,
    note: str,
    *,
    location_id: int = FIRST_LOCATION,
) -> int:
    """Add bottles that came in, 1 or more; return how many are on hand in the place then."""
    await repository.ensure_level(session, variant_id, location_id)
    await repository.lock_levels(session, [variant_id])
    return await repository.move(
        session, (variant_id, location_id), quantity, MovementKind.RECEIVED, note=note
    )


async def correct(
    session: AsyncSession,
    variant_id: int,
    delta: int,
    note: str,
    *,
    location_id: int = FIRST_LOCATION,
) -> int:
    """Add or take away bottles that counting found; return how many are in the place then.

    What is set aside does not stand in the way: the shelf is right. Raises StockNegative.
    """
    spot = (variant_id, location_id)
    await repository.ensure_level(session, variant_id, location_id)
    on_hand = (await repository.lock_levels(session, [variant_id]))[spot]
    if delta == 0:
        return on_hand
    if on_hand + delta < 0:
        raise StockNegative(on_hand)
    return await repository.move(session, spot, delta, MovementKind.CORRECTED, note=note)


async def carry(
    session: AsyncSession, variant_id: int, quantity: int, *, source: int, target: int, note: str
) -> None:
    """Carry bottles, 1 or more, from one place to another; raises StockNegative."""
    await repository.ensure_level(session, variant_id, target)
    on_hand = (await repository.lock_levels(session, [variant_id])).get((variant_id, source), 0)
    if quantity > on_hand:
        raise StockNegative(on_hand)
    for place, delta in ((source, -quantity), (target, quantity)):
        await repository.move(session, (variant_id, place), delta, MovementKind.MOVED, note=note)


async def make_set(session: AsyncSession, set_id: int, parts: Sequence[StockLine]) -> None:
    """Make a variant a set of others, or, of nothing, no set any more.

    Raises NestedSet when a part is a set itself, or the variant is part of one. What is set aside
    for orders stays as it was promised.
    """
    quantities = _by_variant(parts)
    if set_id in quantities:
        raise NestedSet
    try:
        async with session.begin_nested():
            await repository.replace_parts(session, set_id, quantities)
    except IntegrityError as error:
        if "part of a set" in str(error.orig):
            raise NestedSet from error
        raise


async def watch(session: AsyncSession, now: datetime) -> None:
    """Tell what ran low and what came back since the last look, each once."""
    for row in await repository.note_changes(session, now):
        if row.is_low and not row.was_low:
            await emit(session, StockRanLow(row.variant_id, row.free, row.low_stock_at, now))
        if row.was_out and not row.is_out:
            await emit(session, StockCameBack(row.variant_id, row.free, now))


async def list_low(session: AsyncSession, now: datetime, limit: int = 100) -> list[LowStock]:
    """Return variants of which few can still be bought, the scarcest first."""
    rows = await repository.list_low(session, now, limit)
    return [LowStock(row.variant_id, max(0, row.free), row.low_stock_at) for row in rows]


async def list_unexplained(session: AsyncSession) -> list[Unexplained]:
    """Return the variants whose stock is not the sum of their movements; there should be none."""
    return [Unexplained(*row) for row in await repository.list_differences(session)]


def _by_variant(lines: Iterable[StockLine]) -> dict[int, int]:
    wanted: Counter[int] = Counter()
    for line in lines:
        wanted[line.variant_id] += line.quantity
    return dict(wanted)
