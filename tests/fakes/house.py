"""A house for the tests of page and API: a real store, real access, real schedules and rules;
its devices, cartridges and links do at once what they are told.
"""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from scentd.api.access import Access
from scentd.api.activity import ActivityLog
from scentd.api.house import House
from scentd.api.names import Names
from scentd.api.presses import Presses
from scentd.automation.book import RuleBook
from scentd.automation.engine import Engine
from scentd.automation.place import Place
from scentd.automation.scenes import SceneBook
from scentd.automation.surroundings import Surroundings
from scentd.bus import Bus
from scentd.cartridges.asks import RefillAsks
from scentd.devices.safetybook import SafetyBook
from scentd.model.events import (
    BrokerLink,
    CloudLink,
)
from scentd.model.household import Household
from scentd.model.presence import Member, TrackerKind, Zone
from scentd.model.reasons import Reason
from scentd.presence.roster import Roster
from scentd.presence.sighting import Position, Sighting
from scentd.presence.whereabouts import Presence
from scentd.schedules.book import ScheduleBook
from scentd.store.database import Database
from scentd.store.household import HouseholdBook
from tests.fakes.parts import Cartridges, Cloud, Devices, Link
from tests.fakes.topics import FakeTopics


@dataclass
class Rig:
    """The house and the strings that move it."""

    house: House
    clock: object
    devices: Devices
    cartridges: Cartridges
    broker: Link
    cloud: Cloud
    topics: FakeTopics

    def lose_cloud(self, queued: int) -> None:
        self.cloud.connected, self.cloud.queued = False, queued
        self.house.bus.publish(CloudLink(self.clock.now(), False, queued))

    def lose_broker(self, why: str | Reason) -> None:
        reason = why if isinstance(why, Reason) else Reason("said", {"text": why})
        self.broker.is_connected, self.broker.reason = False, reason
        self.house.bus.publish(BrokerLink(self.clock.now(), False, reason))

    def see_in_a_room(self, device: str, name: str) -> None:
        """Let a room's receiver see a device."""
        sighting = Sighting(f"room:{device}", TrackerKind.ROOM, name, is_home=True)
        self.house.presence.hear(sighting)

    async def people(self) -> None:
        """Let three people live here, at a known place, one of them home, one at work."""
        house = self.house
        await house.household.save(
            replace(house.household.household, latitude=52.52, longitude=13.405)
        )
        for who in ("Ada", "Ben", "Cleo"):
            await house.roster.save_member(Member(who.lower(), who))
        await house.roster.save_zone(Zone("work", "Work", 52.531, 13.384, 250))
        await house.roster.save_zone(Zone("school", "School at the lake", 52.517, 13.428, 120))
        self.see_in_a_room("irk:2f1a", "Ada's watch")
        self.see_in_a_room("fa:11:ce", "JBL Flip")
        await house.presence.give("room:irk:2f1a", "ada")
        await house.presence.hear_app("ben", "phone", position=Position(52.531, 13.384, 12))

    async def tell_document(self, kind: str, key: str, body: str) -> None:
        """Keep a document as the cloud's downlink does."""

        def work(connection):
            connection.execute(
                "INSERT OR REPLACE INTO cloud_documents (kind, key, version, body)"
                " VALUES (?, ?, 1, ?)",
                (kind, key, body),
            )

        await self.house.database.write(work)


@asynccontextmanager
async def open_rig(path, clock, *, is_demo=False, with_cloud=True):
    """Open an empty house over a database in that file; its rules are at work."""
    database = Database(path, clock)
    await database.open()
    try:
        rig = await _build(database, clock, is_demo=is_demo, with_cloud=with_cloud)
        life = asyncio.get_running_loop().create_task(rig.house.automations.run())
        yield rig
        life.cancel()
        await asyncio.wait([life])
    finally:
        await database.close()


async def _build(database, clock, *, is_demo, with_cloud) -> Rig:
    bus = Bus()
    household = HouseholdBook(
        database, bus, clock, Household(name="Lindenweg 4", zone="Europe/Berlin")
    )
    await household.load()
    devices, cartridges, cloud = Devices(bus, clock, database), Cartridges(bus, clock), Cloud()
    schedules = ScheduleBook(
        database, clock, lambda: household.zone, lambda: {one.id for one in devices.all()}
    )
    await schedules.load()
    scenes = SceneBook(database, lambda: {one.id for one in devices.all()})
    await scenes.load()
    rules = RuleBook(database, clock, lambda: {one.id for one in devices.all()}, scenes=scenes.ids)
    await rules.load()
    topics = FakeTopics(clock)
    roster = Roster(database, lambda: household.household)
    presence = Presence(roster, database, bus, clock)
    await presence.load()
    surroundings = Surroundings(
        submit=devices.submit,
        stop_all=devices.stop_all,
        diffuser_ids=lambda: [one.id for one in devices.all()],
        state=devices.state,
        cartridge=cartridges.get,
        place=lambda: Place(household.zone),
        people=presence,
        scene=scenes.get,
        resume=lambda diffuser_id: False,
        publisher=topics,
        subscriber=topics,
    )
    activity = ActivityLog(database, bus, Names(devices, schedules, rules, scenes, roster))
    await activity.load()
    activity.start()
    safety = SafetyBook(database, clock, devices.guard, devices)
    await safety.load()
    broker = Link()
    house = House(
        clock=clock,
        bus=bus,
        database=database,
        household=household,
        access=Access(database, clock),
        activity=activity,
        presses=Presses(bus),
        diffusers=devices,
        states=devices,
        commands=devices,
        safety=safety,
        cartridges=cartridges,
        refill_asks=RefillAsks(database, bus, clock),
        schedules=schedules,
        scenes=scenes,
        rules=rules,
        automations=Engine(rules, database, bus, clock, surroundings),
        roster=roster,
        presence=presence,
        broker=broker,
        cloud=cloud,
        pairing=cloud if with_cloud else None,
        version="0.1.0",
        is_demo=is_demo,
    )
    return Rig(house, clock, devices, cartridges, broker, cloud, topics)
