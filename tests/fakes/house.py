"""A house for the tests of page and API: a real store, real access, real schedules; its devices,
cartridges and links do at once what they are told.
"""

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from scentd.api.access import Access
from scentd.api.activity import ActivityLog
from scentd.api.house import House
from scentd.api.names import Names
from scentd.automation.book import RuleBook
from scentd.bus import Bus
from scentd.devices.errors import NameUnusable, ProfileUnknown
from scentd.model.cartridge import Cartridge, RunOut, SlotKey
from scentd.model.commands import Answer, Origin, Outcome, Source, Wish
from scentd.model.diffuser import (
    Availability,
    Capabilities,
    Diffuser,
    DiffuserState,
    LevelQuality,
    ReportedState,
)
from scentd.model.errors import DiffuserUnknown
from scentd.model.events import (
    BrokerLink,
    CartridgeFitted,
    CloudLink,
    DiffuserFound,
    DiffuserRemoved,
    StateChanged,
)
from scentd.model.household import Household
from scentd.model.schedule import ScentSchedule, ScheduleEntry, Weekday
from scentd.ports import Profile
from scentd.schedules.book import ScheduleBook
from scentd.store.database import Database
from scentd.store.household import HouseholdBook

FRIDAY_EVENING = datetime(2026, 3, 6, 20, 10, tzinfo=UTC)
STEPS = (20, 40, 60, 80, 100)


class Devices:
    """Registry, states and commander in one: a wish is done and reported at once."""

    def __init__(self, bus, clock) -> None:
        self._bus = bus
        self._clock = clock
        self.known: dict[str, Diffuser] = {}
        self.states: dict[str, DiffuserState] = {}
        self.wishes: list[Wish] = []
        self.held: dict[str, datetime] = {}
        self.offered = (
            Profile("gd30w", "GD-30W", Capabilities(steps=STEPS)),
            Profile("xd800w", "XD800W", Capabilities(steps=STEPS)),
        )

    def add(self, diffuser: Diffuser, state: DiffuserState) -> None:
        self.known[diffuser.id] = diffuser
        self.states[diffuser.id] = state
        self._bus.publish(DiffuserFound(self._clock.now(), diffuser, is_new=True))

    def all(self):
        return tuple(self.known.values())

    def get(self, diffuser_id):
        if diffuser_id not in self.known:
            raise DiffuserUnknown(diffuser_id)
        return self.known[diffuser_id]

    def state(self, diffuser_id):
        self.get(diffuser_id)
        return self.states[diffuser_id]

    def profiles(self, diffuser_id):
        return self.offered if self.get(diffuser_id).dialect == "tasmota" else ()

    async def rename(self, diffuser_id, *, name=None, room=None):
        known = self.get(diffuser_id)
        if name is not None and not name.strip():
            raise NameUnusable("name", "it is empty")
        changed = replace(
            known,
            name=known.name if name is None else name,
            room=known.room if room is None else room,
        )
        self.known[diffuser_id] = changed
        self._bus.publish(DiffuserFound(self._clock.now(), changed, is_new=False))
        return changed

    async def choose_profile(self, diffuser_id, key):
        if key not in {profile.key for profile in self.profiles(diffuser_id)}:
            raise ProfileUnknown(diffuser_id, key)
        changed = replace(self.get(diffuser_id), profile=key, needs_profile=False)
        self.known[diffuser_id] = changed
        return changed

    async def remove(self, diffuser_id):
        del self.known[self.get(diffuser_id).id]
        self._bus.publish(DiffuserRemoved(self._clock.now(), diffuser_id))

    def submit(self, wish):
        self.wishes.append(wish)
        known, before = self.get(wish.diffuser_id), self.states[wish.diffuser_id]
        if before.availability is Availability.OFFLINE:
            return Outcome(Answer.OFFLINE, f"{known.name} is offline.")
        percent = wish.intensity_percent
        step = known.capabilities.nearest_step(percent) if percent else None
        changes = {"power": wish.power, "intensity_percent": step, "light": wish.light}
        self.report(
            wish.diffuser_id,
            wish.source,
            **{key: value for key, value in changes.items() if value is not None},
        )
        return Outcome(Answer.SENT, "Sent.", "c1", step)

    def override_ends_at(self, diffuser_id):
        return self.held.get(diffuser_id)

    def stop_all(self, source):
        return [self.submit(Wish(one.id, source, power=False)) for one in self.all()]

    def report(self, diffuser_id, source=None, **reported) -> None:
        """Let a device say something of itself."""
        before = self.states[diffuser_id]
        self.put(
            diffuser_id, replace(before, reported=replace(before.reported, **reported)), source
        )

    def put(self, diffuser_id, after, source=None) -> None:
        """Make that what is known of a device."""
        before, self.states[diffuser_id] = self.states[diffuser_id], after
        self._bus.publish(
            StateChanged(self._clock.now(), diffuser_id, before, after, source, is_retained=False)
        )


