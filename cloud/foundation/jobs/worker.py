"""The worker: takes jobs from the queue, does them, and takes over those of killed workers.

procrastinate fetches and finishes the jobs. Two of its mechanisms are replaced, for reasons
measured here: new jobs are found by polling and not by NOTIFY (which takes a database-wide lock
at every commit of an enqueuing transaction), and periodic jobs are level-triggered rows of our own
(a cron tick missed for ten minutes would never run).
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from procrastinate.worker import Worker as ProcrastinateWorker
from sqlalchemy import text

from cloud.foundation.clock import Clock
from cloud.foundation.database import Database, libpq_dsn
from cloud.foundation.errors import Unavailable
from cloud.foundation.jobs.failures import forget_failures, note_failure
from cloud.foundation.jobs.periodic import defer_due, run_periodic, tell_paces
from cloud.foundation.jobs.registry import JobRegistry, Retry, Task

_log = structlog.get_logger("cloud.jobs")

# A job that killed its worker this often is not tried again: it would kill the next one too.
_MOST_RESCUES = 10
_RECONNECT_S = 1.0

_RESCUE = text("""
    UPDATE procrastinate_jobs AS job
    SET status = CASE WHEN job.attempts + 1 < :most THEN 'todo'::procrastinate_job_status
                      ELSE 'failed'::procrastinate_job_status END,
        attempts = job.attempts + 1, worker_id = NULL, queueing_lock = NULL,
        abort_requested = false, scheduled_at = NULL
    WHERE job.status = 'doing' AND NOT EXISTS (
        SELECT 1 FROM procrastinate_workers AS worker
        WHERE worker.id = job.worker_id
          AND worker.last_heartbeat >= now() - make_interval(secs => :silent_s))
    RETURNING job.id, job.task_name, job.status::text
""")
# A queueing lock speaks of waiting jobs only; kept on a running one it would forbid its retry.
_FREE_QUEUEING_LOCK = text("UPDATE procrastinate_jobs SET queueing_lock = NULL WHERE id = :id")
_HAS_DUE = text("""
    SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE status = 'todo'
                   AND (scheduled_at IS NULL OR scheduled_at <= now()))
""")
_DELETE_OLD = text("""
    DELETE FROM procrastinate_jobs WHERE status = 'succeeded' AND id IN (
        SELECT job_id FROM procrastinate_events
        WHERE type = 'succeeded' AND at < now() - make_interval(days => :days)
        LIMIT 10000)
""")


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How the worker keeps watch.

    concurrency: jobs at once in this process. 4: they mostly wait for others.
    polling_s: seconds until a new job is noticed. 0.5: invisible to a person, two light queries.
    heartbeat_s: seconds between signs of life. 10.
    silent_s: seconds of silence after which a worker counts as dead. 30: three beats. A killed
        worker's job is taken over within silent_s + tick_s, so 40 s.
    tick_s: seconds between looks at periodic jobs and at dead workers. 10.
    grace_s: seconds that running jobs get to finish when the worker is asked to stop. 20.
    keep_days: days that jobs which succeeded are kept to be looked at. 14.
    """

    concurrency: int = 4
    polling_s: float = 0.5
    heartbeat_s: float = 10.0
    silent_s: float = 30.0
    tick_s: float = 10.0
    grace_s: float = 20.0
    keep_days: int = 14


