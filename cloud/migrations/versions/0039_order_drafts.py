"""Drafts of orders that staff prepare for a customer.

Revision ID: 0039_order_drafts
Revises: 0038_left_carts
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from cloud.migrations.operations import keep_updated_at

revision = "0039_order_drafts"
down_revision = "0038_left_carts"
branch_labels = None
depends_on = None

_MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute("CREATE SEQUENCE draft_numbers START 1001")
    op.create_table(
        "order_drafts",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.BigInteger, server_default=sa.text("1"), nullable=False),
        sa.Column("email", postgresql.CITEXT, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("address", postgresql.JSONB, nullable=False),
        sa.Column("method", sa.Text),
        sa.Column("note", sa.Text, server_default="", nullable=False),
        sa.Column("keep_days", sa.BigInteger, nullable=False),
        sa.Column("discount_minor", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("discount_reason", sa.Text, server_default="", nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("offered_minor", sa.BigInteger),
        sa.Column("sent_at", _MOMENT),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("order_id", sa.BigInteger),
        sa.Column("form_key", sa.Text),
        *(
            sa.Column(name, _MOMENT, server_default=sa.func.now(), nullable=False)
            for name in ("created_at", "updated_at")
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("order_id"),
        sa.UniqueConstraint("form_key"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.CheckConstraint(
            "state IN ('open', 'sent', 'ordered', 'cancelled', 'expired')", name="state"
        ),
        sa.CheckConstraint("(state = 'ordered') = (order_id IS NOT NULL)", name="ordered"),
        sa.CheckConstraint("state <> 'sent' OR offered_minor IS NOT NULL", name="sent"),
        sa.CheckConstraint("(sent_at IS NULL) = (offered_minor IS NULL)", name="offered"),
        sa.CheckConstraint(
            "discount_minor >= 0 AND (discount_minor > 0) = (discount_reason <> '')",
            name="discount",
        ),
        sa.CheckConstraint("keep_days BETWEEN 1 AND 30", name="keep_days"),
        sa.CheckConstraint("length(form_key) BETWEEN 16 AND 64", name="form_key"),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_code"),
    )
    op.create_index("ix_order_drafts_email", "order_drafts", ["email"])
    op.create_index(
        "ix_order_drafts_expires_at",
        "order_drafts",
        ["expires_at"],
        postgresql_where=sa.text("state IN ('open', 'sent')"),
    )
    keep_updated_at("order_drafts")
    op.create_table(
        "order_draft_lines",
        sa.Column("draft_id", sa.BigInteger, nullable=False),
        sa.Column("variant_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("quantity", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("draft_id", "variant_id"),
        sa.ForeignKeyConstraint(["draft_id"], ["order_drafts.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], ondelete="RESTRICT"),
        sa.CheckConstraint("quantity BETWEEN 1 AND 99", name="quantity"),
    )
    op.create_index("ix_order_draft_lines_variant_id", "order_draft_lines", ["variant_id"])


def downgrade() -> None:
    op.drop_table("order_draft_lines")
    op.drop_table("order_drafts")
    op.execute("DROP SEQUENCE draft_numbers")
