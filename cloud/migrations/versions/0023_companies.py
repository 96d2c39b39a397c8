"""Firms that buy: their names and VAT numbers, and what the EU's register said of those.

Revision ID: 0023_companies
Revises: 0022_sold_gift_cards
"""

import sqlalchemy as sa
from alembic import op

from cloud.migrations.columns import flag, moment, text

revision = "0023_companies"
down_revision = "0022_sold_gift_cards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("addresses", "orders"):
        for name in ("company", "vat_number"):
            op.add_column(table, sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("orders", moment("vat_confirmed_at", nullable=True))
    op.add_column(
        "orders",
        sa.Column("is_reverse_charge", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_check_constraint(
        "reverse_charge",
        "orders",
        "NOT is_reverse_charge OR (tax_minor = 0 AND vat_confirmed_at IS NOT NULL)",
    )
    op.create_table(
        "vat_checks",
        text("number"),
        flag("is_valid"),
        moment("checked_at"),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_vat_checks_checked_at", "vat_checks", ["checked_at"])


def downgrade() -> None:
    op.drop_table("vat_checks")
    op.drop_constraint("ck_orders_reverse_charge", "orders")
    for name in ("is_reverse_charge", "vat_confirmed_at", "vat_number", "company"):
        op.drop_column("orders", name)
    for name in ("vat_number", "company"):
        op.drop_column("addresses", name)
