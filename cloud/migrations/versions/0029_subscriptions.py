"""Subscriptions, their parcels, what devices claim of them, and their history.

Revision ID: 0029_subscriptions
Revises: 0028_tiers
"""

from pathlib import Path

from alembic import op

from cloud.migrations.operations import keep_updated_at

revision = "0029_subscriptions"
down_revision = "0028_tiers"
branch_labels = None
depends_on = None

_TABLES = Path(__file__).with_suffix(".sql")
# An order of a parcel stays as one of the shop, which is all that the schema before this knows.
_FORGET = """
    UPDATE orders SET source = 'shop' WHERE source = 'subscription';
    ALTER TABLE orders
        DROP COLUMN subscription_cycle_id,
        DROP CONSTRAINT ck_orders_source,
        ADD CONSTRAINT ck_orders_source CHECK (source IN ('shop', 'reorder'));
    DROP TABLE subscription_shop;
    DROP TABLE subscription_history;
    DROP TABLE subscription_claims;
    DROP TABLE subscription_cycles;
    DROP TABLE subscriptions;
"""


def upgrade() -> None:
    # The driver's own cursor: many statements, with percent signs of their own.
    op.get_bind().exec_driver_sql(_TABLES.read_text("utf-8").replace("%", "%%"))
    keep_updated_at("subscriptions", "subscription_cycles", "subscription_shop")


def downgrade() -> None:
    op.get_bind().exec_driver_sql(_FORGET)
