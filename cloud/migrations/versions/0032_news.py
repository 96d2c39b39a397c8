"""News of every kind, what people want to hear of, campaigns, and wishes by e-mail.

Revision ID: 0032_news
Revises: 0031_desks
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import CITEXT, JSONB

from cloud.migrations.operations import keep_updated_at

revision = "0032_news"
down_revision = "0031_desks"
branch_labels = None
depends_on = None

_OLD_KINDS = (
    "ORDER_CONFIRMATION",
    "ORDER_PAYMENT_FAILED",
    "ORDER_STATUS_UPDATE",
    "ORDER_SHIPPED",
    "ORDER_DELIVERED",
    "ORDER_CANCELLED",
    "ORDER_REFUNDED",
    "PROFILE_UPDATE",
    "SMART_HOME_SCENT_LOW",
    "GIFT_CARD",
    "ADMIN_ALERT",
)
_NEW_KINDS = (
    "ORDER_PAYMENT_SUCCESS",
    "ORDER_OUT_FOR_DELIVERY",
    "WELCOME",
    "PASSWORD_RESET",
    "EMAIL_VERIFICATION",
    "LOW_STOCK",
    "BACK_IN_STOCK",
    "BACK_IN_STOCK_ASKED",
    "NEW_PRODUCT",
    "PRICE_DROP",
    "REVIEW_UPDATE",
    "SUBSCRIPTION_CREATED",
    "SUBSCRIPTION_REMINDER",
    "SUBSCRIPTION_PAYMENT_SUCCESS",
    "SUBSCRIPTION_PAYMENT_FAILED",
    "SUBSCRIPTION_CANCELLED",
    "SUBSCRIPTION_UPDATED",
    "LOYALTY_POINTS_EARNED",
    "LOYALTY_TIER_UPGRADE",
    "LOYALTY_REWARD_REDEEMED",
    "LOYALTY_POINTS_EXPIRING_SOON",
    "SMART_HOME_DEVICE_CONNECTED",
    "SMART_HOME_DEVICE_OFFLINE",
    "SMART_HOME_AUTOMATION_TRIGGERED",
    "SMART_HOME_REFILL_QUESTION",
    "PROMOTIONAL_OFFER",
    "NEWSLETTER_UPDATE",
    "SURVEY_INVITATION",
    "SYSTEM_ANNOUNCEMENT",
)
_CAMPAIGN_KINDS = ("PROMOTIONAL_OFFER", "SURVEY_INVITATION", "SYSTEM_ANNOUNCEMENT")
_TOPICS = (
    "orders",
    "parcels",
    "account",
    "refills",
    "devices",
    "home_life",
    "subscriptions",
    "points",
    "rewards",
    "wishes",
    "asked_for",
    "new_scents",
    "reviews",
    "offers",
    "surveys",
    "newsletter",
    "shop",
    "stock",
    "alerts",
)
_TABLES = (
    "notification_preferences",
    "mail_refusals",
    "campaigns",
    "restock_wishes",
    "price_marks",
)


def upgrade() -> None:
    _swap("notifications", "kind", "kind", (*_OLD_KINDS, *_NEW_KINDS))
    _swap("outgoing_mails", "stage", "stage", ("waiting", "claimed", "sent", "refused", "unwanted"))
    op.add_column(
        "notifications", sa.Column("is_listed", sa.Boolean, server_default="true", nullable=False)
    )
    op.drop_index("ix_notifications_unread", "notifications")
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        ["user_id"],
        postgresql_where=sa.text("read_at IS NULL AND is_listed"),
    )
    op.create_index(
        "ix_outgoing_mails_troubled",
        "outgoing_mails",
        ["notification_id"],
        postgresql_where=sa.text("stage IN ('claimed', 'refused')"),
    )
    op.add_column("hubs", sa.Column("silence_told_at", sa.TIMESTAMP(timezone=True)))
    _preferences()
    _campaigns()
    _wishes()
    keep_updated_at(*_TABLES)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
    op.drop_column("hubs", "silence_told_at")
    op.drop_index("ix_outgoing_mails_troubled", "outgoing_mails")
    op.drop_index("ix_notifications_unread", "notifications")
    op.drop_column("notifications", "is_listed")
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        ["user_id"],
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.execute("UPDATE outgoing_mails SET stage = 'refused' WHERE stage = 'unwanted'")
    _swap("outgoing_mails", "stage", "stage", ("waiting", "claimed", "sent", "refused"))
    op.execute(f"DELETE FROM notifications WHERE kind NOT IN ({_listed(_OLD_KINDS)})")
    _swap("notifications", "kind", "kind", _OLD_KINDS)


def _preferences() -> None:
    op.create_table(
        "notification_preferences",
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("is_wanted", sa.Boolean, nullable=False),
        *_stamps(),
        sa.PrimaryKeyConstraint("user_id", "topic", "channel"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        _one_of("topic", _TOPICS),
        _one_of("channel", ("app", "mail")),
    )
    op.create_index(
        "ix_notification_preferences_wanted",
        "notification_preferences",
        ["topic", "channel", "user_id"],
    )
    op.create_table(
        "mail_refusals",
        sa.Column("email", CITEXT, nullable=False),
        sa.Column("topic", sa.String(40), nullable=False),
        *_stamps(),
        sa.PrimaryKeyConstraint("email", "topic"),
        _one_of("topic", _TOPICS),
    )


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("audience", sa.String(40), nullable=False),
        sa.Column("words", JSONB, nullable=False),
        sa.Column("link", sa.Text, nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        *(
            sa.Column(name, sa.TIMESTAMP(timezone=True))
            for name in ("send_at", "began_at", "ended_at")
        ),
        sa.Column("cursor", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("counted", sa.Integer, server_default="0", nullable=False),
        sa.Column("told", sa.Integer, server_default="0", nullable=False),
        sa.Column("author_user_id", sa.BigInteger),
        sa.Column("version", sa.Integer, server_default="1", nullable=False),
        *_stamps(),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["author_user_id"], ["users.id"], ondelete="SET NULL"),
        _one_of("kind", (*_OLD_KINDS, *_NEW_KINDS)),
        sa.CheckConstraint(f"kind IN ({_listed(_CAMPAIGN_KINDS)})", name="told_by_staff"),
        _one_of("audience", ("everybody", "buyers", "homes", "newcomers")),
        _one_of("stage", ("draft", "scheduled", "sending", "sent", "stopped")),
        sa.CheckConstraint("(stage IN ('sent', 'stopped')) = (ended_at IS NOT NULL)", name="ended"),
        sa.CheckConstraint("stage <> 'scheduled' OR send_at IS NOT NULL", name="scheduled"),
        sa.CheckConstraint("counted >= 0 AND told >= 0 AND cursor >= 0", name="counts"),
    )
    op.create_index("ix_campaigns_author_user_id", "campaigns", ["author_user_id"])
    op.create_index(
        "ix_campaigns_due",
        "campaigns",
        ["send_at"],
        postgresql_where=sa.text("stage = 'scheduled'"),
    )


def _wishes() -> None:
    op.create_table(
        "restock_wishes",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("email", CITEXT, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("product_id", sa.BigInteger, nullable=False),
        sa.Column("variant_id", sa.BigInteger),
        sa.Column("asked_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.TIMESTAMP(timezone=True)),
        *_stamps(),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "email", "product_id", "variant_id", postgresql_nulls_not_distinct=True
        ),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], ondelete="RESTRICT"),
        sa.CheckConstraint("email LIKE '_%@_%' AND length(email) <= 254", name="email_shape"),
    )
    op.create_index("ix_restock_wishes_product_id", "restock_wishes", ["product_id"])
    op.create_index("ix_restock_wishes_variant_id", "restock_wishes", ["variant_id"])
    op.create_index(
        "ix_restock_wishes_unconfirmed",
        "restock_wishes",
        ["asked_at"],
        postgresql_where=sa.text("confirmed_at IS NULL"),
    )
    op.create_table(
        "price_marks",
        sa.Column("variant_id", sa.BigInteger, nullable=False),
        sa.Column("minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("falls", sa.BigInteger, server_default="0", nullable=False),
        *_stamps(),
        sa.PrimaryKeyConstraint("variant_id"),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], ondelete="CASCADE"),
        sa.CheckConstraint("minor >= 0", name="minor"),
        sa.CheckConstraint("falls >= 0", name="falls"),
    )


def _swap(table: str, name: str, column: str, allowed: tuple[str, ...]) -> None:
    op.drop_constraint(f"ck_{table}_{name}", table)
    op.create_check_constraint(name, table, f"{column} IN ({_listed(allowed)})")


def _one_of(column: str, allowed: tuple[str, ...]) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({_listed(allowed)})", name=column)


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _stamps() -> list[sa.Column[object]]:
    return [
        sa.Column(name, sa.TIMESTAMP(timezone=True), server_default=sa.func.now(), nullable=False)
        for name in ("created_at", "updated_at")
    ]
