"""What staff say about pictures."""

from typing import Annotated

from pydantic import Field

from cloud.catalogue.editing.words import Id, Language, LongLine, Shape

Alt = Annotated[LongLine, Field(min_length=1, description="What the picture shows, in words.")]


class ImageTexts(Shape):
    """What a picture shows, in the shop's own language and in others."""

    alt: Alt
    texts: dict[Language, LongLine | None] = Field(default={}, max_length=30)


class ImageOrder(Shape):
    """All pictures of a gallery, in the order they shall have."""

    ids: list[Id] = Field(max_length=100)


class ImageSize(Shape):
    """A smaller one, WebP."""

    url: str
    width: int
    height: int


class ImageOut(Shape):
    """A picture of a gallery; `sizes` are there once they are made."""

    id: int
    url: str
    alt: str
    width: int
    height: int
    position: int
    texts: dict[str, str | None]
    sizes: list[ImageSize]
