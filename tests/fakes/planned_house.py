"""The hub's devices and schedules as the daemon wires them, to be restarted at will."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from scentd.devices.settings import DeviceSettings
from scentd.model.commands import Outcome, Wish
from scentd.schedules.book import ScheduleBook
from scentd.schedules.clockwatch import ClockWatch
from scentd.schedules.runner import Runner
from scentd.schedules.settings import ScheduleSettings
from tests.fakes.clock import ManualClock
from tests.fakes.devices import Devices
from tests.fakes.hub_store import WatchedDatabase


class PlannedHouse(Devices):
    """A house whose plan is the real one.

    `on_wish` hears of each wish of the plan before the commander does. While `turns` is set, tasks
    get only so many turns of the loop at each moment of the clock: what then is cut off was cut
    off in the middle.
    """

    def __init__(self, path: Path, clock: ManualClock, zone: ZoneInfo) -> None:
        super().__init__(path, clock, DeviceSettings(max_run_minutes=10_080))
        self.zone = zone
        self.turns: int | None = None
        self.on_wish: Callable[[Wish], None] = lambda wish: None

    async def settle(self) -> None:
        """Let tasks go on: all they can, or their turns."""
        if self.turns is None:
            await self.database.settle()
            return
        for _ in range(self.turns):
            await asyncio.sleep(0)  # noqa: TID251 - yields, does not wait

    def _open(self, path: Path) -> WatchedDatabase:
        self.clock.settle = self.settle
        return super()._open(path)

    async def _load_plan(self) -> None:
        self.book = ScheduleBook(self.database, self.clock, lambda: self.zone, self._known)
        await self.book.load()
        self.runner = Runner(
            self.book,
            self.database,
            self.bus,
            self.clock,
            self._submit,
            self.commander.override_ends_at,
            ScheduleSettings(log_days=400),
        )

    def _more_parts(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        return (self.runner.run, ClockWatch(self.clock, self.bus).run)

    def _known(self) -> set[str]:
        return {diffuser.id for diffuser in self.registry.all()}

    def _next_switch(self, name: str) -> datetime | None:
        return self.book.next_switch(name)

    def _away_until(self, name: str) -> datetime | None:
        return self.book.away_until(name)

    def _resume(self, name: str) -> bool:
        return self.runner.resume(name)

    def _submit(self, wish: Wish) -> Outcome:
        self.on_wish(wish)
        return self.commander.submit(wish)
