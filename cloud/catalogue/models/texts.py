"""The catalogue's texts in other languages than the shop's own.

The shop's own language stands in the things themselves, so a text is looked for in the visitor's
language, then in the shop's, and a name is always found. A column that is None has no text in
that language. Readers join one row by its key and coalesce column by column.
"""

from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from cloud.foundation.database import Base, Timestamped

_LANGUAGE = "language ~ '^[a-z]{2,3}(-[A-Z]{2})?$'"


class _Translation(Timestamped):
    """The key's second half, and that a row has at least one text and no empty one."""

    text_columns: ClassVar[tuple[str, ...]]
    _indexes: ClassVar[tuple[Index, ...]] = ()

    language: Mapped[str] = mapped_column(primary_key=True)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        texts = ", ".join(cls.text_columns)
        empty = " AND ".join(f"{name} <> ''" for name in cls.text_columns)
        return (
            CheckConstraint(_LANGUAGE, name="language"),
            CheckConstraint(f"num_nonnulls({texts}) > 0", name="says_something"),
            CheckConstraint(empty, name="not_empty"),
            *cls._indexes,
        )


class ProductTranslation(_Translation, Base):
    """A product's texts in one language. `version` is for forms, as a product's is."""

    __tablename__ = "product_translations"
    text_columns = ("name", "tagline", "description", "meta_title", "meta_description")
    _indexes = (
        Index("ix_product_translations_language_name_folded", "language", "name_folded"),
        Index("ix_product_translations_search_document", "search_document", postgresql_using="gin"),
    )

    product_id: Mapped[int] = mapped_column(
        ForeignKey("products.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str | None]
    tagline: Mapped[str | None]
    description: Mapped[str | None]
    meta_title: Mapped[str | None]
    meta_description: Mapped[str | None]
    name_folded: Mapped[str | None] = mapped_column(
        Text(collation="C"), Computed("folded(name)", persisted=True), deferred=True
    )
    search_document: Mapped[str | None] = mapped_column(
        TSVECTOR,
        Computed(
            "translation_search_document(language, name, tagline, description)",
            persisted=True,
        ),
        deferred=True,
    )
    version: Mapped[int] = mapped_column(server_default="1")

    __mapper_args__ = {"version_id_col": version, "eager_defaults": True}  # noqa: RUF012 - SQLAlchemy's form


class ImageTranslation(_Translation, Base):
    """What a picture shows, in one language."""

    __tablename__ = "image_translations"
    text_columns = ("alt",)

    image_id: Mapped[int] = mapped_column(
        ForeignKey("product_images.id", ondelete="CASCADE"), primary_key=True
    )
    alt: Mapped[str | None]


class CategoryTranslation(_Translation, Base):
    """A category's texts in one language; guarded by the category's `version`."""

    __tablename__ = "category_translations"
    text_columns = ("name", "description")

    category_id: Mapped[int] = mapped_column(
        ForeignKey("categories.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str | None]
    description: Mapped[str | None]


class CollectionTranslation(_Translation, Base):
    """A collection's texts in one language; guarded by the collection's `version`."""

    __tablename__ = "collection_translations"
    text_columns = ("name", "description")

    collection_id: Mapped[int] = mapped_column(
        ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str | None]
    description: Mapped[str | None]


class TagTranslation(_Translation, Base):
    """A tag's word in one language; guarded by the tag's `version`."""

    __tablename__ = "tag_translations"
    text_columns = ("name",)

    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str | None]
