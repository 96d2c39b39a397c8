"""A hub from the broker link to the commander, on a real broker."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.registry import load_dialects
from scentd.clock import SystemClock
from scentd.devices.commander import Commander
from scentd.devices.guard import DoseGuard
from scentd.devices.registry import Registry
from scentd.devices.settings import DeviceSettings
from scentd.devices.state import StateBook
from scentd.model.diffuser import Availability
from scentd.model.events import CommandConfirmed, StateChanged
from scentd.store.database import Database
from tests.fakes.hub_link import HubLink
from tests.fakes.running import running
from tools.broker import Broker


class RoomsHub:
    """Everything from the broker to the commander, as the daemon builds it."""

    def __init__(
        self,
        broker: Broker,
        path: Path,
        settings: DeviceSettings = DeviceSettings(),
        **link: object,
    ) -> None:
        self.broker = broker
        clock, dialects = SystemClock(), load_dialects()
        self.hub_link = HubLink(broker, **link)
        self.link, bus = self.hub_link.link, self.hub_link.bus
        self.confirmed: list[CommandConfirmed] = []
        self.changed: list[StateChanged] = []
        bus.subscribe(CommandConfirmed, self.confirmed.append)
        bus.subscribe(StateChanged, self.changed.append)
        self.database = Database(path, clock)
        self.registry = Registry(dialects, self.database, bus, self.link, clock)
        self.states = StateBook(bus, clock, self.database)
        self.guard = DoseGuard(clock, settings, lambda: ZoneInfo("UTC"), boot="this")
        self.commander = Commander(
            self.registry,
            self.states,
            dialects,
            self.link,
            bus,
            clock,
            self.database,
            settings,
            guard=self.guard,
            next_switch=lambda _: None,
        )

    def power(self, diffuser_id: str) -> bool | None:
        return self.states.state(diffuser_id).reported.power

    def are_there(self, *diffuser_ids: str) -> bool:
        known = {d.id for d in self.registry.all()}
        return known >= set(diffuser_ids) and all(
            self.states.state(name).availability is Availability.ONLINE for name in diffuser_ids
        )

    @asynccontextmanager
    async def lives(self) -> AsyncIterator["RoomsHub"]:
        """Run everything until the block ends."""
        await self.database.open()
        await self.registry.load()
        await self.states.load()
        await self.commander.load()
        self.registry.start()
        async with AsyncExitStack() as parts:
            parts.push_async_callback(self.database.close)
            for run in (self.link.run, self.registry.run, self.states.run, self.commander.run):
                await parts.enter_async_context(running(run))
            yield self
