"""Answers kept for repeated requests, and news to other programs.

Revision ID: 0017_programs
Revises: 0016_returns
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from cloud.migrations.columns import (
    check,
    flag,
    key,
    moment,
    number,
    reference,
    text,
    texts,
    written,
)
from cloud.migrations.operations import keep_updated_at

revision = "0017_programs"
down_revision = "0016_returns"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_answers",
        sa.Column("key_digest", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        text("run"),
        moment("began_at"),
        flag("has_committed"),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("key_digest"),
        check("key_digest", "octet_length(key_digest) = 32"),
        check("fingerprint", "octet_length(fingerprint) = 32"),
    )
    op.create_index("ix_kept_answers_began_at", "kept_answers", ["began_at"])

    _webhooks()


def downgrade() -> None:
    for table in (
        "webhook_tries",
        "webhook_deliveries",
        "webhook_news",
        "webhook_endpoints",
        "kept_answers",
    ):
        op.drop_table(table)


def _webhooks() -> None:
    op.create_table(
        "webhook_endpoints",
        key(),
        text("url"),
        text("description"),
        texts("kinds"),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("former_secret", sa.LargeBinary(), nullable=True),
        moment("former_until", nullable=True),
        flag("is_active"),
        text("stopped_because", nullable=True),
        moment("removed_at", nullable=True),
        number("version"),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        check("url", "url ~ '^https?://'"),
        check("kinds", "cardinality(kinds) > 0"),
        check("former_secret", "(former_secret IS NULL) = (former_until IS NULL)"),
    )
    op.create_table(
        "webhook_news",
        key(),
        text("reference"),
        text("kind"),
        sa.Column("body", JSONB(), nullable=False),
        moment("at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reference"),
    )
    op.create_index("ix_webhook_news_at", "webhook_news", ["at"])
    op.create_table(
        "webhook_deliveries",
        key(),
        number("endpoint_id"),
        number("news_id"),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        moment("next_try_at", nullable=True),
        moment("arrived_at", nullable=True),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("endpoint_id", "news_id"),
        sa.ForeignKeyConstraint(["endpoint_id"], ["webhook_endpoints.id"]),
        reference("news_id", "webhook_news", on_delete="CASCADE"),
        check("state", "state IN ('waiting', 'arrived', 'given_up')"),
        check("next_try", "(state = 'waiting') = (next_try_at IS NOT NULL)"),
        check("arrived", "(state = 'arrived') = (arrived_at IS NOT NULL)"),
    )
    op.create_index("ix_webhook_deliveries_news_id", "webhook_deliveries", ["news_id"])
    op.create_index(
        "ix_webhook_deliveries_endpoint_id_id", "webhook_deliveries", ["endpoint_id", "id"]
    )
    op.create_index(
        "ix_webhook_deliveries_due",
        "webhook_deliveries",
        ["next_try_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "webhook_tries",
        key(),
        number("delivery_id"),
        moment("at"),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        text("problem", nullable=True),
        text("answer"),
        sa.PrimaryKeyConstraint("id"),
        reference("delivery_id", "webhook_deliveries", on_delete="CASCADE"),
        check("says_something", "num_nonnulls(status, problem) >= 1"),
    )
    op.create_index("ix_webhook_tries_delivery_id_id", "webhook_tries", ["delivery_id", "id"])
    keep_updated_at("webhook_endpoints", "webhook_deliveries")
