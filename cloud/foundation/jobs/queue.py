"""Putting a job into the queue as part of our own transaction."""

import json
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

_DEFER = text("""
    SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[ROW(
        CAST(:queue AS varchar), CAST(:task AS varchar), CAST(:priority AS integer),
        CAST(:lock AS text), CAST(:queueing_lock AS text), CAST(:args AS jsonb),
        CAST(:schedule_at AS timestamptz)
    )::procrastinate_job_to_defer_v1]))
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
) -> int | None:
    """Enqueue a job that exists if and only if the session's transaction commits; return its id.

    `args` must be JSON. `schedule_at` is the earliest moment to start, by PostgreSQL's clock.
    Jobs of one `lock` run one after another, oldest first. With a `queueing_lock` at most one
    job waits: when one does already, nothing is added and the answer is None, and that job is
    held back until this transaction ends, so that it sees what this transaction wrote.
    """
    parameters = {
        "task": task_name,
        "queue": queue,
        "priority": priority,
        "lock": lock,
        "queueing_lock": queueing_lock,
        "schedule_at": schedule_at,
        "args": json.dumps(args),
    }
    if queueing_lock is None:
        return _as_id(await session.scalar(_DEFER, parameters))
    for _ in range(_TRIES):
        waiting = await session.scalar(_HOLD_WAITING, {"queueing_lock": queueing_lock})
        if waiting is not None:
            return None
        try:
            async with session.begin_nested():
                return _as_id(await session.scalar(_DEFER, parameters))
        except IntegrityError:
            continue  # another transaction was first; hold its job, or add ours if it is taken
    raise RuntimeError(f"the waiting job of {queueing_lock!r} changed {_TRIES} times in a row")


def _as_id(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("procrastinate returned no job id")
    return value
