"""The rules of refills from 13 on, and what homes and people do meanwhile: R-36 and R-44.

What the rules decide is tested without any process in tests/cloud/reorders/test_decide.py; here
is what they hold when the same thing comes twice, at once, late, or at the other door.
"""

import asyncio
from datetime import timedelta

import pytest

from tests.cloud.races.hands import link_in_mail
from tests.fakes.wire_home import (
    BOTTLE,
    CAPACITY_UL,
    CARD,
    REFUSED_CARD,
    hours_ago,
    move_in,
    now,
    second_hub,
    sign_up,
)

pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(300)]

WINDOW = "pending_cancel_window"


async def test_rule_13_a_hub_that_leaves_as_the_window_ends_leaves_a_decision(town):
    home = await move_in(town, card=CARD)
    await home.agree()
    await home.runs_low()
    reorder_id = await home.until(WINDOW)
    await home.time_passes(25)

    await asyncio.gather(
        home.hub.leave(), home.do("reorders.end_window", times=2, reorder_id=reorder_id)
    )

    frozen = "SELECT frozen_at IS NOT NULL FROM reorders WHERE id = :id"
    await town.until(frozen, True, id=reorder_id)
    told = "SELECT count(*) FROM reorder_notes WHERE reorder_id = :id AND reason = 'slot_frozen'"
    await town.until(told, 1, id=reorder_id)
    view = await home.view(reorder_id)
    assert view["can_call_off"] is True
    # Whichever came first: a question again, or an order that a person may still call off.
    assert view["stage"] in ("proposed", "ordered", "paid")
    assert (view["order_number"] is None) == (view["stage"] == "proposed")


async def test_rule_13_a_device_that_speaks_in_another_home_orders_nothing_in_the_first(town):
    home, other = await move_in(town, card=CARD), await move_in(town)
    await home.agree()
    await home.runs_low()
    reorder_id = await home.until(WINDOW)

    other.hub.says("cartridge.fitted", other.cartridge(4_000, install_id=home.install_id, cycle=2))
    await other.hub.tell(at=1)

    await home.until("proposed", "slot_frozen")
    await home.time_passes(25)
    await home.do("reorders.end_window", times=2, reorder_id=reorder_id)
    (slot,) = (await home.tabs[1].get("/api/v1/me/slots")).json()
    assert (slot["is_frozen"], slot["mode"], slot["consent"]) == (True, "ask", None)
    assert await home.count("orders") == 0


async def test_rule_14_taking_consent_back_stops_orders_and_nothing_else(town):
    home = await move_in(town, card=CARD)
    await home.agree()
    await home.runs_low()
    reorder_id = await home.until(WINDOW)

    path = f"/api/v1/me/slots/{await home.slot_id()}/consent"
    await asyncio.gather(*(tab.remove(path) for tab in home.tabs))
    await home.time_passes(25)
    await home.do("reorders.end_window", times=2, reorder_id=reorder_id)

    await home.until("proposed", "no_consent")
    assert await home.count("orders") == 0
    home.hub.says("cartridge.level", home.cartridge(3_000))
    assert (await home.hub.tell(at=1)).status_code == 200
    assert await town.scalar(
        "SELECT count(*) FROM hubs WHERE id = :id AND revoked_at IS NULL", id=home.hub.hub_id
    )


async def test_rule_15_an_order_shows_what_it_rests_on_and_the_delivered_bottle_is_asked_about(
    town,
):
    home = await move_in(town, card=CARD)
    await home.agree(mode="ask")
    await home.runs_low()
    reorder_id = await home.until("proposed")
    confirmed = await home.confirm(reorder_id)
    assert confirmed.status_code == 200, confirmed.text
    number = confirmed.json()["order_number"]
    await home.until("paid")

    page = (await home.tabs[1].get(f"/account/orders/{number}")).text
    exported = (await home.tabs[1].get("/api/v1/me/reorders/history.json")).json()
    table = (await home.tabs[0].get("/api/v1/me/reorders/history.csv")).text
    assert "Why it was ordered" in page
    assert "8 % (4.0 ml)" in page
    assert [one["evidence"]["threshold_percent"] for one in exported] == [15.0]
    assert exported[0]["consent"]["max_total_minor"] == 8000
    assert number in table

    await home.run(
        "UPDATE reorders SET stage = 'delivered', ask_refill_at = now() - interval '1 minute'"
        " WHERE id = :id",
        id=reorder_id,
    )
    await home.do("reorders.ask_refill", times=2, reorder_id=reorder_id)
    asked = "SELECT count(*) FROM reorder_notes WHERE reorder_id = :id AND reason = 'refill_asked'"
    await town.until(asked, 1, id=reorder_id)
    answers = await asyncio.gather(
        *(home.answer(reorder_id, "refilled", at=n % 2, answer="yes") for n in range(4))
    )
    assert [answer.status_code for answer in answers] == [200] * 4
    assert {answer.json()["stage"] for answer in answers} == {"fitted"}
    said = "SELECT value FROM shared_fields WHERE household_id = :id AND field = 'refilled'"
    assert home.install_id in await town.scalar(said, id=await home.household_id())


