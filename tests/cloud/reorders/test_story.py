"""The whole way of a refill: the hub's word, the question, one tap, the parcel, the new bottle."""

import asyncio
from datetime import timedelta

import pytest

from cloud.hubs.models import HouseholdRole
from cloud.hubs.service import add_member
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Home, Market
from tests.fakes.refills import bottle, confirm, runs_low, the_refill

pytestmark = pytest.mark.needs_postgres


async def test_low_oil_is_proposed_confirmed_paid_shipped_delivered_and_fitted(
    market: Market, home: Home, customer: CloudClient, staff: CloudClient, mailbox: Mailbox
) -> None:
    await market.give_card(home.user_id)

    await runs_low(market, home)
    refill = await the_refill(customer)
    assert (refill["stage"], refill["total_minor"]) == ("proposed", 3280)
    shown = await home.shown()
    assert shown is not None
    assert (shown["state"], shown["total_minor"]) == ("proposed", 3280)
    (mail,) = [one for one in mailbox.mails if "running low" in one.subject]
    assert f"/account/reorders/{refill['id']}" in mail.text
    assert "€32.80" in mail.text

    ordered = await confirm(customer, refill)
    await market.settle()
    assert ordered["pay_by_page"] is False
    refill = await the_refill(customer)
    assert (refill["stage"], refill["order_number"]) == ("paid", ordered["order_number"])
    assert market.stripe.count("charge", amount=3280, status="succeeded") == 1
    assert await market.on_hand() == 9

    number = ordered["order_number"]
    await staff.post_json(
        f"/api/v1/staff/orders/{number}/shipments", {"carrier": "DHL", "tracking": "JD1"}
    )
    shown = await home.shown()
    assert shown is not None
    arrives = (market.clock.now() + timedelta(days=2)).date().isoformat()
    assert (shown["state"], shown["arrives_on"]) == ("shipped", arrives)
    await staff.post_json(f"/api/v1/staff/orders/{number}/delivered", {})
    shown = await home.shown()
    assert shown is not None
    assert shown["state"] == "delivered"

    await market.clock.advance(timedelta(days=1))
    await home.says("cartridge.fitted", bottle(market, 50_000, "install-2", 2))
    await market.settle()
    assert (await the_refill(customer))["stage"] == "fitted"
    assert await home.shown() is None
    assert await market.scalar("SELECT bottles_on_hand FROM reorder_slots") == 0


async def test_ten_taps_at_once_make_one_order_and_one_charge(
    market: Market, home: Home, customer: CloudClient
) -> None:
    await market.give_card(home.user_id)
    await runs_low(market, home)
    refill = await the_refill(customer)

    answers = await asyncio.gather(*(confirm(customer, refill) for _ in range(10)))
    await market.settle()

    assert len({answer["order_number"] for answer in answers}) == 1
    assert await market.scalar("SELECT count(*) FROM orders") == 1
    assert market.stripe.count("charge") == 1


async def test_the_same_low_reported_again_and_again_is_one_refill(
    market: Market, home: Home, customer: CloudClient
) -> None:
    for _ in range(3):
        await runs_low(market, home)

    assert await market.scalar("SELECT count(*) FROM reorders") == 1
    await the_refill(customer)


async def test_without_a_card_the_order_waits_for_its_page(
    market: Market, home: Home, customer: CloudClient
) -> None:
    await runs_low(market, home)

    ordered = await confirm(customer, await the_refill(customer))
    assert ordered["pay_by_page"] is True
    number = ordered["order_number"]
    page = (await customer.post_json(f"/api/v1/me/orders/{number}/pay?save_card=true")).json()
    market.stripe.pay(page["url"].rsplit("/", 1)[-1])
    await market.settle()

    assert (await the_refill(customer))["stage"] == "paid"
    assert len((await customer.get("/api/v1/me/cards")).json()) == 1


