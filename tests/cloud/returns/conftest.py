"""The shop of these tests, and an order that arrived."""

import pytest

from cloud.checkout import service as checkout
from cloud.orders import service as orders
from cloud.orders.actors import SYSTEM
from cloud.orders.schemas import NewShipment
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market, Place, fake_stripe, market, place, relay, settings

__all__ = ["arrived", "fake_stripe", "market", "place", "relay", "settings"]


@pytest.fixture
async def arrived(market: Market, place: Place, customer: CloudClient) -> str:
    """The number of a customer's order of three bottles, 28.90 EUR each, that just arrived."""
    parts = market.parts
    order_id = await place(3, user_id=await market.user_id())
    url = await checkout.pay_by_page(
        parts.database, parts.gateway, market.clock, parts.links, order_id
    )
    market.stripe.pay(url.rsplit("/", 1)[-1])
    await market.settle()
    async with market.database.unit_of_work() as session:
        now = market.clock.now()
        await orders.ship(session, order_id, NewShipment(carrier="DHL"), actor=SYSTEM, now=now)
        await orders.mark_delivered(session, order_id, actor=SYSTEM, now=now)
    return (await market.view(order_id)).number
