"""What the pictures of categories and collections show, in words.

Revision ID: 0021_shelf_goods
Revises: 0020_currencies
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from cloud.migrations.columns import text

revision = "0021_shelf_goods"
down_revision = "0020_currencies"
branch_labels = None
depends_on = None

_SHELVES = ("categories", "collections")
_CHECKS = {
    "image_whole": "num_nonnulls(image_key, image_alt) IN (0, 2)",
    "image_alt": "image_alt <> ''",
    "image_texts": (
        "jsonb_typeof(image_texts) = 'object' AND (image_key IS NOT NULL OR image_texts = '{}')"
    ),
}


def upgrade() -> None:
    for table in _SHELVES:
        op.add_column(table, text("image_alt", nullable=True))
        op.add_column(table, sa.Column("image_texts", JSONB(), nullable=False, server_default="{}"))
        # No page could give a shelf a picture before; a row that has one says its own name.
        op.execute(f"UPDATE {table} SET image_alt = name WHERE image_key IS NOT NULL")
        for name, condition in _CHECKS.items():
            op.create_check_constraint(name, table, condition)


def downgrade() -> None:
    for table in _SHELVES:
        for name in _CHECKS:
            op.drop_constraint(f"ck_{table}_{name}", table)
        op.drop_column(table, "image_texts")
        op.drop_column(table, "image_alt")
