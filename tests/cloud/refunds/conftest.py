"""The shop of these tests, and a paid order in it."""

import pytest

from cloud.checkout import service as checkout
from tests.fakes.market import Market, Place, fake_stripe, market, place, relay, settings

__all__ = ["fake_stripe", "market", "paid", "place", "relay", "settings"]


@pytest.fixture
async def paid(market: Market, place: Place) -> int:
    """The id of a paid order of two bottles for 57.80 EUR."""
    parts = market.parts
    order_id = await place(2)
    url = await checkout.pay_by_page(
        parts.database, parts.gateway, market.clock, parts.links, order_id
    )
    market.stripe.pay(url.rsplit("/", 1)[-1])
    await market.settle()
    return order_id
