"""The ways into the shop: a tree of categories, timed collections, tags."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped

_SLUG = "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'"


class Category(Timestamped, Base):
    """A place in the tree; a root has no parent. A trigger refuses a tree that bites its tail."""

    __tablename__ = "categories"
    __table_args__ = (
        UniqueConstraint("slug"),
        UniqueConstraint("name"),
        CheckConstraint(_SLUG, name="slug"),
        CheckConstraint("parent_id <> id", name="parent"),
        Index("ix_categories_parent_id", "parent_id"),
    )

    id: Mapped[BigId]
    slug: Mapped[str]
    name: Mapped[str]
    description: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id", ondelete="SET NULL"))
    position: Mapped[int]


class Collection(Timestamped, Base):
    """A hand-picked set, visible from `starts_at` until just before `ends_at` while active."""

    __tablename__ = "collections"
    __table_args__ = (
        UniqueConstraint("slug"),
        UniqueConstraint("name"),
        CheckConstraint(_SLUG, name="slug"),
        CheckConstraint("ends_at > starts_at", name="window"),
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
