import sqlite3
from pathlib import Path

import pytest

from scentd.store.connection import open_writer
from scentd.store.database import Database
from scentd.store.schema import apply_migrations
from tests.fakes.clock import ManualClock

TABLES_OF_SYNC = (
    "outbox",
    "sync",
    "acks",
    "shared_fields",
    "cloud_documents",
    "pairing",
    "pairing_offer",
    "cmd_seen",
)


async def opened(path: Path) -> Database:
    database = Database(path, ManualClock())
    await database.open()
    return database


async def test_every_migration_is_applied_once(tmp_path):
    first = await opened(tmp_path / "hub.db")
    lineage = await first.read(lambda c: c.execute("SELECT lineage FROM sync").fetchone()[0])
    await first.close()

    second = await opened(tmp_path / "hub.db")

    again = await second.read(lambda c: c.execute("SELECT lineage FROM sync").fetchone()[0])
    await second.close()
    assert len(lineage) == 32
    assert again == lineage


async def test_two_new_hubs_have_nothing_in_common(tmp_path):
    databases = [await opened(tmp_path / name) for name in ("a.db", "b.db")]

    identities = {
        value
        for database in databases
        for value in await database.read(
            lambda c: tuple(c.execute("SELECT lineage, node FROM sync").fetchone())
        )
    }

    assert len(identities) == 4
    for database in databases:
        await database.close()


def test_a_migration_whose_number_was_left_free_is_applied_when_it_comes(tmp_path):
    connection = open_writer(tmp_path / "hub.db", ManualClock())
    apply_migrations(connection)
    connection.execute("DELETE FROM applied_migrations WHERE name = '0001_sync'")
    for table in TABLES_OF_SYNC:
        connection.execute(f"DROP TABLE {table}")

    apply_migrations(connection)

    assert connection.execute("SELECT last FROM sync").fetchone()["last"] == 0
    connection.close()


@pytest.mark.parametrize("content", [b"SQLite format 3\0" + b"rubbish" * 999, b"not a database"])
async def test_a_damaged_file_is_set_aside_and_a_new_one_begun(tmp_path, content):
    path = tmp_path / "hub.db"
    path.write_bytes(content)

    database = await opened(path)

    assert database.set_aside is not None
    assert database.set_aside.read_bytes() == content
    assert await database.read(lambda c: c.execute("SELECT last FROM sync").fetchone()[0]) == 0
    await database.close()


async def test_a_page_overwritten_in_the_middle_is_noticed(tmp_path):
    path = tmp_path / "hub.db"
    database = await opened(path)
    await database.close()
    with path.open("r+b") as file:
        file.seek(4096 * 2)
        file.write(b"\xff" * 4096)

    database = await opened(path)

    assert database.set_aside is not None
    await database.close()


async def test_a_sound_file_is_kept(tmp_path):
    database = await opened(tmp_path / "hub.db")
    await database.close()

    database = await opened(tmp_path / "hub.db")

    assert database.set_aside is None
    await database.close()


async def test_the_time_in_sql_is_that_of_the_clock_given(tmp_path):
    clock = ManualClock()
    database = Database(tmp_path / "hub.db", clock)
    await database.open()
    clock.trusted = False

    row = await database.write(
        lambda c: c.execute("SELECT wall_ms(), mono_ms(), clock_trusted()").fetchone()
    )

    assert tuple(row) == (int(clock.now().timestamp() * 1000), 1_000_000, 0)
    await database.close()


async def test_what_may_have_been_sent_cannot_be_changed(tmp_path):
    database = await opened(tmp_path / "hub.db")

    def send_one(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE sync SET last = 1, sent = 1")
        connection.execute("INSERT INTO outbox VALUES (1, 1, 'critical', 'x', '', 1, 0, 0, x'00')")

    await database.write(send_one)

    with pytest.raises(sqlite3.IntegrityError, match="cannot change"):
        await database.write(lambda c: c.execute("UPDATE outbox SET line = x'01'"))
    await database.close()
