"""What staff keep of people, orders and their own lists; orders and payments by their hand.

Revision ID: 0031_desks
Revises: 0030_home_refills
"""

import sqlalchemy as sa
from alembic import op

from cloud.migrations.operations import keep_updated_at

revision = "0031_desks"
down_revision = "0030_home_refills"
branch_labels = None
depends_on = None

_KEEP_SEARCH_TEXT = """
    CREATE FUNCTION users_keep_search_text() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.search_text := lower(NEW.email::text || ' ' || NEW.name);
        RETURN NEW;
    END $$
"""
_MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    _people()
    _orders()
    _allow("payments", "kind", "page", "intent", "charge", "transfer")
    op.add_column("hubs", sa.Column("revoked_reason", sa.Text, server_default="", nullable=False))
    op.create_check_constraint("revoked_reason", "hubs", "length(revoked_reason) <= 400")
    op.create_index(
        "ix_hubs_duplicated", "hubs", ["id"], postgresql_where=sa.text("duplicated_at IS NOT NULL")
    )
    op.create_table(
        "staff_views",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("owner_user_id", sa.BigInteger, nullable=False),
        sa.Column("listing", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("is_shared", sa.Boolean, server_default=sa.text("false"), nullable=False),
        *(
            sa.Column(name, _MOMENT, server_default=sa.func.now(), nullable=False)
            for name in ("created_at", "updated_at")
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("owner_user_id", "listing", "name"),
        sa.ForeignKeyConstraint(["owner_user_id"], ["users.id"], ondelete="CASCADE"),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 60", name="name"),
        sa.CheckConstraint("listing ~ '^[a-z0-9-]{1,60}$'", name="listing"),
        sa.CheckConstraint("length(query) <= 1000", name="query"),
    )
    keep_updated_at("staff_views")


def _people() -> None:
    tags = sa.ARRAY(sa.Text())
    op.add_column("users", sa.Column("blocked_at", _MOMENT))
    op.add_column("users", sa.Column("block_reason", sa.Text, server_default="", nullable=False))
    op.add_column("users", sa.Column("tags", tags, server_default=sa.text("'{}'"), nullable=False))
    op.add_column(
        "users", sa.Column("version", sa.BigInteger, server_default=sa.text("1"), nullable=False)
    )
    op.add_column("users", sa.Column("search_text", sa.Text, server_default="", nullable=False))
    op.execute(_KEEP_SEARCH_TEXT)
    op.execute(
        "CREATE TRIGGER users_keep_search_text BEFORE INSERT OR UPDATE OF email, name ON users "
        "FOR EACH ROW EXECUTE FUNCTION users_keep_search_text()"
    )
    op.execute("UPDATE users SET name = name")
    op.create_check_constraint("block_reason", "users", "length(block_reason) <= 400")
    op.create_index("ix_users_tags", "users", ["tags"], postgresql_using="gin")
    op.create_index(
        "ix_users_search_text",
        "users",
        ["search_text"],
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )
    op.create_table(
        "customer_notes",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("author_user_id", sa.BigInteger),
        sa.Column("author_name", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_user_id"], ["users.id"], ondelete="SET NULL"),
        sa.CheckConstraint("length(body) BETWEEN 1 AND 2000", name="body"),
    )
    for name in ("user_id", "author_user_id"):
        op.create_index(f"ix_customer_notes_{name}", "customer_notes", [name])


def _orders() -> None:
    op.add_column("orders", sa.Column("adds_to_order_id", sa.BigInteger))
    op.create_foreign_key(None, "orders", "orders", ["adds_to_order_id"], ["id"])
    op.create_index("ix_orders_adds_to_order_id", "orders", ["adds_to_order_id"])
    op.create_check_constraint("adds_to_another", "orders", "adds_to_order_id <> id")
    op.add_column(
        "orders", sa.Column("version", sa.BigInteger, server_default=sa.text("1"), nullable=False)
    )
    _allow("orders", "source", "shop", "reorder", "subscription", "staff")
    op.add_column(
        "order_items", sa.Column("taken_out", sa.Integer, server_default="0", nullable=False)
    )
    op.create_check_constraint("taken_out", "order_items", "taken_out BETWEEN 0 AND quantity")


def _allow(table: str, column: str, *values: str) -> None:
    op.drop_constraint(f"ck_{table}_{column}", table)
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(column, table, f"{column} IN ({listed})")


def downgrade() -> None:
    op.drop_table("staff_views")
    op.drop_index("ix_hubs_duplicated", "hubs")
    op.drop_column("hubs", "revoked_reason")
    op.execute("UPDATE payments SET kind = 'charge' WHERE kind = 'transfer'")
    _allow("payments", "kind", "page", "intent", "charge")
    op.drop_column("order_items", "taken_out")
    op.execute("UPDATE orders SET source = 'shop' WHERE source = 'staff'")
    _allow("orders", "source", "shop", "reorder", "subscription")
    op.drop_column("orders", "version")
    op.drop_column("orders", "adds_to_order_id")
    op.drop_table("customer_notes")
    op.execute("DROP TRIGGER users_keep_search_text ON users")
    op.execute("DROP FUNCTION users_keep_search_text()")
    for name in ("search_text", "version", "tags", "block_reason", "blocked_at"):
        op.drop_column("users", name)
