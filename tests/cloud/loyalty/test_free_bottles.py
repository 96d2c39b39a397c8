"""A free bottle that points bought: its points go and come back with the bottle."""

import pytest

from cloud.orders.actors import Actor, ActorKind
from cloud.refunds import service as refunds
from cloud.refunds.schemas import RefundRequest
from tests.fakes.buying import Buying
from tests.fakes.shelf import put_on_shelf

pytestmark = pytest.mark.needs_postgres

SAM = Actor(ActorKind.STAFF, None, "Sam")


async def _take(client, reward):
    return await client.post_json(f"/api/v1/rewards/{reward['id']}/redeem", {})


async def _balance(client):
    return (await client.get("/api/v1/me/points")).json()["balance"]


@pytest.fixture
async def gifted(market, rich, offer):
    """Two bottles of 57.80 EUR together and a third, another scent's, free by a reward; paid."""
    async with market.database.unit_of_work() as session:
        fig = await put_on_shelf(session, "FIG-50", price_minor=4000)
    cedar = await market.scalar("SELECT id FROM variants WHERE sku = 'CEDBER-50'")
    product_id = await market.scalar("SELECT product_id FROM variants WHERE id = :id", id=fig.id)
    gift = {"kind": "PRODUCT", "basis_points": None, "product_id": product_id}
    buying = Buying(rich, "customer@example.org")
    await buying.put(cedar, 2)
    await buying.put(fig.id, 1)
    await buying.enter((await _take(rich, await offer(**gift))).json()["code"])
    placed = await buying.check_out(5780)
    assert placed.status_code == 201, placed.text
    market.stripe.pay(placed.json()["url"].rsplit("/", 1)[-1])
    await market.settle()
    assert await _balance(rich) == 60 + 57
    return await market.scalar("SELECT number FROM orders")


async def _lines(market):
    rows = await market.rows("SELECT sku, id FROM order_items ORDER BY sku")
    return {row.sku: row.id for row in rows}


async def test_a_free_bottle_that_is_taken_out_gives_its_points_back_once(
    market, rich, staff, gifted
):
    lines = await _lines(market)
    page = f"/admin/orders/{gifted}"

    async def take_out(version, sku, count):
        form = {f"out-{lines[sku]}": str(count), "version": str(version)}
        answer = await staff.post_form(f"{page}/take-out", form, form_at=page)
        await market.settle()
        return answer

    all_paid = await take_out(1, "CEDBER-50", 2)
    one_paid = await take_out(1, "CEDBER-50", 1)
    points_before = await _balance(rich)
    the_free_one = await take_out(2, "FIG-50", 1)
    again = await take_out(3, "FIG-50", 1)

    assert (all_paid.status_code, "costs nothing" in all_paid.text) == (422, True)
    assert (one_paid.status_code, the_free_one.status_code) == (303, 303)
    assert again.status_code == 422
    assert points_before == 60 + 28
    assert await _balance(rich) == 100 + 28
    assert await market.on_hand("FIG-50") == 10
    assert await market.scalar("SELECT status FROM orders") == "PAID"
    assert await market.scalar("SELECT count(*) FROM refunds") == 1
    await staff.post_form(f"{page}/cancel", {"reason": "no"}, form_at=page)
    await market.settle()
    assert (await market.on_hand("FIG-50"), await market.on_hand()) == (10, 10)
    assert await _balance(rich) == 100


@pytest.mark.parametrize(("is_sent", "points"), [(True, 60), (False, 100)])
async def test_money_that_goes_back_leaves_the_points_of_a_free_bottle_that_was_sent(
    market, rich, staff, gifted, is_sent, points
):
    order_id = await market.scalar("SELECT id FROM orders")
    if is_sent:
        page = f"/admin/orders/{gifted}"
        await staff.post_form(f"{page}/ship", {"carrier": "DHL"}, form_at=page)
    asked = RefundRequest(lines={(await _lines(market))["CEDBER-50"]: 2})
    async with market.database.unit_of_work() as session:
        now, gateway = market.clock.now(), market.parts.gateway
        await refunds.refund_order(session, gateway, order_id, asked, actor=SAM, now=now)
    await market.settle()

    assert await market.scalar("SELECT status FROM orders") == "REFUNDED"
    assert await _balance(rich) == points
