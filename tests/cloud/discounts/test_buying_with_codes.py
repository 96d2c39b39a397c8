"""Coupons, promotions and gift cards on their way from cart to paid order, over HTTP."""

from datetime import timedelta

import pytest

from cloud.discounts.service import list_unexplained
from tests.fakes.buying import Buying
from tests.fakes.cloud_client import CloudClient
from tests.fakes.promotions import give_card, promote

pytestmark = pytest.mark.needs_postgres

# Two bottles are 57.80 EUR, delivered free; one is 28.90 and 3.90 for the parcel.
TWO, ONE = 5780, 3280


async def _promote(market, code="", **facts):
    async with market.database.unit_of_work() as session:
        return await promote(session, code, **facts)


async def _card(market, minor, **facts):
    async with market.database.unit_of_work() as session:
        return await give_card(session, minor, market.clock.now(), **facts)


async def _balance(market, card):
    return await market.scalar("SELECT balance_minor FROM gift_cards WHERE id = :id", id=card.id)


async def _live_uses(market):
    return await market.scalar("SELECT count(*) FROM redemptions WHERE ended_at IS NULL")


async def _quote(client, bottle, quantity=1, **wish):
    lines = [{"variant_id": bottle, "quantity": quantity}]
    answer = await client.post_json("/api/v1/quotes", {"lines": lines, "country": "DE", **wish})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_coupon_makes_the_order_cheaper_and_its_use_is_counted(market, buying, bottle):
    await _promote(market, "SPRING", most_uses=1)
    await buying.put(bottle, 2)

    entered = await buying.enter(" spring ")
    placed = await buying.check_out(TWO - 578)

    assert entered.json()["codes"][0]["shown"] == "SPRING"
    assert placed.status_code == 201, placed.text
    [order] = await market.rows("SELECT discount_minor, total_minor, discounts FROM orders")
    assert (order.discount_minor, order.total_minor) == (578, TWO - 578)
    assert order.discounts[0] | {"promotion_id": 0} == {
        "promotion_id": 0,
        "code": "SPRING",
        "name": "Promotion SPRING",
        "amount_minor": 578,
    }
    assert await market.scalar("SELECT sum(discount_minor) FROM order_items") == 578
    assert await _live_uses(market) == 1

    market.stripe.pay(placed.json()["url"].rsplit("/", 1)[-1])
    await market.settle()

    assert await market.scalar("SELECT status FROM orders") == "PAID"
    assert await market.scalar("SELECT count(*) FROM cart_codes") == 0


async def test_looking_again_at_a_cart_whose_order_waits_finds_its_own_last_use(
    market, buying, bottle
):
    await _promote(market, "SPRING", most_uses=1, most_uses_each=1)
    await buying.put(bottle, 2)
    await buying.enter("SPRING")

    first = await buying.check_out(TWO - 578)
    again = await buying.check_out(TWO - 578)

    assert first.json()["order_number"] == again.json()["order_number"]


async def test_an_order_that_ends_unpaid_gives_its_use_and_its_money_back(market, buying, bottle):
    await _promote(market, "SPRING", most_uses=1)
    issued = await _card(market, 1000)
    await buying.put(bottle, 2)
    await buying.enter("SPRING")
    await buying.enter(issued.code)

    assert (await buying.check_out(TWO - 578)).status_code == 201
    await market.clock.advance(timedelta(hours=2))
    await market.settle()

    assert await market.scalar("SELECT status FROM orders") == "FAILED"
    assert await _live_uses(market) == 0
    assert await _balance(market, issued.card) == 1000


async def test_an_automatic_promotion_needs_no_code(market, buying, bottle, client):
    await _promote(market, from_minor=5000)

    one, two = await _quote(client, bottle, 1), await _quote(client, bottle, 2)

    assert (one["discount"]["minor"], two["discount"]["minor"]) == (0, 578)
    assert [part["code"] for part in two["discounts"]] == [""]


async def test_a_quote_says_why_a_code_does_not_count(market, client, bottle):
    await _promote(market, "BIG", from_minor=10_000)

    quoted = await _quote(client, bottle, 1, codes=["big"])

    assert quoted["refusals"] == [
        {
            "code": "BIG",
            "why": "minimum_not_reached",
            "message": "This code counts from €100.00 on.",
        }
    ]
    assert quoted["total"]["minor"] == ONE


async def test_an_unknown_code_is_refused_and_guessing_is_slowed_down(market, buying, bottle):
    await buying.put(bottle)

    refused = [await buying.enter(f"GUESS-{at}") for at in range(12)]

    assert refused[0].json()["code"] == "code_unknown"
    assert {answer.status_code for answer in refused} == {422, 429}


@pytest.mark.parametrize("typed", ["\0", "\U0001f600", "a" * 60, "\u017fpring", "%", "   "])
async def test_what_can_be_no_code_is_unknown(market, buying, typed):
    refused = await buying.enter(typed)

    assert (refused.status_code, refused.json()["code"]) == (422, "code_unknown")


async def test_codes_of_a_guest_come_along_when_they_sign_in(market, buying, bottle, customer):
    await _promote(market, "SPRING")
    await _promote(market, "SUMMER")
    issued = await _card(market, 2000)
    member = Buying(customer)
    await member.enter("SUMMER")
    await buying.put(bottle, 2)
    await buying.enter("SPRING")
    await buying.enter("SUMMER")
    await buying.enter(issued.code)

    customer.cookies.set("scent_cart", buying.client.cookies["scent_cart"])
    codes = (await customer.get("/api/v1/cart/codes")).json()["codes"]

    assert [one["shown"] for one in codes] == ["SUMMER", "SPRING", issued.card.ending]


