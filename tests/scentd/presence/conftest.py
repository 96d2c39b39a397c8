import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scentd.bus import Bus
from scentd.model.events import MemberEntered, MemberLeft
from scentd.model.household import Household
from scentd.model.presence import Member, TrackerKind
from scentd.presence.listening import listen
from scentd.presence.roster import Roster
from scentd.presence.settings import PresenceSettings
from scentd.presence.sighting import Position, Sighting
from scentd.presence.whereabouts import Presence
from scentd.store.database import Database
from tests.fakes.clock import ManualClock
from tests.fakes.hub_store import open_database
from tests.fakes.topics import FakeTopics

HOME = Position(52.52, 13.405, 10)
LINDENWEG = Household(name="Lindenweg 4", latitude=52.52, longitude=13.405)
FAR = Position(52.60, 13.405, 10)


@dataclass
class Home:
    """A hub that knows of people only; `told` is what it said of them."""

    database: Database
    clock: ManualClock
    settings: PresenceSettings = field(default_factory=PresenceSettings)
    household: Household = LINDENWEG
    told: list[str] = field(default_factory=list)

    async def start(self, *names: str) -> None:
        self.bus, self.topics = Bus(), FakeTopics(self.clock)
        self.bus.subscribe(MemberEntered, self._on_entered)
        self.bus.subscribe(MemberLeft, self._on_left)
        self.roster = Roster(self.database, lambda: self.household)
        self.presence = Presence(self.roster, self.database, self.bus, self.clock, self.settings)
        await self.presence.load()
        listen(self.topics, self.presence.hear, self.settings)
        self._task = asyncio.get_running_loop().create_task(self.presence.run())
        await self.clock.advance(0)
        for name in names:
            await self.roster.save_member(Member(name, name.capitalize()))

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        if not self._task.cancelled():
            self._task.result()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def give(self, tracker_id: str, member_id: str) -> None:
        """Let a member have a tracker that says it is away, as if it had been so for long."""
        kind = TrackerKind(tracker_id.partition(":")[0])
        self.presence.hear(Sighting(tracker_id, kind, is_home=False))
        await self.presence.give(tracker_id, member_id)

    def hear(self, tracker_id: str, **said: object) -> None:
        kind = TrackerKind(tracker_id.partition(":")[0])
        self.presence.hear(Sighting(tracker_id, kind, **said))

    def _on_entered(self, event: MemberEntered) -> None:
        first = " first" if event.is_first else ""
        self.told.append(f"{event.member_id} enters {event.zone_id}{first}")

    def _on_left(self, event: MemberLeft) -> None:
        last = " last" if event.is_last else ""
        self.told.append(f"{event.member_id} leaves {event.zone_id}{last}")


@pytest.fixture
async def home(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Home]:
    async with open_database(tmp_path, clock) as database:
        home = Home(database, clock)
        await home.start("ada", "ben")
        yield home
        await home.stop()