class Worker:
    """Does the registered jobs until it is asked to stop."""

    def __init__(
        self,
        url: str,
        database: Database,
        registry: JobRegistry,
        clock: Clock,
        settings: WorkerSettings | None = None,
    ) -> None:
        self._database = database
        self._registry = registry
        self._clock = clock
        self._settings = settings or WorkerSettings()
        connector = PsycopgConnector(
            conninfo=libpq_dsn(url),
            min_size=1,
            max_size=self._settings.concurrency + 2,
            kwargs={"application_name": "scent-worker-queue"},
        )
        self._app = App(connector=connector)
        for task in registry.tasks.values():
            self._add(task.name, self._runner(task), task.retry)
        for periodic in registry.periodic.values():
            self._add(periodic.name, self._periodic_runner(periodic.name), Retry())
        self._stop = asyncio.Event()

    async def run(self, *, until_empty: bool = False) -> None:
        """Do jobs until `stop`; with `until_empty`, return once no due job is left.

        Returns after running jobs ended or, once it was stopped, their grace is over; what was cut
        off is taken over by the next worker. Cancelling does the same. With `until_empty` no job
        is ever cut off, however long it takes.
        """
        async with self._app.open_async():
            await self._tell_paces()
            if until_empty:
                await self._work_until_empty()
                return
            async with asyncio.TaskGroup() as tasks:
                watch = tasks.create_task(self._keep_watch(), name="jobs watch")
                try:
                    await self._work_until_stopped()
                finally:
                    watch.cancel()

    async def _tell_paces(self) -> None:
        # An absent database is met, and waited for, by the work itself.
        with contextlib.suppress(Unavailable):
            async with self._database.unit_of_work() as session:
                await tell_paces(session, self._registry.periodic.values())

    def stop(self) -> None:
        """Ask the worker to finish what it runs, take nothing new, and return from `run`."""
        self._stop.set()

    def _procrastinate_worker(self, *, wait: bool) -> ProcrastinateWorker:
        return ProcrastinateWorker(
            app=self._app,
            concurrency=self._settings.concurrency,
            wait=wait,
            fetch_job_polling_interval=self._settings.polling_s,
            # A worker that does not wait stops itself as soon as nothing is left to begin, and
            # would cut off what still runs.
            shutdown_graceful_timeout=self._settings.grace_s if wait else None,
            listen_notify=False,
            install_signal_handlers=False,
            update_heartbeat_interval=self._settings.heartbeat_s,
            stalled_worker_timeout=self._settings.silent_s,
        )

    async def _work_until_empty(self) -> None:
        await self._tick()
        while True:
            await self._procrastinate_worker(wait=False).run()  # type: ignore[no-untyped-call]  # theirs
            async with self._database.reading() as connection:
                if not await connection.scalar(_HAS_DUE):
                    return
            await self._pause(self._settings.polling_s)

    async def _work_until_stopped(self) -> None:
        while not self._stop.is_set():
            worker = self._procrastinate_worker(wait=True)
            async with asyncio.TaskGroup() as tasks:
                stopper = tasks.create_task(self._stop_on_request(worker), name="jobs stop")
                try:
                    await worker.run()  # type: ignore[no-untyped-call]  # theirs
                except (ConnectorException, Unavailable):
                    # PostgreSQL restarts; a worker that gave up here would need a person.
                    _log.warning("job_queue_unreachable", exc_info=True)
                finally:
                    stopper.cancel()
            await self._pause(_RECONNECT_S)

    async def _stop_on_request(self, worker: ProcrastinateWorker) -> None:
        await self._stop.wait()
        worker.stop()  # type: ignore[no-untyped-call]  # theirs

    async def _keep_watch(self) -> None:
        while not self._stop.is_set():
            try:
                await self._tick()
            except Exception:  # noqa: BLE001 - the watch must outlive an absent database
                _log.exception("job_watch_failed")
            await self._pause(self._settings.tick_s)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)

    async def _tick(self) -> None:
        async with self._database.unit_of_work() as session:
            rescued = await session.execute(
                _RESCUE, {"silent_s": self._settings.silent_s, "most": _MOST_RESCUES}
            )
            for job_id, task_name, status in rescued:
                _log.warning("job_rescued", job=job_id, task=task_name, status=status)
            await session.execute(_DELETE_OLD, {"days": self._settings.keep_days})
            await forget_failures(session)
            await defer_due(session, self._registry.periodic.values(), self._clock.now())

    def _add(self, name: str, run: Callable[..., Awaitable[None]], retry: Retry) -> None:
        self._app.task(name=name, pass_context=True, retry=_Backoff(retry))(run)

    def _runner(self, task: Task) -> Callable[..., Awaitable[None]]:
        async def run(context: JobContext, **args: Any) -> None:
            async with self._noted(context):
                await self._begin(context)
                if task.is_staged:
                    await task.handler(self._database, **args)
                    return
                async with self._database.unit_of_work() as session:
                    await task.handler(session, **args)

        return run

    @contextlib.asynccontextmanager
    async def _noted(self, context: JobContext) -> AsyncGenerator[None]:
        """Write down why a job fails, and let it fail."""
        try:
            yield
        except Exception as error:
            # An absent database is often the very reason; the log has it too.
            with contextlib.suppress(Unavailable):
                await note_failure(self._database, context.job.id or 0, error, self._clock.now())
            raise

    def _periodic_runner(self, name: str) -> Callable[..., Awaitable[None]]:
        periodic = self._registry.periodic[name]

        async def run(context: JobContext) -> None:
            async with self._noted(context):
                await self._begin(context)
                async with self._database.unit_of_work() as session:
                    await run_periodic(session, periodic, self._clock.now())

        return run

    async def _begin(self, context: JobContext) -> None:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(job=context.job.id, task=context.job.task_name)
        if context.job.queueing_lock is not None:
            async with self._database.reading() as connection:
                await connection.execute(_FREE_QUEUEING_LOCK, {"id": context.job.id})


class _Backoff(BaseRetryStrategy):
    """procrastinate's view of a Retry."""

    def __init__(self, retry: Retry) -> None:
        self._retry = retry

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if not isinstance(exception, Exception):
            # Cut off by a stop, not failed: the next worker starts it at once.
            return RetryDecision(retry_in={"seconds": 0})
        pause = self._retry.pause_after(job.attempts)
        _log.warning(
            "job_failed",
            task=job.task_name,
            job=job.id,
            attempts=job.attempts + 1,
            again_in_s=None if pause is None else pause.total_seconds(),
            exc_info=exception,
        )
        return (
            None
            if pause is None
            else RetryDecision(retry_in={"seconds": int(pause.total_seconds())})
        )
