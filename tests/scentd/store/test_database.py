import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scentd.store.database import Database
from scentd.store.errors import StoreClosed
from tests.fakes.clock import ManualClock


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(tmp_path / "hub.db", ManualClock())
    await database.open()
    await database.write(lambda c: c.execute("CREATE TABLE notes (text TEXT NOT NULL)"))
    yield database
    await database.close()


def note(text: str | None):
    def work(connection: sqlite3.Connection) -> int | None:
        return connection.execute("INSERT INTO notes VALUES (?)", (text,)).lastrowid

    return work


def texts(connection: sqlite3.Connection) -> list[str]:
    return [row["text"] for row in connection.execute("SELECT text FROM notes ORDER BY rowid")]


async def test_a_write_gives_what_its_work_gives_and_is_seen_by_the_next_read(database):
    number = await database.write(note("one"))

    assert number == 1
    assert await database.read(texts) == ["one"]


async def test_a_write_that_has_returned_is_on_the_disk_for_another_process(database):
    await database.write(note("one"))

    stranger = sqlite3.connect(database.path)
    assert stranger.execute("SELECT text FROM notes").fetchall() == [("one",)]
    stranger.close()


async def test_a_failing_work_of_a_group_undoes_itself_alone(database):
    def half_then_fail(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO notes VALUES ('half')")
        raise LookupError("changed its mind")

    outcomes = await asyncio.gather(
        database.write(note("one")),
        database.write(half_then_fail),
        database.write(note(None)),
        database.write(note("two")),
        return_exceptions=True,
    )

    assert await database.read(texts) == ["one", "two"]
    assert isinstance(outcomes[1], LookupError)
    assert isinstance(outcomes[2], sqlite3.IntegrityError)


async def test_work_that_ends_the_transaction_fails_its_group_and_not_the_writer(database):
    with pytest.raises(sqlite3.OperationalError):
        await database.write(lambda c: c.execute("COMMIT"))

    await database.write(note("after"))
    assert await database.read(texts) == ["after"]


async def test_many_writers_share_commits(database):
    commits = []
    database.on_commit(lambda: commits.append(1))

    await asyncio.gather(*(database.write(note(str(number))) for number in range(500)))

    assert len(await database.read(texts)) == 500
    assert len(commits) < 100


async def test_put_off_work_goes_with_the_next_write_and_before_it(database):
    database.write_later(note("later"))

    await database.write(note("now"))

    assert await database.read(texts) == ["later", "now"]


async def test_put_off_work_is_written_by_itself_within_its_patience(tmp_path):
    database = Database(tmp_path / "hub.db", ManualClock(), flush_after_s=0.05)
    await database.open()
    committed = asyncio.Event()
    database.on_commit(committed.set)

    database.write_later(lambda c: c.execute("CREATE TABLE made (x)"))

    await asyncio.wait_for(committed.wait(), 30)
    assert await database.read(lambda c: c.execute("SELECT count(*) FROM made").fetchone()[0]) == 0
    await database.close()


async def test_put_off_work_is_not_lost_at_close(database):
    database.write_later(note("last words"))

    await database.close()

    stranger = sqlite3.connect(database.path)
    assert stranger.execute("SELECT text FROM notes").fetchall() == [("last words",)]
    stranger.close()


async def test_put_off_work_that_fails_takes_nothing_with_it(database, caplog):
    database.write_later(note(None))

    await database.write(note("fine"))

    assert await database.read(texts) == ["fine"]
    assert "put off" in caplog.text


async def test_a_closed_database_says_so(database):
    await database.close()

    with pytest.raises(StoreClosed) as caught:
        await database.write(note("late"))
    assert caught.value.hint


async def test_a_read_cannot_write(database):
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await database.read(note("sneaky"))


async def test_a_read_sees_one_moment(database):
    await database.write(note("one"))
    loop = asyncio.get_running_loop()

    def look_twice(connection: sqlite3.Connection) -> tuple[int, int]:
        before = len(texts(connection))
        asyncio.run_coroutine_threadsafe(database.write(note("between")), loop).result(10)
        return before, len(texts(connection))

    assert await database.read(look_twice) == (1, 1)


async def test_an_unsubscribed_listener_hears_no_more(database):
    heard = []
    end = database.on_commit(lambda: heard.append(1))

    end()
    await database.write(note("one"))

    assert heard == []
