"""`python -m tests.fakes.one_job_worker URL`: a worker that may be killed in the middle of a job.

The job writes a row and commits, then waits for a row called "go on" before it writes the last
one: a test can kill the process while it waits.
"""

import asyncio
import sys

from sqlalchemy import text

from cloud.foundation.clock import SystemClock
from cloud.foundation.database import Database
from cloud.foundation.jobs import JobRegistry
from cloud.foundation.jobs.worker import Worker, WorkerSettings

QUICK = WorkerSettings(polling_s=0.05, heartbeat_s=0.2, silent_s=1.0, tick_s=0.2, grace_s=1.0)
_WRITE = text("INSERT INTO periodic_successes (name) VALUES (:name) ON CONFLICT DO NOTHING")
_MAY_GO_ON = text("SELECT EXISTS (SELECT 1 FROM periodic_successes WHERE name = 'go on')")


async def _work(database: Database) -> None:
    async with database.unit_of_work() as session:
        await session.execute(_WRITE, {"name": "begun"})
    while True:
        async with database.reading() as connection:
            if await connection.scalar(_MAY_GO_ON):
                break
        await asyncio.sleep(0.02)  # noqa: TID251 - another process writes the row
    async with database.unit_of_work() as session:
        await session.execute(_WRITE, {"name": "done"})


async def _main(url: str) -> None:
    database = Database(url)
    registry = JobRegistry()
    registry.on_in_stages("slow.work", _work)
    await Worker(url, database, registry, SystemClock(), QUICK).run()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
