"""The rules of refills, each over two servers, two processes and PostgreSQL, by its number.

What the rules decide is tested without any process in tests/cloud/reorders/test_decide.py; here
is what they hold when the same thing comes twice, at once, late, or at the other door.
"""

import asyncio
from datetime import timedelta

import pytest

from cloud.inventory.service import correct
from tests.fakes.wire_home import BOTTLE, CAPACITY_UL, CARD, hours_ago, move_in, now, second_hub

pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(300)]

WINDOW = "pending_cancel_window"


async def test_rule_01_of_two_consents_at_once_one_holds_and_names_everything(town):
    home = await move_in(town)
    without_card = await home.agree()
    await home.save_card()

    answers = await asyncio.gather(
        home.agree(at=0, max_total_minor=8000), home.agree(at=1, max_total_minor=9000)
    )

    assert (without_card.status_code, without_card.json()["code"]) == (422, "card_needed")
    assert [answer.status_code for answer in answers] == [204, 204]
    live = "SELECT count(*) FROM reorder_consents WHERE slot_id = :id AND revoked_at IS NULL"
    assert await town.scalar(live, id=await home.slot_id()) == 1
    (slot,) = (await home.tabs[1].get("/api/v1/me/slots")).json()
    consent = slot["consent"]
    assert (consent["variant_id"], consent["quantity"]) == (home.variant_id, 1)
    assert (consent["total_minor"], consent["unit_price_minor"]) == (BOTTLE, BOTTLE)
    assert all(consent[name] for name in ("member", "ships_to", "card_id", "text_version"))
    assert consent["consented_at"]
    assert consent["max_total_minor"] in (8000, 9000)


async def test_rule_02_what_is_sold_out_at_the_end_of_the_window_is_asked_about(town):
    home = await move_in(town, card=CARD)
    await home.agree()
    await home.runs_low()
    reorder_id = await home.until(WINDOW)
    async with town.database.unit_of_work() as session:
        await correct(session, home.variant_id, -10, "broken")

    await home.time_passes(25)
    await home.do("reorders.end_window", times=3, reorder_id=reorder_id)

    await home.until("proposed", "out_of_stock")
    assert await home.count("orders") == 0
    assert (await home.view(reorder_id))["variant_id"] == home.variant_id


@pytest.mark.parametrize(
    ("price_minor", "reason"), [(7500, "price_changed"), (8500, "price_above_ceiling")]
)
async def test_rule_03_a_price_that_rises_in_the_window_is_asked_about(town, price_minor, reason):
    home = await move_in(town, card=CARD)
    await home.agree()
    await home.runs_low()
    reorder_id = await home.until(WINDOW)
    await home.run(
        "UPDATE variants SET price_minor = :price WHERE id = :id",
        id=home.variant_id,
        price=price_minor,
    )

    await home.time_passes(25)
    await home.do("reorders.end_window", times=2, reorder_id=reorder_id)

    await home.until("proposed", reason)
    stale = await asyncio.gather(*(home.confirm(reorder_id, at=at) for at in (0, 1)))
    assert [answer.json()["code"] for answer in stale] == ["offer_changed"] * 2
    assert await home.count("orders") == 0


async def test_rule_04_ten_yeses_at_two_servers_make_one_order_and_the_next_low_waits(town):
    home = await move_in(town, card=CARD)
    await home.runs_low()
    reorder_id = await home.until("proposed")

    answers = await asyncio.gather(*(home.confirm(reorder_id, at=n % 2) for n in range(10)))

    assert len({answer.json()["order_number"] for answer in answers}) == 1
    await home.until("paid")
    later = {"install_id": f"{home.install_id}-2", "cycle": 2}
    home.hub.says("cartridge.fitted", home.cartridge(40_000, **later))
    home.hub.says("cartridge.running_low", home.low(**later))
    await home.hub.tell(at=1)
    await home.until("waiting", "open_reorder")
    assert (await home.count("orders"), await home.count("payments")) == (1, 1)


async def test_rule_05_a_report_that_comes_again_by_every_way_is_one_refill(town):
    home = await move_in(town)
    home.hub.says("cartridge.running_low", home.low())
    first = home.hub.told + 1

    answers = await asyncio.gather(*(home.hub.send(first, at=n % 2) for n in range(6)))
    home.hub.told = len(home.hub.spoken.lines)
    await home.until("proposed")
    restored = await second_hub(home)
    restored.hub_id, restored.spoken.key = home.hub.hub_id, home.hub.spoken.key
    await restored.connect()
    await restored.tell(at=1)

    # A batch that is there already is refused with where the log stands.
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 5]
    assert await home.count("reorders") == 1


