"""Rewards are taken for points, work at checkout for who took them, and come back as points."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from cloud.loyalty.events import RewardRedeemed
from cloud.loyalty.repository.points import list_unexplained
from cloud.loyalty.service.redeeming import redeem
from cloud.orders.actors import Actor, ActorKind
from cloud.refunds import service as refunds
from cloud.refunds.schemas import RefundRequest
from tests.cloud.loyalty.conftest import TENTH
from tests.fakes.buying import Buying
from tests.fakes.shelf import put_on_shelf

pytestmark = pytest.mark.needs_postgres

SAM = Actor(ActorKind.STAFF, None, "Sam")
CARD = {
    "name": "Ten euro",
    "kind": "GIFT_CARD",
    "amount_minor": 1000,
    "currency": "EUR",
    "cost_points": 100,
}


async def _take(client, reward):
    return await client.post_json(f"/api/v1/rewards/{reward['id']}/redeem", {})


async def _balance(client):
    return (await client.get("/api/v1/me/points")).json()["balance"]


async def _why_not(market, client, code):
    line = {"variant_id": await market.scalar("SELECT id FROM variants"), "quantity": 2}
    wish = {"lines": [line], "country": "DE", "codes": [code]}
    answer = await client.post_json("/api/v1/quotes", wish)
    return [one["why"] for one in answer.json()["refusals"]]


async def _mine(client):
    return (await client.get("/api/v1/me/rewards")).json()[0]


@pytest.fixture
async def bought(market, rich, offer):
    """Two bottles of 57.80 EUR together, a tenth off by a reward, placed and not paid."""
    taken = (await _take(rich, await offer())).json()
    buying = Buying(rich, "customer@example.org")
    await buying.put(await market.scalar("SELECT id FROM variants"), 2)
    assert (await buying.enter(taken["code"])).status_code == 200
    placed = await buying.check_out(5202)
    assert placed.status_code == 201, placed.text
    return placed.json()["url"].rsplit("/", 1)[-1]


async def test_points_go_and_a_code_comes_that_counts_once_for_its_member(market, rich, bought):
    assert await _balance(rich) == 60
    assert (await _mine(rich))["status"] == "APPLIED"

    market.stripe.pay(bought)
    await market.settle()

    assert (await _mine(rich))["status"] == "USED"
    assert await _balance(rich) == 60 + 52


async def test_another_member_cannot_use_the_code(market, rich, offer, client):
    code = (await _take(rich, await offer())).json()["code"]
    buying = Buying(client)
    await buying.put(await market.scalar("SELECT id FROM variants"), 2)
    await buying.enter(code)

    assert await _why_not(market, client, code) == ["another_members"]
    assert (await buying.check_out(5202)).json()["code"] == "total_changed"


async def test_an_order_that_is_wholly_given_back_gives_the_points_and_not_the_code(
    market, rich, bought
):
    market.stripe.pay(bought)
    await market.settle()
    order_id = await market.scalar("SELECT id FROM orders")
    async with market.database.unit_of_work() as session:
        now, gateway = market.clock.now(), market.parts.gateway
        asked = RefundRequest()
        await refunds.refund_order(session, gateway, order_id, asked, actor=SAM, now=now)
    await market.settle()

    assert await _balance(rich) == 100
    assert (await _mine(rich))["returned_at"] is not None
    assert await market.scalar("SELECT is_active FROM coupons") is False
    async with market.database.unit_of_work() as session:
        assert await list_unexplained(session) == []


async def test_an_order_that_is_called_off_before_it_is_paid_leaves_the_code(market, rich, bought):
    order_id = await market.scalar("SELECT id FROM orders")
    async with market.database.unit_of_work() as session:
        now, gateway = market.clock.now(), market.parts.gateway
        await refunds.cancel_order(session, gateway, order_id, "no", actor=SAM, now=now)

    assert (await _mine(rich))["status"] == "AVAILABLE"
    assert await _balance(rich) == 60


async def test_what_is_not_used_in_time_is_lost(market, rich, offer, do_jobs):
    code = (await _take(rich, await offer(lasts_days=10))).json()["code"]
    await market.clock.advance(10 * 86_400)

    assert (await _mine(rich))["status"] == "EXPIRED"
    assert await _why_not(market, rich, code) == ["expired"]
    await do_jobs()
    assert await market.scalar("SELECT status FROM user_rewards") == "EXPIRED"


async def test_a_gift_card_pays_and_its_code_can_be_read_again(market, rich, offer, client):
    card = await offer(**CARD, basis_points=None)
    taken = (await _take(rich, card)).json()

    assert (taken["status"], taken["code"]) == ("USED", (await _mine(rich))["code"])
    buying = Buying(client)
    await buying.put(await market.scalar("SELECT id FROM variants"), 1)
    assert (await buying.enter(taken["code"])).status_code == 200
    assert await market.scalar("SELECT balance_minor FROM gift_cards") == 1000


@pytest.mark.parametrize(
    ("facts", "status", "code"),
    [
        ({"cost_points": 101}, 422, "not_enough_points"),
        ({"valid_from": "2999-01-01T00:00:00Z"}, 404, "reward_not_found"),
        ({"valid_until": "2000-01-01T00:00:00Z"}, 404, "reward_not_found"),
        ({"is_active": False}, 404, "reward_not_found"),
    ],
)
async def test_what_cannot_be_had_costs_nothing(rich, offer, facts, status, code):
    answer = await _take(rich, await offer(**facts))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await _balance(rich) == 100


async def test_limits_hold_for_one_member_and_for_all(rich, offer):
    each = await offer(cost_points=1, max_redemptions_per_user=2)
    assert [(await _take(rich, each)).status_code for _ in range(3)] == [201, 201, 409]
    few = await offer(cost_points=1, max_redemptions=1, max_redemptions_per_user=9)
    assert (await _take(rich, few)).status_code == 201
    assert (await _take(rich, few)).json()["code"] == "reward_gone"
    assert few["id"] not in [one["id"] for one in (await rich.get("/api/v1/rewards")).json()]


async def test_a_free_product_is_one_bottle_of_it_whatever_else_is_bought(
    market, rich, offer, staff
):
    async with market.database.unit_of_work() as session:
        fig = (await put_on_shelf(session, "FIG-50", price_minor=4000)).id
    cedar = await market.scalar("SELECT id FROM variants WHERE sku = 'CEDBER-50'")
    product_id = await market.scalar("SELECT product_id FROM variants WHERE id = :id", id=fig)
    gift = {"kind": "PRODUCT", "basis_points": None, "product_id": product_id}
    code = (await _take(rich, await offer(**gift))).json()["code"]

    async def quoted(*lines):
        wish = {
            "lines": [{"variant_id": one, "quantity": count} for one, count in lines],
            "country": "DE",
            "codes": [code],
        }
        found = (await rich.post_json("/api/v1/quotes", wish)).json()
        return found["discount"]["minor"], [one["why"] for one in found["refusals"]]

    assert await quoted((cedar, 2)) == (0, ["not_for_these_goods"])
    assert await quoted((fig, 1)) == (4000, [])
    assert await quoted((fig, 3), (cedar, 1)) == (4000, [])
    buying = Buying(rich, "customer@example.org")
    await buying.put(fig, 1)
    assert (await buying.enter(code)).status_code == 200
    placed = await buying.check_out(390)
    assert placed.status_code == 201, placed.text
    unknown = TENTH | gift | {"product_id": 999}
    answer = await staff.post_json("/api/v1/staff/rewards", unknown)
    assert answer.json()["code"] == "product_unknown"


async def test_a_voucher_may_be_given_away_and_counts_once(market, rich, offer, client):
    voucher = {"kind": "VOUCHER", "basis_points": None, "amount_minor": 500, "currency": "EUR"}
    code = (await _take(rich, await offer(**voucher))).json()["code"]
    buying = Buying(client)
    await buying.put(await market.scalar("SELECT id FROM variants"), 2)
    assert (await buying.enter(code)).status_code == 200
    placed = await buying.check_out(5780 - 500)
    assert placed.status_code == 201, placed.text

    assert (await _mine(rich))["status"] == "APPLIED"
    market.stripe.pay(placed.json()["url"].rsplit("/", 1)[-1])
    await market.settle()

    assert (await _mine(rich))["status"] == "USED"
    assert await _why_not(market, client, code) == ["used_up"]


async def test_exclusive_access_sells_an_announced_product_early_and_nothing_that_is_out(
    market, rich, offer, client
):
    out_at = market.clock.now() + timedelta(days=200)
    async with market.database.unit_of_work() as session:
        facts = {"published_at": out_at}
        sale = {"sale_price_minor": 1111, "sale_starts_at": out_at - timedelta(days=1)}
        soon = (await put_on_shelf(session, "SOON-50", product=facts, **sale)).id
    product_id = await market.scalar("SELECT product_id FROM variants WHERE id = :id", id=soon)
    access = {"kind": "EXCLUSIVE_ACCESS", "basis_points": None, "product_id": product_id}
    reward = await offer(**access, lasts_days=5, max_redemptions_per_user=2)
    item = {"variant_id": soon, "quantity": 1}
    assert (await rich.post_json("/api/v1/cart/items", item)).status_code == 422

    taken = (await _take(rich, reward)).json()

    assert (taken["status"], taken["code"]) == ("USED", "")
    assert (await rich.post_json("/api/v1/cart/items", item)).status_code == 200
    assert (await client.post_json("/api/v1/cart/items", item)).status_code == 422
    assert "SOON-50".lower() in (await rich.get("/account/points")).text
    page = (await rich.get("/products/soon-50")).text
    # What a bottle costs today, not in the sale of the days around its publication.
    assert "28.90" in page
    assert "11.11" not in page
    assert (await client.get("/products/soon-50")).status_code == 404
    await market.clock.advance(5 * 86_400)
    assert (await rich.get("/api/v1/cart")).json()["can_be_bought"] is False
    await market.run("UPDATE products SET published_at = :at", at=market.clock.now())
    refused = await _take(rich, reward)
    assert (refused.status_code, refused.json()["code"]) == (409, "reward_out")
    assert await _balance(rich) == 60


async def test_a_reward_of_a_tier_is_for_its_members_and_those_above(
    market, rich, offer, staff, club
):
    silver = {"name": "Silver", "min_points": 100, "colour": "#8a8d91", "icon": "leaf"}
    made = (await staff.post_json("/api/v1/staff/tiers", silver)).json()
    reward = await offer(tier_id=made["id"])
    refused = await _take(rich, reward)
    assert (refused.status_code, refused.json()["code"]) == (422, "reward_too_high")

    await club.earns(await market.user_id(), 100, "a")
    async with club.unit() as session:
        now, sealer = market.clock.now(), market.parts.sealer
        await redeem(session, sealer, await market.user_id(), reward["id"], now)

    [news] = club.told(RewardRedeemed)
    assert (news.name, news.points, news.balance) == ("A tenth off", 40, 160)


async def test_staff_keep_rewards_and_what_one_gives_is_fixed(rich, offer, staff):
    made = await offer()
    address = f"/api/v1/staff/rewards/{made['id']}"
    wish = TENTH | {"version": made["version"]}

    fixed = await staff.put_json(address, wish | {"basis_points": 2000})
    assert fixed.json()["code"] == "reward_fixed"
    changed = await staff.put_json(address, wish | {"name": "10 % off"})
    assert changed.json()["name"] == "10 % off"
    stale = await staff.put_json(address, wish)
    assert stale.status_code == 412
    assert (await _take(rich, made)).status_code == 201
    assert (await staff.remove(address)).json()["code"] == "reward_in_use"
    other = await offer()
    gone = await staff.remove(f"/api/v1/staff/rewards/{other['id']}")
    assert gone.status_code == 204


async def test_whoever_is_forgotten_leaves_no_points(market, rich, offer):
    await _take(rich, await offer())
    user_id = await market.user_id()
    async with market.database.unit_of_work() as session:
        await session.execute(
            text("INSERT INTO erasures (user_id, asked_at, waits_for) VALUES (:id, :now, '')"),
            {"id": user_id, "now": market.clock.now()},
        )
        await market.parts.privacy.forget(session, user_id)

    for table in ("point_accounts", "point_entries", "point_lots", "user_rewards"):
        assert await market.scalar(f"SELECT count(*) FROM {table}") == 0
    assert await market.scalar("SELECT is_active FROM coupons") is False


async def test_the_page_shows_points_takes_a_reward_and_says_why_not(rich, offer):
    cheap, dear = await offer(cost_points=40), await offer(name="Dear", cost_points=101)
    page = (await rich.get("/account/points")).text
    assert "100 points" in page
    assert f"/account/points/rewards/{cheap['id']}" in page
    assert f"/account/points/rewards/{dear['id']}" not in page

    taken = await rich.post_form(f"/account/points/rewards/{cheap['id']}", {})
    assert taken.status_code == 303
    page = (await rich.get("/account/points")).text
    assert (await _mine(rich))["code"] in page
    assert "60 points" in page
    refused = await rich.post_form(f"/account/points/rewards/{dear['id']}", {})
    assert refused.status_code == 422
    assert "That takes 101 points, and there are 60." in refused.text


async def test_somebody_new_is_told_how_points_come(customer):
    assert "No points yet" in (await customer.get("/account/points")).text
