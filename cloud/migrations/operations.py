"""Operations that revisions share; their effect never changes, released revisions use them."""

from alembic import op


def keep_updated_at(*tables: str) -> None:
    """Make `updated_at` of each table follow every UPDATE, whoever sends it."""
    for table in tables:
        op.execute(
            f"CREATE TRIGGER {table}_keep_updated_at BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION keep_updated_at()"
        )
