"""Bottles set aside for a payment: for how long, how often prolonged, and who comes too late."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from cloud.checkout import service as checkout
from cloud.inventory.errors import OutOfStock
from cloud.orders.status import OrderStatus
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Market, Place

pytestmark = pytest.mark.needs_postgres


async def intent_of(market: Market, order_id: int) -> str:
    state = await checkout.pay_by_intent(
        market.database, market.parts.gateway, market.clock, order_id
    )
    assert state is not None
    return state.intent_id


async def page_of(market: Market, order_id: int) -> str:
    parts = market.parts
    url = await checkout.pay_by_page(
        parts.database, parts.gateway, market.clock, parts.links, order_id
    )
    return url.rsplit("/", 1)[-1]


async def held_until(market: Market) -> datetime:
    moment: Any = await market.scalar("SELECT max(expires_at) FROM stock_reservations")
    assert isinstance(moment, datetime)
    return moment


async def test_a_hold_of_15_minutes_is_prolonged_by_the_first_attempt_alone(
    market: Market, place: Place
) -> None:
    placed_at = market.clock.now()
    order_id = await place(1)
    first = await held_until(market)
    await market.clock.advance(timedelta(minutes=10))
    await page_of(market, order_id)
    prolonged = await held_until(market)
    await market.clock.advance(timedelta(minutes=10))
    await intent_of(market, order_id)

    assert first == placed_at + timedelta(minutes=15)
    assert prolonged == placed_at + timedelta(minutes=25)
    assert await held_until(market) == prolonged


async def test_r05_a_hold_that_lapsed_before_the_payment_began_is_made_anew_or_refused(
    market: Market, place: Place
) -> None:
    slow = await place(6)
    await market.clock.advance(timedelta(minutes=16))
    quick = await place(6)

    with pytest.raises(OutOfStock):
        await intent_of(market, slow)
    market.stripe.confirm(await intent_of(market, quick))
    await market.settle()

    assert (await market.view(quick)).status is OrderStatus.PAID
    assert market.stripe.count("payment_intent") == 1
    assert await market.on_hand() == 4


@pytest.mark.parametrize("is_gone", [False, True])
async def test_r06_a_late_payment_takes_the_bottles_again_or_goes_back_whole(
    market: Market, place: Place, mailbox: Mailbox, *, is_gone: bool
) -> None:
    late = await place(6)
    intent = await intent_of(market, late)
    await market.clock.advance(timedelta(minutes=20))
    if is_gone:
        await place(6)

    market.stripe.confirm(intent)
    await market.settle()

    order = await market.view(late)
    told = [mail.subject for mail in mailbox.mails]
    assert order.status is (OrderStatus.FAILED if is_gone else OrderStatus.PAID)
    assert market.stripe.count("refund", amount=order.total_minor) == int(is_gone)
    assert await market.on_hand() == (10 if is_gone else 4)
    assert (f"We return your payment for order {order.number}" in told) is is_gone
