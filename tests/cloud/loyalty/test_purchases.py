"""Points come with what is paid for goods, once, and go again as its money goes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.disputes.events import DisputeEnded
from cloud.foundation.events import emit
from cloud.loyalty.repository.points import list_unexplained
from cloud.loyalty.service.desk import standing
from cloud.loyalty.terms import SIGN_UP_POINTS, points_of
from cloud.orders.actors import Actor, ActorKind
from cloud.orders.events import OrderClaimed, OrderPaid
from cloud.refunds import service as refunds
from cloud.refunds.schemas import RefundRequest
from tests.fakes.buying import Buying

SAM = Actor(ActorKind.STAFF, None, "Sam")
TWO = 5780


@pytest.fixture
async def bought(market, customer):
    """Two bottles for 57.80 EUR, paid by a member; delivery is 4.90."""
    return await _buy(market, customer)


async def _place(market, client):
    """Order two bottles with the customer's address; return where to pay them."""
    bottle = await market.scalar("SELECT id FROM variants")
    buying = Buying(client, "customer@example.org")
    await buying.put(bottle, 2)
    wish = {"lines": [{"variant_id": bottle, "quantity": 2}], "country": "DE"}
    quote = (await client.post_json("/api/v1/quotes", wish)).json()
    placed = await buying.check_out(quote["total"]["minor"])
    assert placed.status_code == 201, placed.text
    return placed.json()["url"].rsplit("/", 1)[-1]


async def _buy(market, client):
    market.stripe.pay(await _place(market, client))
    await market.settle()
    return await market.scalar("SELECT id FROM orders")


async def _prove_address(market):
    async with market.database.unit_of_work() as session:
        users = market.parts.desk.users
        user = await users.find_by_email(session, "customer@example.org")
        await users.verify_email(session, user, "customer@example.org")
    await market.settle()


async def _refund(market, order_id, **asked):
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


async def _correct(market, staff, points):
    wish = {"user_id": await market.user_id(), "points": points, "reason": "A kindness"}
    answer = await staff.post_json("/api/v1/staff/points", wish)
    assert answer.status_code == 200, answer.text


async def _standing(market):
    user_id = await market.user_id()
    async with market.database.unit_of_work() as session:
        assert await list_unexplained(session) == []
        found = await standing(session, user_id, market.clock.now())
    return found.balance, found.debt


@pytest.mark.needs_postgres
async def test_a_member_gets_a_point_for_each_whole_euro_of_goods_exactly_once(market, bought):
    async with market.database.unit_of_work() as session:
        number, user_id = "SC-1", await market.user_id()
        await emit(session, OrderPaid(bought, number, user_id, market.clock.now()))

    assert await _standing(market) == (57, 0)
    assert await market.scalar("SELECT count(*) FROM point_entries") == 1


@pytest.mark.needs_postgres
async def test_a_guest_gets_none(market, place):
    order_id = await place()
    async with market.database.unit_of_work() as session:
        await emit(session, OrderPaid(order_id, "SC-1", None, market.clock.now()))

    assert await market.scalar("SELECT count(*) FROM point_accounts") == 0


