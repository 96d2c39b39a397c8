"""Promotions, coupons and gift cards.

Revision ID: 0013_discounts
Revises: 0012_prices
"""

from pathlib import Path

from alembic import op

from cloud.migrations.operations import keep_updated_at

revision = "0013_discounts"
down_revision = "0012_prices"
branch_labels = None
depends_on = None

_TABLES = Path(__file__).with_suffix(".sql")
# In the order of their making.
_NAMES = (
    "promotions",
    "promotion_amounts",
    "promotion_targets",
    "coupons",
    "redemptions",
    "gift_cards",
    "gift_card_entries",
    "gift_card_holds",
    "cart_codes",
)
_WITH_UPDATED_AT = ("promotions", "coupons", "redemptions", "gift_cards", "gift_card_holds")


def upgrade() -> None:
    # The driver's own cursor: many statements, with percent signs of their own.
    op.get_bind().exec_driver_sql(_TABLES.read_text("utf-8").replace("%", "%%"))
    keep_updated_at(*_WITH_UPDATED_AT)


def downgrade() -> None:
    for name in reversed(_NAMES):
        op.drop_table(name)
    op.execute("DROP FUNCTION gift_card_entries_refuse_change()")
