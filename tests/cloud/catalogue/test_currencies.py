"""Prices in another currency: Python and PostgreSQL say the same, in every hot read."""

import itertools
import json
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import text

from cloud.catalogue.models import VariantPrice
from cloud.catalogue.prices import prices_in
from cloud.catalogue.service import offers
from cloud.catalogue.shop_window import ShopWindow
from cloud.catalogue.window_sql import bound
from cloud.catalogue.wishes import SortOrder, Wish
from cloud.foundation.conversion import MOST_MINOR, Conversion, Ending
from cloud.foundation.database import Database
from cloud.foundation.money import Money
from cloud.inventory.repository import AVAILABLE_UNITS
from tests.fakes.clock import ManualClock
from tests.fakes.shelf import put_on_shelf

pytestmark = pytest.mark.needs_postgres

DOLLARS = Conversion.by_rate("EUR", "USD", Decimal("1.0854"), Ending.NINETY)
DINARS = Conversion.by_rate("EUR", "KWD", Decimal("0.3331"), Ending.EXACT)
YEN = Conversion.by_rate("EUR", "JPY", Decimal("163.5"), Ending.ROUND)
RATES = ("0.000001", "0.5", "1", "1.0854", "163.5", "333.125", "1000000")
MINORS = (0, 1, 5, 7, 99, 100, 2890, 2891, 10**12 - 1, 10**12)


async def test_the_database_converts_as_python_does(database: Database) -> None:
    """Every rule, over rates and prices at which rounding is about to turn."""
    cases = [
        (Conversion.by_rate(main, currency, Decimal(rate), ending), minor)
        for main, currency in itertools.product(("EUR", "JPY", "KWD"), ("USD", "JPY", "KWD"))
        for rate in RATES
        for ending in Ending
        for minor in MINORS
    ]
    asked = {
        "minor": [minor for _, minor in cases],
        "factor": [one.factor for one, _ in cases],
        "step": [one.step for one, _ in cases],
        "ending": [one.ending for one, _ in cases],
    }
    async with database.reading() as connection:
        found = await connection.scalars(
            text(
                "SELECT converted_minor(minor, factor, step, ending) FROM unnest("
                " CAST(:minor AS bigint[]), CAST(:factor AS numeric[]),"
                " CAST(:step AS bigint[]), CAST(:ending AS bigint[]))"
                " WITH ORDINALITY AS asked(minor, factor, step, ending, place) ORDER BY place"
            ),
            asked,
        )
        answers = found.all()

    assert answers == [one.minor(minor) for one, minor in cases]
    assert max(answers) < MOST_MINOR * 2


ENTRIES = ((1990, None), (3333, None), (3333, 2222))


async def test_bottles_cost_the_same_in_every_read(database: Database, clock: ManualClock) -> None:
    """Converted, entered, entered without a sale; with and without a sale of their own."""
    window = ShopWindow(AVAILABLE_UNITS)
    for at, (conversion, entry, sale) in enumerate(
        itertools.product((DOLLARS, DINARS, YEN), (None, *ENTRIES), (None, 1990, 2889))
    ):
        async with database.unit_of_work() as session:
            variant = await put_on_shelf(session, sku=f"BOTTLE-{at}", sale_price_minor=sale)
            held = None
            if entry:
                held = VariantPrice(
                    variant_id=variant.id,
                    currency=conversion.currency,
                    price_minor=entry[0],
                    sale_price_minor=entry[1],
                )
                session.add(held)
            found = (await offers(session, [variant.id], clock.now(), conversion))[variant.id]
        slug, now = f"bottle-{at}", clock.now()
        detail = json.loads(await window.product(database, slug, now, conversion=conversion))
        (shown,) = detail["variants"]

        price, on_sale = prices_in(conversion, 2890, sale, held)
        regular = Money(price, conversion.currency)
        today = Money(price if on_sale is None else on_sale, conversion.currency)
        assert found.regular_price == regular == Money(**shown["regular_price"])
        assert found.price == today == Money(**shown["price"])


def test_a_sale_that_rounding_makes_no_cheaper_is_none() -> None:
    assert prices_in(DOLLARS, 2890, 2889) == (3190, None)
    assert prices_in(DOLLARS, 2890, 1990) == (3190, 2190)


@pytest.mark.parametrize("language", [None, "de"])
async def test_every_shape_of_the_window_works_in_another_currency(
    shown: Database, now: datetime, language: str | None
) -> None:
    window = ShopWindow(AVAILABLE_UNITS)
    wishes = [
        Wish(
            sort=order,
            words=words,
            in_stock=flag,
            on_sale=not flag and not words,
            cheapest_minor=1 if flag else None,
            language=language,
        )
        for order in SortOrder
        for words in (None, "cedar")
        for flag in (False, True)
    ]

    for wish in wishes:
        own = json.loads((await window.page(shown, wish, now)).items)
        page = json.loads((await window.page(shown, wish, now, YEN)).items)
        assert {item["price"]["currency"] for item in page} <= {"JPY"}
        assert {item["id"] for item in own} == {item["id"] for item in page}
    for item in page:
        slug = item["slug"]
        detail = json.loads(await window.product(shown, slug, now, language, YEN))
        assert {one["price"]["currency"] for one in detail["variants"]} == {"JPY"}
        beneath = json.loads(await window.beneath(shown, slug, now, language, YEN))
        cards = [*beneath["related"], *beneath["similar"]]
        assert {card["price"]["currency"] for card in cards} <= {"JPY"}
    suggested = json.loads(await window.suggestions(shown, "ce", now, language, YEN))
    assert {card["price"]["currency"] for card in suggested["products"]} == {"JPY"}


async def test_a_list_is_sorted_by_the_prices_it_shows(shown: Database, now: datetime) -> None:
    wish = Wish(sort=SortOrder.CHEAPEST, cheapest_minor=4000, limit=10)
    page = await ShopWindow(AVAILABLE_UNITS).page(shown, wish, now, YEN)
    prices = [item["price"]["minor"] for item in json.loads(page.items)]

    assert prices == sorted(prices)
    assert prices[0] >= 4000
    assert all(price % 100 == 0 for price in prices)


async def test_the_database_writes_bottles_into_the_statement(
    shown: Database, now: datetime
) -> None:
    """Inlined, so that a product's page reads its own bottles by their index."""
    statement = text(
        "EXPLAIN SELECT price_minor FROM variants_in(:currency, :factor, :step, :ending) v"
        " WHERE v.id = 7"
    )
    async with shown.unit_of_work() as session:
        # Whether so small a table is worth its index depends on who counted its rows last.
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(await session.scalars(statement, bound(YEN)))

    assert "Function Scan" not in plan
    assert "pk_variants" in plan
