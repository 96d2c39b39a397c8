"""Tiers: reached by what is earned within a year, told, and worth what they say."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.loyalty.events import PointsEarned, TierReached
from cloud.loyalty.service.tiers import settle_misplaced
from cloud.loyalty.terms import TIER_WINDOW, holds_until, next_tier, tier_of
from tests.fakes.buying import Buying
from tests.fakes.shelf import put_on_shelf

TIERS = "/api/v1/staff/tiers"
SILVER = {"name": "Silver", "min_points": 100, "colour": "#8a8d91", "icon": "leaf"}
GOLD = {"name": "Gold", "min_points": 300, "colour": "#c9a227", "icon": "star"}
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
async def tiers(staff):
    """Silver from 100 and gold from 300 points on; more by name."""

    async def make(**benefits):
        wishes = [SILVER, GOLD | {"benefits": benefits}]
        return [(await staff.post_json(TIERS, one)).json() for one in wishes]

    return make


async def _progress(client):
    return (await client.get("/api/v1/me/tier")).json()


@pytest.mark.needs_postgres
async def test_a_tier_is_reached_told_once_and_lost_when_its_points_are_a_year_old(
    club, clock, tiers
):
    await tiers()
    user_id = await club.member("m@example.org")
    await club.earns(user_id, 99, "a")
    assert club.told(TierReached) == []
    await clock.advance(86_400)
    await club.earns(user_id, 1, "b")
    await club.earns(user_id, 150, "c")
    assert [one.name for one in club.told(TierReached)] == ["Silver"]
    await club.earns(user_id, 50, "d")
    assert [one.name for one in club.told(TierReached)] == ["Gold"]

    async def stands(at):
        async with club.unit() as session:
            await settle_misplaced(session, at, most=10)
        async with club.parts.database.reading() as connection:
            rows = await connection.exec_driver_sql(
                "SELECT t.name, m.audience FROM point_accounts a "
                "LEFT JOIN tiers t ON t.id = a.tier_id "
                "LEFT JOIN audience_members m ON m.user_id = a.user_id"
            )
            return rows.one()

    first = clock.now() - timedelta(days=1)
    name, audience = await stands(first + TIER_WINDOW - timedelta(seconds=1))
    assert (name, audience[:5]) == ("Gold", "tier:")
    assert (await stands(first + TIER_WINDOW))[0] == "Silver"
    assert await stands(clock.now() + TIER_WINDOW) == (None, None)
    assert club.told(TierReached) == []


@pytest.mark.needs_postgres
async def test_spending_and_expiry_lower_no_tier_and_a_kindness_of_staff_lifts_to_none(
    market, customer, staff, tiers, club
):
    await tiers()
    user_id = await market.user_id()
    wish = {"user_id": user_id, "points": 500, "reason": "A kindness"}
    assert (await staff.post_json("/api/v1/staff/points", wish)).status_code == 200
    assert (await _progress(customer))["tier"] is None
    await club.earns(user_id, 120, "a")

    wish |= {"points": -600}
    assert (await staff.post_json("/api/v1/staff/points", wish)).status_code == 200

    found = await _progress(customer)
    assert (found["tier"]["name"], found["counted"], found["missing"]) == ("Silver", 120, 180)
    assert found["next"]["name"] == "Gold"


@pytest.mark.needs_postgres
async def test_a_tier_multiplies_what_a_purchase_brings_and_takes_back_as_much(
    club, market, customer, tiers, buy
):
    await tiers(multiplier_percent=150)
    user_id = await market.user_id()
    await club.earns(user_id, 300, "a")

    order = await buy(user_id)

    assert await club.balance(user_id) == (300 + 57 * 3 // 2, 0)
    assert (await _progress(customer))["counted"] == 357
    await order.refund(amount_minor=await market.scalar("SELECT total_minor / 2 FROM orders"))
    assert await club.balance(user_id) == (300 + 28 * 3 // 2, 0)
    assert (await _progress(customer))["counted"] == 328
    await order.refund()
    assert await club.balance(user_id) == (300, 0)
    assert (await _progress(customer))["counted"] == 300


@pytest.mark.needs_postgres
async def test_free_delivery_and_a_discount_count_by_themselves_for_members_of_the_tier_alone(
    club, market, customer, client, staff, tiers
):
    _, gold = await tiers(free_delivery=True, discount_basis_points=1000)
    await club.earns(await market.user_id(), 300, "a")
    bottle = await market.scalar("SELECT id FROM variants")
    wish = {"lines": [{"variant_id": bottle, "quantity": 1}], "country": "DE"}

    async def total(buyer):
        return (await buyer.post_json("/api/v1/quotes", wish)).json()["total"]["minor"]

    assert (await total(client), await total(customer)) == (2890 + 390, 2601)
    buying = Buying(customer)
    await buying.put(bottle)
    placed = await buying.check_out(2601)
    assert placed.status_code == 201, placed.text
    # Of staff's own promotions it is none.
    promotion = await market.scalar("SELECT min(id) FROM promotions")
    assert (await staff.get(f"/admin/promotions/{promotion}")).status_code == 404

    address, change = f"{TIERS}/{gold['id']}", GOLD | {"version": gold["version"]}
    changed = await staff.put_json(address, change | {"benefits": {"discount_basis_points": 2000}})
    assert changed.status_code == 200, changed.text
    assert await total(customer) == 2312 + 390
    assert (await staff.put_json(address, change)).status_code == 412
    assert (await staff.remove(address)).status_code == 204
    assert await total(customer) == 2890 + 390


@pytest.mark.needs_postgres
async def test_early_access_sells_what_is_announced_to_members_of_the_tier_alone(
    club, market, customer, client, tiers
):
    await tiers(early_access_h=48)
    await club.earns(await market.user_id(), 300, "a")
    now = market.clock.now()
    async with market.database.unit_of_work() as session:
        soon = {"published_at": now + timedelta(hours=48)}
        later = {"published_at": now + timedelta(hours=49)}
        near = (await put_on_shelf(session, "NEAR-50", product=soon)).id
        far = (await put_on_shelf(session, "FAR-50", product=later)).id

    early = await customer.get("/api/v1/me/early-products")
    assert [one["slug"] for one in early.json()] == ["near-50"]
    assert (await customer.get("/products/near-50")).status_code == 200
    assert (await client.get("/products/near-50")).status_code == 404
    assert (await customer.get("/products/far-50")).status_code == 404
    for buyer, variant_id, status in (
        (customer, near, 200),
        (customer, far, 422),
        (client, near, 422),
    ):
        body = {"variant_id": variant_id, "quantity": 1}
        assert (await buyer.post_json("/api/v1/cart/items", body)).status_code == status
    assert (await customer.get("/api/v1/cart")).json()["can_be_bought"] is True
    placed = await Buying(customer).check_out(2890 + 390)
    assert placed.status_code == 201, placed.text
    wish = {"lines": [{"variant_id": near, "quantity": 1}], "country": "DE"}
    assert (await client.post_json("/api/v1/quotes", wish)).json()["code"] == "not_sellable"


@pytest.mark.needs_postgres
async def test_editing_tiers_moves_members_soon_and_refuses_two_of_one_kind(
    market, customer, staff, tiers, club
):
    user_id = await market.user_id()
    await club.earns(user_id, 150, "a")
    silver, gold = await tiers()
    assert (await _progress(customer))["tier"] is None

    await market.do_jobs()

    assert (await _progress(customer))["tier"]["name"] == "Silver"
    twice = await staff.post_json(TIERS, SILVER | {"name": "Other"})
    assert (twice.status_code, twice.json()["code"]) == (409, "tier_taken")
    lower = GOLD | {"min_points": 100, "version": gold["version"]}
    assert (await staff.put_json(f"{TIERS}/{gold['id']}", lower)).json()["code"] == "tier_taken"
    reward = {
        "name": "R",
        "kind": "DELIVERY",
        "cost_points": 1,
        "tier_id": silver["id"],
    }
    assert (await staff.post_json("/api/v1/staff/rewards", reward)).status_code == 201
    assert (await staff.remove(f"{TIERS}/{silver['id']}")).json()["code"] == "tier_in_use"
    assert [one["name"] for one in (await customer.get("/api/v1/tiers")).json()] == [
        "Silver",
        "Gold",
    ]


@pytest.mark.needs_postgres
async def test_news_of_points_names_what_can_be_spent_now(club):
    user_id = await club.member("m@example.org")
    await club.earns(user_id, 10, "a")
    await club.earns(user_id, 5, "b")

    assert [one.balance for one in club.told(PointsEarned)] == [10, 15]


class _Level:
    def __init__(self, min_points):
        self.min_points = min_points


levels = st.lists(st.integers(1, 1000), unique=True, max_size=6).map(
    lambda found: [_Level(one) for one in found]
)


@given(points=st.integers(0, 1200), tiers=levels)
def test_a_member_stands_between_the_tier_reached_and_the_next(points, tiers):
    held, ahead = tier_of(points, tiers), next_tier(points, tiers)

    below = {one.min_points for one in tiers if one.min_points <= points}
    assert (held.min_points if held else None) == max(below, default=None)
    above = {one.min_points for one in tiers} - below
    assert (ahead.min_points if ahead else None) == min(above, default=None)


@given(
    ages=st.lists(st.tuples(st.integers(0, 400), st.integers(-50, 100)), max_size=8),
    needed=st.integers(1, 200),
)
def test_a_tier_is_held_until_the_moment_at_which_its_points_do_not_reach_it(ages, needed):
    counted = sorted((NOW - timedelta(days=age), points) for age, points in ages)

    def reaches(at):
        return sum(points for came, points in counted if came + TIER_WINDOW > at) >= needed

    until = holds_until(needed, counted, NOW)

    moments = sorted({came + TIER_WINDOW for came, _ in counted if came + TIER_WINDOW > NOW})
    lost = [at for at in moments if not reaches(at)]
    assert until == (lost[0] if reaches(NOW) and lost else None)
