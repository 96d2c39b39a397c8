"""Quotes at the prices and settings that the database holds."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from cloud.discounts.service import quote
from cloud.inventory.service import StockLine
from cloud.pricing.errors import NotSellable
from cloud.site.models import SiteSettings
from tests.fakes.shelf import put_on_shelf
from tests.fakes.site import a_site, stored

pytestmark = pytest.mark.needs_postgres


@pytest.fixture
async def shop(database):
    async with database.unit_of_work() as session:
        await session.execute(update(SiteSettings).values(stored(a_site())))
    return database


async def test_a_quote_is_given_at_the_price_of_the_moment(shop, clock):
    async with shop.unit_of_work() as session:
        variant = await put_on_shelf(
            session, sale_price_minor=1990, sale_ends_at=clock.now() + timedelta(days=1)
        )
        lines = [StockLine(variant.id, 2)]

        today = await quote(session, lines, "DE", clock.now())
        later = await quote(session, lines, "DE", clock.now() + timedelta(days=1))

    assert (today.quote.total.minor, later.quote.total.minor) == (3980 + 490, 5780 + 490)
    assert today.quote.currency == "EUR"
    assert (today.quote.delivery.p50_days, today.quote.delivery.p90_days) == (2, 4)


async def test_lines_stay_in_order_even_two_of_one_variant(shop, clock):
    async with shop.unit_of_work() as session:
        first = await put_on_shelf(session)
        second = await put_on_shelf(session, "LAVFLD-30", price_minor=100)
        lines = [StockLine(second.id, 1), StockLine(first.id, 1), StockLine(second.id, 2)]

        given = await quote(session, lines, "DE", clock.now(), method="standard")

    assert [(line.variant_id, line.quantity) for line in given.quote.lines] == [
        (second.id, 1),
        (first.id, 1),
        (second.id, 2),
    ]
    assert given.quote.weight_g == 4 * 290


async def test_a_variant_that_does_not_exist_has_no_price(shop, clock):
    async with shop.unit_of_work() as session:
        with pytest.raises(NotSellable) as caught:
            await quote(session, [StockLine(404, 1)], "DE", clock.now())

    assert caught.value.variant_ids == (404,)
