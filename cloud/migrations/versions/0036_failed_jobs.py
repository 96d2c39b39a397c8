"""An index of the jobs that failed, for the list and the count that staff look at.

Revision ID: 0036_failed_jobs
Revises: 0035_parcels_of_homes
"""

from alembic import op

revision = "0036_failed_jobs"
down_revision = "0035_parcels_of_homes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Jobs that succeed never enter it, so the queue pays nothing for it.
    op.execute(
        "CREATE INDEX ix_procrastinate_jobs_ended_badly ON procrastinate_jobs (status, id) "
        "WHERE status IN ('failed', 'cancelled')"
    )


def downgrade() -> None:
    op.execute("DROP INDEX ix_procrastinate_jobs_ended_badly")
