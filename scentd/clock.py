"""The time, as a port: what runs on the hub takes a Clock and never asks the wall."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

WAKE_S = 0.5
"""How long a sleeper trusts the wall clock: it looks again after this, so that a stepped clock
is noticed within a second (the bar of the hub's schedules) at about 0.01 % of a core."""


class Clock(Protocol):
    """Tell and wait for the time."""

    def now(self) -> datetime:
        """Give the wall clock's moment, aware UTC. It may jump either way."""
        ...

    def monotonic(self) -> float:
        """Give seconds since some fixed moment; never jumps."""
        ...

    def is_trusted(self) -> bool:
        """Say whether the wall clock can be believed (synchronised, or accepted)."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after that many seconds of the monotonic clock."""
        ...

    async def sleep_until(self, instant: datetime) -> None:
        """Return once `now() >= instant`, within a second even when the wall clock steps."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        """Give the wall clock's moment, aware UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the clock

    def monotonic(self) -> float:
        """Give the monotonic clock in seconds."""
        return time.monotonic()

    def is_trusted(self) -> bool:
        """Say whether the wall clock is later than this program could have been built."""
        return self.now() >= EARLIEST_BELIEVABLE

    async def sleep(self, seconds: float) -> None:
        """Sleep on the event loop."""
        await asyncio.sleep(seconds)  # noqa: TID251 - this is the clock

    async def sleep_until(self, instant: datetime) -> None:
        """Sleep in slices, so that a step of the wall clock is seen."""
        while (left_s := (instant - self.now()).total_seconds()) > 0:
            await self.sleep(min(left_s, WAKE_S))


EARLIEST_BELIEVABLE = datetime(2026, 1, 1, tzinfo=UTC)
"""No hub runs this program before it was written: an earlier clock has lost its time."""
