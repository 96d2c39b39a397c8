"""Booking points. One door for whatever moves them, and the account's lock behind it.

`open_account` comes first in every transaction that books: it takes the lock and writes off what
is past its time, so that nobody can spend what has expired, however late the job is.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.loyalty.errors import NotEnoughPoints
from cloud.loyalty.kinds import EntryKind
from cloud.loyalty.models import PointAccount, PointEntry, PointLot
from cloud.loyalty.repository import points as rows
from cloud.loyalty.terms import PLAIN_RATE_PERCENT, POINTS_LAST


@dataclass(frozen=True, slots=True)
class Reason:
    """Why points move: the kind, a note for the member, and what it is about, if anything.

    The rest is what `PointEntry` has under the same names.
    """

    kind: EntryKind
    note: str = ""
    order_id: int | None = None
    user_reward_id: int | None = None
    once_key: str | None = None
    reverses_id: int | None = None
    tier_points: int = 0
    rate_percent: int = PLAIN_RATE_PERCENT


async def open_account(session: AsyncSession, user_id: int, now: datetime) -> PointAccount:
    """Return a member's account, locked, with nothing in it that has expired at a moment."""
    account = await rows.lock_account(session, user_id)
    gone = 0
    for lot in await rows.list_lots(session, user_id):
        if lot.expires_at <= now:
            gone += lot.left
            lot.expired += lot.left
            lot.left = 0
    if gone:
        account.balance -= gone
        await _book(session, account, Reason(EntryKind.EXPIRE_POINTS), -gone, now)
    return account


async def credit(
    session: AsyncSession, account: PointAccount, reason: Reason, points: int, now: datetime
) -> PointEntry:
    """Add points, 1 or more, to an opened account and return their entry.

    A debt is paid with them first.
    """
    paid = min(points, account.debt)
    account.debt -= paid
    account.balance += points - paid
    expires_at = now + POINTS_LAST
    entry = await _book(session, account, reason, points, now, expires_at=expires_at)
    if points > paid:
        left = points - paid
        session.add(
            PointLot(
                entry_id=entry.id,
                user_id=account.user_id,
                points=left,
                left=left,
                expires_at=expires_at,
            )
        )
        await session.flush()
    return entry


async def debit(
    session: AsyncSession, account: PointAccount, reason: Reason, points: int, now: datetime
) -> None:
    """Take points, 1 or more, off an opened account; raises NotEnoughPoints."""
    if points > account.balance:
        raise NotEnoughPoints(points, account.balance)
    await _consume(session, account, points)
    await _book(session, account, reason, -points, now)


async def take_back(
    session: AsyncSession,
    account: PointAccount,
    reason: Reason,
    points: int,
    now: datetime,
    *,
    first: int,
) -> None:
    """Take points, 1 or more, off an opened account, whatever is there: the rest becomes debt.

    The lot of the entry `first` goes before the others: these are the points that came with it.
    """
    there = min(points, account.balance)
    await _consume(session, account, there, first=first)
    account.debt += points - there
    await _book(session, account, reason, -points, now)


async def _consume(
    session: AsyncSession, account: PointAccount, points: int, *, first: int | None = None
) -> None:
    lots = await rows.list_lots(session, account.user_id)
    for lot in sorted(lots, key=lambda one: one.entry_id != first):
        part = min(points, lot.left)
        lot.left -= part
        points -= part
        account.balance -= part


async def _book(
    session: AsyncSession,
    account: PointAccount,
    reason: Reason,
    points: int,
    now: datetime,
    *,
    expires_at: datetime | None = None,
) -> PointEntry:
    entry = PointEntry(
        user_id=account.user_id,
        kind=reason.kind,
        points=points,
        total_after=account.balance - account.debt,
        note=reason.note,
        order_id=reason.order_id,
        user_reward_id=reason.user_reward_id,
        once_key=reason.once_key,
        reverses_id=reason.reverses_id,
        tier_points=reason.tier_points,
        rate_percent=reason.rate_percent,
        expires_at=expires_at,
        at=now,
    )
    session.add(entry)
    await session.flush()
    return entry
