"""Queries of points. Whoever writes begins with `lock_account`; jobs take accounts in id order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from cloud.loyalty.kinds import EntryKind
from cloud.loyalty.models import PointAccount, PointEntry, PointLot
from cloud.refunds.models import Refund, RefundStage

_UNEXPLAINED = text("""
    WITH sums AS (
        SELECT a.user_id, a.balance, a.debt,
            coalesce((SELECT sum(points) FROM point_entries e WHERE e.user_id = a.user_id), 0)
                AS booked,
            coalesce((SELECT sum("left") FROM point_lots l WHERE l.user_id = a.user_id), 0)
                AS in_lots
        FROM point_accounts a
    )
    SELECT * FROM sums
    WHERE balance - debt <> booked OR balance <> in_lots ORDER BY user_id
""")


@dataclass(frozen=True, slots=True)
class Unexplained:
    """An account that its entries or its lots contradict."""

    user_id: int
    balance: int
    debt: int
    booked: int
    in_lots: int


@dataclass(frozen=True, slots=True)
class Earned:
    """What an entry brought whom, and what of it is gone: taken back, or past its time.

    `tier_points` still count towards a tier.
    """

    user_id: int
    entry_id: int
    earned: int
    taken: int
    expired: int
    tier_points: int
    rate_percent: int


async def lock_account(session: AsyncSession, user_id: int) -> PointAccount:
    """Return a member's account, made if need be, locked until the transaction ends."""
    await session.execute(insert(PointAccount).values(user_id=user_id).on_conflict_do_nothing())
    found = await session.scalars(
        select(PointAccount)
        .where(PointAccount.user_id == user_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found.one()


async def list_lots(session: AsyncSession, user_id: int) -> Sequence[PointLot]:
    """Return the lots of a locked account with something left, the first to go first."""
    found = await session.scalars(
        select(PointLot)
        .where(PointLot.user_id == user_id, PointLot.left > 0)
        .order_by(PointLot.expires_at, PointLot.entry_id)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def list_live(
    session: AsyncSession, user_id: int, now: datetime
) -> list[tuple[datetime, int]]:
    """Return until when how many points can be spent, the first to go first."""
    rows = await session.execute(
        select(PointLot.expires_at, func.sum(PointLot.left))
        .where(PointLot.user_id == user_id, PointLot.left > 0, PointLot.expires_at > now)
        .group_by(PointLot.expires_at)
        .order_by(PointLot.expires_at)
    )
    return [(at, int(points)) for at, points in rows]


async def read_debt(session: AsyncSession, user_id: int) -> int:
    """Return a member's debt, 0 without an account."""
    found = await session.scalar(select(PointAccount.debt).where(PointAccount.user_id == user_id))
    return found or 0


async def list_entries(
    session: AsyncSession, user_id: int, *, before: int | None, limit: int
) -> Sequence[PointEntry]:
    """Return a member's entries older than the id `before`, the newest first."""
    statement = select(PointEntry).where(PointEntry.user_id == user_id)
    if before is not None:
        statement = statement.where(PointEntry.id < before)
    found = await session.scalars(statement.order_by(PointEntry.id.desc()).limit(limit))
    return found.all()


async def find_purchase(session: AsyncSession, order_id: int) -> Earned | None:
    """Return what an order brought; None for nothing. Exact under its member's lock."""
    entry: PointEntry | None = await session.scalar(
        select(PointEntry).where(
            PointEntry.order_id == order_id, PointEntry.kind == EntryKind.EARN_PURCHASE
        )
    )
    return None if entry is None else await _earned(session, entry)


async def find_once(session: AsyncSession, user_id: int, once_key: str) -> Earned | None:
    """Return what a key brought a member; None for nothing yet. Exact under their lock."""
    entry: PointEntry | None = await session.scalar(
        select(PointEntry).where(PointEntry.user_id == user_id, PointEntry.once_key == once_key)
    )
    return None if entry is None else await _earned(session, entry)


async def _earned(session: AsyncSession, entry: PointEntry) -> Earned:
    back = await session.execute(
        select(
            func.coalesce(-func.sum(PointEntry.points), 0),
            func.coalesce(func.sum(PointEntry.tier_points), 0),
        ).where(PointEntry.reverses_id == entry.id)
    )
    taken, tier_points = back.one()
    expired = await session.scalar(select(PointLot.expired).where(PointLot.entry_id == entry.id))
    return Earned(
        user_id=entry.user_id,
        entry_id=entry.id,
        earned=entry.points,
        taken=int(taken),
        expired=expired or 0,
        tier_points=entry.tier_points + int(tier_points),
        rate_percent=entry.rate_percent,
    )


async def has_kind_since(
    session: AsyncSession, user_id: int, kind: EntryKind, since: datetime
) -> bool:
    """Tell whether points of a kind came to a member after a moment."""
    return bool(
        await session.scalar(
            select(
                exists().where(
                    PointEntry.user_id == user_id, PointEntry.kind == kind, PointEntry.at > since
                )
            )
        )
    )


async def list_untold(session: AsyncSession, days: int, now: datetime, limit: int) -> Sequence[int]:
    """Return members with points that go within so many days, untold of that; in id order."""
    found = await session.scalars(
        select(PointLot.user_id)
        .where(*_untold(days, now))
        .distinct()
        .order_by(PointLot.user_id)
        .limit(limit)
    )
    return found.all()


async def list_untold_lots(
    session: AsyncSession, user_id: int, days: int, now: datetime
) -> Sequence[PointLot]:
    """Return such lots of an opened account, the first to go first."""
    found = await session.scalars(
        select(PointLot)
        .where(PointLot.user_id == user_id, *_untold(days, now))
        .order_by(PointLot.expires_at, PointLot.entry_id)
        .execution_options(populate_existing=True)
    )
    return found.all()


def _untold(days: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        PointLot.left > 0,
        PointLot.expires_at > now,
        PointLot.expires_at <= now + timedelta(days=days),
        or_(PointLot.told_days.is_(None), PointLot.told_days > days),
    )


async def sum_refunded(session: AsyncSession, order_id: int) -> int:
    """Return what left for good of an order's total: refunds under way may still be undone."""
    found = await session.scalar(
        select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(
            Refund.order_id == order_id,
            Refund.stage == RefundStage.SUCCEEDED,
            Refund.is_excess.is_(False),
        )
    )
    return int(found or 0)


async def list_due(session: AsyncSession, now: datetime, limit: int) -> Sequence[int]:
    """Return members with points past their time that were not written off yet, in id order."""
    found = await session.scalars(
        select(PointLot.user_id)
        .where(PointLot.left > 0, PointLot.expires_at <= now)
        .distinct()
        .order_by(PointLot.user_id)
        .limit(limit)
    )
    return found.all()


async def list_unexplained(session: AsyncSession) -> list[Unexplained]:
    """Return the accounts that are not what their entries and lots say; there should be none."""
    rows = await session.execute(_UNEXPLAINED)
    return [
        Unexplained(row.user_id, row.balance, row.debt, int(row.booked), int(row.in_lots))
        for row in rows
    ]
