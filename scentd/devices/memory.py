"""What the commander must not forget through a restart or a power cut."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Mapping

from scentd.clock import Clock
from scentd.devices.guard import DoseGuard
from scentd.devices.overrides import Overrides
from scentd.devices.owed import OwedOffs
from scentd.devices.pulsing import Pulsing
from scentd.store import devices as rows
from scentd.store import safety
from scentd.store.database import Database
from scentd.store.errors import StoreFull

_log = logging.getLogger(__name__)

_SAVE_AGAIN_S = 10.0


class CommanderMemory:
    """Read and write overrides, owed switchings off, rhythms and the guard's count as one."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        overrides: Overrides,
        owed: OwedOffs,
        guard: DoseGuard,
        pulsing: Pulsing,
    ) -> None:
        self._database = database
        self._clock = clock
        self._overrides = overrides
        self._owed = owed
        self._guard = guard
        self._pulsing = pulsing
        self._unsaved = asyncio.Event()

    def note_news(self) -> None:
        """Save soon."""
        self._unsaved.set()

    async def load(self) -> None:
        """Take up what was kept."""
        read = self._database.read
        self._owed.recall(await read(lambda c: rows.read_memory(c, "owed")))
        for fact in (await read(lambda c: safety.read_facts(c, "time"))).values():
            self._guard.time.recall(fact)
        self._overrides.recall(await read(lambda c: rows.read_memory(c, "override")))
        self._pulsing.recall(await read(lambda c: rows.read_memory(c, "run")))
        self._guard.ledger.recall(await read(lambda c: safety.read_facts(c, "meter")))

    async def run(self) -> None:
        """Save whenever there is news, until cancelled; what is known then is written."""
        try:
            while True:
                await self._unsaved.wait()
                self._unsaved.clear()
                await self._save()
        finally:
            self._database.write_later(self._saving())

    async def _save(self) -> None:
        try:
            await self._database.write(self._saving())
        except StoreFull:
            _log.exception("what the commander promised could not be kept")
            await self._clock.sleep(_SAVE_AGAIN_S)
            self._unsaved.set()

    def _saving(self) -> Callable[[sqlite3.Connection], None]:
        facts: dict[rows.Memory, Mapping[str, str]] = {
            "override": self._overrides.facts(),
            "owed": self._owed.facts(),
            "run": self._pulsing.facts(),
        }
        meters = self._guard.facts()
        time = {"": self._guard.time.fact()}

        def save(connection: sqlite3.Connection) -> None:
            for what, kept in facts.items():
                rows.keep_memory(connection, what, kept)
            safety.keep_facts(connection, "meter", meters)
            safety.keep_facts(connection, "time", time)

        return save
