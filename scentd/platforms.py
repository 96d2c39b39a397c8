"""The home as other platforms may know it: one narrow view over the parts of the house.

It fulfils the port `Home`, so that no bridge learns of stores, books and the bus.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from scentd.bus import Bus
from scentd.cartridges.asks import RefillAsks
from scentd.cartridges.shelf import Shelf
from scentd.contracts.documents import ReorderState, ReorderStatusV1
from scentd.devices.commander import Commander
from scentd.devices.registry import Registry
from scentd.devices.state import StateBook
from scentd.model import events
from scentd.model.cartridge import SlotKey
from scentd.model.commands import Outcome, Source, Wish
from scentd.model.diffuser import Diffuser, DiffuserState
from scentd.ports import Filling, Happening, HomeNews
from scentd.store.database import Database
from scentd.store.documents import documents
from scentd.store.household import HouseholdBook

Listener = Callable[[HomeNews], None]
_Order: TypeAlias = tuple[SlotKey, str]
"""A slot, and the cartridge in it that an order is to follow."""

_ON_ORDER = {ReorderState.ORDERED, ReorderState.PAID, ReorderState.SHIPPED}


class PlatformHome:
    """Answer for the home; `run` follows what the cloud says of orders.

    It listens from the moment it is built: build it after the parts it asks, so that what they
    answer on an event is what the event says.
    """

    def __init__(
        self,
        household: HouseholdBook,
        registry: Registry,
        states: StateBook,
        commander: Commander,
        shelf: Shelf,
        asks: RefillAsks,
        database: Database,
        bus: Bus,
    ) -> None:
        self._household = household
        self._registry = registry
        self._states = states
        self._commander = commander
        self._shelf = shelf
        self._asks = asks
        self._database = database
        self._bus = bus
        self._listeners: tuple[Listener, ...] = ()
        self._ordered: set[_Order] = set()
        self._orders_changed = asyncio.Event()
        self._listen()

    @property
    def name(self) -> str:
        """Give what the household calls its home."""
        return self._household.household.name

    @property
    def language(self) -> str:
        """Give the household's language."""
        return self._household.household.language

    def diffusers(self) -> tuple[Diffuser, ...]:
        """Give every device that can be used."""
        return tuple(one for one in self._registry.all() if not one.needs_profile)

    def state(self, diffuser_id: str) -> DiffuserState:
        """Give everything known of a device; raises DiffuserUnknown."""
        return self._states.state(diffuser_id)

    def fillings(self, diffuser_id: str) -> Mapping[int, Filling]:
        """Give what is in the device, by number of the slot; raises DiffuserUnknown."""
        slots = self._registry.get(diffuser_id).capabilities.slots
        keys = [SlotKey(diffuser_id, slot_no) for slot_no in range(1, slots + 1)]
        return {
            key.slot_no: Filling(cartridge, self._shelf.run_out(key), self._shelf.is_low(key))
            for key in keys
            if (cartridge := self._shelf.get(key)) is not None
        }

    def held_until(self, diffuser_id: str) -> datetime | None:
        """Give until when a person's wish holds for the device; None when none does."""
        return self._commander.override_ends_at(diffuser_id)

    def wish(self, wish: Wish) -> Outcome:
        """Settle a wish at once and say what became of it; raises DiffuserUnknown."""
        return self._commander.submit(wish)

    def ask_refill(self, slot: SlotKey, source: Source) -> None:
        """Ask the people of the household for a refill; raises DiffuserUnknown."""
        self._registry.get(slot.diffuser_id)
        self._asks.ask(slot, source)

    def watch(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with all that is new from now on; the answer ends it."""
        self._listeners = (*self._listeners, listener)

        def end() -> None:
            self._listeners = tuple(known for known in self._listeners if known is not listener)

        return end

    async def load(self) -> None:
        """Take up what was ordered in the last life of the hub: it is no news any more."""
        self._ordered = await self._read_ordered()

    async def run(self) -> None:
        """Tell of slots for which something was ordered, until cancelled."""
        while True:
            await self._orders_changed.wait()
            self._orders_changed.clear()
            before, self._ordered = self._ordered, await self._read_ordered()
            for slot, _ in sorted(self._ordered - before):
                self._tell_of(Happening.REORDERED, slot)

    def _listen(self) -> None:
        listen, tell, tell_of, new = self._bus.subscribe, self._tell, self._tell_of, Happening
        listen(events.DiffuserFound, lambda event: tell(new.DESCRIBED, event.diffuser.id))
        listen(events.DiffuserRemoved, lambda event: tell(new.REMOVED, event.diffuser_id))
        listen(events.StateChanged, lambda event: tell(new.STATE, event.diffuser_id))
        listen(events.LevelChanged, lambda event: tell_of(new.LEVEL, event.cartridge.slot))
        listen(events.CartridgeFitted, lambda event: tell_of(new.REFILLED, event.cartridge.slot))
        listen(
            events.CartridgeRunningLow, lambda event: tell_of(new.SCENT_LOW, event.cartridge.slot)
        )
        listen(events.CartridgeEmpty, lambda event: tell_of(new.SCENT_EMPTY, event.slot))
        listen(events.HouseholdChanged, lambda _: tell(new.HOUSEHOLD))
        listen(events.BrokerLink, self._on_broker)
        listen(events.DocumentsChanged, self._on_documents)

    def _on_broker(self, event: events.BrokerLink) -> None:
        if event.connected:
            self._tell(Happening.REACHED)

    def _on_documents(self, event: events.DocumentsChanged) -> None:
        if "reorder" in event.kinds:
            self._orders_changed.set()

    def _tell_of(self, happening: Happening, slot: SlotKey) -> None:
        self._tell(happening, slot.diffuser_id, slot.slot_no)

    def _tell(self, happening: Happening, diffuser_id: str = "", slot_no: int = 0) -> None:
        for listener in self._listeners:
            listener(HomeNews(happening, diffuser_id, slot_no))

    async def _read_ordered(self) -> set[_Order]:
        told = await self._database.read(lambda connection: documents(connection, "reorder"))
        found: set[_Order] = set()
        for key, body in told.items():
            diffuser_id, _, number = key.rpartition("/")
            status = ReorderStatusV1.model_validate(body)
            if number.isdigit() and status.state in _ON_ORDER:
                found.add((SlotKey(diffuser_id, int(number)), status.install_id))
        return found
