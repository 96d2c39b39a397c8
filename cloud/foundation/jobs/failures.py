"""Why jobs failed: the last reason of each, kept for people to read."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, Database
from cloud.foundation.errors import CloudError

_LONGEST = 500
# The worker may be told of the same failure twice: the later word stands.
_NOTE = text("""
    INSERT INTO job_failures (job_id, reason, failed_at) VALUES (:job_id, :reason, :now)
    ON CONFLICT (job_id) DO UPDATE SET reason = excluded.reason, failed_at = excluded.failed_at
""")
_FORGET = text("""
    DELETE FROM job_failures AS f WHERE NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs AS j WHERE j.id = f.job_id AND j.status <> 'succeeded')
""")


class JobFailure(Base):
    """The last failure of a job that has not succeeded since."""

    __tablename__ = "job_failures"
    __table_args__ = (CheckConstraint(f"length(reason) <= {_LONGEST}", name="reason"),)

    job_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    reason: Mapped[str]
    failed_at: Mapped[datetime]


async def note_failure(database: Database, job_id: int, error: Exception, now: datetime) -> None:
    """Write down why a job failed, outside the unit of work that it took along."""
    reason = error.message if isinstance(error, CloudError) else f"{type(error).__name__}: {error}"
    row = {"job_id": job_id, "reason": reason.replace("\0", "")[:_LONGEST], "now": now}
    async with database.reading() as connection:
        await connection.execute(_NOTE, row)


async def forget_failures(session: AsyncSession) -> None:
    """Forget the failures of jobs that succeeded since, or are gone."""
    await session.execute(_FORGET)
