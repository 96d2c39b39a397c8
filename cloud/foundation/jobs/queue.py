"""Putting a job into the queue as part of our own transaction."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.last_writes import collect

_DEFER = text("""
    SELECT procrastinate_defer_jobs_v1(ARRAY(
        SELECT ROW(
            job ->> 'queue', job ->> 'task', (job ->> 'priority')::integer, job ->> 'lock',
            job ->> 'queueing_lock', job -> 'args', (job ->> 'schedule_at')::timestamptz
        )::procrastinate_job_to_defer_v1
        FROM jsonb_array_elements(CAST(:jobs AS jsonb)) WITH ORDINALITY AS one (job, place)
        ORDER BY place))
""")
# While we hold the row the worker's SKIP LOCKED passes it by, so a job that stands for our news
# cannot start before our news is committed.
_HOLD_WAITING = text("""
    SELECT id FROM procrastinate_jobs
    WHERE queueing_lock = :queueing_lock AND status = 'todo' FOR SHARE
""")
_TRIES = 5


async def defer(
    session: AsyncSession,
    task_name: str,
    *,
    queueing_lock: str | None = None,
    lock: str | None = None,
    schedule_at: datetime | None = None,
    priority: int = 0,
    queue: str = "default",
    **args: object,
) -> bool:
    """Enqueue a job that exists if and only if the session's transaction commits.

    `args` must be JSON. `schedule_at` is the earliest moment to start, by PostgreSQL's clock.
    Jobs of one `lock` run one after another, oldest first. With a `queueing_lock` at most one
    job waits: when one does already, nothing is added and the answer is False, and that job is
    held back until this transaction ends, so that it sees what this transaction wrote. Jobs
    without one are written together at the end of a unit of work.
    """
    job = {
        "task": task_name,
        "queue": queue,
        "priority": priority,
        "lock": lock,
        "queueing_lock": queueing_lock,
        "schedule_at": schedule_at.isoformat() if schedule_at else None,
        "args": args,
    }
    if queueing_lock is None:
        if session.in_nested_transaction():
            # What is undone to the savepoint takes its jobs along.
            await _write(session, [job])
        else:
            await collect(session, _write, job)
        return True
    for _ in range(_TRIES):
        waiting = await session.scalar(_HOLD_WAITING, {"queueing_lock": queueing_lock})
        if waiting is not None:
            return False
        try:
            async with session.begin_nested():
                await _write(session, [job])
        except IntegrityError:
            continue  # another transaction was first; hold its job, or add ours if it is taken
        return True
    raise RuntimeError(f"the waiting job of {queueing_lock!r} changed {_TRIES} times in a row")


async def _write(session: AsyncSession, jobs: Sequence[object]) -> None:
    await session.execute(_DEFER, {"jobs": json.dumps(jobs)})
