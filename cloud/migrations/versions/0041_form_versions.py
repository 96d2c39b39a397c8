"""A version for the words of a product's picture, and for where a sold gift card goes.

Revision ID: 0041_form_versions
Revises: 0040_rows_that_add_up
"""

import sqlalchemy as sa
from alembic import op

revision = "0041_form_versions"
down_revision = "0040_rows_that_add_up"
branch_labels = None
depends_on = None

_TABLES = ("product_images", "sold_gifts")


def upgrade() -> None:
    for table in _TABLES:
        version = sa.Column("version", sa.BigInteger, server_default="1", nullable=False)
        op.add_column(table, version)


def downgrade() -> None:
    for table in _TABLES:
        op.drop_column(table, "version")
