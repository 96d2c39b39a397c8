"""Catalogue, stock and carts.

Revision ID: 0003_catalogue
Revises: 0002_accounts
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

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

revision = "0003_catalogue"
down_revision = "0002_accounts"
branch_labels = None
depends_on = None

_FAMILIES = "'citrus', 'floral', 'fruity', 'herbal', 'fresh', 'woody', 'amber', 'spice', 'gourmand'"
_SLUG = "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'"
_COLOUR = "~ '^#[0-9a-f]{6}$'"
_TABLES = (
    "products",
    "variants",
    "stored_pictures",
    "product_images",
    "categories",
    "collections",
    "tags",
    "stock_levels",
    "stock_reservations",
    "carts",
    "cart_items",
)
_FUNCTIONS = Path(__file__).with_suffix(".sql")


def upgrade() -> None:
    # The driver's own cursor: many statements, with percent signs of their own.
    op.get_bind().exec_driver_sql(_FUNCTIONS.read_text("utf-8").replace("%", "%%"))
    _create_products()
    _create_shelves()
    _create_stock()
    _create_carts()
    op.execute(
        "CREATE TRIGGER categories_refuse_circle BEFORE INSERT OR UPDATE OF parent_id "
        "ON categories FOR EACH ROW EXECUTE FUNCTION categories_refuse_circle()"
    )
    op.execute(
        "CREATE TRIGGER stock_movements_refuse_change BEFORE UPDATE OR DELETE "
        "ON stock_movements FOR EACH ROW EXECUTE FUNCTION stock_movements_refuse_change()"
    )
    keep_updated_at(*_TABLES)


def downgrade() -> None:
    for table in ("cart_items", "carts", "stock_movements", "stock_reservations", "stock_levels"):
        op.drop_table(table)
    for shelf in ("tags", "collections", "categories"):
        op.drop_table(f"product_{shelf}")
        op.drop_table(shelf)
    for table in ("product_images", "stored_pictures", "variants", "products"):
        op.drop_table(table)
    op.execute("DROP FUNCTION stock_movements_refuse_change()")
    op.execute("DROP FUNCTION categories_refuse_circle()")
    op.execute("DROP FUNCTION public.product_search_words(text, text[], text[], text[], text[])")
    op.execute(
        "DROP FUNCTION public.product_search_document"
        "(text, text, text, text[], text[], text[], text[], text[])"
    )
    op.execute("DROP TEXT SEARCH CONFIGURATION public.scent")


def _create_products() -> None:
    op.create_table(
        "products",
        key(),
        *(text(name) for name in ("slug", "name", "tagline", "description")),
        sa.Column("family", sa.String(40), nullable=False),
        *(texts(f"notes_{name}") for name in ("top", "heart", "base")),
        *(texts(name) for name in ("moods", "rooms", "aliases")),
        sa.Column("intensity", sa.SmallInteger(), nullable=False),
        *(text(f"colour_{name}") for name in ("primary", "secondary", "accent")),
        *(text(name) for name in ("pet_note", "child_note")),
        *(text(name, nullable=True) for name in ("meta_title", "meta_description")),
        *(flag(f"is_{name}") for name in ("featured", "best_seller", "new")),
        number("position"),
        *(moment(name, nullable=True) for name in ("published_at", "deleted_at")),
        number("version"),
        sa.Column(
            "search_document",
            postgresql.TSVECTOR(),
            sa.Computed(
                "product_search_document(name, tagline, description, notes_top, notes_heart, "
                "notes_base, moods, aliases)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "search_words",
            sa.Text(),
            sa.Computed(
                "product_search_words(name, notes_top, notes_heart, notes_base, aliases)",
                persisted=True,
            ),
            nullable=False,
        ),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
        sa.CheckConstraint(_SLUG, name="slug"),
        check("name", "name <> ''"),
        check("family", f"family IN ({_FAMILIES})"),
        check("intensity", "intensity BETWEEN 1 AND 5"),
        check(
            "colours",
            f"colour_primary {_COLOUR} AND colour_secondary {_COLOUR} AND colour_accent {_COLOUR}",
        ),
    )
    op.create_index("ix_products_position", "products", ["position", "id"])
    op.create_index("ix_products_published_at", "products", ["published_at", "id"])
    op.create_index(
        "ix_products_search_document", "products", ["search_document"], postgresql_using="gin"
    )
    op.create_index(
        "ix_products_search_words",
        "products",
        ["search_words"],
        postgresql_using="gin",
        postgresql_ops={"search_words": "gin_trgm_ops"},
    )
    op.create_table(
        "variants",
        key(),
        number("product_id"),
        *(text(name) for name in ("sku", "name")),
        text("barcode", nullable=True),
        *(number(name) for name in ("capacity_ul", "weight_g", "price_minor")),
        number("sale_price_minor", nullable=True),
        *(moment(name, nullable=True) for name in ("sale_starts_at", "sale_ends_at")),
        number("cost_minor", nullable=True),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        *(flag(name) for name in ("is_default", "is_active")),
        number("version"),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        reference("product_id", "products", on_delete="RESTRICT"),
        sa.UniqueConstraint("sku"),
        check("sku", "sku ~ '^[A-Z0-9]+(-[A-Z0-9]+)*$'"),
        check("price", "price_minor >= 0"),
        check("sale_price", "sale_price_minor >= 0 AND sale_price_minor < price_minor"),
        check("sale_window", "sale_ends_at > sale_starts_at"),
        check("cost", "cost_minor >= 0"),
        check("currency", "currency ~ '^[A-Z]{3}$'"),
        check("capacity", "capacity_ul > 0"),
        check("weight", "weight_g > 0"),
    )
    op.create_index(
        "uq_variants_default",
        "variants",
        ["product_id"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    op.create_index(
        "uq_variants_product_id_capacity_ul",
        "variants",
        ["product_id", "capacity_ul"],
        unique=True,
    )
    op.create_table(
        "stored_pictures",
        *(text(name) for name in ("fingerprint", "media_type")),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        flag("is_gzipped"),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("fingerprint"),
        check("fingerprint", "fingerprint ~ '^[0-9a-f]{32}$'"),
        check(
            "media_type", "media_type IN ('image/svg+xml', 'image/png', 'image/jpeg', 'image/webp')"
        ),
        check("body", "octet_length(body) BETWEEN 1 AND 8388608"),
    )
    op.create_table(
        "product_images",
        key(),
        number("product_id"),
        *(text(name) for name in ("url", "alt")),
        *(number(name) for name in ("width", "height", "position")),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        reference("product_id", "products", on_delete="CASCADE"),
        sa.UniqueConstraint("product_id", "position"),
        check("alt", "alt <> ''"),
        check("size", "width > 0 AND height > 0"),
        check("position", "position >= 0"),
    )


def _create_shelves() -> None:
    op.create_table(
        "categories",
        key(),
        *(text(name) for name in ("slug", "name", "description")),
        number("parent_id", nullable=True),
        number("position"),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        reference("parent_id", "categories", on_delete="SET NULL"),
        sa.UniqueConstraint("slug"),
        sa.UniqueConstraint("name"),
        sa.CheckConstraint(_SLUG, name="slug"),
        check("parent", "parent_id <> id"),
    )
    op.create_index("ix_categories_parent_id", "categories", ["parent_id"])
    op.create_table(
        "collections",
        key(),
        *(text(name) for name in ("slug", "name", "description")),
        *(flag(name) for name in ("is_active", "is_featured")),
        *(moment(name, nullable=True) for name in ("starts_at", "ends_at")),
        number("position"),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
        sa.UniqueConstraint("name"),
        sa.CheckConstraint(_SLUG, name="slug"),
        check("window", "ends_at > starts_at"),
    )
    op.create_table(
        "tags",
        key(),
        *(text(name) for name in ("slug", "name")),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
        sa.UniqueConstraint("name"),
        sa.CheckConstraint(_SLUG, name="slug"),
    )
    for shelf, column in (
        ("categories", "category_id"),
        ("collections", "collection_id"),
        ("tags", "tag_id"),
    ):
        table = f"product_{shelf}"
        op.create_table(
            table,
            number("product_id"),
            number(column),
            sa.PrimaryKeyConstraint("product_id", column),
            reference("product_id", "products", on_delete="CASCADE"),
            reference(column, shelf, on_delete="CASCADE"),
        )
        op.create_index(f"ix_{table}_{column}", table, [column])


def _create_stock() -> None:
    op.create_table(
        "stock_levels",
        number("variant_id"),
        number("on_hand"),
        sa.Column("low_stock_at", sa.BigInteger(), server_default="5", nullable=False),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("variant_id"),
        reference("variant_id", "variants", on_delete="RESTRICT"),
        check("on_hand", "on_hand >= 0"),
        check("low_stock_at", "low_stock_at >= 0"),
    )
    op.create_table(
        "stock_reservations",
        key(),
        text("holder"),
        number("variant_id"),
        number("quantity"),
        moment("expires_at"),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        reference("variant_id", "variants", on_delete="RESTRICT"),
        sa.UniqueConstraint("holder", "variant_id"),
        check("holder", "holder <> ''"),
        check("quantity", "quantity > 0"),
    )
    op.create_index(
        "ix_stock_reservations_variant_id_expires_at",
        "stock_reservations",
        ["variant_id", "expires_at"],
    )
    op.create_index("ix_stock_reservations_expires_at", "stock_reservations", ["expires_at"])
    op.create_table(
        "stock_movements",
        key(),
        *(number(name) for name in ("variant_id", "delta", "on_hand_after")),
        sa.Column("kind", sa.String(40), nullable=False),
        number("order_id", nullable=True),
        text("note"),
        written("created_at"),
        sa.PrimaryKeyConstraint("id"),
        reference("variant_id", "variants", on_delete="RESTRICT"),
        check("kind", "kind IN ('RECEIVED', 'SOLD', 'RETURNED', 'CORRECTED')"),
        check("delta", "delta <> 0"),
        check("on_hand_after", "on_hand_after >= 0"),
        check("sold", "kind <> 'SOLD' OR (delta < 0 AND order_id IS NOT NULL)"),
        check("returned", "kind <> 'RETURNED' OR (delta > 0 AND order_id IS NOT NULL)"),
        check("received", "kind <> 'RECEIVED' OR delta > 0"),
    )
    op.create_index("ix_stock_movements_variant_id_id", "stock_movements", ["variant_id", "id"])
    op.create_index("ix_stock_movements_order_id", "stock_movements", ["order_id"])
    op.create_index(
        "uq_stock_movements_sold",
        "stock_movements",
        ["order_id", "variant_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'SOLD'"),
    )


def _create_carts() -> None:
    op.create_table(
        "carts",
        key(),
        number("user_id", nullable=True),
        sa.Column("token_digest", sa.LargeBinary()),
        moment("used_at"),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        reference("user_id", "users", on_delete="CASCADE"),
        sa.UniqueConstraint("user_id", "token_digest", postgresql_nulls_not_distinct=True),
        check("one_owner", "num_nonnulls(user_id, token_digest) = 1"),
        check("token_digest", "octet_length(token_digest) = 32"),
    )
    op.create_index(
        "ix_carts_used_at", "carts", ["used_at"], postgresql_where=sa.text("user_id IS NULL")
    )
    op.create_table(
        "cart_items",
        key(),
        *(number(name) for name in ("cart_id", "variant_id", "quantity", "seen_price_minor")),
        sa.Column("seen_currency", sa.CHAR(3), nullable=False),
        moment("added_at"),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        reference("cart_id", "carts", on_delete="CASCADE"),
        reference("variant_id", "variants", on_delete="RESTRICT"),
        sa.UniqueConstraint("cart_id", "variant_id", postgresql_nulls_not_distinct=True),
        check("quantity", "quantity BETWEEN 1 AND 99"),
        check("seen_price", "seen_price_minor >= 0"),
        check("seen_currency", "seen_currency ~ '^[A-Z]{3}$'"),
    )
    op.create_index("ix_cart_items_variant_id", "cart_items", ["variant_id"])
