"""A clock that moves only when told to."""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta


class ManualClock:
    """Both halves' Clock: `advance` passes time and wakes sleepers in order, `step` jumps."""

    def __init__(self, start: datetime = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._monotonic = 1_000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._wall_sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self.trusted = True
        self.settle: Callable[[], Awaitable[None]] = _let_others_run
        """What `advance` awaits between moments: set it where tasks wait for a real thread."""

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def is_trusted(self) -> bool:
        return self.trusted

    def set(self, moment: datetime) -> None:
        """Move the wall clock alone, as NTP or a person would; wakes sleepers that are due."""
        self._now = moment
        self._wake_due()

    def step(self, delta: timedelta) -> None:
        """Move the wall clock alone by `delta`."""
        self.set(self._now + delta)

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await _let_others_run(1)
            return
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._monotonic + seconds, next(self._order), future))
        await future

    async def sleep_until(self, instant: datetime) -> None:
        if instant <= self._now:
            await _let_others_run(1)
            return
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._wall_sleepers, (instant, next(self._order), future))
        await future

    async def advance(self, delta: timedelta | float) -> None:
        """Pass time: wake every sleeper at its own moment, letting tasks run in between."""
        seconds = delta.total_seconds() if isinstance(delta, timedelta) else float(delta)
        end = self._monotonic + seconds
        await self.settle()
        while (next_s := self._next_due_s()) is not None and next_s <= end:
            self._pass(max(0.0, next_s - self._monotonic))
            self._wake_due()
            await self.settle()
        self._pass(end - self._monotonic)
        self._wake_due()
        await self.settle()

    async def leap(self, seconds: float) -> None:
        """Pass time at once, as for a hub that got no turn; whoever is due wakes at its end."""
        self._pass(seconds)
        self._wake_due()
        await self.settle()

    def _pass(self, seconds: float) -> None:
        self._monotonic += seconds
        self._now += timedelta(seconds=seconds)

    def _next_due_s(self) -> float | None:
        self._drop_cancelled()
        moments = []
        if self._sleepers:
            moments.append(self._sleepers[0][0])
        if self._wall_sleepers:
            left = (self._wall_sleepers[0][0] - self._now).total_seconds()
            moments.append(self._monotonic + left)
        return min(moments, default=None)

    def _drop_cancelled(self) -> None:
        for heap in (self._sleepers, self._wall_sleepers):
            while heap and heap[0][2].done():
                heapq.heappop(heap)  # type: ignore[arg-type]

    def _wake_due(self) -> None:
        self._drop_cancelled()
        # A float step may fall a hair short of its own target.
        slack = 1e-6
        while self._sleepers and self._sleepers[0][0] <= self._monotonic + slack:
            self._sleepers[0][2].set_result(None)
            self._drop_cancelled()
        while self._wall_sleepers and self._wall_sleepers[0][0] <= self._now + timedelta(
            seconds=slack
        ):
            self._now = max(self._now, self._wall_sleepers[0][0])
            self._wall_sleepers[0][2].set_result(None)
            self._drop_cancelled()


async def _let_others_run(turns: int = 50) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)  # noqa: TID251 - yields, does not wait
