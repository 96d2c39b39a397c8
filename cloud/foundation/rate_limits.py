"""Limits on how often something may be tried, held in PostgreSQL: true for all processes at once.

One row per key and one statement per try (the generic cell rate algorithm): the row keeps the
moment at which the key will be as good as new. It runs in autocommit, so a try counts even when
its request fails and rolls back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Interval, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.clock import Clock
from cloud.foundation.database import Base, Database
from cloud.foundation.errors import TooManyRequests


class RateLimitRow(Base):
    """The state of one limited key; rows in the past mean nothing and are swept."""

    __tablename__ = "rate_limits"

    key: Mapped[str] = mapped_column(primary_key=True)
    clear_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `times` at once, refilled evenly so that all are back after `per`."""

    times: int
    per: timedelta


_TRY = """
    INSERT INTO rate_limits AS tried (key, clear_at)
    VALUES ($1, $2::timestamptz + $3::interval)
    ON CONFLICT (key) DO UPDATE
        SET clear_at = greatest(tried.clear_at, $2::timestamptz) + $3::interval
        WHERE greatest(tried.clear_at, $2::timestamptz) + $3::interval
            <= $2::timestamptz + $4::interval
    RETURNING clear_at
"""
_CLEAR_AT = text("SELECT clear_at FROM rate_limits WHERE key = :key")
_GIVE_BACK = text("UPDATE rate_limits SET clear_at = clear_at - :step WHERE key = :key").bindparams(
    bindparam("step", type_=Interval())
)
_FORGET = text("DELETE FROM rate_limits WHERE key = :key")
_SWEEP = text("DELETE FROM rate_limits WHERE clear_at < :now")


class RateLimiter:
    """Counts tries per key over all processes of one database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def count(self, key: str, rate: Rate) -> None:
        """Count one try for a key; TooManyRequests, counting nothing, when it is one too many.

        Put no secret into the key: it is stored as it is.
        """
        now = self._clock.now()
        step = rate.per / rate.times
        if await self._database.row(_TRY, key, now, step, rate.per) is not None:
            return
        async with self._database.reading() as connection:
            clear_at = await connection.scalar(_CLEAR_AT, {"key": key})
        wait = (clear_at or now) + step - rate.per - now
        seconds = max(1, ceil(wait.total_seconds()))
        raise TooManyRequests(
            "That was tried too often.",
            hint=f"Wait {_in_words(seconds)} and try again.",
            retry_after_s=seconds,
        )

    async def give_back(self, key: str, rate: Rate) -> None:
        """Undo one counted try: for limits on failures, counted before the outcome is known."""
        async with self._database.reading() as connection:
            await connection.execute(_GIVE_BACK, {"key": key, "step": rate.per / rate.times})

    async def forget(self, key: str) -> None:
        """Give a key all its tries back, as after a successful sign-in."""
        async with self._database.reading() as connection:
            await connection.execute(_FORGET, {"key": key})


async def sweep_rate_limits(session: AsyncSession, now: datetime) -> None:
    """Delete the rows that limit nothing any more."""
    await session.execute(_SWEEP, {"now": now})


def _in_words(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} seconds" if seconds > 1 else "a second"
    return f"{ceil(seconds / 60)} minutes"
