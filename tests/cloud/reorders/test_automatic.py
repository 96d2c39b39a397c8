"""Refills that order themselves, as far as they were agreed to."""

from datetime import timedelta

import pytest

from cloud.hubs.service import revoke
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Home, Market
from tests.fakes.refills import agree, bottle, runs_low, the_refill

pytestmark = pytest.mark.needs_postgres


async def test_automatic_orders_after_its_window_without_a_tap(
    market: Market, home: Home, customer: CloudClient, mailbox: Mailbox
) -> None:
    await market.give_card(home.user_id)
    assert await agree(market, customer, home) == 204

    await runs_low(market, home)
    refill = await the_refill(customer)
    assert refill["stage"] == "pending_cancel_window"
    assert market.stripe.count("charge") == 0
    (mail,) = [one for one in mailbox.mails if "we are sending" in one.subject]
    assert "€32.80" in mail.text
    await market.clock.advance(timedelta(hours=23))
    await home.says("cartridge.level", bottle(market, 3_500))
    await market.settle()
    assert (await the_refill(customer))["stage"] == "pending_cancel_window"
    await market.clock.advance(timedelta(hours=1))
    await market.settle()

    assert (await the_refill(customer))["stage"] == "paid"
    assert market.stripe.count("charge", amount=3280) == 1


async def test_rule_10_one_tap_in_the_window_calls_it_off(
    market: Market, home: Home, customer: CloudClient
) -> None:
    await market.give_card(home.user_id)
    await agree(market, customer, home)
    await runs_low(market, home)
    refill = await the_refill(customer)

    await customer.post_json(f"/api/v1/me/reorders/{refill['id']}/cancel")
    await market.clock.advance(timedelta(hours=25))
    await market.settle()

    assert (await the_refill(customer))["stage"] == "declined"
    assert market.stripe.count("charge") == 0
    shown = await home.shown()
    assert shown is not None
    assert shown["state"] == "declined"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE variants SET price_minor = 3000", "price_changed"),
        ("UPDATE variants SET price_minor = 9000", "price_above_ceiling"),
        ("UPDATE stock_levels SET on_hand = 0", "out_of_stock"),
        ("UPDATE variants SET is_active = false", "not_sellable"),
    ],
)
async def test_rules_2_and_3_what_changed_in_the_window_makes_it_ask(
    market: Market, home: Home, customer: CloudClient, change: str, reason: str
) -> None:
    await market.give_card(home.user_id)
    await agree(market, customer, home)
    await runs_low(market, home)

    await market.run(change)
    await market.clock.advance(timedelta(hours=24))
    await market.settle()

    refill = await the_refill(customer)
    assert (refill["stage"], refill["reason"]) == ("proposed", reason)
    assert market.stripe.count("charge") == 0


async def test_rule_1_automatic_needs_a_card_and_the_total_that_was_shown(
    market: Market, home: Home, customer: CloudClient
) -> None:
    assert await agree(market, customer, home) == 422
    await market.give_card(home.user_id)
    assert await agree(market, customer, home, seen_total_minor=1) == 409
    # Nobody agreed to words that were never shown.
    assert await agree(market, customer, home, text_version="2020-01") == 422

    assert await agree(market, customer, home) == 204

    (slot,) = (await customer.get("/api/v1/me/slots")).json()
    consent = slot["consent"]
    assert slot["mode"] == "automatic"
    assert consent["max_total_minor"] == 4000
    assert (consent["unit_price_minor"], consent["shipping_minor"]) == (2890, 390)
    assert consent["member"] == "Test"
    assert consent["text_version"]


async def test_rule_1_consent_can_be_taken_back_and_stops_orders_only(
    market: Market, home: Home, customer: CloudClient
) -> None:
    await market.give_card(home.user_id)
    await agree(market, customer, home)
    await runs_low(market, home)
    documents = "SELECT count(*) FROM shared_documents WHERE kind <> 'reorder_preference'"
    before = await market.scalar(documents)

    await customer.remove(f"/api/v1/me/slots/{await home.slot_id()}/consent")
    await market.clock.advance(timedelta(days=2))
    await market.settle()

    refill = await the_refill(customer)
    assert (refill["stage"], refill["reason"]) == ("proposed", "no_consent")
    assert market.stripe.count("charge") == 0
    assert await market.scalar(documents) == before


async def test_whoever_is_blocked_in_the_window_is_charged_nothing(
    market: Market, home: Home, customer: CloudClient
) -> None:
    await market.give_card(home.user_id)
    await agree(market, customer, home)
    await runs_low(market, home)

    await market.run("UPDATE users SET blocked_at = now(), block_reason = 'a test'")
    await market.clock.advance(timedelta(days=2))
    await market.settle()

    (refill,) = await market.rows("SELECT stage, reason FROM reorders")
    assert (refill.stage, refill.reason) == ("proposed", "no_consent")
    assert market.stripe.count("charge") == 0


async def test_rule_13_a_revoked_hub_freezes_what_it_announced(
    market: Market, home: Home, customer: CloudClient
) -> None:
    await market.give_card(home.user_id)
    await agree(market, customer, home)
    await runs_low(market, home)

    async with market.database.unit_of_work() as session:
        await revoke(session, home.key, market.clock.now())
    await market.clock.advance(timedelta(days=2))
    await market.settle()

    refill = await the_refill(customer)
    assert (refill["stage"], refill["reason"]) == ("proposed", "slot_frozen")
    assert market.stripe.count("charge") == 0


async def test_a_lower_price_at_the_end_of_the_window_is_the_one_charged(
    market: Market, home: Home, customer: CloudClient
) -> None:
    await market.give_card(home.user_id)
    await agree(market, customer, home)
    await runs_low(market, home)

    await market.run("UPDATE variants SET price_minor = 2000")
    await market.clock.advance(timedelta(hours=24))
    await market.settle()

    refill = await the_refill(customer)
    assert (refill["stage"], refill["total_minor"]) == ("paid", 2390)
    assert market.stripe.count("charge", amount=2390) == 1
