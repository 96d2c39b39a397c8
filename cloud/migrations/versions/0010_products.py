"""Pictures in many sizes, translations, related products.

Revision ID: 0010_products
Revises: 0009_rights
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from cloud.migrations.columns import check, key, number, reference, text, written
from cloud.migrations.operations import keep_updated_at

revision = "0010_products"
down_revision = "0009_rights"
branch_labels = None
depends_on = None

_TRANSLATIONS = {
    "product_translations": (
        "product_id",
        "products",
        ("name", "tagline", "description", "meta_title", "meta_description"),
    ),
    "image_translations": ("image_id", "product_images", ("alt",)),
    "category_translations": ("category_id", "categories", ("name", "description")),
    "collection_translations": ("collection_id", "collections", ("name", "description")),
    "tag_translations": ("tag_id", "tags", ("name",)),
}
_FILE_COLUMNS = {
    "products": ("model_glb_key", "model_usdz_key"),
    "product_images": ("file_key",),
    "categories": ("image_key",),
    "collections": ("image_key",),
}
_VERSIONED = ("categories", "collections", "tags")
_PRODUCT_CHECKS = {
    "tax_kind": "tax_kind IN ('standard', 'reduced', 'zero')",
    "ar_placement": "ar_placement IN ('floor', 'table', 'wall')",
    "ar_needs_model": "ar_placement IS NULL OR num_nonnulls(model_glb_key, model_usdz_key) > 0",
}
_VARIANT_CHECKS = {
    "barcode": "barcode ~ '^[0-9]{8,14}$'",
    "size_whole": "num_nonnulls(length_mm, width_mm, height_mm) IN (0, 3)",
    "size": "length_mm > 0 AND width_mm > 0 AND height_mm > 0",
    "lead_time": "lead_time_days BETWEEN 0 AND 3650",
    "safety_stock": "safety_stock >= 0",
    "options": "jsonb_typeof(options) = 'object'",
}
_VARIANT_NUMBERS = ("length_mm", "width_mm", "height_mm", "lead_time_days", "safety_stock")


def upgrade() -> None:
    _create_files()
    _widen_products()
    _widen_variants()
    for table in _VERSIONED:
        op.add_column(
            table, sa.Column("version", sa.BigInteger(), nullable=False, server_default="1")
        )
    _create_translations()
    _create_relations()
    _create_imports()
    keep_updated_at("stored_files", "picture_sizes", "product_imports", *_TRANSLATIONS)


def downgrade() -> None:
    for table in ("product_imports", "related_products", "picture_sizes", *_TRANSLATIONS):
        op.drop_table(table)
    for table in _VERSIONED:
        op.drop_column(table, "version")
    op.drop_index("uq_variants_barcode", "variants")
    op.drop_index("uq_variants_product_id_capacity_ul_options", "variants")
    for name in (*_VARIANT_NUMBERS, "options"):
        op.drop_column("variants", name)
    op.drop_constraint("ck_variants_barcode", "variants")
    op.create_index(
        "uq_variants_product_id_capacity_ul", "variants", ["product_id", "capacity_ul"], unique=True
    )
    op.drop_constraint("uq_product_images_product_id_position", "product_images")
    op.create_unique_constraint(
        "uq_product_images_product_id_position", "product_images", ["product_id", "position"]
    )
    for table, columns in _FILE_COLUMNS.items():
        for column in columns:
            op.drop_column(table, column)
    for name in ("ar_placement", "tax_kind"):
        op.drop_column("products", name)
    op.drop_table("stored_files")


def _create_files() -> None:
    op.create_table(
        "stored_files",
        text("key"),
        text("media_type"),
        number("byte_count"),
        *(number(name, nullable=True) for name in ("width", "height")),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("key"),
        check("key", r"key ~ '^[0-9a-f]{32}\.[a-z0-9]{2,5}$'"),
        check("byte_count", "byte_count > 0"),
        check("size_whole", "num_nonnulls(width, height) IN (0, 2)"),
        check("size", "width > 0 AND height > 0"),
    )
    op.create_index("ix_stored_files_created_at", "stored_files", ["created_at"])
    op.create_table(
        "picture_sizes",
        text("original_key"),
        *(number(name) for name in ("width", "height")),
        text("file_key"),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("original_key", "width"),
        sa.ForeignKeyConstraint(["original_key"], ["stored_files.key"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["file_key"], ["stored_files.key"], ondelete="RESTRICT"),
        check("size", "width > 0 AND height > 0"),
    )
    op.create_index("ix_picture_sizes_file_key", "picture_sizes", ["file_key"])
    for table, columns in _FILE_COLUMNS.items():
        for column in columns:
            op.add_column(table, text(column, nullable=True))
            op.create_foreign_key(
                None, table, "stored_files", [column], ["key"], ondelete="RESTRICT"
            )
            op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_check_constraint("url_of_file", "product_images", "url = '/files/' || file_key")
    op.drop_constraint("uq_product_images_product_id_position", "product_images")
    op.create_unique_constraint(
        "uq_product_images_product_id_position",
        "product_images",
        ["product_id", "position"],
        deferrable=True,
        initially="DEFERRED",
    )


def _widen_products() -> None:
    op.add_column(
        "products",
        sa.Column("tax_kind", sa.String(40), nullable=False, server_default="standard"),
    )
    op.add_column("products", sa.Column("ar_placement", sa.String(40)))
    for name, condition in _PRODUCT_CHECKS.items():
        op.create_check_constraint(name, "products", condition)


def _widen_variants() -> None:
    for name in _VARIANT_NUMBERS:
        op.add_column("variants", number(name, nullable=True))
    op.add_column("variants", sa.Column("options", JSONB(), nullable=False, server_default="{}"))
    for name, condition in _VARIANT_CHECKS.items():
        op.create_check_constraint(name, "variants", condition)
    op.drop_index("uq_variants_product_id_capacity_ul", "variants")
    op.create_index(
        "uq_variants_product_id_capacity_ul_options",
        "variants",
        ["product_id", "capacity_ul", "options"],
        unique=True,
    )
    op.create_index(
        "uq_variants_barcode",
        "variants",
        ["barcode"],
        unique=True,
        postgresql_where=sa.text("barcode IS NOT NULL"),
    )


def _create_translations() -> None:
    for table, (owner, owners, names) in _TRANSLATIONS.items():
        has_version = table == "product_translations"
        op.create_table(
            table,
            number(owner),
            text("language"),
            *(text(name, nullable=True) for name in names),
            *(
                [sa.Column("version", sa.BigInteger(), nullable=False, server_default="1")]
                if has_version
                else []
            ),
            written("created_at"),
            written("updated_at"),
            sa.PrimaryKeyConstraint(owner, "language"),
            reference(owner, owners, on_delete="CASCADE"),
            check("language", "language ~ '^[a-z]{2,3}(-[A-Z]{2})?$'"),
            check("says_something", f"num_nonnulls({', '.join(names)}) > 0"),
            check("not_empty", " AND ".join(f"{name} <> ''" for name in names)),
        )


def _create_relations() -> None:
    op.create_table(
        "related_products",
        number("product_id"),
        number("other_id"),
        sa.PrimaryKeyConstraint("product_id", "other_id"),
        reference("product_id", "products", on_delete="CASCADE"),
        reference("other_id", "products", on_delete="CASCADE"),
        check("ordered", "product_id < other_id"),
    )
    op.create_index("ix_related_products_other_id", "related_products", ["other_id"])


def _create_imports() -> None:
    op.create_table(
        "product_imports",
        key(),
        number("user_id", nullable=True),
        *(text(name) for name in ("user_name", "file_name")),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("stage", sa.String(40), nullable=False),
        *(number(name) for name in ("line_count", "lines_done")),
        *(number(f"{name}_count") for name in ("created", "changed", "same", "refused")),
        sa.Column("findings", JSONB(), nullable=False),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        reference("user_id", "users", on_delete="SET NULL"),
        check("file_name", "file_name <> ''"),
        check("stage", "stage IN ('preview', 'applying', 'done', 'failed')"),
        check("lines", "lines_done BETWEEN 0 AND line_count"),
        check(
            "counts",
            "created_count >= 0 AND changed_count >= 0 AND same_count >= 0 AND refused_count >= 0",
        ),
    )
    op.create_index("ix_product_imports_user_id", "product_imports", ["user_id"])