async def test_rule_16_a_test_goes_to_the_end_without_a_charge_and_a_vacation_is_kept(town):
    home = await move_in(town, card=CARD)
    slot = f"/api/v1/me/slots/{await home.slot_id()}"

    begun = await asyncio.gather(*(tab.post_json(f"{slot}/test") for tab in home.tabs))
    (reorder_id,) = {answer.json()["reorder_id"] for answer in begun}
    confirmed = await home.confirm(reorder_id)
    assert confirmed.status_code == 200, confirmed.text
    number = confirmed.json()["order_number"]
    await home.until("paid")
    await home.do("reorders.walk_test", reorder_id=reorder_id)
    await home.until("shipped")
    await home.do("reorders.walk_test", times=2, reorder_id=reorder_id)
    await home.until("delivered")

    view = await home.view(reorder_id)
    order = (await home.tabs[1].get(f"/api/v1/me/orders/{number}")).json()
    assert (view["is_test"], view["can_answer_refill"]) == (True, True)
    assert (order["is_test"], order["status"]) == (True, "DELIVERED")
    assert await home.count("payments") == 0
    on_hand = "SELECT on_hand FROM stock_levels WHERE variant_id = :id"
    assert await town.scalar(on_hand, id=home.variant_id) == 10

    pause = f"/api/v1/me/households/{await home.household_id()}/reorder-pause"
    until = (now() + timedelta(days=14)).isoformat()
    await home.tabs[1].put_json(pause, {"until": until})
    await home.runs_low()
    await home.until("waiting", "paused")
    await home.tabs[0].put_json(pause, {"until": None})
    await home.wish(snooze_days=5, at=1)
    await home.until("waiting", "snoozed")
    await home.wish(snooze_days=0)
    await home.until("proposed")


async def test_rule_17_guests_and_strangers_decide_nothing_at_either_door(town):
    home = await move_in(town)
    guests, email = await sign_up(town, "guest")
    strangers, _ = await sign_up(town, "stranger")
    await home.run(
        "INSERT INTO household_members (household_id, user_id, role)"
        " SELECT :household, id, 'GUEST' FROM users WHERE email = :email",
        email=email,
    )
    await home.runs_low()
    reorder_id = await home.until("proposed")

    path = f"/api/v1/me/reorders/{reorder_id}"
    body = {"seen_total_minor": BOTTLE}
    tried = await asyncio.gather(
        *(
            tab.post_json(f"{path}/{what}", body | {"answer": "yes"})
            for tab in (*guests, *strangers)
            for what in ("confirm", "decline", "cancel", "keep", "refilled")
        )
    )

    assert [answer.status_code for answer in tried] == [403] * 10 + [404] * 10
    assert (await guests[0].get(path)).json()["can_confirm"] is False
    assert await home.count("orders") == 0
    await home.wish(is_refilled_elsewhere=True, at=1)
    await home.until("expired", "refilled_elsewhere")


async def test_rule_18_a_refused_card_is_tried_once_and_its_owner_is_told(town):
    home = await move_in(town, card=REFUSED_CARD)
    await home.agree()
    await home.runs_low()
    reorder_id = await home.until(WINDOW)
    await home.time_passes(25)

    await home.do("reorders.end_window", times=3, reorder_id=reorder_id)
    await home.until("payment_due")
    await home.do("reorders.end_window", times=2, reorder_id=reorder_id)
    await home.do("reorders.evaluate", times=2, reorder_id=reorder_id)
    home.hub.says("cartridge.level", home.cartridge(2_000))
    await home.hub.tell(at=1)

    view = await home.view(reorder_id)
    assert (view["stage"], view["can_call_off"]) == ("payment_due", True)
    assert (await home.count("orders"), await home.count("payments")) == (1, 1)


async def test_r36_a_bottle_that_a_hub_paired_again_reports_again_is_ordered_once(town):
    home = await move_in(town, card=CARD)
    await home.runs_low()
    reorder_id = await home.until("proposed")
    await home.confirm(reorder_id)
    await home.until("paid")
    again = await second_hub(home)

    await home.hub.leave()
    await again.pair(home.member)
    # Everything once more in the order it was written, then the low once more, and late.
    await again.tell(at=1)
    again.says("cartridge.running_low", home.low(3_900))
    again.says("cartridge.level", home.cartridge(3_800))
    again.says("cartridge.running_low", home.low(4_100), at=hours_ago(5))
    answers = await asyncio.gather(*(again.send(again.told + 1, at=at) for at in (0, 1)))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    slots = "SELECT count(*) FROM slots WHERE household_id = :id"
    assert await town.scalar(slots, id=await home.household_id()) == 1
    assert (await home.count("reorders"), await home.count("orders")) == (1, 1)


