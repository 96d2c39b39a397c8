"""The whole way of a refill: the hub's word, the question, one tap, the parcel, the new bottle."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from cloud.hubs.models import HouseholdRole
from cloud.hubs.service import add_member, revoke
from scentd.contracts.moments import unix_ms
from tests.fakes.cloud_client import CloudClient
from tests.fakes.hub import cartridge, level
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import SKU, Home, Market

pytestmark = pytest.mark.needs_postgres


def bottle(
    market: Market,
    remaining_ul: int,
    install_id: str = "install-1",
    cycle: int = 1,
    *,
    at: datetime | None = None,
) -> dict[str, Any]:
    """A cartridge of 50 ml of the shop's scent, as the hub describes it at a moment."""
    now = at or market.clock.now()
    body = cartridge(install_id, cycle, at=now, sku=SKU, runs_out_at=now + timedelta(days=3))
    return body | {"level": level(remaining_ul, at=now, capacity_ul=50_000)}


def low(
    market: Market, remaining_ul: int = 4_000, install_id: str = "install-1", cycle: int = 1
) -> dict[str, Any]:
    now = market.clock.now()
    looks = [
        level(remaining_ul + 100, at=now - timedelta(hours=7), capacity_ul=50_000),
        level(remaining_ul, at=now, capacity_ul=50_000),
    ]
    return bottle(market, remaining_ul, install_id, cycle) | {
        "observations": looks,
        "threshold_percent": 15,
        "reason": "level",
    }


@pytest.fixture
async def home(market: Market, customer: CloudClient) -> Home:
    """The customer's home, in which a bottle has stood for six weeks."""
    user_id = await market.user_id()
    await market.give_address(user_id)
    home = await market.open_home(user_id)
    fitted = market.clock.now() - timedelta(days=42)
    home.hub.says("cartridge.fitted", bottle(market, 50_000, at=fitted), at_ms=unix_ms(fitted))
    await home.tell()
    await market.do_jobs()
    return home


async def runs_low(market: Market, home: Home, **facts: Any) -> None:
    await home.says("cartridge.running_low", low(market, **facts))
    await market.settle()


async def the_refill(customer: CloudClient) -> dict[str, Any]:
    (refill,) = (await customer.get("/api/v1/me/reorders")).json()
    found: dict[str, Any] = refill
    return found


async def confirm(customer: CloudClient, refill: dict[str, Any]) -> dict[str, Any]:
    answer = await customer.post_json(
        f"/api/v1/me/reorders/{refill['id']}/confirm",
        {"seen_total_minor": refill["total_minor"]},
    )
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def agree(
    market: Market, customer: CloudClient, home: Home, mode: str = "automatic", **changes: Any
) -> int:
    answer = await customer.put_json(
        f"/api/v1/me/slots/{await home.slot_id()}/consent",
        {"mode": mode, "seen_total_minor": 3280, "max_total_minor": 4000, **changes},
    )
    return answer.status_code


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


async def test_rule_4_the_schema_allows_one_open_refill_a_slot(market: Market, home: Home) -> None:
    await runs_low(market, home)

    with pytest.raises(Exception, match="uq_reorders_open_slot"):
        await market.run(
            "INSERT INTO reorders SELECT (jsonb_populate_record(r, jsonb_build_object("
            "'id', 99, 'cartridge_install_id', 'install-9'))).* FROM reorders r"
        )


async def test_rule_4_a_second_low_waits_for_the_open_refill(
    market: Market, home: Home, customer: CloudClient
) -> None:
    await market.give_card(home.user_id)
    await runs_low(market, home)
    await confirm(customer, await the_refill(customer))
    await market.settle()
    await home.says("cartridge.fitted", bottle(market, 40_000, "install-2", 2))
    await market.clock.advance(timedelta(days=20))

    await runs_low(market, home, install_id="install-2", cycle=2)

    stages = await market.rows("SELECT stage, reason FROM reorders ORDER BY id")
    assert stages == [("paid", ""), ("waiting", "open_reorder")]


async def test_rule_12_a_week_of_silence_is_judged_by_the_present_level(
    market: Market, home: Home
) -> None:
    now = market.clock.now()
    home.hub.sent_at = now
    home.hub.says("cartridge.running_low", low(market))
    home.hub.says("cartridge.fitted", bottle(market, 50_000, "install-2", 2))
    await market.clock.advance(timedelta(days=7))

    await home.tell()
    await market.settle()

    assert await market.rows("SELECT stage, reason FROM reorders") == [
        ("refused", "cartridge_changed")
    ]


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


async def test_rule_15_a_refill_explains_itself(
    market: Market, home: Home, customer: CloudClient
) -> None:
    await market.give_card(home.user_id)
    await agree(market, customer, home, mode="ask")
    await runs_low(market, home)
    refill = await the_refill(customer)
    await confirm(customer, refill)

    why = (await customer.get(f"/api/v1/me/reorders/{refill['id']}/why")).json()

    assert why["evidence"]["threshold_percent"] == 15
    assert why["decision"]["verdict"] == "propose"
    assert why["decision"]["level"]["remaining_ul"] == 4000
    assert why["consent"]["max_total_minor"] == 4000
    assert [(step["stage"], step["by"]) for step in why["steps"]] == [
        ("received", None),
        ("proposed", None),
        ("ordered", "Test"),
    ]


