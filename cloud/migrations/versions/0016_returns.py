"""Returns, refunds by line, invoices and staff's notes.

Revision ID: 0016_returns
Revises: 0015_payments
"""

from pathlib import Path

from alembic import op

from cloud.migrations.operations import keep_updated_at

revision = "0016_returns"
down_revision = "0015_payments"
branch_labels = None
depends_on = None

_TABLES = Path(__file__).with_suffix(".sql")
_NAMES = (
    "invoices",
    "invoice_series",
    "return_steps",
    "return_lines",
    "returns",
    "refund_lines",
    "order_filters",
    "order_notes",
)
_FUNCTIONS = ("invoices_refuse_change", "return_steps_refuse_change", "orders_keep_search_text")
_KINDS = (
    "ORDER_CONFIRMATION",
    "ORDER_PAYMENT_FAILED",
    "ORDER_SHIPPED",
    "ORDER_DELIVERED",
    "ORDER_CANCELLED",
    "ORDER_REFUNDED",
    "SMART_HOME_SCENT_LOW",
    "ADMIN_ALERT",
)


def upgrade() -> None:
    # The driver's own cursor: many statements, with percent signs of their own.
    op.get_bind().exec_driver_sql(_TABLES.read_text("utf-8").replace("%", "%%"))
    keep_updated_at("order_filters", "returns")
    _allow_kinds(*_KINDS, "ORDER_STATUS_UPDATE")


def downgrade() -> None:
    op.execute("DELETE FROM notifications WHERE kind = 'ORDER_STATUS_UPDATE'")
    _allow_kinds(*_KINDS)
    for name in _NAMES:
        op.drop_table(name)
    op.execute("DROP SEQUENCE return_numbers")
    op.drop_constraint("ck_refunds_parts", "refunds")
    for name in ("tax_minor", "gift_card_minor", "shipping_minor"):
        op.drop_column("refunds", name)
    op.drop_index("ix_notifications_key_pattern", "notifications")
    op.execute("DROP TRIGGER orders_keep_search_text ON orders")
    for index in ("delivered_at", "status_id", "tags", "search_text"):
        op.drop_index(f"ix_orders_{index}", "orders")
    for name in ("search_text", "tags"):
        op.drop_column("orders", name)
    for name in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}()")


def _allow_kinds(*kinds: str) -> None:
    op.drop_constraint("ck_notifications_kind", "notifications")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint("kind", "notifications", f"kind IN ({listed})")
