"""A full disk, as SQLite meets it: here by a bound on the pages of the file."""

import pytest

from scentd.contracts.bodies import EventClass, RuleFiredV1
from scentd.store import outbox, room
from scentd.store.database import Database
from scentd.store.errors import StoreFull

BIG = RuleFiredV1(rule_id="r", verdict="ran", trigger="x" * 3_000)


def telemetry(connection):
    outbox.append(connection, EventClass.TELEMETRY, "rule.fired", 1, BIG)


def fact(connection):
    return outbox.append(connection, EventClass.CRITICAL, "rule.fired", 1, BIG)


async def fill(database):
    pages = await database.read(lambda c: c.execute("PRAGMA page_count").fetchone()[0])
    await database.write(lambda c: c.execute(f"PRAGMA max_page_count = {pages + 30}").fetchone())
    for _ in range(60):
        try:
            await database.write(telemetry)
        except StoreFull:
            return
    raise AssertionError("the file never filled up")


async def test_a_fact_is_written_on_a_full_disk_by_giving_up_what_may_be_lost(hub_database):
    await fill(hub_database)
    hub_database.on_full(room.drop_everything_droppable)

    number = await hub_database.write(fact)

    rows = await hub_database.read(
        lambda c: [tuple(row) for row in c.execute("SELECT seq, last, kind FROM outbox")]
    )
    assert rows == [(1, number - 1, "gap"), (number, number, "rule.fired")]


async def test_a_full_disk_is_told_in_words_and_the_hub_goes_on(hub_database):
    await fill(hub_database)

    with pytest.raises(StoreFull) as caught:
        await hub_database.write(fact)

    assert "disk" in caught.value.hint
    await hub_database.write(lambda c: c.execute("DELETE FROM outbox"))
    assert await hub_database.write(fact) > 1


async def test_the_reserve_is_given_up_when_the_disk_is_full_and_kept_again(tmp_path, clock):
    database = Database(tmp_path / "hub.db", clock, reserve_bytes=65_536)
    await database.open()
    reserve = tmp_path / "hub.db.reserve"
    assert reserve.stat().st_size == 65_536

    await fill(database)

    assert not reserve.exists()
    await database.keep_reserve()
    assert reserve.stat().st_size == 65_536
    await database.close()