async def test_rule_06_one_uncertain_look_waits_for_another_hours_later(town):
    home = await move_in(town)
    before = now() - timedelta(hours=7)
    body = home.low(7_000, at=before, days=None, error_ul=4_000)
    body["observations"] = [body["level"]]
    home.hub.says("cartridge.running_low", body, at=before)
    await home.hub.tell()
    await home.until("waiting", "needs_second_look")

    home.hub.says("cartridge.level", home.cartridge(6_900, days=None, error_ul=4_000))
    await home.hub.tell(at=1)

    await home.until("proposed")


async def test_rule_07_the_first_report_of_a_place_that_just_joined_is_not_believed(town):
    home = await move_in(town, is_settled=False)
    await home.runs_low()
    await home.until("waiting", "just_fitted")
    await home.time_passes(9)

    inferred = home.cartridge(3_900, quality="inferred")
    home.hub.says("cartridge.level", inferred)
    await home.hub.tell(at=1)
    await home.until("waiting", "level_unknown")
    home.hub.says("cartridge.level", home.cartridge(3_800))
    await home.hub.tell()

    await home.until("proposed")


async def test_rule_08_oil_that_outlasts_the_parcel_waits_until_it_does_not(town):
    home = await move_in(town)
    await home.runs_low(days=60)
    await home.until("waiting", "enough_oil")

    home.hub.says("cartridge.level", home.cartridge(3_000, days=4))
    await home.hub.tell(at=1)
    await home.do(
        "reorders.evaluate", times=2, reorder_id=await home.until("waiting", "enough_oil")
    )

    await home.until("proposed")


async def test_rule_09_a_bottle_in_the_cupboard_comes_first(town):
    home = await move_in(town)
    await home.wish(bottles_on_hand=1, at=1)
    await home.runs_low()
    await home.until("waiting", "bottle_on_hand")

    await home.wish(bottles_on_hand=0)

    await home.until("proposed")


async def test_rule_10_one_tap_by_any_way_calls_off_before_anything_is_charged(town):
    home = await move_in(town, card=CARD)
    await home.agree()
    await home.runs_low()
    reorder_id = await home.until(WINDOW)
    undo = (await home.view(reorder_id))["undo_url"].removeprefix(town.servers.urls[0])
    stranger = town.buyer(at=1).client
    wrong = await stranger.get(undo[:-4] + "AAAA")

    page = undo.partition("?")[0]
    taps = await asyncio.gather(
        home.answer(reorder_id, "cancel", at=0),
        home.answer(reorder_id, "decline", at=1),
        stranger.post_form(page, {"key": undo.partition("key=")[2]}, form_at=undo),
    )
    await home.time_passes(25)
    await home.do("reorders.end_window", times=2, reorder_id=reorder_id)

    assert wrong.status_code == 404
    assert [tap.status_code for tap in taps] == [200, 200, 200]
    await home.until("declined")
    assert (await home.count("orders"), await home.count("payments")) == (0, 0)


async def test_rule_11_a_households_bounds_and_one_bottle_a_broken_sensor(town):
    home = await move_in(town, card=CARD)
    household = f"/api/v1/me/households/{await home.household_id()}"
    await home.tabs[1].put_json(
        f"{household}/reorder-bounds", {"month_cap_minor": BOTTLE - 1, "currency": "EUR"}
    )
    await home.agree()
    await home.runs_low()
    reorder_id = await home.until("proposed", "month_cap")
    await home.confirm(reorder_id)
    await home.until("paid")
    await home.tabs[0].put_json(f"{household}/reorder-bounds", {"month_cap_minor": None})
    shipped = "UPDATE reorders SET stage = 'fitted' WHERE household_id = :household"
    await home.run(shipped)

    for cycle in (2, 3):
        broken = {"install_id": f"{home.install_id}-{cycle}", "cycle": cycle}
        home.hub.says("cartridge.fitted", home.cartridge(CAPACITY_UL, **broken), at=hours_ago(3))
        home.hub.says("cartridge.running_low", home.low(**broken))
        await home.hub.tell(at=cycle % 2)
        await home.until("proposed", "slot_cap")
        await home.do("reorders.check")
    assert await home.count("orders") == 1


async def test_rule_12_a_week_of_lows_is_judged_by_what_is_there_now(town):
    home = await move_in(town, card=CARD)
    await home.agree()
    a_week_ago = now() - timedelta(days=7)
    home.hub.says("cartridge.running_low", home.low(at=a_week_ago), at=a_week_ago)
    for day in range(6, 1, -1):
        at = now() - timedelta(days=day)
        home.hub.says("cartridge.running_low", home.low(at=at), at=at)
    fitted = home.cartridge(CAPACITY_UL, install_id=f"{home.install_id}-2", cycle=2, days=None)
    home.hub.says("cartridge.fitted", fitted, at=hours_ago(20))

    await home.hub.tell(at=1)

    await home.until("refused", "cartridge_changed")
    assert (await home.count("reorders"), await home.count("orders")) == (1, 0)
