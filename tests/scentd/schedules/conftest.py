import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scentd.bus import Bus
from scentd.model.events import ScheduleMissed, ScheduleSwitched
from scentd.schedules.book import ScheduleBook
from scentd.schedules.runner import Runner
from scentd.store.database import Database
from tests.fakes.clock import ManualClock
from tests.fakes.commander import FakeCommander
from tests.fakes.hub_store import open_database


class Home:
    """A hub that knows schedules only; `start` and `crash` as often as a test likes."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.database = database
        self.clock = clock
        self.zone = ZoneInfo("Europe/Berlin")
        self.bus = Bus()
        self.commander = FakeCommander()
        self.events: list[tuple[str, str, bool | str]] = []
        self.book = self._new_book()
        self.runner: Runner | None = None
        self._task: asyncio.Task[None] | None = None
        self.bus.subscribe(ScheduleSwitched, self._note_switched)
        self.bus.subscribe(ScheduleMissed, self._note_missed)

    async def start(self) -> Runner:
        self.book = self._new_book()
        await self.book.load()
        self.runner = Runner(
            self.book,
            self.database,
            self.bus,
            self.clock,
            self.commander.submit,
            self.commander.override_ends_at,
        )
        self._task = asyncio.get_running_loop().create_task(self.runner.run())
        await self.clock.advance(0)
        return self.runner

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled():
                task.result()

    async def restart_after(self, hours: float) -> None:
        await self.stop()
        await self.clock.advance(hours * 3600)
        await self.start()

    def local_now(self) -> str:
        return self.clock.now().astimezone(self.zone).strftime("%a %H:%M")

    def _new_book(self) -> ScheduleBook:
        return ScheduleBook(self.database, self.clock, lambda: self.zone, lambda: {"lamp", "fan"})

    def _note_switched(self, event: ScheduleSwitched) -> None:
        self.events.append((self.local_now(), event.entry_id, event.on))

    def _note_missed(self, event: ScheduleMissed) -> None:
        self.events.append((self.local_now(), event.entry_id, str(event.reason)))


@pytest.fixture
async def home(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Home]:
    async with open_database(tmp_path, clock) as database:
        home = Home(database, clock)
        yield home
        await home.stop()


@pytest.fixture
def at(clock: ManualClock) -> Callable[[str], None]:
    """Set the clock to a wall time in Berlin."""

    def set_to(text: str) -> None:
        local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))
        clock.set(local.astimezone(UTC))

    return set_to
