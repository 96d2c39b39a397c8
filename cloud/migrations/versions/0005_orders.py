"""Reorders, orders, payments, refunds and notifications.

Revision ID: 0005_orders
Revises: 0004_hubs
"""

from pathlib import Path

from alembic import op

from cloud.migrations.operations import keep_updated_at

revision = "0005_orders"
down_revision = "0004_hubs"
branch_labels = None
depends_on = None

_TABLES = Path(__file__).with_suffix(".sql")
# In the order of their making.
_NAMES = (
    "reorder_households",
    "reorder_slots",
    "saved_cards",
    "payment_customers",
    "payment_events",
    "reorder_consents",
    "reorders",
    "reorder_notes",
    "orders",
    "order_items",
    "order_history",
    "shipments",
    "shipment_items",
    "payments",
    "refunds",
    "notifications",
    "outgoing_mails",
)
_WITHOUT_UPDATED_AT = {
    "payment_customers",
    "payment_events",
    "reorder_notes",
    "order_items",
    "order_history",
    "shipment_items",
}


def upgrade() -> None:
    # The driver's own cursor: many statements, with percent signs of their own.
    op.get_bind().exec_driver_sql(_TABLES.read_text("utf-8").replace("%", "%%"))
    keep_updated_at(*(name for name in _NAMES if name not in _WITHOUT_UPDATED_AT))


def downgrade() -> None:
    for name in reversed(_NAMES):
        op.drop_table(name)
    op.execute("DROP FUNCTION order_history_refuse_change()")
    op.execute("DROP SEQUENCE order_numbers")
