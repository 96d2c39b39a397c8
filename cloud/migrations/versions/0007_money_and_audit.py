"""What staff changed; what discounts and gift cards pay of an order.

Revision ID: 0007_money_and_audit
Revises: 0006_scenes
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from cloud.migrations.columns import check, key, number, reference, text, written

revision = "0007_money_and_audit"
down_revision = "0006_scenes"
branch_labels = None
depends_on = None

_ORDER_AMOUNTS = ("shipping_discount_minor", "shipping_tax_minor", "gift_card_minor")
_ORDER_CHECKS = {
    "shipping_discount": "shipping_discount_minor BETWEEN 0 AND shipping_minor "
    "AND shipping_discount_minor <= discount_minor",
    "shipping_tax": "shipping_tax_minor BETWEEN 0 AND tax_minor",
    "gift_card_within_total": "gift_card_minor BETWEEN 0 AND total_minor",
}
_ITEM_CHECKS = {
    "discount": "discount_minor BETWEEN 0 AND subtotal_minor",
    "tax_rate": "tax_basis_points BETWEEN 0 AND 10000",
}


def upgrade() -> None:
    _audit()
    for name in _ORDER_AMOUNTS:
        op.add_column("orders", _nothing_yet(name, sa.BigInteger()))
    op.add_column(
        "orders", sa.Column("discounts", JSONB(), nullable=False, server_default=sa.text("'[]'"))
    )
    op.add_column("order_items", _nothing_yet("discount_minor", sa.BigInteger()))
    op.add_column("order_items", _nothing_yet("tax_basis_points", sa.Integer()))
    for table, checks in (("orders", _ORDER_CHECKS), ("order_items", _ITEM_CHECKS)):
        for name, condition in checks.items():
            op.create_check_constraint(name, table, condition)


def downgrade() -> None:
    for table, checks in (("orders", _ORDER_CHECKS), ("order_items", _ITEM_CHECKS)):
        for name in checks:
            op.drop_constraint(f"ck_{table}_{name}", table)
    op.drop_column("order_items", "tax_basis_points")
    op.drop_column("order_items", "discount_minor")
    for name in ("discounts", *_ORDER_AMOUNTS):
        op.drop_column("orders", name)
    op.drop_table("audit_entries")
    op.execute("DROP FUNCTION audit_entries_refuse_change()")


def _nothing_yet(name: str, kind: sa.types.TypeEngine[int]) -> sa.Column[int]:
    return sa.Column(name, kind, nullable=False, server_default="0")


def _audit() -> None:
    op.create_table(
        "audit_entries",
        key(),
        written("at"),
        number("actor_user_id", nullable=True),
        text("actor_name"),
        number("token_id", nullable=True),
        text("action"),
        text("subject"),
        text("subject_id"),
        sa.Column("before", JSONB(), nullable=True),
        sa.Column("after", JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        reference("actor_user_id", "users", on_delete="SET NULL"),
        check("named", "action <> '' AND subject <> ''"),
        check("says_something", "before IS NOT NULL OR after IS NOT NULL"),
    )
    for name, columns in {
        "subject_subject_id_id": ["subject", "subject_id", "id"],
        "actor_user_id_id": ["actor_user_id", "id"],
        "at_id": ["at", "id"],
    }.items():
        op.create_index(f"ix_audit_entries_{name}", "audit_entries", columns)
    # Erasing an account unties its entries, which is the one change they take.
    op.execute("""
        CREATE FUNCTION audit_entries_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND NEW.actor_user_id IS NULL
               AND to_jsonb(NEW) - 'actor_user_id' = to_jsonb(OLD) - 'actor_user_id' THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'audit entries are only ever added'
                USING ERRCODE = 'restrict_violation';
        END $$
    """)
    op.execute(
        "CREATE TRIGGER audit_entries_refuse_change BEFORE UPDATE OR DELETE ON audit_entries "
        "FOR EACH ROW EXECUTE FUNCTION audit_entries_refuse_change()"
    )
