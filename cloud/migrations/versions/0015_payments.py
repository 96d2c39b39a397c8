"""What the provider tells beyond payments: disputes and intents.

Revision ID: 0015_payments
Revises: 0014_stock
"""

import sqlalchemy as sa
from alembic import op

from cloud.migrations.columns import check, flag, key, moment, number, text, written
from cloud.migrations.operations import keep_updated_at

revision = "0015_payments"
down_revision = "0014_stock"
branch_labels = None
depends_on = None


_STAGES = "'needs_response', 'under_review', 'won', 'lost', 'closed'"
_STATUSES = (
    "'PENDING', 'AWAITING_PAYMENT', 'PAID', 'PROCESSING', 'ON_HOLD', 'SHIPPED', 'IN_TRANSIT', "
    "'OUT_FOR_DELIVERY', 'DELIVERED', 'COMPLETED', 'CANCELLED', 'REFUND_PENDING', 'REFUNDED', "
    "'FAILED'"
)


def upgrade() -> None:
    _allow_kinds("kind IN ('page', 'intent', 'charge')")
    op.create_table(
        "disputes",
        key(),
        number("order_id"),
        number("payment_id"),
        text("provider_dispute_id"),
        sa.Column("stage", sa.String(40), nullable=False),
        text("reason"),
        number("amount_minor"),
        sa.Column("currency", sa.String(3), nullable=False),
        flag("is_inquiry"),
        flag("is_refundable"),
        moment("answer_until", nullable=True),
        moment("opened_at"),
        moment("closed_at", nullable=True),
        sa.Column("held_status", sa.String(40), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False, server_default=""),
        moment("evidence_at", nullable=True),
        moment("evidence_sent_at", nullable=True),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"]),
        sa.UniqueConstraint("provider_dispute_id"),
        check("stage", f"stage IN ({_STAGES})"),
        check("held_status", f"held_status IN ({_STATUSES})"),
        check("amount", "amount_minor > 0"),
        check("currency_code", "currency ~ '^[A-Z]{3}$'"),
        check("closed", "(closed_at IS NOT NULL) = (stage IN ('won', 'lost', 'closed'))"),
        check("evidence_sent", "evidence_sent_at IS NULL OR evidence_at IS NOT NULL"),
    )
    op.create_index(None, "disputes", ["order_id"])
    op.create_index(None, "disputes", ["payment_id"])
    op.create_index(
        "ix_disputes_open", "disputes", ["answer_until"], postgresql_where="closed_at IS NULL"
    )
    keep_updated_at("disputes")


def downgrade() -> None:
    op.drop_table("disputes")
    op.execute("UPDATE payments SET kind = 'page' WHERE kind = 'intent'")
    _allow_kinds("kind IN ('page', 'charge')")


def _allow_kinds(condition: str) -> None:
    """Not checked while the table is locked: every row fits already."""
    op.execute("ALTER TABLE payments DROP CONSTRAINT ck_payments_kind")
    op.execute(
        f"ALTER TABLE payments ADD CONSTRAINT ck_payments_kind CHECK ({condition}) NOT VALID"
    )
    op.execute("ALTER TABLE payments VALIDATE CONSTRAINT ck_payments_kind")
