"""The price of a sold card goes back as far as nobody spent it, and the card with it."""

import pytest

from cloud.discounts import service as discounts
from cloud.discounts.service import list_unexplained
from cloud.foundation.money import Money
from cloud.payments.states import RefundState, RefundStatus
from cloud.refunds.service import settle_refund
from tests.fakes.buying import Buying
from tests.fakes.presents import buy_gift, code_in, mails_to, put_gift

pytestmark = pytest.mark.needs_postgres


async def _refund(staff, number, **asked):
    return await staff.post_json(f"/api/v1/staff/orders/{number}/refunds", asked)


async def _spend(market, minor):
    async with market.database.unit_of_work() as session:
        card_id = await market.scalar("SELECT id FROM gift_cards")
        await discounts.correct(session, card_id, -minor, "spent", market.clock.now())


async def _card(market):
    [card] = await market.rows(
        "SELECT balance_minor, blocked_at IS NOT NULL AS is_blocked FROM gift_cards"
    )
    return card.balance_minor, card.is_blocked


async def _line(market):
    return str(await market.scalar("SELECT id FROM order_items WHERE is_gift_card"))


async def test_an_unspent_card_goes_back_whole_and_is_good_no_more(market, buying, staff, mailbox):
    number = await buy_gift(market, buying)

    back = await _refund(staff, number)
    await market.settle()

    assert back.status_code == 201, back.text
    assert await _card(market) == (0, True)
    assert await market.scalar("SELECT status FROM orders") == "REFUNDED"
    kinds = await market.rows("SELECT kind FROM gift_card_entries ORDER BY id")
    assert [one.kind for one in kinds] == ["ISSUED", "TAKEN_BACK"]
    [mail] = mails_to(mailbox, "ana@example.org")
    await put_gift(buying)
    entered = await buying.enter(code_in(mail.text))
    assert entered.status_code == 200
    async with market.database.unit_of_work() as session:
        assert await list_unexplained(session) == []


async def test_of_a_partly_spent_card_only_the_rest_goes_back(market, buying, staff):
    number = await buy_gift(market, buying)
    await _spend(market, 3000)
    line = await _line(market)

    whole = await _refund(staff, number)
    goodwill = await _refund(staff, number, amount_minor=100)
    rest = await _refund(staff, number, lines={line: 1}, amount_minor=2000)
    await market.settle()
    later = await _refund(staff, number, amount_minor=1)

    assert (whole.status_code, whole.json()["code"]) == (422, "gift_card_spent")
    assert "20.00 EUR" in whole.json()["message"]
    assert (goodwill.status_code, goodwill.json()["code"]) == (422, "only_goods_left")
    assert rest.status_code == 201, rest.text
    assert await _card(market) == (0, True)
    assert later.json()["code"] == "only_goods_left"
    assert await market.scalar("SELECT refunded_minor FROM orders") == 2000


async def test_a_refund_that_the_bank_turns_down_gives_the_card_back(market, buying, staff):
    number = await buy_gift(market, buying)
    await _refund(staff, number)
    assert await _card(market) == (0, True)
    turned_down = RefundState(
        refund_id="re_turned_down",
        intent_id=None,
        amount_minor=5000,
        currency="EUR",
        status=RefundStatus.FAILED,
        reference=await market.scalar("SELECT reference FROM refunds"),
    )

    for _ in range(2):
        async with market.database.unit_of_work() as session:
            await settle_refund(session, turned_down, market.clock.now())

    assert await _card(market) == (5000, False)
    assert await market.scalar("SELECT withdrawn_at FROM sold_gifts") is None


async def test_a_whole_refund_made_with_the_provider_takes_the_rest_of_the_card(market, buying):
    await buy_gift(market, buying)
    await _spend(market, 3000)
    [intent] = market.stripe.account.all("payment_intent")

    await market.parts.gateway.refund({"payment_intent": intent["id"], "amount": 5000}, "by hand")
    await market.settle()

    assert await _card(market) == (0, True)
    assert await market.scalar("SELECT status FROM orders") == "REFUNDED"


async def test_goods_of_a_mixed_order_go_back_without_touching_the_card(
    market, buying, staff, bottle
):
    await put_gift(buying)
    await buying.put(bottle, 1)
    placed = await buying.check_out(3280 + 5000)
    market.stripe.pay(placed.json()["url"].rsplit("/", 1)[-1])
    await market.settle()
    number = placed.json()["order_number"]
    await _spend(market, 5000)
    goods = str(await market.scalar("SELECT id FROM order_items WHERE NOT is_gift_card"))

    back = await _refund(staff, number, lines={goods: 1}, shipping_minor=390)
    more = await _refund(staff, number, amount_minor=1)

    assert back.status_code == 201, back.text
    assert more.json()["code"] == "only_goods_left"


@pytest.mark.parametrize(("outcome", "card"), [("won", (5000, False)), ("lost", (0, True))])
async def test_a_dispute_blocks_the_card_and_its_end_decides(market, buying, outcome, card):
    await buy_gift(market, buying)
    [intent] = market.stripe.account.all("payment_intent")

    dispute = market.stripe.dispute(intent["id"])
    await market.settle()
    meanwhile = await _card(market)
    market.stripe.decide(str(dispute["id"]), outcome)
    await market.settle()

    assert meanwhile == (5000, True)
    assert await _card(market) == card


async def test_a_gift_card_earns_no_points_and_what_it_buys_does(market, buying, customer, bottle):
    member = Buying(customer)
    await put_gift(member)
    await member.put(bottle, 1)
    placed = await member.check_out(3280 + 5000)
    market.stripe.pay(placed.json()["url"].rsplit("/", 1)[-1])
    await market.settle()

    earned = await market.scalar("SELECT points FROM point_entries WHERE kind = 'EARN_PURCHASE'")
    assert earned == 28


async def test_money_that_an_unpaid_order_holds_is_not_taken_back(market, buying, staff, mailbox):
    number = await buy_gift(market, buying)
    async with market.database.unit_of_work() as session:
        card_id = await market.scalar("SELECT id FROM gift_cards")
        free = await discounts.free_of(session, [card_id], market.clock.now())
        assert free == {card_id: (free[card_id][0], Money(5000, "EUR").minor)}
    [mail] = mails_to(mailbox, "ana@example.org")
    bottle = await market.scalar("SELECT id FROM variants")
    await buying.put(bottle, 1)
    await buying.enter(code_in(mail.text))
    held = await buying.check_out(3280, pay_by="intent")
    assert held.status_code == 201, held.text

    refused = await _refund(staff, number)

    assert refused.json()["code"] == "gift_card_spent"
    assert "17.20 EUR" in refused.json()["message"]
