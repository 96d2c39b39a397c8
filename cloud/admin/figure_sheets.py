"""The figures as charts and as tables to take away."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from cloud.admin.charts import Bars, Chart, Key, Line, draw
from cloud.analytics.overview import Overview
from cloud.analytics.periods import Period, in_parts
from cloud.analytics.totals import ProductSales, SalesDay, Totals, total
from cloud.foundation.money import Money
from cloud.foundation.words import N_, Phrase

Rows = Iterator[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Part:
    """One bar: its days, what was bought and given back, visits and orders of all currencies."""

    period: Period
    totals: Totals
    visits: int
    all_orders: int


def parts_of(found: Overview) -> list[Part]:
    """Return the period's days put together, a bar each."""
    parts = found.look.period.parts()
    visits = in_parts(found.traffic.visits, parts)
    orders = in_parts(found.traffic.orders, parts)
    sums = _sums(found.days, parts)
    return [Part(*one) for one in zip(parts, sums, visits, orders, strict=True)]


def revenue_chart(
    found: Overview,
    day: Callable[[date], str],
    amount: Callable[[float], str],
    scale: Callable[[float], str],
) -> Chart:
    """Return the revenue beside that of the period before.

    `amount` writes minor units, `scale` writes them short.
    """
    return _compared(found, _Figure("revenue", N_("Revenue"), _net, amount, scale, least=100), day)


def orders_chart(
    found: Overview, day: Callable[[date], str], number: Callable[[float], str]
) -> Chart:
    """Return the orders beside those of the period before."""
    return _compared(found, _Figure("orders", N_("Orders"), _orders, number, number), day)


def stock_chart(
    found: Overview,
    day: Callable[[date], str],
    amount: Callable[[float], str],
    scale: Callable[[float], str],
) -> Chart | None:
    """Return what stood on the shelves, by day; None while only one day is known."""
    if len(found.stock) < 2:
        return None
    return draw(
        "stock",
        N_("Worth of the stock"),
        Phrase(
            N_("%(now)s now, at what the bottles cost on average."),
            now=amount(found.stock_now.cost_minor),
        ),
        [day(one.day) for one in found.stock],
        [Line([float(one.cost_minor) for one in found.stock], "line-main")],
        label=scale,
        least=100,
    )


def refill_chart(
    found: Overview, say: Callable[[str], str], number: Callable[[float], str]
) -> Chart:
    """Return how many of the cartridges that were low came how far."""
    steps = refill_steps(found)
    return draw(
        "refills",
        N_("Refills of homes"),
        Phrase(
            N_("Of %(low)s cartridges that were low, %(in_time)s were refilled in time."),
            low=number(found.refills.low),
            in_time=number(found.refills.in_time),
        ),
        [say(words) for words, _ in steps],
        [Bars([float(count) for _, count in steps], "fill-main")],
        label=number,
    )


def refill_steps(found: Overview) -> list[tuple[str, int]]:
    """Return the steps of a refill, in order: words, and how many came so far."""
    refills = found.refills
    return [
        (N_("Low"), refills.low),
        (N_("Proposed"), refills.proposed),
        (N_("Confirmed"), refills.confirmed),
        (N_("Delivered"), refills.delivered),
        (N_("In time"), refills.in_time),
    ]


def left_cart_chart(
    found: Overview, say: Callable[[str], str], number: Callable[[float], str]
) -> Chart:
    """Return how many of the carts that were written about came how far."""
    steps = left_cart_steps(found)
    return draw(
        "left",
        N_("Left carts"),
        Phrase(
            N_("Of %(mailed)s carts that were written about, %(ordered)s became orders."),
            mailed=number(found.left_carts.mailed),
            ordered=number(found.left_carts.ordered),
        ),
        [say(words) for words, _ in steps],
        [Bars([float(count) for _, count in steps], "fill-main")],
        label=number,
    )


def left_cart_steps(found: Overview) -> list[tuple[str, int]]:
    """Return the steps of a cart that was left, in order: words, and how many came so far."""
    left = found.left_carts
    return [
        (N_("Mailed"), left.mailed),
        (N_("Came back"), left.returned),
        (N_("Became orders"), left.ordered),
    ]


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure of the totals: its chart's name and title, and how it is written, long and short."""

    name: str
    title: str
    of: Callable[[Totals], int]
    write: Callable[[float], str]
    scale: Callable[[float], str]
    least: int = 1


