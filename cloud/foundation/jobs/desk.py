"""Background work as staff see it: what waits, runs or failed, and what comes round by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloud.foundation import audit
from cloud.foundation.errors import Conflict
from cloud.foundation.identity import SignedIn
from cloud.foundation.words import N_

SUBJECT = "jobs"
COUNTED_TO = 1_000


class JobState(StrEnum):
    """Where a job stands, in the words of the queue."""

    WAITING = "todo"
    DOING = "doing"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SUCCEEDED = "succeeded"


@dataclass(frozen=True, slots=True)
class JobView:
    """One job. `attempts` were made of it; `scheduled_at` None: as soon as somebody is free.

    `reason` is why it failed last, "" if it never did; `changed_at` when its state last changed.
    """

    id: int
    name: str
    state: str
    attempts: int
    scheduled_at: datetime | None
    changed_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class PeriodicView:
    """Work that comes round; None: never done yet, or its pace is not known yet."""

    name: str
    last_at: datetime | None
    every: timedelta | None

    @property
    def next_at(self) -> datetime | None:
        """Return when it is due again."""
        return self.last_at + self.every if self.last_at and self.every else None


class JobMovedOn(Conflict):
    """The job is not where it was when somebody decided about it."""

    code = "job_moved_on"

    def __init__(self) -> None:
        super().__init__(
            N_("This job has moved on meanwhile."), hint=N_("Load the list again and look.")
        )


# The state stands in the statement itself: PostgreSQL then knows that few jobs failed, and looks
# into the index of those alone. One that runs is found by its worker.
_IN_STATE = {
    state: f"j.status = '{state.value}'"
    + (" AND j.worker_id IS NOT NULL" if state is JobState.DOING else "")
    for state in JobState
}
_JOBS = """
    SELECT j.id, j.task_name, j.status::text AS state, j.attempts, j.scheduled_at,
           (SELECT max(e.at) FROM procrastinate_events AS e WHERE e.job_id = j.id) AS changed_at,
           coalesce(f.reason, '') AS reason
    FROM procrastinate_jobs AS j LEFT JOIN job_failures AS f ON f.job_id = j.id
    WHERE {} AND j.id < :before ORDER BY j.id DESC LIMIT :limit
"""
_COUNTS = text(
    " UNION ALL ".join(
        f"SELECT '{state.value}' AS state, (SELECT count(*) FROM (SELECT 1 FROM procrastinate_jobs"
        f" AS j WHERE {condition} LIMIT :most) AS few) AS jobs"
        for state, condition in _IN_STATE.items()
    )
)
_PERIODIC = text("SELECT name, succeeded_at, every_s FROM periodic_successes ORDER BY name")
# Its queueing lock speaks of waiting jobs; another of its kind may wait already.
_RETRY = text("""
    UPDATE procrastinate_jobs
    SET status = 'todo', attempts = 0, scheduled_at = NULL, worker_id = NULL, queueing_lock = NULL
    WHERE id = :id AND status IN ('failed', 'cancelled') RETURNING task_name
""")
_HURRY = text("""
    UPDATE procrastinate_jobs SET scheduled_at = NULL
    WHERE id = :id AND status = 'todo' RETURNING task_name
""")
_CANCEL = text("""
    UPDATE procrastinate_jobs SET status = 'cancelled', queueing_lock = NULL
    WHERE id IN (SELECT id FROM procrastinate_jobs
                 WHERE id = :id AND status IN ('todo', 'failed') FOR UPDATE SKIP LOCKED)
    RETURNING task_name
""")


async def list_jobs(
    connection: AsyncConnection, state: JobState, *, before: int, limit: int
) -> Sequence[JobView]:
    """Return jobs of a state with ids below `before`, the newest first."""
    statement = text(_JOBS.format(_IN_STATE[state]))
    found = await connection.execute(statement, {"before": before, "limit": limit})
    return [
        JobView(
            id=row.id,
            name=row.task_name,
            state=row.state,
            attempts=row.attempts,
            scheduled_at=row.scheduled_at,
            changed_at=row.changed_at,
            reason=row.reason,
        )
        for row in found
    ]


async def count_jobs(connection: AsyncConnection) -> dict[JobState, int]:
    """Return how many jobs stand where; COUNTED_TO for that many or more."""
    found = await connection.execute(_COUNTS, {"most": COUNTED_TO})
    return {JobState(row.state): row.jobs for row in found}


async def list_periodic(connection: AsyncConnection) -> Sequence[PeriodicView]:
    """Return what comes round, by name."""
    found = await connection.execute(_PERIODIC)
    return [
        PeriodicView(
            row.name,
            row.succeeded_at,
            None if row.every_s is None else timedelta(seconds=row.every_s),
        )
        for row in found
    ]


async def retry_job(session: AsyncSession, staff: SignedIn, job_id: int) -> None:
    """Have a job that failed or was cancelled tried anew, or one that waits done now.

    Raises JobMovedOn.
    """
    for statement in (_RETRY, _HURRY):
        name = await session.scalar(statement, {"id": job_id})
        if name is not None:
            await audit.note(session, staff, "retry", SUBJECT, job_id, after={"job": name})
            return
    raise JobMovedOn


async def cancel_job(session: AsyncSession, staff: SignedIn, job_id: int) -> None:
    """Take a job that waits or failed out of the queue; one that runs goes on. JobMovedOn."""
    name = await session.scalar(_CANCEL, {"id": job_id})
    if name is None:
        raise JobMovedOn
    await audit.note(session, staff, "cancel", SUBJECT, job_id, after={"job": name})
