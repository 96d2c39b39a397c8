"""Places that hold stock, sets of bottles, and what people wish for.

Revision ID: 0014_stock
Revises: 0013_discounts
"""

import sqlalchemy as sa
from alembic import op

from cloud.migrations.columns import check, flag, key, moment, number, reference, text, written
from cloud.migrations.operations import keep_updated_at

revision = "0014_stock"
down_revision = "0013_discounts"
branch_labels = None
depends_on = None

_PLACED = ("stock_levels", "stock_reservations", "stock_movements")
_KINDS = "kind IN ('RECEIVED', 'SOLD', 'RETURNED', 'CORRECTED'{more})"

# What can be bought of a variant that is no set, at a moment.
_STOCK_FREE = """
CREATE FUNCTION stock_free(bigint, timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(greatest(0, level.on_hand - coalesce((
        SELECT sum(held.quantity) FROM stock_reservations held
        WHERE held.variant_id = level.variant_id AND held.location_id = level.location_id
            AND held.expires_at > $2), 0))), 0)::bigint
    FROM stock_levels level
    JOIN stock_locations place ON place.id = level.location_id AND place.is_active
    WHERE level.variant_id = $1
$$
"""
_REFUSE_NESTED = """
CREATE FUNCTION variant_parts_refuse_nested() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Two who make a set of each other's at once take turns here.
    PERFORM pg_advisory_xact_lock(hashtext('variant_parts'));
    IF EXISTS (SELECT 1 FROM variant_parts WHERE set_id = NEW.part_id OR part_id = NEW.set_id) THEN
        RAISE EXCEPTION 'a set cannot be part of a set'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_variant_parts_nested';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "stock_locations",
        key(),
        text("code"),
        text("name"),
        number("priority"),
        flag("is_active"),
        number("version"),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        check("code", "code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'"),
        check("name", "name <> ''"),
    )
    keep_updated_at("stock_locations")
    op.execute(
        "INSERT INTO stock_locations (code, name, priority, is_active, version) "
        "VALUES ('main', 'Main warehouse', 0, true, 1)"
    )
    _place()
    _parts()
    op.create_table(
        "stock_states",
        number("variant_id"),
        flag("is_low"),
        flag("is_out"),
        *(
            sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text("false"))
            for name in ("was_low", "was_out")
        ),
        sa.PrimaryKeyConstraint("variant_id"),
        reference("variant_id", "variants", on_delete="RESTRICT"),
    )
    op.execute(_STOCK_FREE)
    _wishes()


def downgrade() -> None:
    op.drop_table("wishes")
    op.execute("DROP FUNCTION stock_free(bigint, timestamptz)")
    op.drop_table("stock_states")
    op.drop_table("variant_parts")
    op.execute("DROP FUNCTION variant_parts_refuse_nested()")
    op.execute("ALTER TABLE stock_movements DISABLE TRIGGER stock_movements_refuse_change")
    op.execute("DELETE FROM stock_movements WHERE kind = 'MOVED' OR location_id <> 1")
    op.execute("ALTER TABLE stock_movements ENABLE TRIGGER stock_movements_refuse_change")
    for table in ("stock_levels", "stock_reservations"):
        op.execute(f"DELETE FROM {table} WHERE location_id <> 1")
    _allow_kinds("")
    op.drop_index("uq_stock_movements_sold", "stock_movements")
    op.drop_constraint(
        "uq_stock_reservations_holder_variant_id_location_id", "stock_reservations", type_="unique"
    )
    op.drop_constraint("pk_stock_levels", "stock_levels", type_="primary")
    for table in _PLACED:
        op.drop_column(table, "location_id")
    op.create_primary_key("pk_stock_levels", "stock_levels", ["variant_id"])
    op.create_unique_constraint(
        "uq_stock_reservations_holder_variant_id", "stock_reservations", ["holder", "variant_id"]
    )
    _index_sold(["order_id", "variant_id"])
    op.drop_table("stock_locations")


def _place() -> None:
    for table in _PLACED:
        op.add_column(
            table, sa.Column("location_id", sa.BigInteger(), nullable=False, server_default="1")
        )
        op.create_foreign_key(
            f"fk_{table}_location_id_stock_locations",
            table,
            "stock_locations",
            ["location_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        op.create_index(f"ix_{table}_location_id", table, ["location_id"])
    op.drop_constraint("pk_stock_levels", "stock_levels", type_="primary")
    op.create_primary_key("pk_stock_levels", "stock_levels", ["variant_id", "location_id"])
    op.drop_constraint(
        "uq_stock_reservations_holder_variant_id", "stock_reservations", type_="unique"
    )
    op.create_unique_constraint(
        "uq_stock_reservations_holder_variant_id_location_id",
        "stock_reservations",
        ["holder", "variant_id", "location_id"],
    )
    op.drop_index("uq_stock_movements_sold", "stock_movements")
    _index_sold(["order_id", "variant_id", "location_id"])
    _allow_kinds(", 'MOVED'")


def _index_sold(columns: list[str]) -> None:
    op.create_index(
        "uq_stock_movements_sold",
        "stock_movements",
        columns,
        unique=True,
        postgresql_where=sa.text("kind = 'SOLD'"),
    )


def _allow_kinds(more: str) -> None:
    op.drop_constraint("ck_stock_movements_kind", "stock_movements")
    op.create_check_constraint("kind", "stock_movements", _KINDS.format(more=more))


def _parts() -> None:
    op.create_table(
        "variant_parts",
        number("set_id"),
        number("part_id"),
        number("quantity"),
        sa.PrimaryKeyConstraint("set_id", "part_id"),
        reference("set_id", "variants", on_delete="RESTRICT"),
        reference("part_id", "variants", on_delete="RESTRICT"),
        check("quantity", "quantity BETWEEN 1 AND 99"),
        check("part", "set_id <> part_id"),
    )
    op.create_index("ix_variant_parts_part_id", "variant_parts", ["part_id"])
    op.execute(_REFUSE_NESTED)
    op.execute(
        "CREATE TRIGGER variant_parts_refuse_nested BEFORE INSERT OR UPDATE ON variant_parts "
        "FOR EACH ROW EXECUTE FUNCTION variant_parts_refuse_nested()"
    )


def _wishes() -> None:
    op.create_table(
        "wishes",
        key(),
        number("user_id", nullable=True),
        sa.Column("token_digest", sa.LargeBinary(), nullable=True),
        number("product_id"),
        number("variant_id", nullable=True),
        moment("wished_at"),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        reference("user_id", "users", on_delete="CASCADE"),
        reference("product_id", "products", on_delete="RESTRICT"),
        reference("variant_id", "variants", on_delete="RESTRICT"),
        sa.UniqueConstraint(
            "user_id",
            "token_digest",
            "product_id",
            "variant_id",
            postgresql_nulls_not_distinct=True,
        ),
        check("one_owner", "num_nonnulls(user_id, token_digest) = 1"),
        check("token_digest", "octet_length(token_digest) = 32"),
    )
    op.create_index("ix_wishes_product_id", "wishes", ["product_id"])
    op.create_index("ix_wishes_variant_id", "wishes", ["variant_id"])
    op.create_index(
        "ix_wishes_wished_at", "wishes", ["wished_at"], postgresql_where=sa.text("user_id IS NULL")
    )
    keep_updated_at("wishes")
