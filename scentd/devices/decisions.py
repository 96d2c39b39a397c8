"""What was decided about each device and why, remembered for as long as people ask.

One line a second for each device and source at most, the last of that second; the same
decision of the same source again is none.
"""

import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from scentd.clock import Clock
from scentd.model.commands import Source
from scentd.model.safety import Decision, Happened
from scentd.store import safety as rows
from scentd.store.database import Database

KEPT = timedelta(days=30)
_SOURCES_AT_MOST = 64
_LOOKED_BACK = 400
"""Decisions read to explain one moment: a day of a busy device."""


class Decisions:
    """Take lines at once; `flush` hands them to the store."""

    _FACT: TypeAdapter[Decision] = TypeAdapter(Decision)

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._waiting: dict[tuple[str, Happened, Source | None, int], Decision] = {}
        self._told: dict[str, dict[Source | None, tuple[object, ...]]] = {}

    def note(
        self,
        diffuser_id: str,
        happened: Happened,
        source: Source | None = None,
        *,
        power: bool | None = None,
        percent: int | None = None,
        code: str = "",
        facts: Mapping[str, str | int] | None = None,
        until: datetime | None = None,
    ) -> None:
        """Remember a decision; costs nothing when its source said the same before."""
        told = self._told.setdefault(diffuser_id, {})
        key = (happened, power, percent, code, until)
        if told.get(source) == key:
            return
        if happened in _TURNS or len(told) >= _SOURCES_AT_MOST:
            told.clear()
        told[source] = key
        now = self._clock.now()
        where = (diffuser_id, happened, source, int(self._clock.monotonic()))
        self._waiting[where] = Decision(
            now,
            happened,
            None if source is None else source.origin,
            "" if source is None else source.reference,
            power,
            percent,
            code,
            facts or {},
            until,
        )

    def flush(self) -> None:
        """Hand what waits to the store, to be written with its next write."""
        if self._waiting:
            self._database.write_later(self._take())

    async def before(self, diffuser_id: str, at: datetime) -> list[Decision]:
        """Give the decisions about a device up to a moment, the newest first."""
        # Also what was handed over before is on the disk after this.
        await self._database.write(self._take())
        until_ms = _milliseconds(at)
        texts = await self._database.read(
            lambda c: rows.read_decisions(c, diffuser_id, until_ms, _LOOKED_BACK)
        )
        return [found for text in texts if (found := self._read(text)) is not None]

    def _take(self) -> Callable[[sqlite3.Connection], None]:
        waiting, self._waiting = self._waiting, {}
        since_ms = _milliseconds(self._clock.now() - KEPT)

        def keep(connection: sqlite3.Connection) -> None:
            lines = [
                (where[0], _milliseconds(line.at), self._FACT.dump_json(line).decode())
                for where, line in waiting.items()
            ]
            rows.keep_decisions(connection, lines, since_ms=since_ms)

        return keep

    def _read(self, text: str) -> Decision | None:
        try:
            return self._FACT.validate_json(text)
        except ValidationError:
            return None  # a line of another version explains nothing and stops nothing


_TURNS = frozenset({Happened.RAN, Happened.RESTED})


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
