"""Where refills meet subscriptions: a low bottle claims a parcel, a full one delays it, once."""

import asyncio
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.cloud_client import CloudClient
from tests.fakes.club import Club
from tests.fakes.market import Home, Market
from tests.fakes.parcels import runs_low_in, subscribe
from tests.fakes.refills import agree, bottle, confirm, runs_low, the_refill

pytestmark = pytest.mark.needs_postgres


async def test_an_automatic_low_takes_of_the_next_parcel_and_orders_nothing(
    market: Market, home: Home, customer: CloudClient, club: Club
) -> None:
    made = await subscribe(club, home, 9)
    assert await agree(market, customer, home) == 204

    for _ in range(2):
        await runs_low_in(market, home, 8)

    refill = await the_refill(customer)
    assert (refill["stage"], refill["reason"]) == ("claimed", "subscription_parcel")
    assert refill["subscription_id"] == made
    assert await market.scalar("SELECT count(*) FROM orders") == 0
    assert await market.scalar("SELECT count(*) FROM subscription_claims") == 1


async def test_asked_mode_offers_the_parcel_and_takes_it_once_on_a_yes(
    market: Market, home: Home, customer: CloudClient, club: Club
) -> None:
    await subscribe(club, home, 9)
    await runs_low_in(market, home, 8)
    refill = await the_refill(customer)
    assert (refill["stage"], refill["can_claim"]) == ("proposed", True)
    path = f"/api/v1/me/reorders/{refill['id']}/claim"

    answers = await asyncio.gather(*(customer.post_json(path) for _ in range(3)))

    assert [answer.json()["stage"] for answer in answers] == ["claimed"] * 3
    assert await market.scalar("SELECT count(*) FROM subscription_claims") == 1
    assert await market.scalar("SELECT count(*) FROM orders") == 0


async def test_a_parcel_that_comes_too_late_is_refused_and_the_refill_can_be_ordered(
    market: Market, home: Home, customer: CloudClient, club: Club
) -> None:
    await subscribe(club, home, 60, may_pull_forward_days=0)
    await runs_low(market, home)
    refill = await the_refill(customer)

    answer = await customer.post_json(f"/api/v1/me/reorders/{refill['id']}/claim")

    assert (answer.status_code, answer.json()["code"]) == (409, "parcel_too_late")
    assert (await confirm(customer, refill))["order_number"]


async def test_a_subscription_that_ends_gives_the_refill_back_to_be_decided_anew(
    market: Market, home: Home, customer: CloudClient, club: Club
) -> None:
    made = await subscribe(club, home, 9)
    await agree(market, customer, home)
    await runs_low_in(market, home, 8)

    answer = await customer.post_json(f"/api/v1/me/subscriptions/{made}/cancel")
    assert answer.is_success, answer.text
    await market.settle()

    # Without a parcel it need not be ordered yet.
    stages = await market.rows("SELECT stage, reason FROM reorders")
    assert stages == [("waiting", "enough_oil")]
    assert await market.scalar("SELECT count(*) FROM subscription_claims") == 0


async def test_a_claim_that_is_called_off_leaves_the_bottle_to_the_subscription(
    market: Market, home: Home, customer: CloudClient, club: Club
) -> None:
    await subscribe(club, home, 9)
    await agree(market, customer, home)
    await runs_low_in(market, home, 8)
    refill = await the_refill(customer)

    await customer.post_json(f"/api/v1/me/reorders/{refill['id']}/cancel")

    assert (await the_refill(customer))["stage"] == "declined"
    assert await market.scalar("SELECT count(*) FROM subscription_claims") == 0


async def test_a_parcel_that_moves_away_is_asked_about_anew_and_no_other_is_taken_unasked(
    market: Market, home: Home, customer: CloudClient, club: Club
) -> None:
    other = await subscribe(club, home, 12)
    made = await subscribe(club, home, 9)
    await runs_low_in(market, home, 8)
    refill = await the_refill(customer)
    await customer.post_json(f"/api/v1/me/reorders/{refill['id']}/claim")
    assert (await the_refill(customer))["subscription_id"] == made
    day = "SELECT next_billing_on FROM subscriptions WHERE id = :id"
    planned = await market.scalar(day, id=other)

    moved = await customer.put_json(f"/api/v1/me/subscriptions/{made}/home", {"household_id": None})
    await market.settle()

    assert moved.status_code == 200, moved.text
    refill = await the_refill(customer)
    assert (refill["stage"], refill["subscription_id"]) == ("proposed", other)
    assert await market.scalar("SELECT count(*) FROM subscription_claims") == 0
    assert await market.scalar(day, id=other) == planned


async def full(market: Market, home: Home) -> None:
    """Let the hub tell that the bottle is full and lasts for long, and time look at it."""
    ends = (market.clock.now() + timedelta(days=40)).isoformat()
    await home.says("cartridge.level", bottle(market, 45_000) | {"run_out": {"p50": ends}})
    await market.clock.advance(timedelta(hours=6, minutes=1))
    await market.settle()


async def test_a_full_bottle_delays_the_parcel_by_itself_once(
    market: Market, home: Home, customer: CloudClient, club: Club
) -> None:
    made = await subscribe(club, home, 8)
    await agree(market, customer, home)
    day = "SELECT next_billing_on FROM subscriptions WHERE id = :id"
    before = await market.scalar(day, id=made)

    await full(market, home)
    moved = await market.scalar(day, id=made)
    await full(market, home)

    assert moved - before == timedelta(days=20)
    assert await market.scalar(day, id=made) == moved
    assert await market.rows("SELECT state FROM reorder_push_backs") == [("moved",)]


@pytest.mark.parametrize(("is_wanted", "days"), [(True, 20), (False, 0)])
async def test_asked_mode_asks_whether_the_parcel_shall_wait(
    market: Market, home: Home, customer: CloudClient, club: Club, is_wanted: bool, days: int
) -> None:
    made = await subscribe(club, home, 8)
    day = "SELECT next_billing_on FROM subscriptions WHERE id = :id"
    before = await market.scalar(day, id=made)
    await full(market, home)
    (asked,) = (await customer.get("/api/v1/me/push-backs")).json()

    path = f"/api/v1/me/push-backs/{asked['id']}"
    for word in (is_wanted, not is_wanted):
        answer = await customer.post_json(path, {"is_wanted": word})
        assert answer.status_code == 204, answer.text

    assert await market.scalar(day, id=made) - before == timedelta(days=days)
    assert (await customer.get("/api/v1/me/push-backs")).json() == []


async def test_a_full_bottles_days_are_those_of_its_subscription(
    market: Market, home: Home, customer: CloudClient, club: Club
) -> None:
    # There it is tomorrow already: this parcel is ten days ahead, and by UTC eleven.
    await subscribe(club, home, 11, time_zone="Pacific/Kiritimati")
    ends = (market.clock.now() + timedelta(days=40)).astimezone(ZoneInfo("Pacific/Kiritimati"))

    await full(market, home)

    (asked,) = (await customer.get("/api/v1/me/push-backs")).json()
    assert asked["until_on"] == ends.date().isoformat()
    assert asked["until_on"] != ends.astimezone(UTC).date().isoformat()
