"""The migrations make exactly the tables that the code maps, and take them away again."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, create_engine, text

from cloud import migrations
from cloud.foundation.database import Timestamped, psycopg_url
from cloud.migrations import applying
from cloud.migrations.models import METADATA

pytestmark = pytest.mark.needs_postgres

_UNINDEXED_REFERENCES = text("""
    SELECT c.conrelid::regclass::text AS referring, c.conname
    FROM pg_constraint AS c
    WHERE c.contype = 'f' AND NOT EXISTS (
        SELECT 1 FROM pg_index AS i
        WHERE i.indrelid = c.conrelid AND i.indpred IS NULL
          AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)
""")


@pytest.fixture
def connection(database_url):
    engine = create_engine(psycopg_url(database_url))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _is_ours(_thing, name, kind, _reflected, _compared) -> bool:
    return not (kind == "table" and name.startswith("procrastinate_"))


def test_the_database_and_the_mapped_classes_are_the_same(connection):
    context = MigrationContext.configure(
        connection, opts={"include_object": _is_ours, "compare_server_default": True}
    )

    assert compare_metadata(context, METADATA) == []


def test_every_check_of_a_mapped_class_is_in_the_database(connection):
    mapped = {
        str(constraint.name)
        for table in METADATA.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    stored = set(
        connection.scalars(
            text("""
                SELECT conname FROM pg_constraint
                WHERE contype = 'c' AND conrelid::regclass::text NOT LIKE 'procrastinate%'
                  AND connamespace = 'public'::regnamespace AND conrelid <> 0
            """)
        )
    )

    assert mapped == stored


def test_every_foreign_key_is_indexed(connection):
    assert connection.execute(_UNINDEXED_REFERENCES).all() == []


def test_every_moment_has_a_zone(connection):
    zoneless = connection.execute(
        text("""
            SELECT table_name, column_name FROM information_schema.columns
            WHERE table_schema = 'public' AND data_type = 'timestamp without time zone'
        """)
    )

    assert zoneless.all() == []


def test_updated_at_is_kept_by_the_server_wherever_it_stands(connection):
    wanted = {
        mapper.local_table.name for mapper in _mappers() if issubclass(mapper.class_, Timestamped)
    }
    kept = set(
        connection.scalars(
            text("""
                SELECT tgrelid::regclass::text FROM pg_trigger
                WHERE tgname LIKE '%_keep_updated_at'
            """)
        )
    )

    assert wanted <= kept


def _mappers():
    from cloud.foundation.database import Base

    return list(Base.registry.mappers)


def test_migrating_twice_and_back_and_again_changes_nothing(empty_database_url):
    applying.upgrade(empty_database_url)
    applying.upgrade(empty_database_url)
    applying.downgrade(empty_database_url, "base")
    applying.upgrade(empty_database_url)

    engine = create_engine(psycopg_url(empty_database_url))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == (
            migrations.head()
        )
    engine.dispose()


def test_going_back_leaves_nothing_of_ours(empty_database_url):
    applying.upgrade(empty_database_url)

    applying.downgrade(empty_database_url, "base")

    engine = create_engine(psycopg_url(empty_database_url))
    with engine.connect() as connection:
        left = connection.scalars(
            text("""
                SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
                UNION SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
                UNION SELECT typname::text FROM pg_type
                      WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'c')
            """)
        )
        assert set(left) <= {"alembic_version", "alembic_version_pkc"}
    engine.dispose()
