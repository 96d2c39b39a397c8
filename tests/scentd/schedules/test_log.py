"""The log of the plan in the store, and the rows of hubs that kept English texts."""

import sqlite3
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from scentd.model.reasons import Reason
from scentd.store import schedules
from scentd.store.schedules import LogRow, What
from tests.fakes.clock import ManualClock
from tests.fakes.hub_store import open_database

_OLD = (
    "INSERT INTO schedule_log (at_ms, what, diffuser_id, schedule_id, entry_id, start_ms, end_ms,"
    " why) VALUES (0, ?, 'lamp', 's', 'e', 0, 0, ?)"
)


def _keep_old(connection: sqlite3.Connection, *, what: str, why: str) -> None:
    connection.execute(_OLD, (what, why))


async def test_a_reason_is_read_as_it_was_kept(tmp_path: Path, clock: ManualClock) -> None:
    now = clock.now()
    row = LogRow(now, What.MISSED, "lamp", "s", "e", now, now, Reason("run", {"limit": 60}))

    async with open_database(tmp_path, clock) as database:
        await database.write(lambda connection: schedules.log(connection, row))
        kept = await database.read(lambda c: schedules.read_log(c, now - timedelta(days=1)))

    assert kept == [row]


async def test_rows_of_before_there_were_codes_say_what_they_said(
    tmp_path: Path, clock: ManualClock
) -> None:
    async with open_database(tmp_path, clock) as database:
        for what, why in (("missed", "The hub was off."), ("skipped", "vacation")):
            await database.write(partial(_keep_old, what=what, why=why))
        kept = await database.read(lambda c: schedules.read_log(c, datetime.fromtimestamp(0, UTC)))

    assert [str(row.reason) for row in kept] == ["The hub was off.", "It was a vacation."]
