"""One open refill, who may decide, pauses, tests, reasons, and what time does."""

from datetime import timedelta
from typing import Any

import pytest

from cloud.hubs.models import HouseholdRole
from cloud.hubs.service import add_member
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Home, Market
from tests.fakes.refills import agree, bottle, confirm, low, runs_low, the_refill

pytestmark = pytest.mark.needs_postgres


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


async def test_rule_8_a_low_bottle_is_looked_at_again_as_soon_as_it_will_not_last(
    market: Market, home: Home
) -> None:
    def lasting(days: int, body: dict[str, Any]) -> dict[str, Any]:
        ends = market.clock.now() + timedelta(days=days)
        return body | {"run_out": {"p50": ends.isoformat()}}

    async def waiting() -> list[Any]:
        return await market.rows("SELECT stage, reason, next_look_at::text FROM reorders")

    await home.says("cartridge.running_low", lasting(120, low(market)))
    await market.settle()
    (put_off,) = await waiting()
    # Whatever is looked at again is put off anew, to another moment.
    await market.clock.advance(timedelta(minutes=30))
    await home.says("cartridge.level", lasting(120, bottle(market, 3_900)))
    await market.settle()
    unmoved = await waiting()

    await home.says("cartridge.level", lasting(3, bottle(market, 3_800)))
    await market.settle()

    assert put_off[:2] == ("waiting", "enough_oil")
    assert unmoved == [put_off]
    assert [row[:2] for row in await waiting()] == [("proposed", "no_consent")]


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


async def test_rule_17_nobody_at_a_hub_makes_refills_automatic(
    market: Market, home: Home, customer: CloudClient
) -> None:
    await market.give_card(home.user_id)
    await agree(market, customer, home)
    slot = f"/api/v1/me/slots/{await home.slot_id()}/wish"
    await customer.patch_json(slot, {"mode": "ask"})
    edit = {
        "kind": "reorder_preference",
        "key": "d1/1",
        "field": "mode",
        "value": "automatic",
        "stamp": (int(market.clock.now().timestamp() * 1000) + 5_000) << 16,
        "node": "hub",
    }

    await home.says("document.edit", edit)
    await runs_low(market, home)

    assert await market.rows("SELECT stage, reason FROM reorders") == [("proposed", "ask_mode")]
    (shown,) = (await customer.get("/api/v1/me/slots")).json()
    assert shown["mode"] == "ask"
    assert await market.scalar("SELECT value FROM shared_fields WHERE field = 'mode'") == '"ask"'


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
