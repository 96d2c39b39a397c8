"""Stock in JSON."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from cloud.inventory.kinds import MovementKind


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("A text cannot hold the character NUL.")
    return text


Words = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_storable)
]
Named = Annotated[Words, StringConstraints(min_length=1)]
Id = Annotated[int, Field(ge=1, lt=2**63)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]


class _Input(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Arrival(_Input):
    """Bottles that came in."""

    location_id: Id = 1
    quantity: Count
    note: Named = Field(description="Why: a delivery note, a supplier.")


class Correction(_Input):
    """What counting found: more bottles (above 0) or fewer (below)."""

    location_id: Id = 1
    delta: int = Field(ge=-1_000_000, le=1_000_000)
    note: Named = Field(description="Why: counted, broken, given away.")


class CountedLine(_Input):
    """What was counted of one variant, and how many were there when the counter looked it up."""

    variant_id: Id
    seen: int = Field(ge=0, lt=2**31)
    counted: int = Field(ge=0, le=1_000_000)


class CountSheet(_Input):
    """What was counted in a place; variants that are left out were not counted."""

    lines: tuple[CountedLine, ...] = Field(min_length=1, max_length=500)
    note: Named = Field(description="Why: the yearly count, a spot check.")


class Carriage(_Input):
    """Bottles that go from one place to another."""

    source_id: Id
    target_id: Id
    quantity: Count
    note: Words = ""


class Limit(_Input):
    """When a variant counts as running low."""

    low_stock_at: int = Field(ge=0, le=1_000_000)


class SetPart(_Input):
    """So many bottles of a variant in each set."""

    variant_id: Id
    quantity: int = Field(ge=1, le=99)


class SetParts(_Input):
    """What a set is made of; nothing makes it no set."""

    parts: tuple[SetPart, ...] = Field(max_length=20)


class LocationFields(_Input):
    """A place that holds stock."""

    code: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)
    name: Named
    priority: int = Field(ge=0, le=10_000, description="The lowest is asked first.")
    is_active: bool = True


class LocationChange(LocationFields):
    """A new state of a place, made from the version that `version` names."""

    version: int = Field(ge=1, lt=2**31)


class LocationView(BaseModel):
    """A place that holds stock."""

    id: int
    code: str
    name: str
    priority: int
    is_active: bool
    version: int


class LevelView(BaseModel):
    """Bottles in one place."""

    location_id: int
    on_hand: int


class MovementView(BaseModel):
    """One change of stock."""

    id: int
    location_id: int
    delta: int
    on_hand_after: int
    kind: MovementKind
    order_id: int | None
    note: str
    at: datetime


class StockView(BaseModel):
    """A variant's stock."""

    variant_id: int
    available: int = Field(description="What can be bought now, what is set aside not counted.")
    low_stock_at: int
    levels: list[LevelView]
    parts: list[SetPart] = Field(description="What it is made of, if it is a set.")


class MovementPage(BaseModel):
    """A part of a variant's ledger, newest first."""

    movements: list[MovementView]
    next: int | None = Field(description="Ask with before=… for older ones; null at the end.")
