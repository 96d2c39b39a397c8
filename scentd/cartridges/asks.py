"""Refills somebody asked for who may not order one: they wait for a person of the household.

A dashboard's button, an automation and a voice may ask. Nothing is ordered by it, and nobody else
is told: a person sees it on the hub's page and decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scentd.bus import Bus
from scentd.clock import Clock
from scentd.model.cartridge import SlotKey
from scentd.model.commands import Origin, Source
from scentd.model.events import CartridgeFitted, DiffuserRemoved, RefillAnswered, RefillAsked
from scentd.store import refill_asks as rows
from scentd.store.database import Database
from scentd.store.refill_asks import AskRow


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asked, and when."""

    source: Source
    at: datetime


class RefillAsks:
    """Hold at most one unanswered ask a slot; a refill answers it, and so does a person's no.

    What was asked within the last half minute before a power cut may be forgotten.
    """

    def __init__(self, database: Database, bus: Bus, clock: Clock) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._waiting: dict[SlotKey, Ask] = {}
        bus.subscribe(CartridgeFitted, self._on_fitted)
        bus.subscribe(DiffuserRemoved, self._on_removed)

    async def load(self) -> None:
        """Take up what waited in the last life of the hub."""
        for row in await self._database.read(rows.read_asks):
            source = Source(Origin(row.origin), row.reference)
            self._waiting[SlotKey(row.diffuser_id, row.slot_no)] = Ask(source, row.at)

    def ask(self, slot: SlotKey, source: Source) -> None:
        """Take an ask in; one for a slot that waits already changes nothing."""
        if slot in self._waiting:
            return
        now = self._clock.now()
        self._waiting[slot] = Ask(source, now)
        row = AskRow(slot.diffuser_id, slot.slot_no, source.origin.value, source.reference, now)
        self._database.write_later(lambda connection: rows.keep_ask(connection, row))
        self._bus.publish(RefillAsked(now, slot, source))

    def all(self) -> Mapping[SlotKey, Ask]:
        """Give all that wait, the oldest first."""
        return dict(self._waiting)

    def waiting(self, slot: SlotKey) -> Ask | None:
        """Give what waits for an answer; None when nothing does."""
        return self._waiting.get(slot)

    def decline(self, slot: SlotKey) -> None:
        """Take a person's no; nothing happens when nobody asked."""
        if self._forget(slot):
            self._bus.publish(RefillAnswered(self._clock.now(), slot))

    def _forget(self, slot: SlotKey) -> bool:
        if self._waiting.pop(slot, None) is None:
            return False
        name, slot_no = slot.diffuser_id, slot.slot_no
        self._database.write_later(lambda connection: rows.forget_ask(connection, name, slot_no))
        return True

    def _on_fitted(self, event: CartridgeFitted) -> None:
        self._forget(event.cartridge.slot)

    def _on_removed(self, event: DiffuserRemoved) -> None:
        for slot in [slot for slot in self._waiting if slot.diffuser_id == event.diffuser_id]:
            self._forget(slot)
