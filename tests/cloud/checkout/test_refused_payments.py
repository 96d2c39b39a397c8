"""A buyer whose card was refused is told of it when they left it at that, and once an attempt."""

from datetime import timedelta

import pytest

from cloud.checkout import service as checkout
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Market, Place
from tests.fakes.stripe.failures import ApiFailure

pytestmark = pytest.mark.needs_postgres

DECLINED, NO_FUNDS = "pm_card_chargeDeclined", "pm_card_chargeDeclinedInsufficientFunds"
TOLD = "did not go through"


async def page_of(market: Market, order_id: int) -> str:
    parts = market.parts
    url = await checkout.pay_by_page(
        parts.database, parts.gateway, market.clock, parts.links, order_id
    )
    return url.rsplit("/", 1)[-1]


async def is_refused(market: Market, page: str, card: str = DECLINED) -> None:
    with pytest.raises(ApiFailure):
        market.stripe.pay(page, card)
    await market.settle()


async def pass_by(market: Market, minutes: int) -> None:
    """Let minutes go by, and the worker look at what is due."""
    market.clock.step(timedelta(minutes=minutes))
    async with market.database.unit_of_work() as session:
        await checkout.find_refused(session, market.clock.now())
    await market.settle()


def told(mailbox: Mailbox) -> list[str]:
    return [mail.text for mail in mailbox.mails if TOLD in mail.subject]


async def test_who_left_after_a_refusal_is_told_once_with_the_way_to_pay(
    market: Market, place: Place, customer: CloudClient, mailbox: Mailbox
) -> None:
    order_id = await place(1, user_id=await market.user_id())
    await is_refused(market, await page_of(market, order_id), NO_FUNDS)

    for _ in range(3):
        await pass_by(market, 10)

    (text,) = told(mailbox)
    number = (await market.view(order_id)).number
    assert "Your card has insufficient funds." in text
    assert f"/account/orders/{number}" in text
    listed = (await customer.get("/api/v1/me/notifications")).json()["notifications"]
    kinds = [one["kind"] for one in listed]
    assert [kind for kind in kinds if kind.startswith("ORDER_")] == ["ORDER_PAYMENT_FAILED"]


async def test_who_pays_with_another_card_at_once_is_not_told(
    market: Market, place: Place, mailbox: Mailbox
) -> None:
    page = await page_of(market, await place(1))
    await is_refused(market, page)
    await pass_by(market, 9)
    market.stripe.pay(page)
    await market.settle()

    await pass_by(market, 10)

    assert told(mailbox) == []


async def test_who_is_still_trying_is_left_in_peace_until_they_stop(
    market: Market, place: Place, mailbox: Mailbox
) -> None:
    page = await page_of(market, await place(1))
    for _ in range(3):
        await is_refused(market, page)
        await pass_by(market, 8)
        assert told(mailbox) == []

    await pass_by(market, 2)

    assert len(told(mailbox)) == 1


async def test_who_went_on_to_another_attempt_is_told_of_that_one_alone(
    market: Market, place: Place, mailbox: Mailbox
) -> None:
    order_id = await place(1)
    await is_refused(market, await page_of(market, order_id))
    parts = market.parts
    state = await checkout.pay_by_intent(parts.database, parts.gateway, market.clock, order_id)
    assert state is not None

    await pass_by(market, 10)
    assert told(mailbox) == []
    with pytest.raises(ApiFailure):
        market.stripe.confirm(state.intent_id, NO_FUNDS)
    await market.settle()
    await pass_by(market, 10)

    assert ["insufficient" in text for text in told(mailbox)] == [True]


async def test_who_is_refused_at_the_end_is_told_while_the_order_can_still_be_paid(
    market: Market, place: Place, mailbox: Mailbox
) -> None:
    order_id = await place(1)
    parts = market.parts
    state = await checkout.pay_by_intent(parts.database, parts.gateway, market.clock, order_id)
    assert state is not None
    left = (await market.view(order_id)).pay_until - market.clock.now()
    market.clock.step(left - timedelta(minutes=6))
    with pytest.raises(ApiFailure):
        market.stripe.confirm(state.intent_id, DECLINED)
    await market.settle()

    await pass_by(market, 1)

    assert len(told(mailbox)) == 1
