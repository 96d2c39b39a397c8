"""Buying a gift card, from the cart to the mail that brings the code."""

import re
from datetime import timedelta

import pytest

from cloud.gifts.service import find_due, issue
from cloud.orders import service as orders
from tests.fakes.mailbox import Mailbox
from tests.fakes.presents import buy_gift, code_in, mails_to, put_gift

pytestmark = pytest.mark.needs_postgres


async def test_a_paid_gift_card_is_issued_once_and_goes_to_whom_it_is_for(
    market, buying, mailbox: Mailbox
):
    number = await buy_gift(market, buying)

    [card] = await market.rows("SELECT balance_minor, currency, note, expires_at FROM gift_cards")
    assert tuple(card) == (5000, "EUR", number, None)
    [order] = await market.rows(
        "SELECT status, tax_minor, shipping_minor, sold_cards_minor, shipping_address FROM orders"
    )
    assert tuple(order) == ("COMPLETED", 0, 0, 5000, None)
    [mail] = mails_to(mailbox, "ana@example.org")
    assert "Ben" in mail.subject
    assert "Happy birthday!" in mail.text
    labels = re.findall(r"^(Code|From|Message|Amount): ", mail.text, re.MULTILINE)
    assert labels == ["Code", "From", "Message", "Amount"]
    code = code_in(mail.text)
    entered = await buying.enter(code)
    assert entered.json()["codes"][0]["shown"] == code[-4:]


async def test_what_was_issued_is_not_issued_again_whoever_asks(market, buying, mailbox: Mailbox):
    await buy_gift(market, buying)

    async with market.database.unit_of_work() as session:
        order = await orders.lock(session, await market.scalar("SELECT id FROM orders"))
        await issue(session, market.parts.sealer, order, market.clock.now())
    await market.settle()

    assert await market.scalar("SELECT count(*) FROM gift_cards") == 1
    assert len(mails_to(mailbox, "ana@example.org")) == 1


async def test_the_code_is_nowhere_in_clear(market, buying, mailbox: Mailbox):
    await buy_gift(market, buying)
    [mail] = mails_to(mailbox, "ana@example.org")
    code = code_in(mail.text)

    stored = await market.rows(
        "SELECT facts::text, message, title FROM notifications WHERE kind = 'GIFT_CARD'"
    )
    jobs = await market.rows("SELECT args::text FROM procrastinate_jobs")

    assert code not in str(stored)
    assert code not in str(jobs)


async def test_a_card_for_later_goes_out_on_its_day_at_nine_in_the_shops_zone(
    market, buying, mailbox: Mailbox
):
    day = (market.clock.now() + timedelta(days=30)).date()
    await buy_gift(market, buying, deliver_on=day.isoformat())
    [due] = await market.rows(
        "SELECT due_at AT TIME ZONE 'Europe/Berlin' AS at, sent_at FROM sold_gifts"
    )

    assert (due.at.date(), due.at.hour, due.sent_at) == (day, 9, None)
    assert mails_to(mailbox, "ana@example.org") == []

    await market.clock.advance(timedelta(days=31))
    for _ in range(2):
        async with market.database.unit_of_work() as session:
            await find_due(session, market.clock.now())
        await market.settle()

    assert len(mails_to(mailbox, "ana@example.org")) == 1


async def test_bottles_and_a_card_together_take_discount_delivery_and_tax_of_the_bottles_alone(
    market, buying, bottle
):
    await put_gift(buying)
    await buying.put(bottle, 1)

    placed = await buying.check_out(3280 + 5000)

    assert placed.status_code == 201, placed.text
    [order] = await market.rows(
        "SELECT subtotal_minor, shipping_minor, total_minor, tax_minor, sold_cards_minor"
        " FROM orders"
    )
    assert tuple(order) == (7890, 390, 8280, 523, 5000)
    market.stripe.pay(placed.json()["url"].rsplit("/", 1)[-1])
    await market.settle()
    assert await market.scalar("SELECT status FROM orders") == "PAID"
    assert await market.scalar("SELECT count(*) FROM cart_gifts") == 0


async def test_a_gift_card_pays_no_gift_card(market, buying, mailbox: Mailbox):
    await buy_gift(market, buying)
    [mail] = mails_to(mailbox, "ana@example.org")
    await put_gift(buying, amount_minor=2500)
    await buying.enter(code_in(mail.text))

    placed = await buying.check_out(2500, shipping_address=None)

    assert placed.status_code == 201, placed.text
    [order] = await market.rows("SELECT gift_card_minor FROM orders ORDER BY id DESC LIMIT 1")
    assert order.gift_card_minor == 0


async def test_a_press_on_order_twice_makes_one_order_and_another_gift_another(market, buying):
    await put_gift(buying)
    first = await buying.check_out(5000, shipping_address=None)
    again = await buying.check_out(5000, shipping_address=None)
    await put_gift(buying, recipient_name="Eva")
    third = await buying.check_out(10_000, shipping_address=None)

    assert first.json()["order_number"] == again.json()["order_number"]
    assert third.json()["order_number"] != first.json()["order_number"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount_minor": 999}, "gift_amount_not_sold"),
        ({"amount_minor": 50_001}, "gift_amount_not_sold"),
        ({"recipient_name": ""}, "recipient_missing"),
        ({"recipient_email": ""}, "recipient_missing"),
        ({"deliver_on": "2020-01-01"}, "gift_day_wrong"),
        ({"deliver_on": "2999-01-01"}, "gift_day_wrong"),
    ],
)
async def test_a_card_that_is_not_sold_so_is_refused_in_words(buying, changes, code):
    refused = await put_gift(buying, **changes)

    assert refused.status_code == 422
    assert refused.json()["code"] == code


async def test_a_line_break_in_a_name_cannot_reach_a_mails_head(buying):
    refused = await put_gift(buying, sender_name="Ben\r\nBcc: all@example.org")

    assert refused.status_code == 422
