"""The hub's devices as the daemon builds them, over a real store and a broker within the test."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.registry import load_dialects
from adapters.simulator.thing import Thing
from scentd.bus import Bus
from scentd.devices.commander import Commander
from scentd.devices.guard import DoseGuard
from scentd.devices.registry import Registry
from scentd.devices.safetybook import SafetyBook
from scentd.devices.settings import DeviceSettings
from scentd.devices.slots import NextSlot
from scentd.devices.state import StateBook
from scentd.model import events
from scentd.model.commands import Origin, Outcome, Source, Wish
from scentd.model.diffuser import DiffuserState
from scentd.model.events import BrokerLink, Event
from scentd.model.safety import SafetyRules, Ward
from tests.fakes.broker import FakeBroker
from tests.fakes.clock import ManualClock
from tests.fakes.hub_store import WatchedDatabase

EVENTS = (
    events.DiffuserFound,
    events.DiffuserRemoved,
    events.Reported,
    events.StateChanged,
    events.CommandSent,
    events.CommandConfirmed,
    events.CommandUnconfirmed,
    events.CommandRefused,
)


class Devices:
    """`heard` are all events in order; `switches` and `planned` are what the plan would say.

    `slots` says which slot holds a product; None as key, which holds anything. A test may add
    to `dialects` before a life begins.
    """

    def __init__(
        self, path: Path, clock: ManualClock, settings: DeviceSettings = DeviceSettings()
    ) -> None:
        self._path = path
        self.clock = clock
        self.settings = settings
        self.broker = FakeBroker(clock)
        self.switches: dict[str, datetime] = {}
        self.planned: set[str] = set()
        self.away_until: datetime | None = None
        self.slots: dict[str | None, int | None] = {}
        self.zone = ZoneInfo("UTC")
        self.boot = "this"
        self.rules = SafetyRules()
        self.unsafe_scents: dict[Ward, str] = {}
        self.dry: set[str] = set()
        self.resumed: Callable[[str], None] = lambda name: None
        self.dialects = load_dialects()
        self._running: list[asyncio.Task[None]] = []
        self._cuts = 0

    async def begin(self) -> None:
        """Start a life of the hub."""
        self.bus = Bus()
        self.heard: list[Event] = []
        for kind in EVENTS:
            self.bus.subscribe(kind, self.heard.append)
        self.database = self._open(self._path)
        await self.database.open()
        dialects = self.dialects
        self.registry = Registry(dialects, self.database, self.bus, self.broker, self.clock)
        self.states = StateBook(
            self.bus,
            self.clock,
            self.database,
            self.settings,
            is_quiet=self.registry.is_quiet,
        )
        self.guard = DoseGuard(
            self.clock,
            self.settings,
            lambda: self.zone,
            boot=self.boot,
            unsafe=lambda diffuser: self.unsafe_scents,
            is_empty=lambda diffuser: diffuser.id in self.dry,
        )
        self.guard.obey(self.rules)
        self.commander = Commander(
            self.registry,
            self.states,
            dialects,
            self.broker,
            self.bus,
            self.clock,
            self.database,
            self.settings,
            guard=self.guard,
            next_switch=self._next_switch,
            resume=self._resume,
            away_until=self._away_until,
            slot_for=self._slot_for,
        )
        NextSlot(
            self.bus,
            self.states.state,
            self.commander.submit,
            self.commander.override,
            self._resume,
            self._slot_for,
        )
        self.safety = SafetyBook(self.database, self.clock, self.guard, self.commander)
        await self.registry.load()
        await self.states.load()
        await self._load_plan()
        await self.safety.load()
        await self.commander.load()
        self.registry.start()
        parts = (self.registry.run, self.states.run, self.commander.run, *self._more_parts())
        self._running = [asyncio.ensure_future(run()) for run in parts]
        self.broker.deliver()
        await self.pass_time(0)

    async def power_cut(self) -> None:
        """End this life at once; the next one finds what was on the disk, and nothing else."""
        self._cuts += 1
        left = self._path.with_name(f"after cut {self._cuts}.db")
        self.database.committed(left)
        await self.end()
        for file in self._path.parent.glob(f"{self._path.name}*"):
            file.unlink()
        self._path = left

    async def end(self) -> None:
        """Stop the hub cleanly."""
        self.broker.forget_watchers()
        for task in self._running:
            task.cancel()
        for task in self._running:
            with suppress(asyncio.CancelledError):
                await task
        await self.database.close()

    async def restart(self) -> None:
        await self.end()
        await self.begin()

    async def pass_time(self, seconds: float) -> None:
        """Pass time in the hub's ticks, delivering messages after each."""
        left = seconds
        while left > 0:
            step = min(left, 0.5)
            await self.clock.advance(step)
            self.broker.deliver()
            left -= step
        await self.clock.advance(0)
        self.broker.deliver()

    def plug_in(self, thing: Thing) -> None:
        self.broker.plug_in(thing)
        self.broker.deliver()

    def _open(self, path: Path) -> WatchedDatabase:
        return WatchedDatabase(path, self.clock)

    async def _load_plan(self) -> None:
        """Nothing is planned here but what a test says."""

    def _more_parts(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        return ()

    def _next_switch(self, name: str) -> datetime | None:
        return self.switches.get(name)

    def _away_until(self, name: str) -> datetime | None:
        return self.away_until

    def _resume(self, name: str) -> bool:
        self.resumed(name)
        return name in self.planned

    def _slot_for(self, diffuser_id: str, sku: str | None) -> int | None:
        return self.slots.get(sku)

    def ask(
        self,
        diffuser_id: str,
        origin: Origin = Origin.MANUAL,
        *,
        source: Source | None = None,
        **parts: object,
    ) -> Outcome:
        """Submit a wish and deliver what follows from it."""
        wish = Wish(diffuser_id, source or Source(origin, "test"), **parts)
        outcome = self.commander.submit(wish)
        self.broker.deliver()
        return outcome

    def state(self, diffuser_id: str) -> DiffuserState:
        return self.states.state(diffuser_id)

    def lose_broker(self) -> None:
        self.broker.is_up = False
        self.bus.publish(BrokerLink(self.clock.now(), connected=False))

    def find_broker(self) -> None:
        self.broker.is_up = True
        self.bus.publish(BrokerLink(self.clock.now(), connected=True))
        self.broker.deliver()

    def told(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.heard if type(event) is kind]

    def said_to(self, device: str) -> list[dict[str, object]]:
        """What a native device was asked to change, without ids and dates."""
        bodies = [json.loads(payload) for payload in self.commands(f"scent/1/{device}/command")]
        parts = [
            {k: v for k, v in body.items() if k not in {"id", "expires_at"}} for body in bodies
        ]
        return [part for part in parts if part != {"refresh": True}]

    def commands(self, topic: str) -> list[bytes]:
        return [m.payload for m in self.broker.published if m.topic == topic]
