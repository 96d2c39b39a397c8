"""The shapes the catalogue's JSON has. Money is whole minor units with its ISO 4217 currency."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from cloud.catalogue.families import ScentFamily
from cloud.catalogue.placements import ArPlacement

_STAND_IN = "Its own picture's, else that of one of its products."


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Price(_Shape):
    """An amount, tax included."""

    minor: int = Field(description="Minor units of the currency: 2890 is 28.90 EUR.")
    currency: str = Field(description="ISO 4217 code.")


class SmallerPicture(_Shape):
    """A picture made smaller."""

    url: str
    width: int = Field(description="Pixels.")


class Picture(_Shape):
    """A picture of a product, a category or a collection."""

    url: str = Field(description="Address on this server; its content never changes.")
    alt: str
    width: int = Field(description="Pixels.")
    height: int = Field(description="Pixels.")
    sizes: list[SmallerPicture] = Field(description="Narrowest first; empty for drawings.")


class Model(_Shape):
    """A product in three dimensions."""

    glb: str | None
    usdz: str | None
    placement: ArPlacement | None = Field(description="Where it stands in a room.")


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
    options: dict[str, str] = Field(description="What tells it apart beside its size, by axis.")
    is_default: bool
    price: Price = Field(description="What one bottle costs now.")
    regular_price: Price = Field(description="What it costs without a sale.")
    sale_ends_at: datetime | None = Field(description="When the sale ends; null: open, or none.")
    available: int = Field(description="Bottles that can be bought now, 99 at most.")


class Rating(_Shape):
    """What buyers say of a product on the whole."""

    average: float = Field(description="1 to 5 stars, two decimals.")
    count: int = Field(description="Reviews that can be read.")


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
    rating: Rating | None = Field(description="Null without reviews.")
    is_in_stock: bool = Field(description="Whether any bottle can be bought now.")


class ProductPage(_Shape):
    """One page of a list."""

    items: list[ProductCard]
    next: str | None = Field(description="Pass it as `after` for the next page; null at the end.")
    understood: str | None = Field(
        description="What was searched for, when nothing has the words as typed; else null."
    )


class Beneath(_Shape):
    """What goes with a product."""

    related: list[ProductCard] = Field(description="Chosen by hand, four at most.")
    similar: list[ProductCard] = Field(description="Of the same family, four at most.")


class Suggestions(_Shape):
    """Completions of what is typed so far."""

    products: list[ProductCard] = Field(description="Five at most.")
    words: list[str] = Field(description="Completions of the last word, four at most.")
    categories: list[Link] = Field(description="Four at most.")


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
    rating: Rating | None = Field(description="Null without reviews.")
    rating_counts: list[int] = Field(description="Reviews with 1, 2, 3, 4 and 5 stars.")
    model: Model | None
    images: list[Picture]
    variants: list[VariantOnSale] = Field(description="Smallest bottle first.")
    path: list[Link] = Field(description="Categories from the root to the product's first.")
    categories: list[Link]
    collections: list[Link]
    tags: list[Link]


class WordCount(_Shape):
    """A word and how many products have it."""

    value: str
    count: int


class IntensityCount(_Shape):
    """An intensity and how many products have it."""

    value: int
    count: int


class StarsCount(_Shape):
    """How many products have so many stars on average, or more."""

    value: int
    count: int


class TagFacet(_Shape):
    """A tag and how many products have it."""

    slug: str
    name: str
    count: int


class CategoryFacet(_Shape):
    """A category; `count` holds its whole branch."""

    slug: str
    name: str
    description: str
    image_url: str | None = Field(description=_STAND_IN)
    image: Picture | None = Field(description="Its own picture.")
    parent: str | None = Field(description="Slug of the category above; null for a root.")
    count: int


class CollectionFacet(_Shape):
    """A collection that is visible now."""

    slug: str
    name: str
    description: str
    image_url: str | None = Field(description=_STAND_IN)
    image: Picture | None = Field(description="Its own picture.")
    is_featured: bool
    count: int


class Facets(_Shape):
    """What the list can be narrowed by. Counts are of published products."""

    families: list[WordCount]
    moods: list[WordCount]
    rooms: list[WordCount]
    intensities: list[IntensityCount]
    stars: list[StarsCount] = Field(description="4, 3 and 2 stars, where there are such.")
    categories: list[CategoryFacet]
    collections: list[CollectionFacet]
    tags: list[TagFacet]
    in_stock: int
    on_sale: int
    new: int
    best_seller: int
    total: int
