"""Suppliers, purchase orders, and deliveries that came in.

Revision ID: 0019_purchasing
Revises: 0018_points
"""

from pathlib import Path

from alembic import op

from cloud.migrations.operations import keep_updated_at

revision = "0019_purchasing"
down_revision = "0018_points"
branch_labels = None
depends_on = None

_TABLES = Path(__file__).with_suffix(".sql")
_NAMES = (
    "purchase_receipt_lines",
    "purchase_receipts",
    "purchase_steps",
    "purchase_lines",
    "purchase_orders",
    "suppliers",
)


def upgrade() -> None:
    # The driver's own cursor: many statements, with percent signs of their own.
    op.get_bind().exec_driver_sql(_TABLES.read_text("utf-8").replace("%", "%%"))
    keep_updated_at("suppliers", "purchase_orders")


def downgrade() -> None:
    for table in _NAMES:
        op.drop_table(table)
    for function in ("purchase_history_refuse_change", "purchase_orders_hold_subtotal"):
        op.execute(f"DROP FUNCTION {function}()")
    op.execute("DROP SEQUENCE purchase_numbers")