@pytest.mark.parametrize("token", ["pm_card_chargeCustomerFail", "pm_card_authenticationRequired"])
async def test_rule_18_a_refused_card_waits_for_its_owner_and_for_nothing_else(
    market: Market, home: Home, customer: CloudClient, mailbox: Mailbox, token: str
) -> None:
    await market.give_card(home.user_id, token)
    await runs_low(market, home)
    ordered = await confirm(customer, await the_refill(customer))
    await market.settle()

    refill = await the_refill(customer)
    assert refill["stage"] == "payment_due"
    shown = await home.shown()
    assert shown is not None
    assert shown["state"] == "failed"
    assert ordered["order_number"] in shown["order_url"]
    for _ in range(3):
        await market.clock.advance(timedelta(hours=5))
        await market.settle()
    assert market.stripe.count("charge") == 1
    assert len([one for one in mailbox.mails if "could not charge" in one.subject]) == 1

    page = (await customer.post_json(f"/api/v1/me/orders/{ordered['order_number']}/pay")).json()
    market.stripe.pay(page["url"].rsplit("/", 1)[-1])
    await market.settle()
    assert (await the_refill(customer))["stage"] == "paid"


async def test_rule_18_a_refused_refill_ends_after_three_days(
    market: Market, home: Home, customer: CloudClient
) -> None:
    await market.give_card(home.user_id, "pm_card_chargeCustomerFail")
    await runs_low(market, home)
    await confirm(customer, await the_refill(customer))
    await market.settle()

    await market.clock.advance(timedelta(days=3, minutes=1))
    await market.settle()

    assert (await the_refill(customer))["stage"] == "failed"
    assert await market.scalar("SELECT status FROM orders") == "FAILED"


async def test_another_price_than_shown_is_not_confirmed_and_is_refreshed(
    market: Market, home: Home, customer: CloudClient
) -> None:
    await runs_low(market, home)
    refill = await the_refill(customer)
    await market.run("UPDATE variants SET price_minor = 3090")
    path = f"/api/v1/me/reorders/{refill['id']}"

    refused = await customer.post_json(
        f"{path}/confirm", {"seen_total_minor": refill["total_minor"]}
    )
    fresh = (await customer.post_json(f"{path}/refresh")).json()

    assert (refused.status_code, refused.json()["total_minor"]) == (409, 3480)
    assert fresh["total_minor"] == 3480


async def test_whoever_confirms_pays_for_the_way_to_their_own_address(
    market: Market, home: Home, customer: CloudClient, staff: CloudClient
) -> None:
    adult_id = await market.user_id("manager@example.org")
    async with market.database.unit_of_work() as session:
        await add_member(session, home.key.household_id, adult_id, HouseholdRole.ADULT)
    await market.give_address(adult_id, country="FR")
    await runs_low(market, home)
    path = f"/api/v1/me/reorders/{(await the_refill(staff))['id']}"

    refused = await staff.post_json(f"{path}/confirm", {"seen_total_minor": 3280})
    fresh = (await staff.post_json(f"{path}/refresh")).json()
    ordered = await confirm(staff, fresh)

    assert refused.status_code == 409
    assert fresh["total_minor"] == 3780
    order = (await staff.get(f"/api/v1/me/orders/{ordered['order_number']}")).json()
    assert (order["total_minor"], order["shipping_address"]["country"]) == (3780, "FR")


async def test_a_member_without_an_address_is_asked_for_one(
    market: Market, home: Home, customer: CloudClient
) -> None:
    await market.run("DELETE FROM addresses")
    await runs_low(market, home)
    refill = await the_refill(customer)

    answer = await customer.post_json(
        f"/api/v1/me/reorders/{refill['id']}/confirm",
        {"seen_total_minor": refill["total_minor"]},
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "address_needed")


async def test_calling_off_a_paid_refill_returns_the_money(
    market: Market, home: Home, customer: CloudClient
) -> None:
    await market.give_card(home.user_id)
    await runs_low(market, home)
    await confirm(customer, await the_refill(customer))
    await market.settle()
    refill = await the_refill(customer)

    await customer.post_json(f"/api/v1/me/reorders/{refill['id']}/cancel")
    await market.settle()

    assert (await the_refill(customer))["stage"] == "cancelled"
    assert market.stripe.count("refund", amount=3280) == 1
    assert await market.on_hand() == 10
