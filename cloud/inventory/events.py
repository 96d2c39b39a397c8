"""News of stock, emitted in the transaction that made it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StockRanLow:
    """Of a variant no more can be bought than its limit says; told once when it comes to that."""

    variant_id: int
    available: int
    low_stock_at: int
    at: datetime


@dataclass(frozen=True, slots=True)
class StockCameBack:
    """A variant of which nothing could be bought can be bought again."""

    variant_id: int
    available: int
    at: datetime