def _compared(found: Overview, figure: _Figure, day: Callable[[date], str]) -> Chart:
    """Return a figure's bars, a line of the period before across them."""
    parts = parts_of(found)
    return draw(
        figure.name,
        figure.title,
        Phrase(
            N_("%(now)s in this period, %(before)s in the one before."),
            now=figure.write(figure.of(found.total)),
            before=figure.write(figure.of(found.total_before)),
        ),
        [day(part.period.first) for part in parts],
        [
            Bars([float(figure.of(part.totals)) for part in parts], "fill-main"),
            Line(_before(found, figure.of), "line-other"),
        ],
        label=figure.scale,
        least=figure.least,
        keys=(Key("fill-main", N_("this period")), Key("line-other", N_("the one before"))),
    )


def _net(totals: Totals) -> int:
    return totals.net_minor


def _orders(totals: Totals) -> int:
    return totals.orders


def _before(found: Overview, value: Callable[[Totals], int]) -> list[float | None]:
    """Return the period before in as many places as this one has: its months may be fewer."""
    places = len(found.look.period.parts())
    sums = _sums(found.days_before, found.look.period.previous().parts())
    values: list[float | None] = [float(value(one)) for one in sums[:places]]
    return values + [None] * (places - len(values))


def _sums(days: Sequence[SalesDay], parts: Sequence[Period]) -> list[Totals]:
    sums, place = [], 0
    for part in parts:
        sums.append(total(days[place : place + part.days]))
        place += part.days
    return sums


# Tables to take away, by name: amounts in units of the currency, days as ISO writes them.


def sales_rows(found: Overview) -> Rows:
    """Yield the days of the period."""
    yield (
        "day", "currency", "orders", "bottles", "sales", "refunded", "revenue", "delivery",
        "discounts", "taxes", "refunds", "visits",
    )  # fmt: skip
    for one, visits in zip(found.days, found.traffic.visits, strict=True):
        sums = one.totals
        amounts = (
            sums.sales_minor,
            sums.refunded_minor,
            sums.net_minor,
            sums.shipping_minor,
            sums.discount_minor,
            sums.tax_minor,
        )
        yield (
            one.day,
            found.look.currency,
            sums.orders,
            sums.units,
            *(_major(found, minor) for minor in amounts),
            sums.refunds,
            visits,
        )


def product_rows(found: Overview, products: Sequence[ProductSales]) -> Rows:
    """Yield products, what earned most first."""
    yield ("product", "sku", "bottles", "sales", "bottles_back", "refunded", "revenue", "currency")
    for one in products:
        yield (
            one.name,
            one.sku,
            one.units,
            _major(found, one.sales_minor),
            one.refunded_units,
            _major(found, one.refunded_minor),
            _major(found, one.net_minor),
            found.look.currency,
        )


def cohort_rows(found: Overview) -> Rows:
    """Yield the cohorts: buyers by months since their first purchase."""
    most = max((len(row.buyers) for row in found.cohorts), default=1)
    yield ("first_month", *(f"month_{month}" for month in range(most)))
    for row in found.cohorts:
        yield (row.began, *row.buyers)


def stock_rows(found: Overview) -> Rows:
    """Yield the days of which the shelves are known."""
    yield ("day", "bottles", "without_cost", "worth", "currency")
    for one in found.stock:
        worth = _major(found, one.cost_minor)
        yield (one.day, one.units, one.uncosted_units, worth, found.look.currency)


def refill_rows(found: Overview) -> Rows:
    """Yield the steps of refills."""
    refills = found.refills
    yield ("low", "proposed", "confirmed", "delivered", "in_time")
    yield (
        refills.low,
        refills.proposed,
        refills.confirmed,
        refills.delivered,
        refills.in_time,
    )


def left_cart_rows(found: Overview) -> Rows:
    """Yield the steps of carts that were left."""
    left = found.left_carts
    yield ("mailed", "came_back", "ordered")
    yield (left.mailed, left.returned, left.ordered)


def subscriber_rows(found: Overview) -> Rows:
    """Yield what became of subscriptions."""
    known = found.subscribers
    yield ("running_at_start", "begun", "ended", "left_of_those_running")
    yield (known.running, known.begun, known.ended, known.left)


def _major(found: Overview, minor: int) -> object:
    return Money(minor, found.look.currency).major
