"""One transaction per unit of work, and words when PostgreSQL is away."""

import pytest
from sqlalchemy import text

from cloud.foundation.database import Database, async_url, libpq_dsn
from cloud.foundation.errors import Unavailable
from cloud.foundation.jobs.periodic import PeriodicSuccess

pytestmark = pytest.mark.needs_postgres


async def _names(database: Database) -> list[str]:
    async with database.reading() as connection:
        return list(await connection.scalars(text("SELECT name FROM periodic_successes")))


async def test_the_end_of_the_unit_commits(database):
    async with database.unit_of_work() as session:
        session.add(PeriodicSuccess(name="kept"))

    assert await _names(database) == ["kept"]


async def test_an_error_rolls_everything_back(database):
    async def fail() -> None:
        async with database.unit_of_work() as session:
            session.add(PeriodicSuccess(name="lost"))
            await session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        await fail()

    assert await _names(database) == []


async def test_objects_stay_readable_after_the_commit(database):
    async with database.unit_of_work() as session:
        row = PeriodicSuccess(name="kept")
        session.add(row)

    assert row.name == "kept"


async def test_a_statement_of_a_reader_stands_alone(database):
    async def write_and_fail() -> None:
        async with database.reading() as connection:
            await connection.execute(text("INSERT INTO periodic_successes VALUES ('kept')"))
            raise LookupError

    with pytest.raises(LookupError):
        await write_and_fail()

    assert await _names(database) == ["kept"]


async def test_an_absent_server_is_told_in_words():
    database = Database("postgresql:///nothing?host=/nonexistent")

    with pytest.raises(Unavailable, match="does not answer"):
        async with database.unit_of_work() as session:
            await session.execute(text("SELECT 1"))

    await database.close()


async def test_an_absent_database_is_told_in_words(postgres_server):
    database = Database(postgres_server.sqlalchemy_url("never_made"))

    with pytest.raises(Unavailable):
        async with database.reading() as connection:
            await connection.execute(text("SELECT 1"))

    await database.close()


async def test_a_restarted_server_is_met_with_new_connections(own_postgres_server):
    own_postgres_server.create_database("restarted")
    database = Database(own_postgres_server.sqlalchemy_url("restarted"))
    async with database.reading() as connection:
        await connection.execute(text("SELECT 1"))

    own_postgres_server.crash()
    with pytest.raises(Unavailable):
        async with database.reading() as connection:
            await connection.execute(text("SELECT 1"))
    own_postgres_server.restart()

    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1
    await database.close()


async def test_a_connection_lost_in_the_middle_is_told_in_words(own_postgres_server):
    own_postgres_server.create_database("crashed")
    database = Database(own_postgres_server.sqlalchemy_url("crashed"))

    async def work_through_a_crash() -> None:
        async with database.unit_of_work() as session:
            await session.execute(text("SELECT 1"))
            own_postgres_server.crash()
            await session.execute(text("SELECT 1"))

    with pytest.raises(Unavailable):
        await work_through_a_crash()
    await database.close()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_every_form_of_an_address_is_taken(scheme):
    url = f"{scheme}://scent:pa%2Fss@/shop?host=/run/postgresql"

    assert async_url(url).drivername == "postgresql+asyncpg"
    assert libpq_dsn(url).startswith("postgresql://scent:pa%2Fss@")
