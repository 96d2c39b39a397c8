"""The ways into the shop: a tree of categories, timed collections, tags."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped

_SLUG = "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'"


class _Pictured:
    """A shelf's own picture, a stored file.

    `image_alt` says what it shows, in the shop's own language; `image_texts` says it in others,
    by language. All three are there, or none is.
    """

    image_key: Mapped[str | None] = mapped_column(
        ForeignKey("stored_files.key", ondelete="RESTRICT")
    )
    image_alt: Mapped[str | None]
    image_texts: Mapped[dict[str, str]] = mapped_column(JSONB(), server_default="{}")


def _picture_checks() -> tuple[CheckConstraint, ...]:
    return (
        CheckConstraint("num_nonnulls(image_key, image_alt) IN (0, 2)", name="image_whole"),
        CheckConstraint("image_alt <> ''", name="image_alt"),
        CheckConstraint(
            "jsonb_typeof(image_texts) = 'object'"
            " AND (image_key IS NOT NULL OR image_texts = '{}')",
            name="image_texts",
        ),
    )


class Category(_Pictured, Timestamped, Base):
    """A place in the tree; a root has no parent. A trigger refuses a tree that bites its tail.

    `name` and `description` are in the shop's own language.
    """

    __tablename__ = "categories"
    __table_args__ = (
        UniqueConstraint("slug"),
        UniqueConstraint("name"),
        CheckConstraint(_SLUG, name="slug"),
        CheckConstraint("parent_id <> id", name="parent"),
        Index("ix_categories_parent_id", "parent_id"),
        *_picture_checks(),
        Index("ix_categories_image_key", "image_key"),
    )

    id: Mapped[BigId]
    slug: Mapped[str]
    name: Mapped[str]
    description: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id", ondelete="SET NULL"))
    position: Mapped[int]
    version: Mapped[int] = mapped_column(server_default="1")

    __mapper_args__ = {"version_id_col": version, "eager_defaults": True}  # noqa: RUF012 - SQLAlchemy's form


class Collection(_Pictured, Timestamped, Base):
    """A hand-picked set, visible from `starts_at` until just before `ends_at` while active."""

    __tablename__ = "collections"
    __table_args__ = (
        UniqueConstraint("slug"),
        UniqueConstraint("name"),
        CheckConstraint(_SLUG, name="slug"),
        CheckConstraint("ends_at > starts_at", name="window"),
        *_picture_checks(),
        Index("ix_collections_image_key", "image_key"),
    )

    id: Mapped[BigId]
    slug: Mapped[str]
    name: Mapped[str]
    description: Mapped[str]
    is_active: Mapped[bool]
    is_featured: Mapped[bool]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    position: Mapped[int]
    version: Mapped[int] = mapped_column(server_default="1")

    __mapper_args__ = {"version_id_col": version, "eager_defaults": True}  # noqa: RUF012 - SQLAlchemy's form


class Tag(Timestamped, Base):
    """A free word on products."""

    __tablename__ = "tags"
    __table_args__ = (
        UniqueConstraint("slug"),
        UniqueConstraint("name"),
        CheckConstraint(_SLUG, name="slug"),
    )

    id: Mapped[BigId]
    slug: Mapped[str]
    name: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")

    __mapper_args__ = {"version_id_col": version, "eager_defaults": True}  # noqa: RUF012 - SQLAlchemy's form


def _product_has(other: str, column: str) -> Table:
    name = f"product_{other}"
    return Table(
        name,
        Base.metadata,
        Column("product_id", ForeignKey("products.id", ondelete="CASCADE"), primary_key=True),
        Column(column, ForeignKey(f"{other}.id", ondelete="CASCADE"), primary_key=True),
        Index(f"ix_{name}_{column}", column),
    )


product_categories = _product_has("categories", "category_id")
product_collections = _product_has("collections", "collection_id")
product_tags = _product_has("tags", "tag_id")
