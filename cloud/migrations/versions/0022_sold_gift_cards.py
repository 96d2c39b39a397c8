"""Gift cards that are bought, in carts, in orders, and on their way to whom they are for.

Revision ID: 0022_sold_gift_cards
Revises: 0021_shelf_goods
"""

from pathlib import Path

from alembic import op

from cloud.migrations.operations import keep_updated_at

revision = "0022_sold_gift_cards"
down_revision = "0021_shelf_goods"
branch_labels = None
depends_on = None

_TABLES = Path(__file__).with_suffix(".sql")
_KINDS = (
    "ORDER_CONFIRMATION",
    "ORDER_PAYMENT_FAILED",
    "ORDER_STATUS_UPDATE",
    "ORDER_SHIPPED",
    "ORDER_DELIVERED",
    "ORDER_CANCELLED",
    "ORDER_REFUNDED",
    "SMART_HOME_SCENT_LOW",
    "ADMIN_ALERT",
)
# Rows that the schema before this one cannot hold: gift cards' lines go, the ledger is corrected.
_FORGET = """
    DELETE FROM notifications WHERE kind = 'GIFT_CARD';
    DROP TABLE sold_gifts;
    DROP TABLE cart_gifts;
    DELETE FROM refund_lines l USING order_items i WHERE i.id = l.order_item_id AND i.is_gift_card;
    DELETE FROM order_items WHERE is_gift_card;
    UPDATE orders SET shipping_address = '{}' WHERE shipping_address IS NULL;
    ALTER TABLE gift_card_entries DISABLE TRIGGER USER;
    UPDATE gift_card_entries SET kind = 'CORRECTED' WHERE kind IN ('TAKEN_BACK', 'RESTORED');
    ALTER TABLE gift_card_entries ENABLE TRIGGER USER;
    ALTER TABLE gift_card_entries
        DROP CONSTRAINT ck_gift_card_entries_taken_back,
        DROP CONSTRAINT ck_gift_card_entries_restored,
        DROP CONSTRAINT ck_gift_card_entries_kind,
        ADD CONSTRAINT ck_gift_card_entries_kind
            CHECK (kind IN ('ISSUED', 'SPENT', 'RETURNED', 'CORRECTED'));
    ALTER TABLE order_items
        DROP CONSTRAINT ck_order_items_plain_gift_card,
        DROP COLUMN is_gift_card,
        ALTER COLUMN variant_id SET NOT NULL;
    ALTER TABLE orders
        DROP CONSTRAINT ck_orders_address_of_parcels,
        DROP COLUMN sold_cards_minor,
        ALTER COLUMN shipping_address SET NOT NULL;
    ALTER TABLE site_settings DROP COLUMN gift_cards;
"""


def upgrade() -> None:
    # The driver's own cursor: many statements, with percent signs of their own.
    op.get_bind().exec_driver_sql(_TABLES.read_text("utf-8").replace("%", "%%"))
    keep_updated_at("sold_gifts")
    _allow_kinds(*_KINDS, "GIFT_CARD")


def downgrade() -> None:
    op.get_bind().exec_driver_sql(_FORGET)
    _allow_kinds(*_KINDS)


def _allow_kinds(*kinds: str) -> None:
    op.drop_constraint("ck_notifications_kind", "notifications")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint("kind", "notifications", f"kind IN ({listed})")
