"""The shortest way to one row."""

from datetime import UTC, datetime

import pytest
from asyncpg import PostgresSyntaxError

from cloud.foundation.database import Database, read_row
from cloud.foundation.errors import Unavailable

pytestmark = pytest.mark.needs_postgres


async def test_a_row_comes_with_the_values_in_its_order(database):
    moment = datetime(2026, 3, 2, tzinfo=UTC)

    async with database.reading() as connection:
        row = await read_row(connection, "SELECT $1::text, $2::timestamptz", "tea", moment)

    assert row == ("tea", moment)


async def test_no_row_is_none(database):
    async with database.reading() as connection:
        assert await read_row(connection, "SELECT 1 WHERE false") is None


async def test_each_read_sees_the_newest_state(database):
    async with database.reading() as reader, database.reading() as writer:
        await read_row(writer, "CREATE TABLE bottles (number int)")
        before = await read_row(reader, "SELECT count(*) FROM bottles")
        await read_row(writer, "INSERT INTO bottles VALUES (1)")
        after = await read_row(reader, "SELECT count(*) FROM bottles")

    assert (before, after) == ((0,), (1,))


async def test_a_table_may_change_between_two_reads(database):
    async with database.reading() as connection:
        await read_row(connection, "CREATE TABLE bottles (number int)")
        await read_row(connection, "SELECT count(b) FROM bottles b")
        await read_row(connection, "ALTER TABLE bottles ALTER number TYPE text")

        assert await read_row(connection, "SELECT count(b) FROM bottles b") == (0,)


async def test_a_mistake_in_a_statement_stays_a_mistake(database):
    async with database.reading() as connection:
        with pytest.raises(PostgresSyntaxError):
            await read_row(connection, "SELEKT")


async def test_a_server_that_goes_away_is_told_in_words_and_met_again(own_postgres_server):
    own_postgres_server.create_database("restarted")
    database = Database(own_postgres_server.sqlalchemy_url("restarted"))

    async def read_through_a_crash():
        async with database.reading() as connection:
            await read_row(connection, "SELECT 1")
            own_postgres_server.crash()
            await read_row(connection, "SELECT 1")

    with pytest.raises(Unavailable):
        await read_through_a_crash()
    own_postgres_server.restart()

    async with database.reading() as connection:
        assert await read_row(connection, "SELECT 1") == (1,)
    await database.close()
