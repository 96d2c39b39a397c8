"""Jobs: born with their transaction, done at least once, taken over from the dead."""

import asyncio
import contextlib
import dataclasses
import json
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from cloud.foundation.jobs import JobRegistry, PeriodicRun, Retry, defer
from cloud.foundation.jobs.periodic import PeriodicSuccess
from cloud.foundation.jobs.worker import Worker, WorkerSettings

pytestmark = pytest.mark.needs_postgres

QUICK = WorkerSettings(polling_s=0.02, tick_s=0.05, heartbeat_s=0.1, silent_s=0.5, grace_s=2)


class Notes:
    """A job that writes its text into the database, and remembers being run."""

    def __init__(self) -> None:
        self.done: list[str] = []

    async def write(self, session, text: str) -> None:
        session.add(PeriodicSuccess(name=text))
        self.done.append(text)


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def registry(notes) -> JobRegistry:
    registry = JobRegistry()
    registry.on("notes.write", notes.write)
    return registry


@pytest.fixture
def worker(database_url, database, registry, clock) -> Worker:
    return Worker(database_url, database, registry, clock, QUICK)


async def _statuses(database) -> list[str]:
    async with database.reading() as connection:
        found = await connection.scalars(
            text("SELECT status::text FROM procrastinate_jobs ORDER BY id")
        )
        return list(found)


async def _wait_for(condition, deadline_s: float = 60) -> None:
    async with asyncio.timeout(deadline_s):
        while not await condition():
            await asyncio.to_thread(lambda: None)


async def test_a_job_of_a_rolled_back_transaction_never_was(database, worker, notes):
    async def enqueue_and_fail() -> None:
        async with database.unit_of_work() as session:
            await defer(session, "notes.write", text="never")
            raise LookupError

    with pytest.raises(LookupError):
        await enqueue_and_fail()
    await worker.run(until_empty=True)

    assert notes.done == []
    assert await _statuses(database) == []


async def test_a_job_is_done_with_its_arguments_in_one_unit_of_work(database, worker, notes):
    async with database.unit_of_work() as session:
        await defer(session, "notes.write", text="hello")

    await worker.run(until_empty=True)

    assert notes.done == ["hello"]
    assert await _statuses(database) == ["succeeded"]
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT name FROM periodic_successes")) == "hello"


async def test_one_queueing_lock_holds_one_waiting_job(database, worker, notes):
    async with database.unit_of_work() as session:
        first = await defer(session, "notes.write", queueing_lock="n", text="first")
        second = await defer(session, "notes.write", queueing_lock="n", text="second")

    await worker.run(until_empty=True)

    assert (first, second) == (True, False)
    assert notes.done == ["first"]


async def test_many_transactions_at_once_queue_one_job(database, worker, notes):
    async def enqueue() -> None:
        async with database.unit_of_work() as session:
            await defer(session, "notes.write", queueing_lock="n", text="once")

    await asyncio.gather(*(enqueue() for _ in range(8)))
    await worker.run(until_empty=True)

    assert notes.done == ["once"]


async def test_a_waiting_job_is_held_back_until_the_news_it_stands_for_is_committed(
    database, worker, notes
):
    async with database.unit_of_work() as session:
        await defer(session, "notes.write", queueing_lock="n", text="kept waiting")

    async with database.unit_of_work() as session:
        assert await defer(session, "notes.write", queueing_lock="n", text="joined") is False
        async with database.reading() as connection:
            fetched = await connection.scalar(
                text("SELECT (procrastinate_fetch_job_v2(NULL, NULL)).id")
            )

    assert fetched is None
    await worker.run(until_empty=True)
    assert notes.done == ["kept waiting"]


async def test_a_failing_job_is_tried_again_and_then_given_up(database, database_url, clock):
    tries: list[int] = []

    async def fail(session) -> None:
        tries.append(1)
        raise LookupError("always")

    registry = JobRegistry()
    registry.on("fail", fail, retry=Retry(attempts=2, first=timedelta(0)))
    async with database.unit_of_work() as session:
        await defer(session, "fail", queueing_lock="fail")

    await Worker(database_url, database, registry, clock, QUICK).run(until_empty=True)

    assert len(tries) == 3
    assert await _statuses(database) == ["failed"]


async def test_what_a_failing_job_wrote_is_rolled_back(database, database_url, clock):
    async def fail(session) -> None:
        session.add(PeriodicSuccess(name="half done"))
        await session.flush()
        raise LookupError

    registry = JobRegistry()
    registry.on("fail", fail, retry=Retry(attempts=0))
    async with database.unit_of_work() as session:
        await defer(session, "fail")

    await Worker(database_url, database, registry, clock, QUICK).run(until_empty=True)

    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM periodic_successes")) == 0


async def test_a_staged_job_opens_its_own_units_of_work(database, database_url, clock):
    async def twice(database, name: str) -> None:
        for part in ("before", "after"):
            async with database.unit_of_work() as session:
                session.add(PeriodicSuccess(name=f"{name} {part}"))

    registry = JobRegistry()
    registry.on_in_stages("twice", twice)
    async with database.unit_of_work() as session:
        await defer(session, "twice", name="x")

    await Worker(database_url, database, registry, clock, QUICK).run(until_empty=True)

    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM periodic_successes")) == 2


async def test_a_worker_that_works_until_empty_cuts_no_job_off(database, database_url, clock):
    begun = []

    async def slow(database) -> None:
        begun.append(True)
        for number in range(20):
            async with database.unit_of_work() as session:
                session.add(PeriodicSuccess(name=f"{len(begun)} {number}"))

    registry = JobRegistry()
    registry.on_in_stages("slow", slow)
    async with database.unit_of_work() as session:
        await defer(session, "slow")
    hasty = dataclasses.replace(QUICK, grace_s=0)

    async with asyncio.timeout(60):
        await Worker(database_url, database, registry, clock, hasty).run(until_empty=True)

    assert len(begun) == 1
    assert await _statuses(database) == ["succeeded"]


