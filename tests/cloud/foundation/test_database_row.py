"""The shortest way to one row."""

from datetime import UTC, datetime

import pytest
from asyncpg import PostgresSyntaxError

from cloud.foundation.database import Database
from cloud.foundation.errors import Unavailable

pytestmark = pytest.mark.needs_postgres


async def test_a_row_comes_with_the_values_in_its_order(database):
    moment = datetime(2026, 3, 2, tzinfo=UTC)

    row = await database.row("SELECT $1::text, $2::timestamptz", "tea", moment)

    assert row == ("tea", moment)


async def test_no_row_is_none(database):
    assert await database.row("SELECT 1 WHERE false") is None


async def test_each_statement_stands_alone_and_sees_the_newest_state(database):
    await database.row("CREATE TABLE bottles (number int)")
    before = await database.row("SELECT count(*) FROM bottles")
    await database.row("INSERT INTO bottles VALUES (1)")
    after = await database.row("SELECT count(*) FROM bottles")

    assert (before, after) == ((0,), (1,))


async def test_a_table_may_change_between_two_reads(database):
    await database.row("CREATE TABLE bottles (number int)")
    await database.row("SELECT count(b) FROM bottles b")
    await database.row("ALTER TABLE bottles ALTER number TYPE text")

    assert await database.row("SELECT count(b) FROM bottles b") == (0,)


async def test_a_mistake_in_a_statement_stays_a_mistake_and_keeps_no_connection(database):
    for _ in range(50):
        with pytest.raises(PostgresSyntaxError):
            await database.row("SELEKT")

    assert await database.row("SELECT 1") == (1,)


async def test_a_server_that_goes_away_is_told_in_words_and_met_again(own_postgres_server):
    own_postgres_server.create_database("restarted")
    database = Database(own_postgres_server.sqlalchemy_url("restarted"))
    await database.row("SELECT 1")
    own_postgres_server.crash()

    with pytest.raises(Unavailable):
        await database.row("SELECT 1")
    own_postgres_server.restart()

    assert await database.row("SELECT 1") == (1,)
    await database.close()
