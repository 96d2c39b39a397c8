"""The composition root: builds every part of the hub, starts them in order, stops them in order.

Nothing is built anywhere else. Each long-running part is supervised alone in one TaskGroup: one
that crashes starts again with back-off and takes nobody down.
"""

import asyncio
import gc
import logging
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.metadata import version

from adapters.home_assistant.bridge import HomeAssistantBridge
from adapters.home_assistant.places import Places
from adapters.registry import Adapters, load_adapters
from scentd.api.access import Access
from scentd.api.activity import ActivityLog
from scentd.api.house import House
from scentd.api.names import Names
from scentd.api.presses import Presses
from scentd.api.server import ApiServer
from scentd.automation.book import RuleBook
from scentd.automation.engine import Engine
from scentd.automation.place import Place
from scentd.automation.scenes import SceneBook
from scentd.automation.surroundings import Surroundings
from scentd.bus import Bus
from scentd.cartridges.asks import RefillAsks
from scentd.cartridges.doses import is_run_dry, learnt_rate, unsafe_scents
from scentd.cartridges.shelf import Shelf
from scentd.clock import Clock, SystemClock
from scentd.devices.commander import Commander
from scentd.devices.discovering import announced_on
from scentd.devices.guard import DoseGuard
from scentd.devices.hubtime import this_boot
from scentd.devices.registry import Registry
from scentd.devices.safetybook import SafetyBook
from scentd.devices.slots import NextSlot
from scentd.devices.state import StateBook
from scentd.model.household import Household
from scentd.mqtt.link import BrokerLink
from scentd.platforms import PlatformHome
from scentd.ports import PlatformBridge
from scentd.presence.listening import listen
from scentd.presence.roster import Roster
from scentd.presence.whereabouts import Presence
from scentd.schedules.book import ScheduleBook
from scentd.schedules.clockwatch import ClockWatch
from scentd.schedules.runner import Runner
from scentd.settings import HubSettings
from scentd.store.database import Database
from scentd.store.household import HouseholdBook
from scentd.store.keeper import OutboxKeeper
from scentd.sun import Sky
from scentd.supervisor import ServiceManager, keep_running
from scentd.sync.client import CloudClient
from scentd.sync.downlink import Downlink
from scentd.sync.keys import KeyRing
from scentd.sync.pairing import Pairing
from scentd.sync.session import CloudSession
from scentd.sync.status import SyncStatus
from scentd.sync.uplink import Uplink

VERSION = version("scentd")

_log = logging.getLogger(__name__)

Run = Callable[[], Awaitable[None]]
Load = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Home:
    """The parts of the house itself: what is in it, what it shall do."""

    household: HouseholdBook
    link: BrokerLink
    registry: Registry
    states: StateBook
    commander: Commander
    safety: SafetyBook
    schedules: ScheduleBook
    runner: Runner
    scenes: SceneBook
    rules: RuleBook
    engine: Engine
    shelf: Shelf
    asks: RefillAsks
    roster: Roster
    presence: Presence


@dataclass(frozen=True, slots=True)
class CloudSide:
    """The parts that speak with the cloud; they rest when none is configured."""

    status: SyncStatus
    client: CloudClient
    pairing: Pairing
    uplink: Uplink
    downlink: Downlink


