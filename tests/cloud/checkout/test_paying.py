"""From an order to a paid one, on good days and bad ones."""

import asyncio
from datetime import timedelta

import pytest

from cloud.checkout import service as checkout
from cloud.checkout.errors import NotPayable
from cloud.inventory.errors import OutOfStock
from cloud.inventory.service import StockLine, reserve
from cloud.orders.actors import SYSTEM
from cloud.orders.status import OrderStatus
from cloud.payments.errors import GatewayUnavailable
from cloud.refunds import service as refunds
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Market, Place
from tests.fakes.stripe.failures import ApiFailure

pytestmark = pytest.mark.needs_postgres

S = OrderStatus


async def open_page(market: Market, order_id: int) -> str:
    """Open the payment page and return the session's id."""
    parts = market.parts
    url = await checkout.pay_by_page(
        parts.database, parts.gateway, market.clock, parts.links, order_id
    )
    return url.rsplit("/", 1)[-1]


async def come_back(market: Market, session_id: str) -> tuple[str, bool] | None:
    parts = market.parts
    return await checkout.settle_return(parts.database, parts.gateway, market.clock, session_id)


def subjects(mailbox: Mailbox) -> list[str]:
    return [mail.subject for mail in mailbox.mails]


async def take_all_bottles(market: Market) -> None:
    """Let somebody else set the whole shelf aside."""
    async with market.database.unit_of_work() as session:
        variant_id = await market.scalar("SELECT id FROM variants")
        lines = [StockLine(variant_id, await market.on_hand())]
        await reserve(session, "order:0", lines, timedelta(days=9), market.clock.now())


async def test_a_webhook_pays_the_order_sells_the_bottles_and_mails_once(
    market: Market, place: Place, mailbox: Mailbox
) -> None:
    order_id = await place(2)
    session_id = await open_page(market, order_id)

    market.stripe.pay(session_id)
    await market.settle()

    order = await market.view(order_id)
    assert order.status is S.PAID
    assert await market.on_hand() == 8
    assert subjects(mailbox) == [f"Your order {order.number} is confirmed"]


@pytest.mark.parametrize("first", ["webhook", "return", "both at once"])
async def test_r08_return_and_webhook_in_any_order_pay_once(
    market: Market, place: Place, mailbox: Mailbox, first: str
) -> None:
    order_id = await place(1)
    session_id = await open_page(market, order_id)
    market.stripe.webhooks.set(paused=first == "return", duplicates=1)

    market.stripe.pay(session_id)
    if first == "both at once":
        await asyncio.gather(come_back(market, session_id), market.settle())
    elif first == "return":
        await come_back(market, session_id)
        market.stripe.webhooks.set(paused=False)
    await market.settle()
    back = await come_back(market, session_id)

    order = await market.view(order_id)
    assert back == (order.number, True)
    assert [step.status for step in order.history] == [S.PENDING, S.AWAITING_PAYMENT, S.PAID]
    assert await market.on_hand() == 9
    assert len(mailbox.mails) == 1


async def test_the_same_page_is_opened_again_while_it_is_good(market: Market, place: Place) -> None:
    order_id = await place(1)

    pages = await asyncio.gather(*(open_page(market, order_id) for _ in range(5)))
    await market.clock.advance(timedelta(minutes=20))
    pages.append(await open_page(market, order_id))
    await market.clock.advance(timedelta(minutes=14))
    fresh = await open_page(market, order_id)

    assert len(set(pages)) == 1
    assert fresh not in pages
    assert market.stripe.count("checkout.session") == 2


async def test_r14_a_lost_answer_when_opening_the_page_opens_the_same_page(
    market: Market, place: Place
) -> None:
    order_id = await place(1)
    market.stripe.order("reset_after", path="/v1/checkout/sessions")

    with pytest.raises(GatewayUnavailable):
        await open_page(market, order_id)
    session_id = await open_page(market, order_id)

    assert market.stripe.count("checkout.session") == 1
    market.stripe.pay(session_id)
    await market.settle()
    assert (await market.view(order_id)).status is S.PAID


async def test_a_page_whose_answer_was_lost_and_came_back_to_late_is_replaced(
    market: Market, place: Place
) -> None:
    order_id = await place(1)
    market.stripe.order("reset_after", path="/v1/checkout/sessions")
    with pytest.raises(GatewayUnavailable):
        await open_page(market, order_id)
    await market.clock.advance(timedelta(minutes=6))

    market.stripe.pay(await open_page(market, order_id))
    await market.settle()

    assert (await market.view(order_id)).status is S.PAID


async def test_a_page_that_was_never_made_does_not_keep_its_order_waiting(
    market: Market, place: Place
) -> None:
    order_id = await place(1)
    market.stripe.order("reset", path="/v1/checkout/sessions")
    with pytest.raises(GatewayUnavailable):
        await open_page(market, order_id)

    await market.clock.advance(timedelta(hours=2))
    await market.settle()

    assert (await market.view(order_id)).status is S.FAILED


