"""What staff say about products, their bottles and their texts in other languages."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from cloud.catalogue.editing.words import (
    Colour,
    Id,
    Language,
    LongLine,
    Minor,
    Moment,
    Paragraphs,
    Position,
    Shape,
    ShortLine,
    Sku,
    Slug,
    Title,
    Version,
    Word,
)
from cloud.catalogue.families import ScentFamily
from cloud.catalogue.placements import ArPlacement
from cloud.catalogue.tax_kinds import TaxKind

Words = Annotated[list[Word], Field(max_length=30)]
Ids = Annotated[list[Id], Field(max_length=200)]
Millimetres = Annotated[int, Field(ge=1, le=10_000)]


def _check_digit(barcode: str) -> str:
    """Return a GTIN whose last digit is right (GS1 General Specifications, section 7.9)."""
    weights = [3 if place % 2 == 0 else 1 for place in range(len(barcode) - 1)]
    whole = sum(int(digit) * weight for digit, weight in zip(barcode[-2::-1], weights, strict=True))
    if (-whole) % 10 != int(barcode[-1]):
        raise ValueError("One digit of this barcode is wrong.")
    return barcode


Barcode = Annotated[
    str, StringConstraints(pattern=r"^([0-9]{8}|[0-9]{12,14})$"), AfterValidator(_check_digit)
]


class ProductFields(Shape):
    """A product as staff write it, in the shop's own language.

    `published_at` None is a draft, a coming moment is announced, a past one is on sale.
    """

    name: Title
    slug: Slug
    tagline: ShortLine = ""
    description: Paragraphs = ""
    family: ScentFamily
    notes_top: Words = Field(default=[])
    notes_heart: Words = Field(default=[])
    notes_base: Words = Field(default=[])
    moods: Words = Field(default=[])
    rooms: Words = Field(default=[])
    aliases: Words = Field(default=[])
    intensity: Annotated[int, Field(ge=1, le=5)] = 3
    colour_primary: Colour = "#2a7c8a"
    colour_secondary: Colour = "#e0a86f"
    colour_accent: Colour = "#ff7b4f"
    pet_note: LongLine = ""
    child_note: LongLine = ""
    meta_title: ShortLine | None = None
    meta_description: LongLine | None = None
    is_featured: bool = False
    is_best_seller: bool = False
    is_new: bool = False
    tax_kind: TaxKind = TaxKind.STANDARD
    position: Position = 0
    published_at: Moment | None = None
    categories: Ids = Field(default=[])
    collections: Ids = Field(default=[])
    tags: Ids = Field(default=[])


class ProductChange(ProductFields):
    """A product with the version that was read."""

    version: Version


class ProductOut(ProductFields):
    """A product; `deleted_at` is when it was taken out of sale."""

    id: int
    version: int
    deleted_at: datetime | None
    model_glb_key: str | None
    model_usdz_key: str | None
    ar_placement: ArPlacement | None
    related: list[int]
    languages: list[str] = Field(description="Those that it has texts in, beside the shop's own.")


class ProductTexts(Shape):
    """A product's texts in one language; what is left out is said in the shop's own."""

    name: Title | None = None
    tagline: ShortLine | None = None
    description: Paragraphs | None = None
    meta_title: ShortLine | None = None
    meta_description: LongLine | None = None


class ProductTextsChange(ProductTexts):
    """Texts with the version that was read; 0 when there were none."""

    version: Annotated[int, Field(ge=0, lt=2**63)]


class ProductTextsOut(ProductTexts):
    """Texts in one language."""

    language: Language
    version: int


class Related(Shape):
    """The products that a product goes with; it holds in both directions."""

    ids: Annotated[list[Id], Field(max_length=50)]


class VariantFields(Shape):
    """A bottle as staff write it; prices are in the shop's currency, with tax.

    `sale_price_minor` holds from `sale_starts_at` (None: at once) until just before
    `sale_ends_at` (None: until it is taken away).
    """

    sku: Sku
    name: Annotated[Title, Field(max_length=60)]
    barcode: Barcode | None = None
    capacity_ul: Annotated[int, Field(ge=1, le=100_000_000)]
    options: dict[Word, Word] = Field(default={}, max_length=5)
    weight_g: Annotated[int, Field(ge=1, le=1_000_000)]
    length_mm: Millimetres | None = None
    width_mm: Millimetres | None = None
    height_mm: Millimetres | None = None
    price_minor: Minor
    sale_price_minor: Minor | None = None
    sale_starts_at: Moment | None = None
    sale_ends_at: Moment | None = None
    cost_minor: Minor | None = None
    lead_time_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    safety_stock: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    is_default: bool = False
    is_active: bool = True

    @model_validator(mode="after")
    def _sale(self) -> "VariantFields":
        if self.sale_price_minor is not None and self.sale_price_minor >= self.price_minor:
            raise ValueError("The sale price must be below the regular one.")
        if self.sale_starts_at and self.sale_ends_at and self.sale_ends_at <= self.sale_starts_at:
            raise ValueError("The sale must end after it begins.")
        sides = (self.length_mm, self.width_mm, self.height_mm)
        if None in sides and any(sides):
            raise ValueError("Give length, width and height, or none of them.")
        return self


class VariantChange(VariantFields):
    """A bottle with the version that was read."""

    version: Version


class VariantOut(VariantFields):
    """A bottle."""

    id: int
    product_id: int
    version: int
    currency: str
