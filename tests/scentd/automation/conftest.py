import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scentd.automation.book import RuleBook
from scentd.automation.engine import Engine
from scentd.automation.place import Place, Sky
from scentd.automation.scenes import SceneBook
from scentd.automation.settings import AutomationSettings
from scentd.automation.surroundings import Surroundings
from scentd.bus import Bus
from scentd.model.cartridge import Cartridge, SlotKey
from scentd.model.commands import Origin, Source
from scentd.model.diffuser import Availability, DiffuserState
from scentd.model.errors import DiffuserUnknown
from scentd.model.events import Reported, RuleFired, StateChanged
from scentd.model.readings import ButtonRead
from scentd.model.rule import AutomationRule, RuleTrace
from scentd.store.database import Database
from tests.fakes.clock import ManualClock
from tests.fakes.commander import FakeCommander
from tests.fakes.hub_store import open_database
from tests.fakes.people import FakePeople
from tests.fakes.topics import FakeTopics


class Home:
    """A hub that knows rules only, on which `lamp` and `fan` do as the test says."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.database = database
        self.clock = clock
        self.zone = ZoneInfo("Europe/Berlin")
        self.bus = Bus()
        self.commander = FakeCommander()
        self.topics = FakeTopics(clock)
        self.settings = AutomationSettings()
        online = DiffuserState(availability=Availability.ONLINE)
        self.states = {"lamp": online, "fan": online}
        self.cartridges: dict[SlotKey, Cartridge] = {}
        self.sky: Sky | None = None
        self.people = FakePeople()
        self.scenes = SceneBook(database, lambda: {"lamp", "fan"})
        self.planned: set[str] = set()
        self.stopped_by: list[Source] = []
        self.fired: list[RuleTrace] = []
        self.bus.subscribe(RuleFired, lambda event: self.fired.append(event.trace))
        self.book = self._new_book()
        self.engine: Engine | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self, *rules: AutomationRule) -> Engine:
        self.book = self._new_book()
        await self.book.load()
        for rule in rules:
            await self.book.save(rule)
        surroundings = Surroundings(
            submit=self.commander.submit,
            stop_all=self.stopped_by.append,
            diffuser_ids=lambda: ["lamp", "fan"],
            state=self._state,
            cartridge=self.cartridges.get,
            place=lambda: Place(self.zone, self.sky),
            people=self.people,
            scene=self.scenes.get,
            resume=self.planned.__contains__,
            publisher=self.topics,
            subscriber=self.topics,
        )
        self.engine = Engine(
            self.book, self.database, self.bus, self.clock, surroundings, self.settings
        )
        self._task = asyncio.get_running_loop().create_task(self.engine.run())
        await self.clock.advance(0)
        return self.engine

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled():
                task.result()

    async def restart_after(self, hours: float) -> None:
        await self.stop()
        await self.clock.advance(timedelta(hours=hours))
        await self.start()

    def change(
        self,
        diffuser_id: str,
        *,
        by_rule: str | None = None,
        retained: bool = False,
        **reported: object,
    ) -> None:
        """Have the device report a new state of itself."""
        before = self.states[diffuser_id]
        after = replace(before, reported=replace(before.reported, **reported))
        self._become(diffuser_id, after, by_rule=by_rule, retained=retained)

    def reach(self, diffuser_id: str, availability: Availability) -> None:
        after = replace(self.states[diffuser_id], availability=availability)
        self._become(diffuser_id, after)

    def press(self, diffuser_id: str, button: str, *, retained: bool = False) -> None:
        readings = (ButtonRead(button),)
        self.bus.publish(Reported(self.clock.now(), diffuser_id, readings, retained))

    def verdicts(self) -> list[tuple[str, str]]:
        return [(trace.rule_id, trace.verdict.value) for trace in self.fired]

    def _become(
        self,
        diffuser_id: str,
        after: DiffuserState,
        *,
        by_rule: str | None = None,
        retained: bool = False,
    ) -> None:
        before, self.states[diffuser_id] = self.states[diffuser_id], after
        source = Source(Origin.RULE, by_rule) if by_rule else None
        self.bus.publish(
            StateChanged(self.clock.now(), diffuser_id, before, after, source, retained)
        )

    def _state(self, diffuser_id: str) -> DiffuserState:
        try:
            return self.states[diffuser_id]
        except KeyError:
            raise DiffuserUnknown(diffuser_id) from None

    def _new_book(self) -> RuleBook:
        return RuleBook(self.database, self.clock, lambda: {"lamp", "fan"}, self.settings)


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