async def test_r36_a_low_that_waited_when_its_hub_left_is_asked_about_once_it_is_back(town):
    home = await move_in(town)
    await home.wish(mode="off")
    await home.runs_low()
    await home.until("waiting", "off")
    again = await second_hub(home)
    await home.hub.leave()
    await home.until("waiting", "slot_frozen")
    await home.wish(mode="ask")

    await again.pair(home.member)
    again.says("cartridge.running_low", home.low(3_900))
    await again.tell(at=1)
    await home.until("waiting", "just_fitted")
    await home.time_passes(9)
    again.says("cartridge.level", home.cartridge(3_800))
    await again.tell()

    await home.until("proposed")
    assert await home.count("reorders") == 1


async def test_r36_of_two_devices_low_at_once_one_takes_the_parcel_of_the_subscription(town):
    home = await move_in(town, card=CARD)
    made = await home.subscribe(in_days=9, may_pull_forward_days=20)
    second = {"diffuser_id": "d2", "install_id": f"{home.install_id}-d2"}
    home.hub.says("cartridge.fitted", home.cartridge(CAPACITY_UL, **second), at=hours_ago(90))
    await home.hub.tell()
    await home.time_passes(9)

    for facts in ({}, second, {}):
        home.hub.says("cartridge.running_low", home.low(days=8, **facts))
    await home.hub.tell(at=1)
    await home.until("proposed", count=2)
    proposals = (await home.member.get("/api/v1/me/reorders?only_proposals=true")).json()
    answers = await asyncio.gather(
        *(home.answer(refill["id"], "claim", at=at) for refill in proposals for at in (0, 1))
    )

    assert [refill["subscription_id"] for refill in proposals] == [made, made]
    assert sorted(answer.status_code for answer in answers) == [200, 200, 409, 409]
    await home.until("claimed")
    await home.until("proposed")
    claims = "SELECT count(*) FROM subscription_claims WHERE subscription_id = :id"
    assert await town.scalar(claims, id=made) == 1


async def test_r44_a_person_forgotten_as_their_window_ends_is_charged_nothing_or_waits(town):
    home = await move_in(town, card=CARD)
    await home.agree()
    await home.runs_low()
    reorder_id = await home.until(WINDOW)
    await home.time_passes(25)
    opened = await _erasure_link(home)

    answer, _ = await asyncio.gather(
        town.buyer(at=1).client.post_form(opened, {}),
        home.do("reorders.end_window", times=2, reorder_id=reorder_id),
    )

    assert answer.status_code == 200, answer.text
    stage = "SELECT stage IN ('expired', 'paid') FROM reorders WHERE id = :id"
    await town.until(stage, True, id=reorder_id)
    is_gone = await town.scalar(_IS_GONE, id=reorder_id)
    ordered = await town.scalar("SELECT count(*) FROM orders WHERE reorder_id = :id", id=reorder_id)
    # Forgotten and nothing ordered, or ordered first: then the account stays until it is done.
    assert is_gone == (ordered == 0)
    assert ("still open" in answer.text) == (ordered == 1)


async def test_r44_an_open_refill_keeps_its_owner_until_it_is_called_off(town):
    home = await move_in(town, card=CARD)
    await home.agree(mode="ask")
    await home.runs_low()
    reorder_id = await home.until("proposed")
    await home.confirm(reorder_id)
    await home.until("paid")

    waits = await town.buyer(at=1).client.post_form(await _erasure_link(home), {})
    was_gone = await town.scalar(_IS_GONE, id=reorder_id)
    called_off = await home.answer(reorder_id, "cancel", at=1)

    assert "still open" in waits.text
    assert (was_gone, called_off.status_code) == (False, 200)
    stage = "SELECT stage FROM reorders WHERE id = :id"
    await town.until(stage, "cancelled", id=reorder_id)


_IS_GONE = """
    SELECT u.erased_at IS NOT NULL FROM users u JOIN reorder_consents c ON c.user_id = u.id
    WHERE c.household_id = (SELECT household_id FROM reorders WHERE id = :id)
"""


async def _erasure_link(home):
    """Ask to be forgotten, as its owner; return the address in the mail."""
    asked = await home.member.post_form("/account/privacy/erase", {}, form_at="/account/privacy")
    assert asked.status_code == 303, asked.text
    return f"/link/{await link_in_mail(home.town, home.email, about='delete your account')}"
