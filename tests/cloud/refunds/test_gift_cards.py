"""Orders that gift cards paid, in part or wholly: each means gets back what it paid, no more."""

from datetime import timedelta

import pytest

from cloud.checkout import service as checkout
from cloud.checkout.service import Buyer, Purchase, PurchaseLine
from cloud.discounts import service as discounts
from cloud.discounts.service import Entered
from cloud.foundation.money import Money
from cloud.orders.actors import Actor, ActorKind
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import ADDRESS, Market

pytestmark = pytest.mark.needs_postgres


async def paid_with_card(market: Market, worth_minor: int) -> str:
    """Return the number of a paid order of two bottles, 57.80 EUR, a gift card paying first."""
    variant_id = await market.scalar("SELECT id FROM variants ORDER BY id LIMIT 1")
    async with market.database.unit_of_work() as session:
        now = market.clock.now()
        ends = now + timedelta(days=30)
        made = await discounts.issue(
            session, Money(worth_minor, "EUR"), now, issued_by=None, expires_at=ends
        )
        purchase = Purchase(
            buyer=Buyer(None, "guest@example.org"),
            lines=[PurchaseLine(variant_id, 2)],
            shipping_address=ADDRESS,
            entered=Entered(gift_card_ids=(made.card.id,)),
        )
        order = await checkout.place_order(
            session, purchase, actor=Actor(ActorKind.CUSTOMER), now=now
        )
    parts = market.parts
    url = await checkout.pay_by_page(
        parts.database, parts.gateway, market.clock, parts.links, order.id
    )
    if order.due_minor:
        market.stripe.pay(url.rsplit("/", 1)[-1])
    await market.settle()
    return order.number


async def balance(market: Market) -> int:
    return int(await market.scalar("SELECT balance_minor FROM gift_cards"))


async def test_each_means_of_payment_gets_its_part_back(market: Market, staff: CloudClient) -> None:
    number = await paid_with_card(market, 2_000)
    path = f"/api/v1/staff/orders/{number}/refunds"
    item = await market.scalar("SELECT id FROM order_items")
    assert await balance(market) == 0

    await staff.post_json(path, {"lines": {str(item): 1}})
    await market.settle()
    after_one = await balance(market)
    await staff.post_json(path, {})
    await market.settle()

    sent = [one["amount"] for one in market.stripe.account.all("refund")]
    assert (after_one, await balance(market)) == (1_000, 2_000)
    assert sent == [1_890, 1_890]
    assert await market.scalar("SELECT status FROM orders") == "REFUNDED"


async def test_an_order_that_a_gift_card_paid_alone_goes_back_to_it_at_once(
    market: Market, staff: CloudClient
) -> None:
    number = await paid_with_card(market, 10_000)

    made = await staff.post_json(f"/api/v1/staff/orders/{number}/refunds", {"amount_minor": 780})

    assert made.json()[0]["stage"] == "succeeded"
    assert await balance(market) == 10_000 - 5_780 + 780
    assert market.stripe.count("refund") == 0


async def test_cancelling_gives_the_gift_card_its_money_back_once(
    market: Market, staff: CloudClient
) -> None:
    number = await paid_with_card(market, 2_000)

    for _ in range(2):
        await staff.post_json(f"/api/v1/staff/orders/{number}/cancel", {"reason": ""})
        await market.settle()

    assert await balance(market) == 2_000
    assert [one["amount"] for one in market.stripe.account.all("refund")] == [3_780]
