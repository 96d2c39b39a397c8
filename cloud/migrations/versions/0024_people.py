"""News about one's own account, customers that are forgotten, objections of banks, refusals.

Revision ID: 0024_people
Revises: 0023_companies
"""

import sqlalchemy as sa
from alembic import op

from cloud.migrations.operations import keep_updated_at

revision = "0024_people"
down_revision = "0023_companies"
branch_labels = None
depends_on = None

_KINDS = (
    "ORDER_CONFIRMATION",
    "ORDER_PAYMENT_FAILED",
    "ORDER_STATUS_UPDATE",
    "ORDER_SHIPPED",
    "ORDER_DELIVERED",
    "ORDER_CANCELLED",
    "ORDER_REFUNDED",
    "SMART_HOME_SCENT_LOW",
    "GIFT_CARD",
    "ADMIN_ALERT",
)
# What disputes that are there already say of the payment that their order was paid with.
_OBJECTIONS = """
    UPDATE orders AS o
    SET objection = CASE WHEN d.is_open THEN 'open' ELSE 'lost' END
    FROM (
        SELECT d.order_id, bool_or(d.closed_at IS NULL) AS is_open
        FROM disputes AS d JOIN payments AS p ON p.id = d.payment_id AND p.is_accepted
        WHERE d.closed_at IS NULL OR d.stage = 'lost'
        GROUP BY d.order_id
    ) AS d
    WHERE d.order_id = o.id
"""


def upgrade() -> None:
    _allow_kinds(*_KINDS, "PROFILE_UPDATE")
    op.alter_column("payment_customers", "provider_customer_id", nullable=True)
    op.add_column(
        "payment_customers", sa.Column("epoch", sa.Integer, server_default="0", nullable=False)
    )

    op.add_column("orders", sa.Column("objection", sa.String(40)))
    op.create_check_constraint("objection", "orders", "objection IN ('open', 'lost')")
    op.execute(_OBJECTIONS)
    op.create_index(
        "ix_orders_objection", "orders", ["id"], postgresql_where=sa.text("objection IS NOT NULL")
    )
    op.add_column("payments", sa.Column("refused_charge_id", sa.Text))
    op.add_column("payments", sa.Column("tell_refusal_at", sa.TIMESTAMP(timezone=True)))
    op.create_index(
        "ix_payments_tell_refusal_at",
        "payments",
        ["tell_refusal_at"],
        postgresql_where=sa.text("tell_refusal_at IS NOT NULL"),
    )
    op.create_table(
        "known_devices",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("mark", sa.LargeBinary, nullable=False),
        *(
            sa.Column(
                name, sa.TIMESTAMP(timezone=True), server_default=sa.func.now(), nullable=False
            )
            for name in ("created_at", "updated_at")
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "mark"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
    )
    keep_updated_at("known_devices")


def downgrade() -> None:
    op.drop_table("known_devices")
    op.drop_column("payments", "tell_refusal_at")
    op.drop_column("payments", "refused_charge_id")
    op.drop_column("orders", "objection")
    op.execute("DELETE FROM notifications WHERE kind = 'PROFILE_UPDATE'")
    _allow_kinds(*_KINDS)
    op.execute("DELETE FROM payment_customers WHERE provider_customer_id IS NULL")
    op.drop_column("payment_customers", "epoch")
    op.alter_column("payment_customers", "provider_customer_id", nullable=False)


def _allow_kinds(*kinds: str) -> None:
    op.drop_constraint("ck_notifications_kind", "notifications")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint("kind", "notifications", f"kind IN ({listed})")
