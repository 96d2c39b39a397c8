"""Orders with discounts and gift cards that are cancelled, refunded, or made by a household."""

import pytest

from cloud.orders.actors import Actor, ActorKind
from cloud.refunds import service as refunds
from cloud.refunds.schemas import RefundRequest
from tests.fakes.promotions import give_card, promote

pytestmark = pytest.mark.needs_postgres

TWO = 5780
SAM = Actor(ActorKind.STAFF, None, "Sam")


async def _refund(market, **asked):
    order_id = await market.scalar("SELECT id FROM orders")
    async with market.database.unit_of_work() as session:
        await refunds.refund_order(
            session,
            market.parts.gateway,
            order_id,
            RefundRequest(**asked),
            actor=SAM,
            now=market.clock.now(),
        )
    await market.settle()


@pytest.fixture
async def bought(market, buying, bottle):
    """Two bottles, a tenth off by a coupon, 20 EUR paid by a gift card and the rest by card."""
    async with market.database.unit_of_work() as session:
        await promote(session, "SPRING", most_uses_each=1)
        issued = await give_card(session, 2000, market.clock.now())
    await buying.put(bottle, 2)
    await buying.enter("SPRING")
    await buying.enter(issued.code)
    placed = await buying.check_out(TWO - 578, seen_due_minor=TWO - 2578)
    assert placed.status_code == 201, placed.text
    market.stripe.pay(placed.json()["url"].rsplit("/", 1)[-1])
    await market.settle()
    return issued.card


async def test_all_given_back_is_what_was_paid_and_frees_the_coupon(market, bought):
    items = await market.rows("SELECT id FROM order_items")

    await _refund(market, lines={items[0].id: 1})
    assert await market.scalar("SELECT count(*) FROM redemptions WHERE ended_at IS NULL") == 1
    await _refund(market)

    [order] = await market.rows("SELECT status, refunded_minor, total_minor FROM orders")
    assert tuple(order) == ("REFUNDED", TWO - 578, TWO - 578)
    assert await market.scalar("SELECT sum(amount_minor) FROM refunds") == TWO - 578
    assert await market.scalar("SELECT balance_minor FROM gift_cards") == 2000
    assert await market.scalar("SELECT end_reason FROM redemptions") == "REFUNDED"


async def test_a_promotion_may_keep_its_use_when_the_purchase_is_given_back(market, bought):
    await market.run("UPDATE promotions SET returns_use = false")

    await _refund(market)

    assert await market.scalar("SELECT end_reason FROM redemptions") is None
