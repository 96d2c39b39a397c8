"""Record what happens, small and in batches, so that a rule can be tried against it.

Recorded are changes of devices, buttons, readings on topics that rules look at, members coming
and going, levels and events; never what people say. A power cut may take five minutes of it.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from scentd.automation.attributes import AVAILABILITY, REPORTED, value_of
from scentd.automation.settings import AutomationSettings
from scentd.automation.surroundings import Surroundings
from scentd.bus import Bus
from scentd.clock import Clock, Throttle
from scentd.contracts.moments import unix_ms
from scentd.model.cartridge import Cartridge, SlotKey
from scentd.model.diffuser import DiffuserState
from scentd.model.errors import ScentdError
from scentd.model.events import LevelChanged, Reported, StateChanged
from scentd.model.readings import ButtonRead
from scentd.model.trigger import Scalar
from scentd.store import rule_record as rows
from scentd.store.database import Database
from scentd.store.rule_record import Entry

WRITE_EVERY_S = 300.0
"""A block every five minutes: some 300 small writes on a busy day, none on a quiet one."""

MOST_PENDING = 2_000
MOST_A_DAY = 200_000
"""Entries kept of one UTC day: twenty times a busy home's; a flood must not fill the card."""

MOST_PAYLOAD_BYTES = 2_048
EVERY_S = 1.0
"""Of one topic at most one reading a second is kept: a rule's hour looks the same."""

_ATTRIBUTES = (*REPORTED, AVAILABILITY)
_SLOTS = range(1, 5)


class Recorder:
    """Gather entries in memory and keep them in blocks, for so many days and bytes."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        surroundings: Surroundings,
        settings: AutomationSettings,
    ) -> None:
        self._database = database
        self._clock = clock
        self._surroundings = surroundings
        self._keep_for = timedelta(days=settings.record_days)
        self._most_bytes = settings.record_bytes
        self._pending: list[Entry] = []
        self._has_news = asyncio.Event()
        self._is_full = asyncio.Event()
        self._topics = Throttle(clock, every_s=EVERY_S, capacity=10_000)
        self._levels: dict[SlotKey, int] = {}
        self._day = -1
        self._today = 0

    def listen(self, bus: Bus) -> list[Callable[[], None]]:
        """Hear the bus from now on; each answer ends one subscription."""
        return [
            bus.subscribe(StateChanged, self._on_state),
            bus.subscribe(Reported, self._on_reported),
            bus.subscribe(LevelChanged, self._on_level),
        ]

    def message(self, topic: str, payload: bytes) -> None:
        """Note a message of a topic that rules look at."""
        if len(payload) <= MOST_PAYLOAD_BYTES and self._topics.lets_pass(topic):
            self._note("m", topic, payload.decode(errors="replace"))

    def happened(self, name: str, data: Mapping[str, Scalar]) -> None:
        """Note a named event."""
        self._note("e", name, dict(data))

    def entered(self, member_id: str, zone_id: str, *, is_first: bool) -> None:
        """Note a member's coming."""
        self._note("p", "enter", member_id, zone_id, is_first)

    def left(self, member_id: str, zone_id: str, *, is_last: bool) -> None:
        """Note a member's leaving."""
        self._note("p", "leave", member_id, zone_id, is_last)

    async def run(self) -> None:
        """Keep what gathers until cancelled; what is pending then is kept at the next flush."""
        try:
            while True:
                await self._has_news.wait()
                await self._gather()
                await self.flush()
                await self._prune()
        finally:
            if self._pending:
                self._database.write_later(self._take())

    async def flush(self) -> None:
        """Keep what has gathered."""
        if self._pending:
            await self._database.write(self._take())

    async def _prune(self) -> None:
        before = self._clock.now() - self._keep_for
        await self._database.write(lambda c: rows.prune(c, before, self._most_bytes))

    async def _gather(self) -> None:
        async with asyncio.TaskGroup() as group:
            waits = [
                group.create_task(self._is_full.wait(), name="record full"),
                group.create_task(self._clock.sleep(WRITE_EVERY_S), name="record due"),
            ]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()

    def _take(self) -> Callable[[sqlite3.Connection], None]:
        taken, self._pending = self._pending, []
        self._has_news.clear()
        self._is_full.clear()
        return lambda connection: rows.add_block(connection, taken)

    def _note(self, kind: str, *facts: object) -> None:
        if not self._clock.is_trusted():
            return
        now = self._clock.now()
        if now.toordinal() != self._day:
            self._begin_day(now)
        if self._today < MOST_A_DAY:
            self._add(now, kind, *facts)

    def _add(self, at: datetime, kind: str, *facts: object) -> None:
        self._today += 1
        self._pending.append((unix_ms(at), kind, *facts))
        self._has_news.set()
        if len(self._pending) >= MOST_PENDING:
            self._is_full.set()

    def _begin_day(self, now: datetime) -> None:
        """Begin each day with how everything stands, so that older blocks may go."""
        self._day, self._today = now.toordinal(), 0
        for diffuser_id in self._surroundings.diffuser_ids():
            self._stand(now, diffuser_id)

    def _stand(self, now: datetime, diffuser_id: str) -> None:
        try:
            state = self._surroundings.state(diffuser_id)
        except ScentdError:
            return
        known = _known(state)
        if known:
            self._add(now, "S", diffuser_id, known)
        for slot in (SlotKey(diffuser_id, number) for number in _SLOTS):
            cartridge = self._surroundings.cartridge(slot)
            if cartridge is not None:
                self._add(now, "l", diffuser_id, slot.slot_no, _percent(cartridge))

    def _on_state(self, event: StateChanged) -> None:
        for attribute in _ATTRIBUTES:
            old, new = value_of(event.before, attribute), value_of(event.after, attribute)
            if old != new:
                is_old = event.is_retained
                self._note("s", event.diffuser_id, attribute, old, new, is_old)

    def _on_reported(self, event: Reported) -> None:
        for reading in () if event.is_retained else event.readings:
            if isinstance(reading, ButtonRead):
                self._note("b", event.diffuser_id, reading.name)

    def _on_level(self, event: LevelChanged) -> None:
        slot, percent = event.cartridge.slot, _percent(event.cartridge)
        if self._levels.get(slot) != percent:
            self._levels[slot] = percent
            self._note("l", slot.diffuser_id, slot.slot_no, percent)


def _known(state: DiffuserState) -> dict[str, object]:
    values = {attribute: value_of(state, attribute) for attribute in _ATTRIBUTES}
    return {attribute: value for attribute, value in values.items() if value is not None}


def _percent(cartridge: Cartridge) -> int:
    return round(100 * cartridge.fraction_left)
