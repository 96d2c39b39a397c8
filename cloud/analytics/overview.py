"""Everything that the page of figures shows, read at once."""

from dataclasses import dataclass
from datetime import date, datetime

from cloud.analytics import reading
from cloud.analytics.counting import bounds
from cloud.analytics.periods import Period
from cloud.analytics.reading import Reader
from cloud.analytics.totals import (
    CohortRow,
    LeftCarts,
    ProductSales,
    Refills,
    SalesDay,
    StockDay,
    Subscribers,
    Totals,
    share,
    total,
)

MOST_PRODUCTS = 20
COHORT_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at: days of a zone, in one currency; `today` is the shop's."""

    period: Period
    currency: str
    zone: str
    today: date

    def moments(self, period: Period) -> tuple[datetime, datetime]:
        """Return when a period begins and ends."""
        return bounds(period.first, self.zone)[0], bounds(period.last, self.zone)[1]


@dataclass(frozen=True, slots=True)
class Traffic:
    """Visits and orders in all currencies, by day."""

    visits: tuple[int, ...]
    orders: tuple[int, ...]

    @property
    def conversion(self) -> float | None:
        """Return how many orders came of one visit; None without visits."""
        return share(sum(self.orders), sum(self.visits))


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of a period beside those of the period before."""

    look: Look
    counted_at: datetime | None
    currencies: tuple[str, ...]
    days: tuple[SalesDay, ...]
    days_before: tuple[SalesDay, ...]
    traffic: Traffic
    traffic_before: Traffic
    products: tuple[ProductSales, ...]
    cohorts: tuple[CohortRow, ...]
    stock: tuple[StockDay, ...]
    stock_now: StockDay
    subscribers: Subscribers
    refills: Refills
    left_carts: LeftCarts

    @property
    def total(self) -> Totals:
        """Return the sum of the period."""
        return total(self.days)

    @property
    def total_before(self) -> Totals:
        """Return the sum of the period before."""
        return total(self.days_before)


async def read_overview(reader: Reader, look: Look, main_currency: str) -> Overview:
    """Return the figures; a few milliseconds, whatever the number of orders."""
    before = look.period.previous()
    begins, ends = look.moments(look.period)
    return Overview(
        look=look,
        counted_at=await reading.counted_at(reader),
        currencies=tuple(await reading.list_currencies(reader, main_currency)),
        days=tuple(await reading.read_sales(reader, look.period, look.currency)),
        days_before=tuple(await reading.read_sales(reader, before, look.currency)),
        traffic=await _traffic(reader, look.period),
        traffic_before=await _traffic(reader, before),
        products=tuple(
            await reading.read_products(reader, look.period, look.currency, MOST_PRODUCTS)
        ),
        cohorts=tuple(await reading.read_cohorts(reader, look.period.last, COHORT_MONTHS)),
        stock=tuple(await reading.read_stock(reader, look.period, look.currency)),
        stock_now=await reading.stock_now(reader, look.today, look.currency),
        subscribers=await reading.read_subscribers(reader, begins, ends),
        refills=await reading.read_refills(reader, begins, ends),
        left_carts=await reading.read_left_carts(reader, begins, ends),
    )


async def _traffic(reader: Reader, period: Period) -> Traffic:
    visits, orders = await reading.read_visits(reader, period)
    return Traffic(tuple(visits), tuple(orders))
