"""Scenes are shared documents too.

Revision ID: 0006_scenes
Revises: 0005_orders
"""

from alembic import op

revision = "0006_scenes"
down_revision = "0005_orders"
branch_labels = None
depends_on = None

_BEFORE = "kind IN ('rule', 'schedule', 'diffuser', 'reorder_preference')"
_AFTER = "kind IN ('rule', 'schedule', 'scene', 'diffuser', 'reorder_preference')"


def upgrade() -> None:
    _allow(_AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM shared_documents WHERE kind = 'scene'")
    _allow(_BEFORE)


def _allow(condition: str) -> None:
    """Not checked against the rows that stand: the old list is part of the new one."""
    op.execute("ALTER TABLE shared_documents DROP CONSTRAINT ck_shared_documents_kind")
    op.execute(
        f"ALTER TABLE shared_documents ADD CONSTRAINT ck_shared_documents_kind"
        f" CHECK ({condition}) NOT VALID"
    )
    op.execute("ALTER TABLE shared_documents VALIDATE CONSTRAINT ck_shared_documents_kind")
