"""Products (one per scent), their variants (one per bottle size), and which go together."""

from datetime import datetime

from sqlalchemy import (
    ARRAY,
    CHAR,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cloud.catalogue.families import ScentFamily
from cloud.catalogue.models.pictures import ProductImage
from cloud.catalogue.placements import ArPlacement
from cloud.catalogue.tax_kinds import TaxKind
from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.foundation.money import Money

_COLOUR = "~ '^#[0-9a-f]{6}$'"
_SLUG = "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'"


class Product(Timestamped, Base):
    """One scent. Never deleted: `deleted_at` takes it out of sale, and orders keep pointing here.

    `published_at` None is a draft, in the future it is announced, in the past it is on sale.
    `position` orders the shop's own sequence, lowest first. `intensity` is 1 (a breath) to 5.
    The texts are in the shop's own language; `product_translations` holds the others. The 3D
    model is `model_glb_key` (for the page and Android) and `model_usdz_key` (for iOS), keys of
    stored files; `ar_placement` is where it stands in a room, None without a model.
    `version` rises with every edit; an edit of an outdated copy fails with StaleDataError.
    Of approved reviews: `rating_counts` by stars, one first, `rating_count` and `rating_sum` of
    them all, and `rating_rank`, by which products are ordered: thousandths of the average that
    five more reviews of 3.5 stars would make of it, so that one cheer does not beat a hundred.
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
        CheckConstraint(
            "ar_placement IS NULL OR num_nonnulls(model_glb_key, model_usdz_key) > 0",
            name="ar_needs_model",
        ),
        Index("ix_products_model_glb_key", "model_glb_key"),
        Index("ix_products_model_usdz_key", "model_usdz_key"),
        Index("ix_products_position", "position", "id"),
        Index("ix_products_published_at", "published_at", "id"),
        Index("ix_products_search_document", "search_document", postgresql_using="gin"),
        Index("ix_products_name_folded", "name_folded"),
        Index("ix_products_rating_rank", "rating_rank", "id"),
        CheckConstraint(
            "cardinality(rating_counts) = 5 AND rating_count >= 0 "
            "AND rating_sum BETWEEN rating_count AND 5 * rating_count",
            name="ratings",
        ),
        CheckConstraint(
            "(0 <= ALL (rating_counts)"
            " AND rating_count = rating_counts[1] + rating_counts[2] + rating_counts[3]"
            " + rating_counts[4] + rating_counts[5]"
            " AND rating_sum = rating_counts[1] + 2 * rating_counts[2] + 3 * rating_counts[3]"
            " + 4 * rating_counts[4] + 5 * rating_counts[5]) IS TRUE",
            name="stars_add_up",
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
    tax_kind: Mapped[TaxKind] = mapped_column(
        text_enum(TaxKind, "tax_kind"), server_default="standard"
    )
    model_glb_key: Mapped[str | None] = mapped_column(
        ForeignKey("stored_files.key", ondelete="RESTRICT")
    )
    model_usdz_key: Mapped[str | None] = mapped_column(
        ForeignKey("stored_files.key", ondelete="RESTRICT")
    )
    ar_placement: Mapped[ArPlacement | None] = mapped_column(text_enum(ArPlacement, "ar_placement"))
    position: Mapped[int]
    published_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    # What approved reviews say; kept by a trigger of theirs, and by nobody else.
    rating_counts: Mapped[list[int]] = mapped_column(
        ARRAY(Integer), server_default=text("'{0,0,0,0,0}'")
    )
    rating_count: Mapped[int] = mapped_column(Integer, server_default="0")
    rating_sum: Mapped[int] = mapped_column(Integer, server_default="0")
    rating_rank: Mapped[int] = mapped_column(Integer, server_default="3500")
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
    name_folded: Mapped[str] = mapped_column(
        Text(collation="C"),
        Computed("folded(name)", persisted=True),
        nullable=True,
        deferred=True,
    )
    # Read by the release before 0011_search only; a later revision takes it away.
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
    images: Mapped[list[ProductImage]] = relationship(
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
    one bottle costs us. `weight_g` is the packed weight in grams, `length_mm`, `width_mm` and
    `height_mm` the packed size (all three or none). `barcode` is a GTIN of 8 to 14 digits.
    `options` are what tells it apart beside its size, by axis ({"glass": "amber"}). For planning:
    `lead_time_days` until a supplier delivers, `safety_stock` bottles never to fall below; None is
    not known. Of a product's variants exactly one is the default.
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
        CheckConstraint("barcode ~ '^[0-9]{8,14}$'", name="barcode"),
        CheckConstraint(
            "num_nonnulls(length_mm, width_mm, height_mm) IN (0, 3)", name="size_whole"
        ),
        CheckConstraint("length_mm > 0 AND width_mm > 0 AND height_mm > 0", name="size"),
        CheckConstraint("lead_time_days BETWEEN 0 AND 3650", name="lead_time"),
        CheckConstraint("safety_stock >= 0", name="safety_stock"),
        CheckConstraint("jsonb_typeof(options) = 'object'", name="options"),
        Index(
            "uq_variants_barcode", "barcode", unique=True, postgresql_where="barcode IS NOT NULL"
        ),
        Index("uq_variants_default", "product_id", unique=True, postgresql_where="is_default"),
        Index(
            "uq_variants_product_id_capacity_ul_options",
            "product_id",
            "capacity_ul",
            "options",
            unique=True,
        ),
    )

    id: Mapped[BigId]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="RESTRICT"))
    sku: Mapped[str]
    name: Mapped[str]
    barcode: Mapped[str | None]
    capacity_ul: Mapped[int]
    weight_g: Mapped[int]
    length_mm: Mapped[int | None]
    width_mm: Mapped[int | None]
    height_mm: Mapped[int | None]
    options: Mapped[dict[str, str]] = mapped_column(JSONB(), server_default="{}")
    lead_time_days: Mapped[int | None]
    safety_stock: Mapped[int | None]
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


# A pair is stored once, the smaller id first, and holds in both directions.
related_products = Table(
    "related_products",
    Base.metadata,
    Column("product_id", ForeignKey("products.id", ondelete="CASCADE"), primary_key=True),
    Column("other_id", ForeignKey("products.id", ondelete="CASCADE"), primary_key=True),
    CheckConstraint("product_id < other_id", name="ordered"),
    Index("ix_related_products_other_id", "other_id"),
)
