"""Workers that die, in real processes."""

import asyncio
import signal
import sys
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from cloud.foundation.clock import SystemClock
from cloud.foundation.database import Database
from cloud.foundation.errors import Unavailable
from cloud.foundation.jobs import JobRegistry, defer
from cloud.foundation.jobs.worker import Worker
from tests.fakes.one_job_worker import QUICK
from tests.shape.tree import ROOT

pytestmark = pytest.mark.needs_postgres


@asynccontextmanager
async def _worker_process(url: str):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.one_job_worker", url, cwd=ROOT
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _wait_for_row(database: Database, name: str, within_s: float = 30) -> None:
    async with asyncio.timeout(within_s):
        while True:
            try:
                async with database.reading() as connection:
                    names = await connection.scalars(text("SELECT name FROM periodic_successes"))
                    if name in list(names):
                        return
            except Unavailable:
                continue


async def _write(database: Database, name: str) -> None:
    async with database.unit_of_work() as session:
        await session.execute(
            text("INSERT INTO periodic_successes (name) VALUES (:name)"), {"name": name}
        )


async def test_the_job_of_a_worker_killed_in_the_middle_is_finished_by_the_next(
    database, database_url
):
    async with database.unit_of_work() as session:
        await defer(session, "slow.work", queueing_lock="slow", lock="slow")
    async with _worker_process(database_url) as first:
        await _wait_for_row(database, "begun")
        first.send_signal(signal.SIGKILL)
        await first.wait()
        await _write(database, "go on")

        async with _worker_process(database_url):
            await _wait_for_row(database, "done")

    async with database.reading() as connection:
        events = await connection.scalars(
            text("SELECT type::text FROM procrastinate_events ORDER BY id")
        )
        assert list(events)[:4] == ["deferred", "started", "deferred_for_retry", "started"]


async def test_a_worker_outlives_a_restart_of_postgresql(own_postgres_server, migrate):
    url = migrate(own_postgres_server)
    database = Database(url)
    registry = JobRegistry()

    async def note(session, name: str) -> None:
        await session.execute(
            text("INSERT INTO periodic_successes (name) VALUES (:name)"), {"name": name}
        )

    registry.on("note", note)
    worker = Worker(url, database, registry, SystemClock(), QUICK)
    running = asyncio.create_task(worker.run())
    async with database.unit_of_work() as session:
        await defer(session, "note", name="before")
    await _wait_for_row(database, "before")

    await asyncio.to_thread(own_postgres_server.crash)
    await asyncio.to_thread(own_postgres_server.restart)
    async with database.unit_of_work() as session:
        await defer(session, "note", name="after")

    await _wait_for_row(database, "after")
    worker.stop()
    await asyncio.wait_for(running, 10)
    await database.close()


@pytest.fixture
def migrate():
    from cloud.migrations import applying

    def make(server) -> str:
        server.create_database("restarted")
        url = server.sqlalchemy_url("restarted")
        applying.upgrade(url)
        return url

    return make