class Cartridges:
    """What is fitted, with whatever forecast the test gives it."""

    def __init__(self, bus, clock) -> None:
        self._bus = bus
        self._clock = clock
        self.fitted: dict[SlotKey, Cartridge] = {}
        self.run_outs: dict[SlotKey, RunOut] = {}
        self.low: set[SlotKey] = set()
        self.doubted: set[SlotKey] = set()

    def put(self, cartridge, run_out, *, is_low=False) -> None:
        self.fitted[cartridge.slot] = cartridge
        self.run_outs[cartridge.slot] = run_out
        (self.low.add if is_low else self.low.discard)(cartridge.slot)

    def all(self):
        return tuple(self.fitted.values())

    def get(self, slot):
        return self.fitted.get(slot)

    def run_out(self, slot):
        return self.run_outs.get(slot, RunOut(None, None, None))

    def is_low(self, slot):
        return slot in self.low

    def is_rise_doubted(self, slot):
        return slot in self.doubted

    async def history(self, slot, since):
        one = self.fitted[slot]
        days = range((self._clock.now() - since).days, 0, -1)
        used = one.capacity_ul - one.remaining_ul
        return tuple(
            (
                self._clock.now() - timedelta(days=day),
                one.remaining_ul + used * day // len(days),
                one.error_ul,
            )
            for day in days
        )

    async def fit(self, slot, *, sku, scent_name, capacity_ul, remaining_ul=None):
        left = capacity_ul if remaining_ul is None else remaining_ul
        known = self.fitted.get(slot)
        now = self._clock.now()
        fitted = Cartridge(
            slot=slot,
            install_id=f"fitted{len(self.fitted)}0",
            cycle=known.cycle + 1 if known else 1,
            sku=sku,
            scent_name=scent_name,
            capacity_ul=capacity_ul,
            remaining_ul=left,
            error_ul=0,
            quality=LevelQuality.HUB_ESTIMATE,
            fitted_at=now,
            level_at=now,
        )
        self.put(fitted, RunOut(None, None, None))
        self._bus.publish(CartridgeFitted(now, fitted))
        return fitted


@dataclass
class Link:
    """The broker's link."""

    is_connected: bool = True
    why: str = ""


@dataclass
class Offer:
    user_code: str = "BDFG-HJKM"
    verification_url: str = "http://127.0.0.1:8000/pair?code=BDFG-HJKM"
    typing_url: str = "http://127.0.0.1:8000/pair"
    words: tuple[str, ...] = ("amber", "river", "candle", "north")
    expires_at: datetime = FRIDAY_EVENING + timedelta(minutes=10)


@dataclass
class Cloud:
    """The cloud's link, and the way into an account."""

    paired: bool = True
    household_name: str = "Lindenweg"
    connected: bool = True
    queued: int = 0
    last_contact_at: datetime | None = FRIDAY_EVENING
    why: str = ""
    offer: Offer | None = None
    refusal: Exception | None = None

    async def start(self):
        if self.refusal:
            raise self.refusal
        self.offer = Offer()

    async def leave(self):
        self.paired = self.connected = False


@dataclass
class Rig:
    """The house and the strings that move it."""

    house: House
    clock: object
    devices: Devices
    cartridges: Cartridges
    broker: Link
    cloud: Cloud

    def lose_cloud(self, queued: int) -> None:
        self.cloud.connected, self.cloud.queued = False, queued
        self.house.bus.publish(CloudLink(self.clock.now(), False, queued, "no route"))

    def lose_broker(self, why: str) -> None:
        self.broker.is_connected, self.broker.why = False, why
        self.house.bus.publish(BrokerLink(self.clock.now(), False, why))

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
    """Open an empty house over a database in that file."""
    database = Database(path, clock)
    await database.open()
    try:
        yield await _build(database, clock, is_demo=is_demo, with_cloud=with_cloud)
    finally:
        await database.close()