async def _leave_job_of_a_dead_worker(database, *, attempts: int = 0) -> None:
    async with database.unit_of_work() as session:
        await defer(session, "notes.write", queueing_lock="n", lock="l", text="taken over")
        dead = await session.scalar(
            text("""
                INSERT INTO procrastinate_workers (last_heartbeat)
                VALUES (now() - interval '31 seconds') RETURNING id
            """)
        )
        await session.execute(
            text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :id, attempts = :n"),
            {"id": dead, "n": attempts},
        )


async def test_the_job_of_a_killed_worker_is_taken_over(database, worker, notes):
    await _leave_job_of_a_dead_worker(database)

    await worker.run(until_empty=True)

    assert notes.done == ["taken over"]


async def test_the_job_of_a_killed_worker_is_taken_over_beside_a_newer_twin(
    database, worker, notes
):
    await _leave_job_of_a_dead_worker(database)
    async with database.unit_of_work() as session:
        await defer(session, "notes.write", queueing_lock="n", lock="l", text="newer twin")

    await worker.run(until_empty=True)

    assert notes.done == ["taken over", "newer twin"]


async def test_a_job_that_killed_ten_workers_is_given_up(database, worker, notes):
    await _leave_job_of_a_dead_worker(database, attempts=9)

    await worker.run(until_empty=True)

    assert notes.done == []
    assert await _statuses(database) == ["failed"]


async def test_the_job_of_a_living_worker_is_left_alone(database, worker, notes):
    await _leave_job_of_a_dead_worker(database)
    async with database.unit_of_work() as session:
        await session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now()"))

    await worker.run(until_empty=True)

    assert notes.done == []


async def test_a_periodic_job_runs_once_per_interval_however_many_workers_look(
    database, database_url, clock
):
    runs: list[PeriodicRun] = []

    async def sweep(session, run: PeriodicRun) -> None:
        runs.append(run)

    registry = JobRegistry()
    registry.every(timedelta(minutes=5), "sweep", sweep)
    workers = [Worker(database_url, database, registry, clock, QUICK) for _ in range(4)]
    began = clock.now()

    await asyncio.gather(*(worker.run(until_empty=True) for worker in workers))
    clock.step(timedelta(hours=1))
    await asyncio.gather(*(worker.run(until_empty=True) for worker in workers))

    assert runs == [
        PeriodicRun(now=began, since=None),
        PeriodicRun(now=began + timedelta(hours=1), since=began),
    ]


async def test_a_failed_periodic_run_is_due_again_with_the_same_past(database, database_url, clock):
    runs: list[PeriodicRun] = []

    async def sweep(session, run: PeriodicRun) -> None:
        runs.append(run)
        if len(runs) == 1:
            raise LookupError

    registry = JobRegistry()
    registry.every(timedelta(minutes=5), "sweep", sweep)
    worker = Worker(database_url, database, registry, clock, QUICK)
    await worker.run(until_empty=True)
    async with database.unit_of_work() as session:
        await session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL"))

    await worker.run(until_empty=True)

    assert [run.since for run in runs] == [None, None]


async def test_a_running_worker_notices_new_jobs_and_stops_when_asked(database, worker, notes):
    running = asyncio.create_task(worker.run())
    async with database.unit_of_work() as session:
        await defer(session, "notes.write", text="noticed")

    async def is_done() -> bool:
        return bool(notes.done)

    await _wait_for(is_done)
    worker.stop()
    await asyncio.wait_for(running, 30)

    assert notes.done == ["noticed"]


async def test_a_name_is_registered_once():
    registry = JobRegistry()
    registry.on("x", Notes().write)

    with pytest.raises(ValueError, match="two jobs"):
        registry.on("x", Notes().write)


async def test_enqueuing_takes_no_database_wide_lock(database):
    async with database.reading() as connection:
        triggers = await connection.scalars(
            text("""
                SELECT pg_get_functiondef(tgfoid) FROM pg_trigger
                WHERE tgrelid = 'procrastinate_jobs'::regclass AND tgtype & 4 > 0
            """)
        )
        assert not [body for body in triggers if "pg_notify" in body]


async def test_what_is_undone_to_a_savepoint_takes_its_jobs_along(database, worker, notes):
    async with database.unit_of_work() as session:
        await defer(session, "notes.write", text="stays")
        with contextlib.suppress(ZeroDivisionError):
            async with session.begin_nested():
                await defer(session, "notes.write", text="goes")
                raise ZeroDivisionError

    await worker.run(until_empty=True)

    assert notes.done == ["stays"]


async def test_jobs_of_one_transaction_keep_their_order_and_cost_one_statement(database):
    written = []
    async with database.unit_of_work() as session:
        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", lambda *seen: written.append(seen[2]))
        for number in range(5):
            await defer(session, "x", number=number)

    async with database.reading() as connection:
        numbers = await connection.scalars(
            text("SELECT (args ->> 'number')::int FROM procrastinate_jobs ORDER BY id")
        )
    assert list(numbers) == [0, 1, 2, 3, 4]
    assert len(written) == 1


async def test_arguments_travel_as_json(database):
    async with database.unit_of_work() as session:
        await defer(session, "x", order_id=17, names=["é", None])

    async with database.reading() as connection:
        args = await connection.scalar(text("SELECT args::text FROM procrastinate_jobs"))
    assert json.loads(args) == {"order_id": 17, "names": ["é", None]}
