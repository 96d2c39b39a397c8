"""Extensions, the job queue, periodic jobs, rate limits and the updated_at trigger.

Revision ID: 0001_foundation
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001_foundation"
down_revision = None
branch_labels = None
depends_on = None

_EXTENSIONS = ("citext", "pg_trgm", "unaccent")

_KEEP_UPDATED_AT = """
CREATE FUNCTION keep_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at = now();
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    for extension in _EXTENSIONS:
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    op.execute(_KEEP_UPDATED_AT)
    # The driver's own cursor: the schema is many statements with percent signs of its own.
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    # NOTIFY takes a database-wide lock at commit, and jobs are enqueued by hot transactions
    # (every batch a hub sends). The worker polls instead.
    op.execute("DROP TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 ON procrastinate_jobs")
    # A worker that is pruned sets this column to NULL in all jobs it ever did.
    op.create_index("ix_procrastinate_jobs_worker_id", "procrastinate_jobs", ["worker_id"])
    op.create_table(
        "periodic_successes",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("succeeded_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("name", name="pk_periodic_successes"),
    )
    op.create_table(
        "rate_limits",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("clear_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_rate_limits"),
    )
    op.create_index("ix_rate_limits_clear_at", "rate_limits", ["clear_at"])


def downgrade() -> None:
    op.drop_table("rate_limits")
    op.drop_table("periodic_successes")
    for table in ("events", "periodic_defers", "jobs", "workers"):
        op.execute(f"DROP TABLE procrastinate_{table} CASCADE")
    op.execute("""
        DO $$ DECLARE routine regprocedure; BEGIN
            FOR routine IN SELECT oid::regprocedure FROM pg_proc
                WHERE proname LIKE 'procrastinate\\_%' AND pronamespace = 'public'::regnamespace
            LOOP EXECUTE 'DROP FUNCTION ' || routine || ' CASCADE'; END LOOP;
        END $$
    """)
    for kind in ("job_to_defer_v1", "job_event_type", "job_status"):
        op.execute(f"DROP TYPE procrastinate_{kind}")
    op.execute("DROP FUNCTION keep_updated_at()")
    for extension in reversed(_EXTENSIONS):
        op.execute(f"DROP EXTENSION {extension}")
