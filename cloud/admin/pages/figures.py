"""The shop in figures: one page for a period and a currency, and its tables as CSV."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from starlette.responses import Response

from cloud.admin import figure_sheets as sheets
from cloud.admin.back_office import BackOffice, show
from cloud.admin.figure_sheets import Rows
from cloud.admin.lists import csv_line
from cloud.analytics.errors import SheetUnknown
from cloud.analytics.overview import Look, Overview, read_overview
from cloud.analytics.periods import last_days, read_period
from cloud.analytics.reading import read_products
from cloud.analytics.totals import change
from cloud.foundation import permits
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.locale import format_date, format_money, format_number, format_scale
from cloud.foundation.money import Money
from cloud.foundation.site_facts import SiteFacts
from cloud.foundation.web import Pages, allowed
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_, say

_MAY_VIEW: SignedIn = allowed(permits.FIGURES_VIEW)
_HOME = "/admin/figures"
_SPANS: Final = (
    (7, N_("7 days")),
    (30, N_("30 days")),
    (90, N_("90 days")),
    (365, N_("One year")),
)
_ALL_PRODUCTS = 100_000
_SHEETS: Final[Mapping[str, Callable[[Overview], Rows]]] = {
    "sales": sheets.sales_rows,
    "cohorts": sheets.cohort_rows,
    "stock": sheets.stock_rows,
    "refills": sheets.refill_rows,
    "subscriptions": sheets.subscriber_rows,
    "left-carts": sheets.left_cart_rows,
}


def figure_pages(office: BackOffice) -> APIRouter:
    """Return the pages of figures."""
    router = APIRouter(prefix=_HOME, include_in_schema=False)

    @router.get("")
    async def figures(request: Request, pages: Pages, _staff: SignedIn = _MAY_VIEW) -> Response:
        """Return the figures of a period."""
        facts = await office.site.facts()
        error = None
        try:
            look = _look(request, facts, office.clock.now())
        except CloudError as wrong:
            error, look = wrong, _usual(facts, office.clock.now())
        found = await _read(office, look, facts)
        language, _ = await pages.language_of(request)
        context = {**_context(found, language), "facts": facts}
        return await show(request, pages, "figures", context, error=error)

    @router.get("/{sheet}.csv")
    async def table(request: Request, sheet: str, _staff: SignedIn = _MAY_VIEW) -> Response:
        """Return one table of a period as CSV."""
        facts = await office.site.facts()
        look = _look(request, facts, office.clock.now())
        found = await _read(office, look, facts)
        rows = await _rows(office, sheet, found)
        name = f"{sheet}-{look.period.first}-{look.period.last}.csv"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        }
        body = "".join(csv_line(row) for row in rows)
        return Response(body, 200, headers, "text/csv; charset=utf-8")

    return router


async def _read(office: BackOffice, look: Look, facts: SiteFacts) -> Overview:
    async with office.database.reading() as connection:
        found = await read_overview(connection, look, facts.currency)
    if look.currency not in found.currencies:
        return await _read(office, replace(look, currency=facts.currency), facts)
    return found


async def _rows(office: BackOffice, sheet: str, found: Overview) -> Rows:
    if sheet == "products":
        look = found.look
        async with office.database.reading() as connection:
            products = await read_products(connection, look.period, look.currency, _ALL_PRODUCTS)
        return sheets.product_rows(found, products)
    if sheet not in _SHEETS:
        raise SheetUnknown
    return _SHEETS[sheet](found)


def _usual(facts: SiteFacts, now: datetime) -> Look:
    today = now.astimezone(ZoneInfo(facts.time_zone)).date()
    return Look(last_days(today, 30), facts.currency, facts.time_zone, today)


def _look(request: Request, facts: SiteFacts, now: datetime) -> Look:
    usual = _usual(facts, now)
    asked = request.query_params
    period = read_period(asked.get("from", ""), asked.get("to", ""), usual.today)
    return replace(usual, period=period, currency=asked.get("currency") or facts.currency)


def _context(found: Overview, language: str) -> dict[str, object]:
    look = found.look

    def day(moment: date) -> str:
        return format_date(moment, language, "d MMM")

    def amount(minor: float) -> str:
        return format_money(Money(round(minor), look.currency), language)

    def scale(minor: float) -> str:
        return format_scale(Money(round(minor), look.currency), language)

    def number(value: float) -> str:
        return format_number(value, language)

    return {
        "found": found,
        "parts": sheets.parts_of(found),
        "tiles": _tiles(found),
        "revenue": sheets.revenue_chart(found, day, amount, scale),
        "orders": sheets.orders_chart(found, day, number),
        "shelves": sheets.stock_chart(found, day, amount, scale),
        "refills": sheets.refill_chart(found, lambda words: say(language, words), number),
        "steps": sheets.refill_steps(found),
        "left": sheets.left_cart_chart(found, lambda words: say(language, words), number),
        "left_steps": sheets.left_cart_steps(found),
        "spans": [
            (words, last_days(look.today, days) == look.period, _query(look, days))
            for days, words in _SPANS
        ],
        "query": urlencode(
            {"from": look.period.first, "to": look.period.last, "currency": look.currency}
        ),
    }


def _query(look: Look, days: int) -> str:
    period = last_days(look.today, days)
    return urlencode({"from": period.first, "to": period.last, "currency": look.currency})


def _tiles(found: Overview) -> list[tuple[str, str, float | None, float | None, float | None]]:
    """Return what stands on top: words, kind of value, now, before, growth."""
    now, before = found.total, found.total_before
    values: list[tuple[str, str, float | None, float | None]] = [
        (N_("Revenue"), "money", now.net_minor, before.net_minor),
        (N_("Orders"), "number", now.orders, before.orders),
        (N_("An order on average"), "money", now.average_minor, before.average_minor),
        (N_("Bottles sold"), "number", now.units, before.units),
        (N_("Given back"), "money", now.refunded_minor, before.refunded_minor),
        (
            N_("Visits"),
            "number",
            sum(found.traffic.visits),
            sum(found.traffic_before.visits),
        ),
        (
            N_("Orders per visit"),
            "share",
            found.traffic.conversion,
            found.traffic_before.conversion,
        ),
    ]
    return [(*one, change(one[2], one[3])) for one in values]
