"""Products (one per scent), their variants (one per bottle size) and their pictures."""

from datetime import datetime

from sqlalchemy import (
    ARRAY,
    CHAR,
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cloud.catalogue.families import ScentFamily
from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.foundation.money import Money

_COLOUR = "~ '^#[0-9a-f]{6}$'"
_SLUG = "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'"


class Product(Timestamped, Base):
    """One scent. Never deleted: `deleted_at` takes it out of sale, and orders keep pointing here.

    `published_at` None is a draft, in the future it is announced, in the past it is on sale.
    `position` orders the shop's own sequence, lowest first. `intensity` is 1 (a breath) to 5.
    `version` rises with every edit; an edit of an outdated copy fails with StaleDataError.
    """

    __tablename__ = "products"
    __table_args__ = (
        UniqueConstraint("slug"),
        CheckConstraint(_SLUG, name="slug"),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("intensity BETWEEN 1 AND 5", name="intensity"),
        CheckConstraint(
            f"colour_primary {_COLOUR} AND colour_secondary {_COLOUR} AND colour_accent {_COLOUR}",
            name="colours",
        ),
        Index("ix_products_position", "position", "id"),
        Index("ix_products_published_at", "published_at", "id"),
        Index("ix_products_search_document", "search_document", postgresql_using="gin"),
        Index(
            "ix_products_search_words",
            "search_words",
            postgresql_using="gin",
            postgresql_ops={"search_words": "gin_trgm_ops"},
        ),
    )

    id: Mapped[BigId]
    slug: Mapped[str]
    name: Mapped[str]
    tagline: Mapped[str]
    description: Mapped[str]
    family: Mapped[ScentFamily] = mapped_column(text_enum(ScentFamily, "family"))
    notes_top: Mapped[list[str]] = mapped_column(ARRAY(Text))
    notes_heart: Mapped[list[str]] = mapped_column(ARRAY(Text))
    notes_base: Mapped[list[str]] = mapped_column(ARRAY(Text))
    moods: Mapped[list[str]] = mapped_column(ARRAY(Text))
    rooms: Mapped[list[str]] = mapped_column(ARRAY(Text))
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text))
    intensity: Mapped[int] = mapped_column(SmallInteger)
    colour_primary: Mapped[str]
    colour_secondary: Mapped[str]
    colour_accent: Mapped[str]
    pet_note: Mapped[str]
    child_note: Mapped[str]
    meta_title: Mapped[str | None]
    meta_description: Mapped[str | None]
    is_featured: Mapped[bool]
    is_best_seller: Mapped[bool]
    is_new: Mapped[bool]
    position: Mapped[int]
    published_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    search_document: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(
            "product_search_document(name, tagline, description, notes_top, notes_heart, "
            "notes_base, moods, aliases)",
            persisted=True,
        ),
        deferred=True,
    )
    search_words: Mapped[str] = mapped_column(
        Computed(
            "product_search_words(name, notes_top, notes_heart, notes_base, aliases)",
            persisted=True,
        ),
        deferred=True,
    )

    variants: Mapped[list["Variant"]] = relationship(
        back_populates="product", order_by="Variant.capacity_ul", lazy="raise"
    )
    images: Mapped[list["ProductImage"]] = relationship(
        order_by="ProductImage.position", lazy="raise"
    )

    __mapper_args__ = {"version_id_col": version, "eager_defaults": True}  # noqa: RUF012 - SQLAlchemy's form

    def is_published(self, now: datetime) -> bool:
        """Tell whether customers can see the product at a moment."""
        is_out = self.published_at is not None and self.published_at <= now
        return is_out and self.deleted_at is None


class Variant(Timestamped, Base):
    """One bottle size of a product; what is put in a cart, stocked and sold.

    `capacity_ul` is the oil in the bottle in microlitres. `price_minor` is the regular price with
    tax, in minor units of `currency`; `sale_price_minor` replaces it from `sale_starts_at` (None:
    at once) until just before `sale_ends_at` (None: until it is taken away). `cost_minor` is what
    one bottle costs us. `weight_g` is the packed weight in grams. Of a product's variants exactly
    one is the default.
    """

    __tablename__ = "variants"
    __table_args__ = (
        UniqueConstraint("sku"),
        CheckConstraint("sku ~ '^[A-Z0-9]+(-[A-Z0-9]+)*$'", name="sku"),
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint(
            "sale_price_minor >= 0 AND sale_price_minor < price_minor", name="sale_price"
        ),
        CheckConstraint("sale_ends_at > sale_starts_at", name="sale_window"),
        CheckConstraint("cost_minor >= 0", name="cost"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("capacity_ul > 0", name="capacity"),
        CheckConstraint("weight_g > 0", name="weight"),
        Index("uq_variants_default", "product_id", unique=True, postgresql_where="is_default"),
        Index("uq_variants_product_id_capacity_ul", "product_id", "capacity_ul", unique=True),
    )

    id: Mapped[BigId]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="RESTRICT"))
    sku: Mapped[str]
    name: Mapped[str]
    barcode: Mapped[str | None]
    capacity_ul: Mapped[int]
    weight_g: Mapped[int]
    price_minor: Mapped[int]
    sale_price_minor: Mapped[int | None]
    sale_starts_at: Mapped[datetime | None]
    sale_ends_at: Mapped[datetime | None]
    cost_minor: Mapped[int | None]
    currency: Mapped[str] = mapped_column(CHAR(3))
    is_default: Mapped[bool]
    is_active: Mapped[bool]
    version: Mapped[int] = mapped_column()

    product: Mapped[Product] = relationship(back_populates="variants", lazy="raise")

    __mapper_args__ = {"version_id_col": version, "eager_defaults": True}  # noqa: RUF012 - SQLAlchemy's form

    def is_on_sale(self, now: datetime) -> bool:
        """Tell whether the sale price holds at a moment."""
        return (
            self.sale_price_minor is not None
            and (self.sale_starts_at is None or self.sale_starts_at <= now)
            and (self.sale_ends_at is None or now < self.sale_ends_at)
        )

    def price_at(self, now: datetime) -> Money:
        """Return what one bottle costs at a moment."""
        if self.sale_price_minor is not None and self.is_on_sale(now):
            return Money(self.sale_price_minor, self.currency)
        return Money(self.price_minor, self.currency)


class ProductImage(Timestamped, Base):
    """One picture of a product's gallery; `position` 0 is the one on cards."""

    __tablename__ = "product_images"
    __table_args__ = (
        UniqueConstraint("product_id", "position"),
        CheckConstraint("alt <> ''", name="alt"),
        CheckConstraint("width > 0 AND height > 0", name="size"),
        CheckConstraint("position >= 0", name="position"),
    )

    id: Mapped[BigId]
    product_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("products.id", ondelete="CASCADE")
    )
    url: Mapped[str]
    alt: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    position: Mapped[int]
