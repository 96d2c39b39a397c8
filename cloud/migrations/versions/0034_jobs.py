"""Why jobs failed, and how often what comes round does.

Revision ID: 0034_jobs
Revises: 0033_figures
"""

import sqlalchemy as sa
from alembic import op

revision = "0034_jobs"
down_revision = "0033_figures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("periodic_successes", sa.Column("every_s", sa.BigInteger))
    op.create_table(
        "job_failures",
        sa.Column("job_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("failed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("job_id"),
        sa.CheckConstraint("length(reason) <= 500", name="reason"),
    )


def downgrade() -> None:
    op.drop_table("job_failures")
    op.drop_column("periodic_successes", "every_s")
