"""Refills and promotions: what is everybody's lowers the price, what is somebody's does not."""

from datetime import timedelta

import pytest

from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Home, Market
from tests.fakes.promotions import promote
from tests.fakes.refills import agree, runs_low, the_refill

pytestmark = pytest.mark.needs_postgres


async def _promote(market: Market, **facts: object) -> None:
    async with market.database.unit_of_work() as session:
        await promote(session, **facts)


async def test_a_promotion_lowers_what_a_household_agreed_to_and_is_counted(
    market: Market, home: Home, customer: CloudClient
) -> None:
    await market.give_card(home.user_id)
    assert await agree(market, customer, home) == 204
    await _promote(market, most_uses=10)

    await runs_low(market, home)
    await market.clock.advance(timedelta(hours=25))
    await market.settle()

    assert (await the_refill(customer))["stage"] == "paid"
    assert market.stripe.count("charge", amount=3280 - 289) == 1
    assert await market.scalar("SELECT count(*) FROM redemptions WHERE ended_at IS NULL") == 1


async def test_a_promotion_for_somebodys_first_order_does_not_touch_a_refill(
    market: Market, home: Home, customer: CloudClient
) -> None:
    await market.give_card(home.user_id)
    assert await agree(market, customer, home) == 204
    await _promote(market, is_first_order=True)

    await runs_low(market, home)
    await market.clock.advance(timedelta(hours=25))
    await market.settle()

    assert market.stripe.count("charge", amount=3280) == 1
