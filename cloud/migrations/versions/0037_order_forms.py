"""The form by which staff made an order: sent twice, it makes one.

Revision ID: 0037_order_forms
Revises: 0036_failed_jobs
"""

import sqlalchemy as sa
from alembic import op

revision = "0037_order_forms"
down_revision = "0036_failed_jobs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("form_key", sa.Text))
    op.create_unique_constraint("uq_orders_form_key", "orders", ["form_key"])
    op.create_check_constraint("form_key", "orders", "length(form_key) BETWEEN 16 AND 64")


def downgrade() -> None:
    op.drop_column("orders", "form_key")
