"""News of the catalogue."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ProductPublished:
    """A product is on the shelves. Taken down and published again, it is told again."""

    product_id: int
    at: datetime
