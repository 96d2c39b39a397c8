"""Reserving, selling, taking back and counting bottles, exact when many do it at once.

Every writer locks the stock rows it touches in id order, then reads what is promised, then
writes: so two writers of one variant take turns, and writers of several cannot deadlock.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.inventory import repository
from cloud.inventory.errors import (
    MoreThanSold,
    OutOfStock,
    ReservationLapsed,
    Shortage,
    StockNegative,
)
from cloud.inventory.models import MovementKind


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
    """Return how many bottles can be reserved at a moment, for every given variant id."""
    on_hand = await repository.read_levels(session, variant_ids)
    promised = await repository.sum_reserved(session, variant_ids, now)
    return {
        variant_id: max(0, on_hand.get(variant_id, 0) - promised.get(variant_id, 0))
        for variant_id in variant_ids
    }


async def reserve(
    session: AsyncSession, holder: str, lines: Sequence[StockLine], ttl: timedelta, now: datetime
) -> None:
    """Set bottles aside for a holder ("order:17") until `now + ttl`; all of them or none.

    Replaces whatever the holder had set aside, so repeating it is harmless. Two lines of one
    variant count together. Raises OutOfStock; what was set aside before then stays so.
    """
    wanted = _by_variant(lines)
    if not wanted:
        await release(session, holder)
        return
    held = await repository.list_held(session, holder)
    on_hand = await repository.lock_levels(session, {*wanted, *held})
    promised = await repository.sum_reserved(session, wanted, now, except_for=holder)
    free = {
        variant_id: on_hand.get(variant_id, 0) - promised.get(variant_id, 0)
        for variant_id in wanted
    }
    shortages = [
        Shortage(variant_id, asked, max(0, free[variant_id]))
        for variant_id, asked in sorted(wanted.items())
        if asked > free[variant_id]
    ]
    if shortages:
        raise OutOfStock(shortages)
    await repository.replace_held(session, holder, wanted, now + ttl)


async def extend(session: AsyncSession, holder: str, ttl: timedelta, now: datetime) -> None:
    """Keep a holder's bottles aside until `now + ttl` at least; raises ReservationLapsed."""
    if not await repository.prolong_held(session, holder, now + ttl, now):
        raise ReservationLapsed(holder)


async def consume(session: AsyncSession, holder: str, order_id: int, now: datetime) -> None:
    """Turn what a holder had set aside into bottles sold by an order.

    Call it in the transaction that marks the order paid. For an order that took its bottles
    already, it changes nothing but to drop what is set aside a second time. Raises
    ReservationLapsed when the bottles are not set aside any more: reserve them again and consume
    in the same transaction, or give the money back.
    """
    held = await repository.list_held(session, holder)
    on_hand = await repository.lock_levels(session, held)
    if await repository.sum_of_order(session, order_id):
        await repository.delete_held(session, holder)
        return
    # Read again under the locks: another call may have changed them while this one waited.
    held = await repository.list_held(session, holder)
    promised = await repository.sum_reserved(session, held, now, except_for=holder)
    if not held or any(
        expires_at <= now or on_hand.get(variant_id, 0) - promised.get(variant_id, 0) < quantity
        for variant_id, (quantity, expires_at) in held.items()
    ):
        raise ReservationLapsed(holder)
    for variant_id, (quantity, _) in sorted(held.items()):
        await repository.move(
            session, variant_id, -quantity, MovementKind.SOLD, note="", order_id=order_id
        )
    await repository.delete_held(session, holder)


async def release(session: AsyncSession, holder: str) -> None:
    """Give back what a holder had set aside and did not consume; repeating it is harmless."""
    await repository.delete_held(session, holder)


async def restock(
    session: AsyncSession, order_id: int, lines: Sequence[StockLine], reason: str
) -> None:
    """Put bottles of an order back on the shelf.

    Not idempotent: call it once per return, under the order's row lock. Raises MoreThanSold when
    an order would give back more of a variant than it took.
    """
    wanted = _by_variant(lines)
    await repository.lock_levels(session, wanted)
    outside = await repository.sum_of_order(session, order_id)
    for variant_id, quantity in sorted(wanted.items()):
        if quantity > outside.get(variant_id, 0):
            raise MoreThanSold(order_id, variant_id, outside.get(variant_id, 0))
        await repository.move(
            session,
            variant_id,
            quantity,
            MovementKind.RETURNED,
            note=reason,
            order_id=order_id,
        )


async def receive(session: AsyncSession, variant_id: int, quantity: int, note: str) -> int:
    """Add bottles that came in, 1 or more; return how many are on hand then."""
    await repository.ensure_level(session, variant_id)
    await repository.lock_levels(session, [variant_id])
    return await repository.move(session, variant_id, quantity, MovementKind.RECEIVED, note=note)


async def correct(session: AsyncSession, variant_id: int, delta: int, note: str) -> int:
    """Add or take away bottles that counting found; return how many are on hand then.

    What is set aside does not stand in the way: the shelf is right. Raises StockNegative.
    """
    await repository.ensure_level(session, variant_id)
    on_hand = (await repository.lock_levels(session, [variant_id]))[variant_id]
    if delta == 0:
        return on_hand
    if on_hand + delta < 0:
        raise StockNegative(on_hand)
    return await repository.move(session, variant_id, delta, MovementKind.CORRECTED, note=note)


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
