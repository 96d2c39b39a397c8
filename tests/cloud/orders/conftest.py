"""The shop of these tests, and an order in it."""

import pytest

from cloud.checkout import service as checkout
from cloud.checkout.service import Buyer, Purchase, PurchaseLine
from cloud.orders.actors import Actor, ActorKind
from tests.fakes.market import ADDRESS, Market, fake_stripe, market, relay, settings

__all__ = ["fake_stripe", "market", "placed", "relay", "settings"]


@pytest.fixture
async def placed(market: Market) -> int:
    """The id of a guest's order of two bottles that waits for its payment."""
    async with market.database.unit_of_work() as session:
        variant_id = await market.scalar("SELECT id FROM variants")
        purchase = Purchase(
            buyer=Buyer(None, "guest@example.org"),
            lines=[PurchaseLine(variant_id, 2)],
            shipping_address=ADDRESS,
        )
        order = await checkout.place_order(
            session, purchase, actor=Actor(ActorKind.CUSTOMER), now=market.clock.now()
        )
        return order.id