async def test_rule_16_a_test_goes_all_the_way_and_is_never_charged(
    market: Market, home: Home, customer: CloudClient
) -> None:
    slot = f"/api/v1/me/slots/{await home.slot_id()}/wish"
    assert (await customer.patch_json(slot, {"is_test": True})).status_code == 204
    await runs_low(market, home)

    ordered = await confirm(customer, await the_refill(customer))
    await market.settle()

    refill = await the_refill(customer)
    assert (refill["stage"], refill["is_test"]) == ("paid", True)
    order = (await customer.get(f"/api/v1/me/orders/{ordered['order_number']}")).json()
    assert (order["status"], order["is_test"]) == ("PAID", True)
    assert market.stripe.count("charge") == 0
    assert await market.on_hand() == 10


async def test_rule_16_pause_and_snooze_put_the_question_off(
    market: Market, home: Home, customer: CloudClient
) -> None:
    until = (market.clock.now() + timedelta(days=5)).isoformat()
    pause = f"/api/v1/me/households/{home.key.household_id}/reorder-pause"
    assert (await customer.put_json(pause, {"until": until})).status_code == 204
    await runs_low(market, home)
    assert (await customer.get("/api/v1/me/reorders")).json() == []

    await market.clock.advance(timedelta(days=5))
    await home.says("cartridge.level", bottle(market, 3_000))
    await market.settle()

    assert (await the_refill(customer))["stage"] == "proposed"


async def test_rule_17_guests_see_and_cannot_decide(
    market: Market, home: Home, customer: CloudClient, staff: CloudClient
) -> None:
    guest_id = await market.user_id("manager@example.org")
    async with market.database.unit_of_work() as session:
        await add_member(session, home.key.household_id, guest_id, HouseholdRole.GUEST)
    await runs_low(market, home)
    refill = await the_refill(staff)
    body = {"seen_total_minor": refill["total_minor"]}

    for action in ("confirm", "decline", "cancel"):
        path = f"/api/v1/me/reorders/{refill['id']}/{action}"
        answer = await staff.post_json(path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "adult_needed")

    assert refill["can_confirm"] is False
    assert await market.scalar("SELECT count(*) FROM orders") == 0


async def test_rule_17_strangers_find_nothing(
    market: Market, home: Home, customer: CloudClient, admin: CloudClient
) -> None:
    await runs_low(market, home)
    refill = await the_refill(customer)

    assert (await admin.get("/api/v1/me/reorders")).json() == []
    answer = await admin.post_json(
        f"/api/v1/me/reorders/{refill['id']}/confirm", {"seen_total_minor": 3280}
    )
    assert answer.status_code == 404


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


async def test_a_proposal_nobody_answers_ends_after_two_weeks(
    market: Market, home: Home, customer: CloudClient
) -> None:
    await runs_low(market, home)

    await market.clock.advance(timedelta(days=14))
    await market.settle()

    assert await market.rows("SELECT stage, reason FROM reorders") == [("expired", "not_answered")]


async def test_a_report_without_effect_for_a_day_calls_the_staff(
    market: Market, home: Home, staff: CloudClient, mailbox: Mailbox
) -> None:
    await home.says("cartridge.running_low", low(market))
    await market.run("DELETE FROM procrastinate_jobs")
    await market.run("UPDATE reorders SET next_look_at = NULL")
    await market.clock.advance(timedelta(hours=25))

    await market.settle()
    await market.settle()

    alerts = [mail for mail in mailbox.mails if "nothing happened" in mail.subject]
    assert [alert.recipient for alert in alerts] == ["manager@example.org"]


async def test_the_mode_chosen_at_home_holds_and_the_accounts_is_told_to_the_home(
    market: Market, home: Home, customer: CloudClient
) -> None:
    edit = {
        "kind": "reorder_preference",
        "key": "d1/1",
        "field": "mode",
        "value": "off",
        "stamp": (int(market.clock.now().timestamp() * 1000)) << 16,
        "node": "hub",
    }
    await home.says("document.edit", edit)
    await runs_low(market, home)
    assert await market.rows("SELECT stage, reason FROM reorders") == [("waiting", "off")]

    slot = f"/api/v1/me/slots/{await home.slot_id()}/wish"
    await customer.patch_json(slot, {"mode": "ask"})
    await market.settle()
    assert (await the_refill(customer))["stage"] == "proposed"

    value = await market.scalar("SELECT value FROM shared_fields WHERE field = 'mode'")
    assert value == '"ask"'


async def test_the_nightly_check_mends_a_refill_that_lost_its_orders_news(
    market: Market, home: Home, customer: CloudClient, staff: CloudClient, mailbox: Mailbox
) -> None:
    await market.give_card(home.user_id)
    await runs_low(market, home)
    await confirm(customer, await the_refill(customer))
    await market.settle()
    await market.run("UPDATE reorders SET stage = 'ordered'")

    await market.clock.advance(timedelta(hours=1))
    await market.settle()

    assert (await the_refill(customer))["stage"] == "paid"
    assert any("did not match its order" in mail.subject for mail in mailbox.mails)