async def test_a_guest_is_the_same_person_however_the_address_is_written(
    market, buying, bottle, app
):
    await _promote(market, "ONCE", most_uses_each=1)
    await buying.put(bottle, 2)
    await buying.enter("ONCE")
    assert (await buying.check_out(TWO - 578)).status_code == 201

    async with CloudClient(app) as other:
        again = Buying(other, "Guest+again@Example.org")
        await again.put(bottle, 2)
        await again.enter("ONCE")
        refused = await again.check_out(TWO - 578)

    assert refused.json()["code"] == "total_changed"
    assert refused.json()["total_minor"] == TWO


async def test_a_gift_card_pays_a_part_and_the_rest_is_asked_for(market, buying, bottle):
    issued = await _card(market, 2000)
    await buying.put(bottle, 2)
    await buying.enter(issued.code.lower().replace("-", " "))

    placed = await buying.check_out(TWO, seen_due_minor=TWO - 2000)
    session_id = placed.json()["url"].rsplit("/", 1)[-1]
    assert await _balance(market, issued.card) == 2000
    market.stripe.pay(session_id)
    await market.settle()

    [order] = await market.rows("SELECT status, total_minor, gift_card_minor FROM orders")
    assert tuple(order) == ("PAID", TWO, 2000)
    assert await market.scalar("SELECT amount_minor FROM payments") == TWO - 2000
    assert await _balance(market, issued.card) == 0


async def test_an_order_that_a_gift_card_pays_wholly_needs_no_payment_page(market, buying, bottle):
    issued = await _card(market, 9000)
    await buying.put(bottle, 2)
    await buying.enter(issued.code)

    placed = await buying.check_out(TWO, seen_due_minor=0)

    assert placed.json()["url"] == placed.json()["order_url"]
    assert await market.scalar("SELECT status FROM orders") == "PAID"
    assert await market.scalar("SELECT count(*) FROM payments") == 0
    assert await _balance(market, issued.card) == 9000 - TWO
    async with market.database.unit_of_work() as session:
        assert await list_unexplained(session) == []


async def test_money_that_an_unpaid_order_holds_is_not_there_for_another(
    market, buying, bottle, app, client
):
    issued = await _card(market, 2000)
    await buying.put(bottle, 2)
    await buying.enter(issued.code)
    await buying.check_out(TWO)

    async with CloudClient(app) as other:
        while_held = await _quote(other, bottle, 2, codes=[issued.code])
        await market.clock.advance(timedelta(hours=2))
        after = await _quote(other, bottle, 2, codes=[issued.code])

    assert (while_held["gift_card"]["minor"], while_held["refusals"][0]["why"]) == (
        0,
        "card_is_empty",
    )
    assert after["gift_card"]["minor"] == 2000


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("blocked_at = now()", "card_is_blocked"),
        ("issued_at = '2020-01-01', expires_at = '2020-01-02'", "expired"),
        ("currency = 'USD'", "other_currency"),
    ],
)
async def test_a_card_that_cannot_pay_says_why(market, client, bottle, change, why):
    issued = await _card(market, 2000)
    await market.run(f"UPDATE gift_cards SET {change}")

    quoted = await _quote(client, bottle, 1, codes=[issued.code])

    assert [one["why"] for one in quoted["refusals"]] == [why]


async def test_r17_a_promotion_that_ended_between_cart_and_button_is_told_before_payment(
    market, buying, bottle
):
    await _promote(market, ends_at=market.clock.now() + timedelta(minutes=1))
    await buying.put(bottle, 2)

    await market.clock.advance(timedelta(minutes=2))
    refused = await buying.check_out(TWO - 578)

    assert refused.status_code == 409
    assert refused.json() | {"message": "", "hint": ""} == {
        "code": "total_changed",
        "message": "",
        "hint": "",
        "seen_minor": TWO - 578,
        "total_minor": TWO,
        "currency": "EUR",
    }
    assert await market.scalar("SELECT count(*) FROM orders") == 0


async def test_r17_a_card_spent_elsewhere_between_cart_and_button_is_told_before_payment(
    market, buying, bottle
):
    issued = await _card(market, 2000)
    await buying.put(bottle, 2)
    await buying.enter(issued.code)
    await market.run("UPDATE gift_cards SET balance_minor = 500")

    refused = await buying.check_out(TWO, seen_due_minor=TWO - 2000)

    assert refused.json()["total_minor"] == TWO - 500


async def test_a_late_payment_does_not_pass_a_limit_that_others_reached(
    market, buying, bottle, app
):
    await _promote(market, "LAST", most_uses=1)
    await buying.put(bottle, 2)
    await buying.enter("LAST")
    late = await buying.check_out(TWO - 578)
    await market.run("UPDATE orders SET pay_until = now() - interval '1 hour', status = 'FAILED'")
    await market.run("UPDATE redemptions SET ended_at = now(), end_reason = 'UNPAID'")
    async with CloudClient(app) as other:
        quick = Buying(other, "quick@example.org")
        await quick.put(bottle, 2)
        await quick.enter("LAST")
        assert (await quick.check_out(TWO - 578)).status_code == 201

    market.stripe.pay(late.json()["url"].rsplit("/", 1)[-1])
    await market.settle()

    statuses = await market.rows("SELECT status FROM orders ORDER BY id")
    assert [row.status for row in statuses] == ["FAILED", "AWAITING_PAYMENT"]
    assert await market.scalar("SELECT sum(amount_minor) FROM refunds") == TWO - 578
    assert await _live_uses(market) == 1
