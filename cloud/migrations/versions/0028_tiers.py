"""Tiers, invitations, birthdays, early access, and the rest of what points and rewards can do.

Revision ID: 0028_tiers
Revises: 0027_quiz
"""

from pathlib import Path

from alembic import op

from cloud.migrations.operations import keep_updated_at

revision = "0028_tiers"
down_revision = "0027_quiz"
branch_labels = None
depends_on = None

_TABLES = Path(__file__).with_suffix(".sql")
_ADDED = (
    ("rewards", ("product_id", "tier_id")),
    ("point_lots", ("told_days",)),
    ("point_entries", ("once_key", "reverses_id", "tier_points", "rate_percent")),
    ("point_accounts", ("tier_id",)),
    ("promotions", ("audience",)),
)
_FORMER = """
    ALTER TABLE user_rewards
        DROP CONSTRAINT ck_user_rewards_nothing,
        DROP CONSTRAINT ck_user_rewards_one_thing,
        ADD CONSTRAINT ck_user_rewards_one_thing
            CHECK (num_nonnulls(coupon_id, gift_card_id) = 1);
    ALTER TABLE rewards
        DROP CONSTRAINT ck_rewards_kind,
        DROP CONSTRAINT ck_rewards_amount_where_it_belongs,
        DROP CONSTRAINT ck_rewards_promotion,
        ADD CONSTRAINT ck_rewards_kind
            CHECK (kind IN ('PERCENT', 'AMOUNT', 'DELIVERY', 'GIFT_CARD')),
        ADD CONSTRAINT ck_rewards_amount_where_it_belongs
            CHECK (num_nonnulls(amount_minor, currency)
                = CASE WHEN kind IN ('AMOUNT', 'GIFT_CARD') THEN 2 ELSE 0 END),
        ADD CONSTRAINT ck_rewards_promotion
            CHECK ((kind = 'GIFT_CARD') = (promotion_id IS NULL));
    ALTER TABLE point_entries
        DROP CONSTRAINT ck_point_entries_refund,
        DROP CONSTRAINT ck_point_entries_order,
        ADD CONSTRAINT ck_point_entries_order
            CHECK (kind NOT IN ('EARN_PURCHASE', 'REFUND_POINTS') OR order_id IS NOT NULL);
    ALTER TABLE promotions
        DROP CONSTRAINT ck_promotions_gifts_end,
        DROP CONSTRAINT ck_promotions_units,
        ADD CONSTRAINT ck_promotions_units
            CHECK (buy_units BETWEEN 1 AND 99 AND get_units BETWEEN 1 AND 99);
"""


def upgrade() -> None:
    # The driver's own cursor: many statements, with percent signs of their own.
    op.get_bind().exec_driver_sql(_TABLES.read_text("utf-8").replace("%", "%%"))
    keep_updated_at("tiers", "referrals")


def downgrade() -> None:
    op.get_bind().exec_driver_sql(_FORMER)
    for table, columns in _ADDED:
        for column in columns:
            op.drop_column(table, column)
    for table in (
        "tiers",
        "referral_codes",
        "referrals",
        "birthdays",
        "early_access",
        "audience_members",
    ):
        op.drop_table(table)
