"""The hub's devices with cartridges and rules over them: what must not be set off by old news."""

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from adapters.simulator.thing import Thing
from scentd.automation.book import RuleBook
from scentd.automation.engine import Engine
from scentd.automation.place import Place
from scentd.automation.scenes import SceneBook
from scentd.automation.surroundings import Surroundings
from scentd.cartridges.shelf import Shelf
from scentd.model.action import PublishMessage
from scentd.model.cartridge import SlotKey
from scentd.model.diffuser import Diffuser
from scentd.model.events import CartridgeRunningLow, RuleFired
from scentd.model.rule import AutomationRule
from scentd.model.trigger import DeviceStateChange
from scentd.ports import Inbound
from tests.fakes.clock import ManualClock
from tests.fakes.devices import Devices
from tests.fakes.hub_store import WatchedDatabase
from tests.fakes.people import FakePeople

ATTRIBUTES = ("power", "intensity_percent", "fault", "availability", "button", "mode", "light")


class RuledHouse(Devices):
    """`fired` counts rules that fired; `lows` are cartridges that were said to run low.

    For the `things` that moved in time passes as for the hub.
    """

    def __init__(self, path: Path, clock: ManualClock) -> None:
        super().__init__(path, clock)
        self.things: list[Thing] = []

    async def pass_time(self, seconds: float) -> None:
        whole = int(seconds)
        for _ in range(whole):
            for thing in self.things:
                self.broker.let(thing.pass_time(1.0))
            await super().pass_time(1.0)
        await super().pass_time(seconds - whole)

    def _open(self, path: Path) -> WatchedDatabase:
        database = super()._open(path)
        self.clock.settle = database.settle
        return database

    async def _load_plan(self) -> None:
        self.fired = 0
        self.lows = 0
        self.shelf = Shelf(
            self.database,
            self.bus,
            self.clock,
            self.registry.get,
            self.states.state,
            lambda *_: (),
        )
        await self.shelf.load()
        known = lambda: frozenset(d.id for d in self.registry.all())  # noqa: E731 - said twice
        self.rulebook = RuleBook(self.database, self.clock, known)
        await self.rulebook.load()
        surroundings = Surroundings(
            submit=self.commander.submit,
            stop_all=self.commander.stop_all,
            diffuser_ids=known,
            state=self.states.state,
            cartridge=self.shelf.get,
            place=lambda: Place(self.zone),
            people=FakePeople(),
            scene=SceneBook(self.database, known).get,
            resume=self._resume,
            publisher=self.broker,
            subscriber=self.broker,
        )
        self.engine = Engine(self.rulebook, self.database, self.bus, self.clock, surroundings)
        self.bus.subscribe(RuleFired, lambda _: self._count_fired())
        self.bus.subscribe(CartridgeRunningLow, lambda _: self._count_low())

    def _more_parts(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        return (self.shelf.run, self.engine.run)

    async def move_in(self, thing: Thing) -> tuple[Diffuser, ...]:
        """Plug a thing in, say what it is where that must be said; its devices that switch."""
        before = {diffuser.id for diffuser in self.registry.all()}
        self.plug_in(thing)
        self.things.append(thing)
        self.registry.search()  # some announce themselves only when asked
        await self._until(lambda: len(self.registry.all()) > len(before))
        await self.pass_time(2)
        found = [d.id for d in self.registry.all() if d.id not in before]
        for name in found:
            if self.registry.get(name).needs_profile:
                await self.registry.choose_profile(name, self.registry.profiles(name)[0].key)
        await self._until(
            lambda: all(self.state(name).reported.power is not None for name in found)
        )
        return tuple(d for d in map(self.registry.get, found) if d.capabilities.power)

    async def _until(self, condition: Callable[[], bool], at_most_s: int = 20) -> None:
        """Pass time second by second; some say but one thing a second."""
        for _ in range(at_most_s):
            await self.pass_time(1)
            if condition():
                return

    async def watch_with_rules(self, diffusers: Iterable[Diffuser]) -> None:
        """Have a rule for each attribute of these devices."""
        for diffuser in diffusers:
            for attribute in ATTRIBUTES:
                trigger = DeviceStateChange(diffuser.id, attribute)
                name = f"{diffuser.id}-{attribute}"
                action = PublishMessage("row8/fired", name)
                await self.rulebook.save(AutomationRule(name, name, trigger, (action,)))
        await self.pass_time(1)

    async def fit(self, diffuser: Diffuser, capacity_ul: int = 30_000) -> None:
        """Put a full bottle into a device's first slot."""
        await self.shelf.fit(
            SlotKey(diffuser.id), sku="CED-30", scent_name="Cedar", capacity_ul=capacity_ul
        )

    def record(self) -> list[Inbound]:
        """Give a list that grows with whatever is said on the broker from now on."""
        said: list[Inbound] = []
        self.broker.watch("#", said.append)
        return said

    async def say_again(self, messages: Iterable[Inbound], *, is_old: bool) -> None:
        for message in tuple(messages):  # whoever records hears this too
            self.broker.say_again(message, is_old=is_old)
            self.broker.deliver()
        await self.pass_time(2)

    def _count_fired(self) -> None:
        self.fired += 1

    def _count_low(self) -> None:
        self.lows += 1
