"""What staff say about all bottles of a product at once."""

from typing import Annotated

from pydantic import Field

from cloud.catalogue.editing.words import Id, Minor, Shape, Sku, Title, Version, Word

CapacityUl = Annotated[int, Field(ge=1, le=100_000_000, description="Microlitres.")]
Grams = Annotated[int, Field(ge=1, le=1_000_000)]
Options = Annotated[dict[Word, Word], Field(max_length=5)]


class OptionAxis(Shape):
    """What bottles differ by beside their size, with its values in their order."""

    name: Word
    values: Annotated[list[Word], Field(max_length=30)]


class AxesWish(Shape):
    """Sizes and options that a product shall have besides those that it has."""

    sizes_ul: list[CapacityUl] = Field(default=[], max_length=30)
    axes: list[OptionAxis] = Field(default=[], max_length=5)


class CellChange(Shape):
    """A bottle that is there, with the version that was read."""

    id: Id
    version: Version
    sku: Sku
    price_minor: Minor
    is_active: bool


class CellNew(Shape):
    """A bottle to be made; what is not said is as in the product's others of its size."""

    sku: Sku
    name: Annotated[Title, Field(max_length=60)]
    capacity_ul: CapacityUl
    options: Options = Field(default={})
    price_minor: Minor
    weight_g: Grams
    is_active: bool = True


class MatrixWish(Shape):
    """The bottles to be changed and made, all or none; the others stay as they are."""

    changed: list[CellChange] = Field(default=[], max_length=200)
    made: list[CellNew] = Field(default=[], max_length=200)


class Cell(Shape):
    """A bottle in the matrix."""

    id: int
    version: int
    sku: str
    name: str
    capacity_ul: int
    options: dict[str, str]
    price_minor: int
    is_active: bool


class Proposal(Shape):
    """A bottle that is missing; what cannot be guessed is null."""

    sku: str
    name: str
    capacity_ul: int
    options: dict[str, str]
    price_minor: int | None
    weight_g: int | None


class Matrix(Shape):
    """A product's bottles by what they differ by; prices are in the shop's currency."""

    sizes_ul: list[int]
    axes: list[OptionAxis]
    cells: list[Cell]
