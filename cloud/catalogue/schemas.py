"""The shapes the catalogue's JSON has. Money is whole minor units with its ISO 4217 currency."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from cloud.catalogue.families import ScentFamily


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Price(_Shape):
    """An amount, tax included."""

    minor: int = Field(description="Minor units of the currency: 2890 is 28.90 EUR.")
    currency: str = Field(description="ISO 4217 code.")


class Picture(_Shape):
    """A picture of a product."""

    url: str = Field(description="Address on this server; its content never changes.")
    alt: str
    width: int = Field(description="Pixels.")
    height: int = Field(description="Pixels.")


class Colours(_Shape):
    """The colours of a scent, #rrggbb each."""

    primary: str
    secondary: str
    accent: str


class Notes(_Shape):
    """What a scent smells of: at first, then, and in the end."""

    top: list[str]
    heart: list[str]
    base: list[str]


class Link(_Shape):
    """A category, collection or tag of a product."""

    slug: str
    name: str


class VariantOnSale(_Shape):
    """One bottle size."""

    id: int
    sku: str
    name: str
    capacity_ul: int = Field(description="Oil in the bottle, microlitres.")
    is_default: bool
    price: Price = Field(description="What one bottle costs now.")
    regular_price: Price = Field(description="What it costs without a sale.")
    sale_ends_at: datetime | None = Field(description="When the sale ends; null: open, or none.")
    available: int = Field(description="Bottles that can be bought now, 99 at most.")


class ProductCard(_Shape):
    """A product as lists show it."""

    id: int
    slug: str
    name: str
    tagline: str
    family: ScentFamily
    colours: Colours
    is_new: bool
    is_best_seller: bool
    image: Picture | None
    price: Price = Field(description="Of the cheapest bottle now.")
    regular_price: Price = Field(description="Of the same bottle without a sale.")
    has_several_sizes: bool
    is_in_stock: bool = Field(description="Whether any bottle can be bought now.")


class ProductPage(_Shape):
    """One page of a list."""

    items: list[ProductCard]
    next: str | None = Field(description="Pass it as `after` for the next page; null at the end.")


class ProductDetail(_Shape):
    """A product with everything its page shows."""

    id: int
    slug: str
    name: str
    tagline: str
    description: str = Field(description="Paragraphs, an empty line between them.")
    family: ScentFamily
    intensity: int = Field(description="1, a breath, to 5, fills a hall.")
    notes: Notes
    moods: list[str]
    rooms: list[str]
    colours: Colours
    pet_note: str
    child_note: str
    is_new: bool
    is_best_seller: bool
    meta_title: str | None
    meta_description: str | None
    published_at: datetime
    images: list[Picture]
    variants: list[VariantOnSale] = Field(description="Smallest bottle first.")
    categories: list[Link]
    collections: list[Link]
    tags: list[Link]


class WordCount(_Shape):
    """A word and how many products have it."""

    value: str
    count: int


class CategoryFacet(_Shape):
    """A category; `count` holds its whole branch."""

    slug: str
    name: str
    description: str
    parent: str | None = Field(description="Slug of the category above; null for a root.")
    count: int


class CollectionFacet(_Shape):
    """A collection that is visible now."""

    slug: str
    name: str
    description: str
    is_featured: bool
    count: int


class Facets(_Shape):
    """What the list can be narrowed by. Counts are of published products."""

    families: list[WordCount]
    moods: list[WordCount]
    rooms: list[WordCount]
    categories: list[CategoryFacet]
    collections: list[CollectionFacet]
    in_stock: int
    total: int