async def test_r06_a_payment_after_the_hold_ended_counts_while_there_are_bottles(
    market: Market, place: Place
) -> None:
    order_id = await place(2)
    session_id = await open_page(market, order_id)
    await market.clock.advance(timedelta(minutes=25))

    market.stripe.pay(session_id)
    await market.settle()

    assert (await market.view(order_id)).status is S.PAID
    assert await market.on_hand() == 8


async def test_r06_a_payment_after_the_hold_ended_goes_back_when_the_bottles_are_gone(
    market: Market, place: Place, mailbox: Mailbox
) -> None:
    order_id = await place(2)
    session_id = await open_page(market, order_id)
    await market.clock.advance(timedelta(minutes=25))
    await take_all_bottles(market)

    market.stripe.pay(session_id)
    await market.settle()

    order = await market.view(order_id)
    assert order.status is S.FAILED
    assert market.stripe.count("refund", amount=order.total_minor) == 1
    assert await market.on_hand() == 10
    assert f"We return your payment for order {order.number}" in subjects(mailbox)


async def test_r07_a_payment_after_the_cancellation_goes_back(
    market: Market, place: Place, mailbox: Mailbox
) -> None:
    order_id = await place(2)
    session_id = await open_page(market, order_id)
    market.stripe.webhooks.set(paused=True)
    market.stripe.pay(session_id)
    async with market.database.unit_of_work() as session:
        await refunds.cancel_order(
            session,
            market.parts.gateway,
            order_id,
            "changed my mind",
            actor=SYSTEM,
            now=market.clock.now(),
        )

    market.stripe.webhooks.set(paused=False)
    await market.settle()

    order = await market.view(order_id)
    assert order.status is S.CANCELLED
    assert order.refunded_minor == 0
    assert market.stripe.count("refund", amount=order.total_minor) == 1
    assert await market.on_hand() == 10


async def test_r15_a_second_payment_of_one_order_goes_back(market: Market, place: Place) -> None:
    order_id = await place(1)
    first = await open_page(market, order_id)
    await market.clock.advance(timedelta(minutes=33, seconds=30))
    second = await open_page(market, order_id)
    assert first != second

    market.stripe.pay(first)
    market.stripe.pay(second)
    await market.settle()

    order = await market.view(order_id)
    assert order.status is S.PAID
    assert market.stripe.count("refund", amount=order.total_minor) == 1
    assert await market.on_hand() == 9
    assert await market.scalar("SELECT count(*) FROM payments WHERE is_accepted") == 1


async def test_a_payment_of_another_amount_goes_back_and_calls_staff(
    market: Market, place: Place
) -> None:
    order_id = await place(1)
    session_id = await open_page(market, order_id)
    market.stripe.account.objects[session_id]["amount_total"] = 1

    market.stripe.pay(session_id)
    await market.settle()

    assert (await market.view(order_id)).status is S.AWAITING_PAYMENT
    assert market.stripe.count("refund") == 1


async def test_an_order_that_nobody_pays_is_given_up_and_its_page_closed(
    market: Market, place: Place
) -> None:
    order_id = await place(2)
    session_id = await open_page(market, order_id)

    await market.clock.advance(timedelta(minutes=55))
    await market.settle()

    assert (await market.view(order_id)).status is S.FAILED
    assert market.stripe.account.objects[session_id]["status"] == "expired"
    assert await market.scalar("SELECT count(*) FROM stock_reservations") == 0


async def test_a_payment_at_the_last_moment_wins_over_giving_up(
    market: Market, place: Place
) -> None:
    order_id = await place(2)
    session_id = await open_page(market, order_id)
    market.stripe.webhooks.set(drop=1.0)
    market.stripe.pay(session_id)

    await market.clock.advance(timedelta(hours=2))
    await market.settle()

    assert (await market.view(order_id)).status is S.PAID


async def test_a_paid_order_cannot_be_paid_again(market: Market, place: Place) -> None:
    order_id = await place(1)
    market.stripe.pay(await open_page(market, order_id))
    await market.settle()

    with pytest.raises(NotPayable):
        await open_page(market, order_id)


async def test_a_declined_card_on_the_page_leaves_the_order_waiting(
    market: Market, place: Place, mailbox: Mailbox
) -> None:
    order_id = await place(1)
    session_id = await open_page(market, order_id)
    with pytest.raises(ApiFailure):
        market.stripe.pay(session_id, "pm_card_chargeDeclined")
    await market.settle()
    assert (await market.view(order_id)).status is S.AWAITING_PAYMENT
    market.stripe.pay(session_id)
    await market.settle()

    assert (await market.view(order_id)).status is S.PAID
    assert len(mailbox.mails) == 1


async def test_twelve_buyers_of_ten_bottles_pay_for_ten(market: Market, place: Place) -> None:
    async def buy() -> bool:
        try:
            order_id = await place(1)
        except OutOfStock:
            return False
        market.stripe.pay(await open_page(market, order_id))
        return True

    bought = await asyncio.gather(*(buy() for _ in range(12)))
    await market.settle()

    assert bought.count(True) == 10
    assert await market.on_hand() == 0
    assert await market.scalar("SELECT count(*) FROM orders WHERE status = 'PAID'") == 10
    assert market.stripe.count("refund") == 0