async def _build(database, clock, *, is_demo, with_cloud) -> Rig:
    bus = Bus()
    household = HouseholdBook(
        database, bus, clock, Household(name="Lindenweg 4", zone="Europe/Berlin")
    )
    await household.load()
    devices, cartridges, cloud = Devices(bus, clock), Cartridges(bus, clock), Cloud()
    schedules = ScheduleBook(
        database, clock, lambda: household.zone, lambda: {one.id for one in devices.all()}
    )
    await schedules.load()
    rules = RuleBook(database, clock, lambda: {one.id for one in devices.all()})
    await rules.load()
    activity = ActivityLog(database, bus, Names(devices, schedules, rules))
    await activity.load()
    activity.start()
    broker = Link()
    house = House(
        clock=clock,
        bus=bus,
        database=database,
        household=household,
        access=Access(database, clock),
        activity=activity,
        diffusers=devices,
        states=devices,
        commands=devices,
        cartridges=cartridges,
        schedules=schedules,
        rules=rules,
        broker=broker,
        cloud=cloud,
        pairing=cloud if with_cloud else None,
        version="0.1.0",
        is_demo=is_demo,
    )
    return Rig(house, clock, devices, cartridges, broker, cloud)


MEMBER = Source(Origin.MANUAL, "page")


def a_diffuser(diffuser_id, name, room, *, steps=STEPS, **more) -> Diffuser:
    can = Capabilities(steps=steps, rate_ul_per_h=tuple(100 * (n + 1) for n in range(len(steps))))
    if "capabilities" in more:
        can = more.pop("capabilities")
    return Diffuser(
        id=diffuser_id,
        dialect=diffuser_id.partition("-")[0],
        address=f"scent/1/{diffuser_id}",
        name=name,
        capabilities=can,
        maker="Scentworks",
        model="Mist 2",
        firmware="1.4.0",
        room=room,
        **more,
    )


def a_state(now, *, power=True, percent=60, signal=-52, **more) -> DiffuserState:
    return DiffuserState(
        reported=ReportedState(power=power, intensity_percent=percent, signal_dbm=signal),
        availability=Availability.ONLINE,
        availability_since=now,
        last_message_at=now,
        **more,
    )


def a_cartridge(diffuser_id, scent, capacity_ml, percent, now, *, sku=None, error=3) -> Cartridge:
    capacity_ul = capacity_ml * 1000
    return Cartridge(
        slot=SlotKey(diffuser_id),
        install_id=f"install-{diffuser_id}",
        cycle=2,
        sku=sku,
        scent_name=scent,
        capacity_ul=capacity_ul,
        remaining_ul=capacity_ul * percent // 100,
        error_ul=capacity_ul * error // 100,
        quality=LevelQuality.HUB_ESTIMATE,
        fitted_at=now - timedelta(days=20),
        level_at=now,
    )


def a_window(entry_id, start, end, days, percent=None) -> ScheduleEntry:
    return ScheduleEntry(
        entry_id, time.fromisoformat(start), time.fromisoformat(end), frozenset(days), percent
    )


async def furnish(rig: Rig) -> None:
    """Put in the home of the picture: four rooms, their schedules, one bottle running low."""
    now = rig.clock.now()
    homes = [
        ("native-a1", "Shelf", "Living room", "Cedar & Bergamot", 50, 71, 14, 60, -48, "CEDBER-50"),
        ("tasmota-b2", "Nightstand", "Bedroom", "Lavender Field", 30, 38, 11, 40, -61, None),
        ("native-c3", "Mirror", "Bathroom", "Eucalyptus Mint", 30, 10, 0.7, 80, -70, "EUCMNT-30"),
        ("tasmota-d4", "Coat rack", "Hallway", "White Tea", 50, 91, 125, 20, -47, None),
    ]
    for diffuser_id, name, room, scent, ml, percent, days, step, signal, sku in homes:
        rig.devices.add(
            a_diffuser(diffuser_id, name, room), a_state(now, percent=step, signal=signal)
        )
        empty = timedelta(days=days)
        rig.cartridges.put(
            a_cartridge(diffuser_id, scent, ml, percent, now, sku=sku),
            RunOut(now + empty * 0.8, now + empty, now + empty * 1.25),
            is_low=percent <= 15,
        )
    work = list(Weekday)[:5]
    ends = list(Weekday)[5:]
    plans = [
        ("shower", "Shower", "native-c3", [a_window("a", "06:30", "08:00", work, 80)]),
        ("slow", "Slow morning", "native-c3", [a_window("a", "08:30", "11:00", ends)]),
        ("wake", "Wake up", "native-a1", [a_window("a", "07:00", "08:30", work, 40)]),
        ("evening", "Evening", "native-a1", [a_window("a", "18:00", "22:30", Weekday, 60)]),
        ("wind", "Wind down", "tasmota-b2", [a_window("a", "21:30", "23:00", Weekday, 40)]),
        ("guests", "Guests", "tasmota-d4", [a_window("a", "10:00", "20:00", ends, 20)]),
    ]
    for key, name, diffuser_id, entries in plans:
        await rig.house.schedules.save(ScentSchedule(key, name, diffuser_id, tuple(entries)))
