"""Sums of days, and what follows from them. Pure; amounts in minor units of one currency."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction

from cloud.foundation.money import rounded


@dataclass(frozen=True, slots=True)
class Totals:
    """What was bought and given back; see `models.DailySales`."""

    orders: int = 0
    units: int = 0
    sales_minor: int = 0
    shipping_minor: int = 0
    discount_minor: int = 0
    tax_minor: int = 0
    refunds: int = 0
    refunded_minor: int = 0

    @property
    def net_minor(self) -> int:
        """Return the revenue: what was bought less what was given back, also below 0."""
        return self.sales_minor - self.refunded_minor

    @property
    def average_minor(self) -> int | None:
        """Return what an order came to on average, rounded half to even; None without orders."""
        return rounded(Fraction(self.sales_minor, self.orders)) if self.orders else None

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(
            **{
                one.name: getattr(self, one.name) + getattr(other, one.name)
                for one in fields(Totals)
            }
        )


@dataclass(frozen=True, slots=True)
class SalesDay:
    """A day of the shop with what happened on it, nothing included."""

    day: date
    totals: Totals


def total(days: Iterable[SalesDay]) -> Totals:
    """Return the sum of days."""
    return sum((one.totals for one in days), Totals())


def change(now: float | None, before: float | None) -> float | None:
    """Return by which share something grew (0.1: a tenth more); None where nothing was before."""
    if now is None or not before:
        return None
    return (now - before) / abs(before)


def share(part: int, whole: int) -> float | None:
    """Return a part of a whole, 0..; None where there is no whole."""
    return part / whole if whole else None


@dataclass(frozen=True, slots=True)
class ProductSales:
    """What of a variant was bought and given back in a period."""

    variant_id: int
    name: str
    sku: str
    units: int
    sales_minor: int
    refunded_units: int
    refunded_minor: int

    @property
    def net_minor(self) -> int:
        """Return what was paid for it less what was given back for it."""
        return self.sales_minor - self.refunded_minor


@dataclass(frozen=True, slots=True)
class CohortRow:
    """Those who first bought in the month of `began`: how many in that month and later ones."""

    began: date
    buyers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StockDay:
    """What stood on the shelves at the end of a day; see `models.DailyStock`."""

    day: date
    units: int
    uncosted_units: int
    cost_minor: int


@dataclass(frozen=True, slots=True)
class Subscribers:
    """Subscriptions of a period: running when it began, begun and ended in it.

    `left` are those of the running ones that ended in it.
    """

    running: int
    begun: int
    ended: int
    left: int

    @property
    def churn(self) -> float | None:
        """Return which share of the running ones left; None when none was running."""
        return share(self.left, self.running)


@dataclass(frozen=True, slots=True)
class Refills:
    """Cartridges that were reported low in a period, and what became of them so far.

    `in_time` were delivered before the cartridge was empty, as its hub had forecast; one without
    a forecast is not among them.
    """

    low: int
    proposed: int
    confirmed: int
    delivered: int
    in_time: int


@dataclass(frozen=True, slots=True)
class LeftCarts:
    """Carts whose owners were mailed in a period, and what became of them so far.

    `returned`: their link was followed, or something was bought from them; `ordered`: an order of
    theirs was paid while the link was good.
    """

    mailed: int
    returned: int
    ordered: int
