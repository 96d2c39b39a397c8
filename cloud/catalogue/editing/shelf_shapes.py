"""What staff say about categories, collections and tags."""

from pydantic import Field, model_validator

from cloud.catalogue.editing.image_shapes import ImageSize
from cloud.catalogue.editing.words import (
    Id,
    Language,
    Moment,
    Paragraphs,
    Position,
    Shape,
    Slug,
    Title,
    Version,
)


class ShelfTexts(Shape):
    """Texts in one language; what is left out is said in the shop's own language."""

    name: Title | None = None
    description: Paragraphs | None = None


class TagTexts(Shape):
    """A tag's word in one language."""

    name: Title | None = None


class TagFields(Shape):
    """A tag as staff write it."""

    name: Title
    slug: Slug
    texts: dict[Language, TagTexts] = Field(default={}, max_length=30)


class CategoryFields(Shape):
    """A category as staff write it; `parent_id` None is a root."""

    name: Title
    slug: Slug
    description: Paragraphs = ""
    parent_id: Id | None = None
    position: Position = 0
    texts: dict[Language, ShelfTexts] = Field(default={}, max_length=30)


class CollectionFields(Shape):
    """A collection as staff write it, shown from `starts_at` until just before `ends_at`."""

    name: Title
    slug: Slug
    description: Paragraphs = ""
    is_active: bool = True
    is_featured: bool = False
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    position: Position = 0
    texts: dict[Language, ShelfTexts] = Field(default={}, max_length=30)

    @model_validator(mode="after")
    def _window(self) -> "CollectionFields":
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValueError("The end must be after the beginning.")
        return self


class TagChange(TagFields):
    """A tag with the version that was read."""

    version: Version


class CategoryChange(CategoryFields):
    """A category with the version that was read."""

    version: Version


class CollectionChange(CollectionFields):
    """A collection with the version that was read."""

    version: Version


class TagOut(TagFields):
    """A tag."""

    id: int
    version: int


class ShelfImage(Shape):
    """The picture of a category or collection; `sizes` are there once they are made."""

    url: str
    alt: str
    width: int
    height: int
    texts: dict[str, str]
    sizes: list[ImageSize]


class CategoryOut(CategoryFields):
    """A category; `image` is null while it has none of its own."""

    id: int
    version: int
    image: ShelfImage | None


class CollectionOut(CollectionFields):
    """A collection; `image` is null while it has none of its own."""

    id: int
    version: int
    image: ShelfImage | None
