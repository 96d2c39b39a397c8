"""Alembic's entry: opens the connection and runs the revisions. Loaded by Alembic, not imported."""

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

from cloud.foundation.database import psycopg_url
from cloud.migrations.models import METADATA

# Any number will do, as long as nobody else takes it in our database.
_LOCK = 7_236_841


def _run_on(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=METADATA, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()


def _run() -> None:
    engine = create_engine(psycopg_url(context.config.attributes["url"]), poolclass=NullPool)
    with engine.connect() as lock, engine.connect() as connection:
        lock.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        # A statement that waits for a busy table gives up rather than queueing the shop behind it.
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.commit()
        _run_on(connection)
    engine.dispose()


_run()