@pytest.mark.needs_postgres
async def test_points_go_as_the_money_does_and_all_with_all_of_it(market, bought):
    total = await market.scalar("SELECT total_minor FROM orders")

    await _refund(market, bought, amount_minor=total // 2)
    assert await _standing(market) == (28, 0)
    await _refund(market, bought)

    assert await _standing(market) == (0, 0)


@pytest.mark.needs_postgres
async def test_points_that_were_spent_become_a_debt_that_the_next_ones_pay(market, bought, staff):
    await _correct(market, staff, -50)

    await _refund(market, bought)
    assert await _standing(market) == (0, 50)

    await _correct(market, staff, 60)
    assert await _standing(market) == (10, 0)


@pytest.mark.needs_postgres
async def test_a_cancelled_order_is_worth_nothing_and_its_points_are_taken_once(market, bought):
    async with market.database.unit_of_work() as session:
        gateway, now = market.parts.gateway, market.clock.now()
        await refunds.cancel_order(session, gateway, bought, "changed my mind", actor=SAM, now=now)
    assert await _standing(market) == (0, 0)

    await market.settle()

    assert await _standing(market) == (0, 0)
    assert await market.scalar("SELECT count(*) FROM point_entries") == 2


@pytest.mark.needs_postgres
async def test_what_expired_is_not_asked_for_again(market, bought):
    await market.clock.advance(731 * 86_400)

    await _refund(market, bought)

    assert await _standing(market) == (0, 0)
    assert await market.scalar("SELECT sum(points) FROM point_entries") == 0


money = st.integers(0, 10**9)


@given(goods=money, delivery=money, back=st.lists(st.integers(0, 10**9), max_size=5))
def test_points_never_grow_as_money_goes_back_and_end_at_none(goods, delivery, back):
    total, gone, before = goods + delivery, 0, None
    for part in [0, *back, total]:
        gone = min(total, gone + part)
        points = points_of(goods, "EUR", total_minor=total, refunded_minor=gone)
        assert 0 <= points <= goods // 100
        assert before is None or points <= before
        before = points
    assert before == 0


@pytest.mark.parametrize(("currency", "points"), [("EUR", 12), ("JPY", 1299), ("KWD", 1)])
def test_a_whole_unit_is_the_currencys_own(currency, points):
    assert points_of(1299, currency, total_minor=1299) == points


async def test_what_was_bought_as_a_guest_brings_points_when_it_is_claimed_once(
    market, client, customer
):
    order_id = await _buy(market, client)
    assert await _standing(market) == (0, 0)

    await _prove_address(market)
    async with market.database.unit_of_work() as session:
        await emit(
            session, OrderClaimed(order_id, "SC-1", await market.user_id(), market.clock.now())
        )

    assert await _standing(market) == (57 + SIGN_UP_POINTS, 0)


async def test_a_refund_of_a_claimed_order_takes_its_points_back(market, client, customer):
    order_id = await _buy(market, client)
    await _prove_address(market)

    await _refund(market, order_id)

    assert await _standing(market) == (SIGN_UP_POINTS, 0)


async def test_what_went_back_before_the_claim_brings_nothing_and_is_not_taken_twice(
    market, client, customer
):
    order_id = await _buy(market, client)
    total = await market.scalar("SELECT total_minor FROM orders")
    await _refund(market, order_id, amount_minor=total // 2)

    await _prove_address(market)
    assert await _standing(market) == (28 + SIGN_UP_POINTS, 0)
    await _refund(market, order_id)

    assert await _standing(market) == (SIGN_UP_POINTS, 0)


async def test_r29_an_unpaid_order_that_is_claimed_brings_its_points_when_it_is_paid(
    market, client, customer
):
    page = await _place(market, client)
    await _prove_address(market)
    assert await _standing(market) == (SIGN_UP_POINTS, 0)

    market.stripe.pay(page)
    await market.settle()

    assert await _standing(market) == (57 + SIGN_UP_POINTS, 0)


async def test_a_lost_dispute_takes_points_back_and_an_appeal_gives_them_again(
    market, customer, buy, club
):
    user_id = await market.user_id()
    order = await buy(user_id)
    dispute = await order.is_disputed()
    assert await club.balance(user_id) == (57, 0)

    await order.ends(dispute, "lost")
    assert await club.balance(user_id) == (0, 0)
    # An appeal, months later.
    await market.run("UPDATE disputes SET stage = 'won'")
    async with market.database.unit_of_work() as session:
        await emit(session, DisputeEnded(1, order.order_id, False, market.clock.now()))
    assert await club.balance(user_id) == (57, 0)
    assert (await customer.get("/api/v1/me/tier")).json()["counted"] == 57
