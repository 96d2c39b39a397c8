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


async def sleep_until_nudged(clock: Clock, instant: datetime | None, nudge: asyncio.Event) -> None:
    """Return once the instant has come (None: it never does) or `nudge` is set; clears it."""
    async with asyncio.TaskGroup() as group:
        waits: list[asyncio.Task[object]] = [group.create_task(nudge.wait(), name="nudge")]
        if instant is not None:
            waits.append(group.create_task(clock.sleep_until(instant), name="instant"))
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
    nudge.clear()


EARLIEST_BELIEVABLE = datetime(2026, 1, 1, tzinfo=UTC)
"""No hub runs this program before it was written: an earlier clock has lost its time."""


class Throttle:
    """Let each key pass at most once in `every_s` seconds: for words that would flood a log.

    Remembers at most `capacity` keys; beyond that it forgets them all, and each may pass again.
    """

    def __init__(self, clock: Clock, *, every_s: float, capacity: int = 1_000) -> None:
        self._clock = clock
        self._every_s = every_s
        self._capacity = capacity
        self._passed_s: dict[str, float] = {}

    def lets_pass(self, key: str) -> bool:
        """Say whether the key may pass now, and remember that it did."""
        now_s = self._clock.monotonic()
        passed_s = self._passed_s.get(key)
        if passed_s is not None and now_s - passed_s < self._every_s:
            return False
        if len(self._passed_s) >= self._capacity:
            self._passed_s.clear()
        self._passed_s[key] = now_s
        return True
