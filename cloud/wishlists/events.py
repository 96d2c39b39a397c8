"""News of what people wish for, emitted in the transaction that made it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Fall:
    """A bottle that became cheaper; `number` counts such falls since somebody wishes for it."""

    variant_id: int
    before_minor: int
    minor: int
    currency: str
    number: int


@dataclass(frozen=True, slots=True)
class PriceFell:
    """Bottles of a wished-for product became cheaper at one look, the cheapest first."""

    product_id: int
    falls: tuple[Fall, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class RestockAsked:
    """An address was typed in to hear when something is back: is it its owner's wish?"""

    restock_wish_id: int
    email: str
    language: str
    product_name: str
    at: datetime