class Daemon:
    """One hub, built from its settings. `run` lives until cancelled."""

    def __init__(self, settings: HubSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._bus = Bus()
        self._database = Database(
            settings.store.path,
            clock,
            flush_after_s=settings.store.flush_after_s,
            reserve_bytes=settings.store.reserve_bytes,
        )
        self._adapters = load_adapters()
        self._home = _build_home(settings, self._database, self._bus, clock, self._adapters)
        self._cloud = _build_cloud(settings, self._database, self._bus, clock)
        self._presses = Presses(self._bus)
        self._activity = ActivityLog(
            self._database,
            self._bus,
            Names(
                self._home.registry,
                self._home.schedules,
                self._home.rules,
                self._home.scenes,
                self._home.roster,
            ),
            kept=settings.api.activity_kept,
        )
        self._platform_home = self._view_for_platforms()
        self._bridges = self._build_bridges()
        self._server = ApiServer(settings.api, self._house())
        self._manager = ServiceManager.of_environment(clock)

    async def run(self) -> None:
        """Start everything, keep it running, and stop it in order when cancelled.

        Raises what a person must mend before the hub can start: StoreUnusable, PortTaken.
        """
        await self._database.open()
        try:
            for load in self._loads():
                await load()
            # What stays for good (code, rules) is no garbage, and looking through it again and
            # again would be a third of what it costs to start with ten thousand rules.
            gc.freeze()
            self._activity.start()
            await self._server.start()
            self._home.registry.start()
            await self._live()
        finally:
            self._manager.say("STOPPING=1")
            await self._server.stop()
            await self._cloud.client.close()
            await self._database.close()
            _log.info("stopped")

    async def _live(self) -> None:
        async with asyncio.TaskGroup() as group:
            for name, part in self._parts():
                group.create_task(keep_running(name, part, self._clock), name=name)
            self._manager.say("READY=1")
            _log.info("the hub runs", extra={"port": self._server.port, "version": VERSION})

    def _loads(self) -> tuple[Load, ...]:
        """Give what takes up the last life's knowledge; each needs those before it."""
        home = self._home
        loads: tuple[Load, ...] = (
            home.household.load,
            home.presence.load,
            home.registry.load,
            home.states.load,
            home.schedules.load,
            home.scenes.load,
            home.rules.load,
            home.safety.load,
            home.commander.load,
            home.shelf.load,
            home.asks.load,
            self._activity.load,
            self._platform_home.load,
        )
        return (*loads, self._cloud.pairing.load) if self._settings.sync.cloud_url else loads

    def _parts(self) -> tuple[tuple[str, Run], ...]:
        home, cloud = self._home, self._cloud
        parts: tuple[tuple[str, Run], ...] = (
            ("watchdog", self._manager.feed_watchdog),
            ("clock watch", ClockWatch(self._clock, self._bus).run),
            ("broker link", home.link.run),
            ("devices", home.registry.run),
            ("device states", home.states.run),
            ("commander", home.commander.run),
            ("cartridges", home.shelf.run),
            ("presence", home.presence.run),
            ("schedules", home.runner.run),
            ("scenes", lambda: home.scenes.follow(self._bus)),
            ("rules", home.engine.run),
            ("page", self._server.run),
            ("outbox keeper", self._keeper().run),
            ("platforms", self._platform_home.run),
            *((bridge.name, bridge.run) for bridge in self._bridges),
        )
        if self._settings.sync.cloud_url is None:
            return parts
        return (
            *parts,
            ("pairing", cloud.pairing.run),
            ("uplink", cloud.uplink.run),
            ("downlink", cloud.downlink.run),
        )

    def _keeper(self) -> OutboxKeeper:
        budget = self._settings.store.outbox_budget_bytes
        return OutboxKeeper(self._database, self._clock, budget_bytes=budget)

    def _view_for_platforms(self) -> PlatformHome:
        home = self._home
        return PlatformHome(
            home.household,
            home.registry,
            home.states,
            home.commander,
            home.shelf,
            home.asks,
            self._database,
            self._bus,
        )

    def _build_bridges(self) -> tuple[PlatformBridge, ...]:
        settings, link = self._settings.home_assistant, self._home.link
        places = Places(self._settings.mqtt.name, settings.prefix, VERSION)
        seen = self._platform_home
        return (HomeAssistantBridge(settings, places, seen, link, link, self._clock),)

    def _house(self) -> House:
        settings, home = self._settings, self._home
        return House(
            clock=self._clock,
            bus=self._bus,
            database=self._database,
            household=home.household,
            access=Access(
                self._database,
                self._clock,
                session_days=settings.api.session_days,
                token_days=settings.api.token_days,
            ),
            activity=self._activity,
            presses=self._presses,
            diffusers=home.registry,
            states=home.states,
            commands=home.commander,
            safety=home.safety,
            cartridges=home.shelf,
            refill_asks=home.asks,
            schedules=home.schedules,
            scenes=home.scenes,
            rules=home.rules,
            automations=home.engine,
            roster=home.roster,
            presence=home.presence,
            broker=home.link,
            cloud=self._cloud.status,
            pairing=self._cloud.pairing if settings.sync.cloud_url else None,
            dialect_troubles=self._adapters.troubles,
            bridges=self._bridges if settings.home_assistant.enabled else (),
            version=VERSION,
            is_demo=settings.demo,
        )


def _build_home(
    settings: HubSettings, database: Database, bus: Bus, clock: Clock, adapters: Adapters
) -> Home:
    household = HouseholdBook(database, bus, clock, Household(zone=settings.zone))
    dialects = adapters.dialects
    link = BrokerLink(settings.mqtt, clock, bus, announcements=announced_on(dialects))
    registry = Registry(dialects, database, bus, link, clock)
    # The states listen before whoever reads them on the same events.
    states = StateBook(bus, clock, database, settings.devices, is_quiet=registry.is_quiet)
    schedules = ScheduleBook(database, clock, lambda: household.zone, _ids_of(registry))
    guard = DoseGuard(
        clock,
        settings.devices,
        lambda: household.zone,
        boot=this_boot(),
        rate_of=lambda diffuser, percent: learnt_rate(shelf, diffuser, percent),
        unsafe=lambda diffuser: unsafe_scents(shelf, guard.rules, diffuser),
        is_empty=lambda diffuser: is_run_dry(shelf, diffuser),
    )
    commander = Commander(
        registry,
        states,
        dialects,
        link,
        bus,
        clock,
        database,
        settings.devices,
        guard=guard,
        next_switch=schedules.next_switch,
        resume=lambda diffuser_id: runner.resume(diffuser_id),  # noqa: PLW0108 - built below
        away_until=schedules.away_until,
        slot_for=lambda diffuser_id, sku: shelf.slot_for(diffuser_id, sku),  # noqa: PLW0108 - below
    )
    runner = Runner(
        schedules,
        database,
        bus,
        clock,
        commander.submit,
        commander.override_ends_at,
        settings.schedules,
    )
    shelf = Shelf(
        database, bus, clock, registry.get, states.state, schedules.runs, settings.cartridges
    )
    schedules.on_change(shelf.replan)
    NextSlot(bus, states.state, commander.submit, commander.override, runner.resume, shelf.slot_for)
    scenes = SceneBook(database, _ids_of(registry))
    rules = RuleBook(database, clock, _ids_of(registry), settings.automation, scenes=scenes.ids)
    roster = Roster(database, lambda: household.household)
    presence = Presence(roster, database, bus, clock, settings.presence)
    listen(link, presence.hear, settings.presence)
    surroundings = Surroundings(
        submit=commander.submit,
        stop_all=commander.stop_all,
        diffuser_ids=_ids_of(registry),
        state=states.state,
        cartridge=shelf.get,
        place=lambda: _place_of(household),
        people=presence,
        scene=scenes.get,
        resume=runner.resume,
        publisher=link,
        subscriber=link,
    )
    engine = Engine(rules, database, bus, clock, surroundings, settings.automation)
    return Home(
        household=household,
        link=link,
        registry=registry,
        states=states,
        commander=commander,
        safety=SafetyBook(database, clock, guard, commander),
        schedules=schedules,
        runner=runner,
        scenes=scenes,
        rules=rules,
        engine=engine,
        shelf=shelf,
        asks=RefillAsks(database, bus, clock),
        roster=roster,
        presence=presence,
    )


def _place_of(book: HouseholdBook) -> Place:
    home = book.household
    if home.latitude is None or home.longitude is None:
        return Place(book.zone)
    return Place(book.zone, Sky(home.latitude, home.longitude, book.zone))


def _ids_of(registry: Registry) -> Callable[[], frozenset[str]]:
    return lambda: frozenset(diffuser.id for diffuser in registry.all())


def _build_cloud(settings: HubSettings, database: Database, bus: Bus, clock: Clock) -> CloudSide:
    status = SyncStatus(bus, clock)
    client = CloudClient(timeout_s=settings.sync.timeout_s)
    keys = KeyRing(settings.sync.key_folder)
    session = CloudSession(client, keys, database, clock, status)
    return CloudSide(
        status=status,
        client=client,
        pairing=Pairing(settings.sync, keys, client, session, database, clock, status),
        uplink=Uplink(settings.sync, session, client, database, clock, status),
        downlink=Downlink(settings.sync, session, client, database, bus, clock, status),
    )


async def run_daemon(settings: HubSettings) -> None:
    """Run a hub until SIGTERM or SIGINT."""
    life = asyncio.create_task(Daemon(settings, SystemClock()).run(), name="daemon")
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, life.cancel)
    try:
        await life
    except asyncio.CancelledError:
        _log.info("told to stop")
