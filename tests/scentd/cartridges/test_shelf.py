"""The shelf over a manual clock and a real database."""

from datetime import timedelta

import pytest

from scentd.cartridges.errors import CartridgeInvalid
from scentd.cartridges.keeping import Keeper
from scentd.cartridges.settings import CartridgeSettings
from scentd.model.cartridge import SlotKey
from scentd.model.diffuser import Availability, LevelQuality
from scentd.model.errors import DiffuserUnknown
from scentd.model.events import CartridgeEmpty, CartridgeFitted, ClockStepped, LevelChanged
from scentd.model.schedule import PlannedRun

LAMP, PLUG = SlotKey("lamp"), SlotKey("plug")
HOUR = 3600.0
DAY = 24 * HOUR


async def fit(home, slot: SlotKey, **changes: object):
    said = {"sku": "CED-30", "scent_name": "Cedar", "capacity_ul": 30_000, **changes}
    return await home.shelf.fit(slot, **said)


async def test_a_fitted_cartridge_is_full_told_and_there_after_a_restart(home) -> None:
    await home.start()

    cartridge = await fit(home, PLUG)
    await home.restart_after(hours=0)

    assert (cartridge.remaining_ul, cartridge.cycle) == (30_000, 1)
    assert home.shelf.all() == (cartridge,)
    assert [event.cartridge for event in home.told(CartridgeFitted)] == [cartridge]
    (body,) = await home.outbox("cartridge.fitted")
    assert (body["install_id"], body["cycle"]) == (cartridge.install_id, 1)


async def test_a_refill_begins_a_new_cycle(home) -> None:
    await home.start()
    first = await fit(home, PLUG)

    second = await fit(home, PLUG)

    assert (first.cycle, second.cycle) == (1, 2)
    assert first.install_id != second.install_id


async def test_a_cartridge_for_an_unknown_device_is_refused(home) -> None:
    await home.start()

    with pytest.raises(DiffuserUnknown):
        await fit(home, SlotKey("toaster"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"capacity_ul": 0}, "capacity_ul"),
        ({"capacity_ul": 10**9}, "capacity_ul"),
        ({"remaining_ul": 30_001}, "remaining_ul"),
        ({"remaining_ul": -1}, "remaining_ul"),
        ({"scent_name": "  "}, "scent_name"),
        ({"sku": "x" * 65}, "sku"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_field(
    home, changes: dict[str, object], field: str
) -> None:
    await home.start()

    with pytest.raises(CartridgeInvalid) as caught:
        await fit(home, PLUG, **changes)

    assert caught.value.field == field
    assert home.shelf.all() == ()


async def test_running_uses_oil_by_the_models_data(home) -> None:
    await home.start()
    await fit(home, PLUG)

    home.change("plug", power=True, intensity_percent=100)
    await home.clock.advance(3 * HOUR)
    home.change("plug", power=False)
    await home.clock.advance(3 * HOUR)

    assert home.shelf.get(PLUG).remaining_ul == pytest.approx(27_000, abs=10)
    assert home.shelf.get(PLUG).quality is LevelQuality.HUB_ESTIMATE


async def test_a_short_run_between_two_ticks_counts(home) -> None:
    await home.start()
    await fit(home, PLUG)

    home.change("plug", power=True, intensity_percent=100)
    await home.clock.advance(36)
    home.change("plug", power=False)
    await home.clock.advance(120)

    assert home.shelf.get(PLUG).remaining_ul == 29_990


async def test_a_level_that_moved_is_published_with_its_forecast(home) -> None:
    now = home.clock.now()
    home.plan = [
        PlannedRun("plug", "s", "e", 100, day, day + timedelta(hours=1), day.date())
        for day in (now + timedelta(days=n) for n in range(28))
    ]
    await home.start()
    await fit(home, PLUG)
    home.change("plug", power=True, intensity_percent=100)

    await home.clock.advance(HOUR)

    last = home.told(LevelChanged)[-1]
    assert last.cartridge.remaining_ul == pytest.approx(29_000, abs=20)
    assert last.run_out.p50 is not None
    assert abs(last.run_out.p50 - (now + timedelta(days=30))) < timedelta(days=2)


async def test_the_level_survives_a_restart_and_a_device_left_on_is_half_believed(home) -> None:
    await home.start()
    await fit(home, PLUG)
    home.change("plug", power=True, intensity_percent=100)
    await home.clock.advance(2 * HOUR)

    await home.restart_after(hours=4)
    cartridge = home.shelf.get(PLUG)

    assert cartridge.remaining_ul == pytest.approx(26_000, abs=20)
    assert cartridge.error_ul > 2_000


async def test_a_device_out_of_reach_is_not_taken_to_run(home) -> None:
    await home.start()
    await fit(home, PLUG)
    home.change("plug", power=True, intensity_percent=100)
    await home.clock.advance(HOUR)

    home.reach("plug", Availability.OFFLINE)
    await home.clock.advance(5 * HOUR)

    assert home.shelf.get(PLUG).remaining_ul == pytest.approx(29_000, abs=10)


@pytest.mark.parametrize("hours", [6, 48])
async def test_a_device_found_running_is_half_believed_though_the_hub_restarted(
    home, hours: int
) -> None:
    await home.start()
    await fit(home, PLUG)
    home.change("plug", power=True, intensity_percent=100)
    await home.clock.advance(HOUR)
    home.reach("plug", Availability.OFFLINE)
    await home.clock.advance((hours - 3) * HOUR)

    await home.restart_after(hours=1)
    await home.clock.advance(2 * HOUR)
    home.reach("plug", Availability.ONLINE)
    await home.clock.advance(1)

    unseen_ul = 1_000 * min(hours, 24) / 2
    assert home.shelf.get(PLUG).remaining_ul == pytest.approx(29_000 - unseen_ul, abs=100)


async def test_a_bottle_put_in_while_the_device_was_lost_did_not_lose_what_ran_before(home) -> None:
    await home.start()
    await fit(home, PLUG)
    home.change("plug", power=True, intensity_percent=100)
    await home.clock.advance(HOUR)
    home.reach("plug", Availability.OFFLINE)
    await home.clock.advance(10 * HOUR)

    await fit(home, PLUG)
    await home.clock.advance(2 * HOUR)
    home.reach("plug", Availability.ONLINE)
    await home.clock.advance(1)

    assert home.shelf.get(PLUG).remaining_ul == pytest.approx(29_000, abs=20)


async def test_a_device_put_upright_again_is_written_so(home) -> None:
    await home.start()
    home.tag("TAG-0001", level_ul=20_000)
    for level_ul in (9_000, 9_010, 8_990, 20_010, 19_990):
        await home.clock.advance(HOUR)
        home.level(level_ul)

    await home.clock.advance(120)
    (kept,) = await Keeper(home.database, 180).slots()

    assert home.shelf.get(LAMP).remaining_ul < 9_100
    assert kept.level.believed_ul == pytest.approx(20_000, abs=200)


async def test_a_level_is_written_with_its_moment_on_the_clock_that_stepped(home) -> None:
    await home.start()
    await fit(home, PLUG)
    await home.clock.advance(HOUR)

    home.clock.step(30 * timedelta(days=1))
    home.bus.publish(ClockStepped(home.clock.now(), 30 * DAY))
    await home.clock.advance(120)
    (kept,) = await Keeper(home.database, 180).slots()

    assert home.clock.now() - kept.level_at < timedelta(minutes=5)


async def test_old_retained_levels_change_nothing_that_is_known(home) -> None:
    await home.start()
    home.tag("TAG-0001", level_ul=20_000)
    await home.clock.advance(2)

    home.level(1_000, retained=True)
    await home.clock.advance(60)
    home.level(1_000, retained=True)
    await home.clock.advance(60)

    assert home.shelf.get(LAMP).remaining_ul == 20_000


async def test_a_rise_without_a_refill_is_doubted_and_shown(home) -> None:
    await home.start()
    home.tag("TAG-0001", level_ul=10_000)
    await home.clock.advance(60)

    home.level(29_000)
    await home.clock.advance(60)

    assert home.shelf.is_rise_doubted(LAMP)
    assert home.shelf.get(LAMP).remaining_ul == 10_000


async def test_the_name_comes_with_the_catalogue(home) -> None:
    await home.start()
    home.tag("TAG-0001", level_ul=10_000)
    await home.clock.advance(60)
    before = home.shelf.get(LAMP).scent_name

    await home.put_in_catalogue("CED-30", "Cedar & Bergamot")
    await home.clock.advance(60)

    assert before == "CED-30"
    assert home.shelf.get(LAMP).scent_name == "Cedar & Bergamot"


async def test_a_yes_in_the_account_begins_a_cycle_of_the_same_scent_once(home) -> None:
    await home.start()
    first = await fit(home, PLUG)
    await home.clock.advance(DAY)

    for _ in range(2):
        await home.say_refilled(PLUG, first.install_id)
        await home.clock.advance(60)
    await home.restart_after(hours=1)
    await home.clock.advance(60)

    second = home.shelf.get(PLUG)
    assert (second.cycle, second.sku, second.scent_name) == (2, "CED-30", "Cedar")
    assert second.install_id != first.install_id
    assert [body["cycle"] for body in await home.outbox("cartridge.fitted")] == [1, 2]


async def test_a_yes_about_another_cartridge_begins_nothing(home) -> None:
    await home.start()
    first = await fit(home, PLUG)

    await home.say_refilled(PLUG, "some-other-cartridge")
    await home.clock.advance(60)

    assert home.shelf.get(PLUG).install_id == first.install_id


async def test_an_empty_fault_empties_the_estimate_and_is_said_once(home) -> None:
    await home.start()
    await fit(home, PLUG)
    await home.clock.advance(HOUR)

    home.change("plug", fault="empty")
    await home.clock.advance(10)
    home.change("plug", fault="")
    home.change("plug", fault="empty")
    await home.clock.advance(HOUR)
    await home.restart_after(hours=1)
    await home.clock.advance(HOUR)

    assert home.shelf.get(PLUG).remaining_ul == 0
    assert [event.slot for event in home.told(CartridgeEmpty)] == [PLUG]


async def test_a_device_on_its_side_is_not_said_to_be_empty(home) -> None:
    await home.start()
    home.tag("TAG-0001", level_ul=20_000)
    await home.clock.advance(HOUR)

    for _ in range(4):
        home.level(100)
        await home.clock.advance(HOUR)
    tilted = home.told(CartridgeEmpty)
    for _ in range(4):
        home.level(90)
        await home.clock.advance(HOUR)

    assert tilted == []
    assert [event.slot for event in home.told(CartridgeEmpty)] == [LAMP]


async def test_levels_are_told_to_the_cloud_at_most_every_ten_minutes(home) -> None:
    await home.start()
    await fit(home, PLUG)
    home.change("plug", power=True, intensity_percent=100)

    await home.clock.advance(3 * HOUR)
    await home.stop()
    await home.database.write(lambda _: None)

    assert 15 <= len(await home.outbox("cartridge.level")) <= 18


async def test_the_plot_has_the_fall_and_forgets_the_distant_past(home) -> None:
    await home.start()
    await fit(home, PLUG)
    start = home.clock.now()
    home.change("plug", power=True, intensity_percent=100)
    await home.clock.advance(3 * HOUR)
    await home.database.write(lambda _: None)

    levels = await home.shelf.history(PLUG, start)

    moments, amounts = [at for at, _, _ in levels], [ul for _, ul, _ in levels]
    assert moments == sorted(moments)
    assert amounts == sorted(amounts, reverse=True)
    assert (amounts[0], len(levels)) == (30_000, pytest.approx(20, abs=3))


async def test_a_week_of_use_by_hand_show_in_the_forecast(home) -> None:
    home.settings = CartridgeSettings(tick_s=1800)
    await home.start()
    await fit(home, PLUG, capacity_ul=100_000)
    nothing_known = home.shelf.run_out(PLUG)

    for _ in range(7):
        home.change("plug", power=True, intensity_percent=100)
        await home.clock.advance(2 * HOUR)
        home.change("plug", power=False)
        await home.clock.advance(22 * HOUR)
    left_days = home.shelf.get(PLUG).remaining_ul / 2_000

    run_out = home.shelf.run_out(PLUG)
    assert nothing_known.p50 is None
    assert run_out.p50 is not None
    days = (run_out.p50 - home.clock.now()) / timedelta(days=1)
    assert days == pytest.approx(left_days, rel=0.2)
