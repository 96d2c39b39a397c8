"""What is said of a slot beside its level: by whom it was filled, what is doubted, what rests."""

from datetime import timedelta

import pytest

from scentd.cartridges.errors import NothingToAnswer
from scentd.cartridges.settings import CartridgeSettings
from scentd.cartridges.suspicion import HELD_S, KNOWN_FROM
from scentd.model.cartridge import FittedBy, SlotKey
from scentd.model.diffuser import Availability
from scentd.model.errors import CartridgeNotFitted
from scentd.model.events import (
    CartridgeEmpty,
    CartridgeFitted,
    CartridgeSuspectedEmpty,
    LevelRose,
)
from scentd.model.readings import CartridgeRead, EnergyRead, LevelRead

LAMP, LAMP_2, PLUG = SlotKey("lamp"), SlotKey("lamp", 2), SlotKey("plug")
HOUR = 3600.0
DAY = 24 * HOUR


async def begin(home) -> None:
    home.settings = CartridgeSettings(tick_s=3600)
    await home.start()


async def fit(home, slot: SlotKey, **changes: object):
    said = {"sku": "CED-30", "scent_name": "Cedar", "capacity_ul": 30_000, **changes}
    return await home.shelf.fit(slot, **said)


async def use_up(home, slot: SlotKey, hours: float) -> None:
    home.change(slot.diffuser_id, power=True, intensity_percent=100)
    await home.clock.advance(hours * HOUR)
    home.change(slot.diffuser_id, power=False)
    await home.clock.advance(60)


async def draw(home, watts: float, times: int) -> None:
    for _ in range(times):
        home.report("plug", EnergyRead(watts, None))
        await home.clock.advance(HELD_S / 3)


async def test_what_was_left_at_a_refill_teaches_what_the_device_really_uses(home) -> None:
    await begin(home)
    await fit(home, PLUG)
    await use_up(home, PLUG, 20)

    await fit(home, PLUG, taken_out_ul=0)
    await use_up(home, PLUG, 10)

    learnt = home.shelf.knowledge(PLUG)
    assert learnt.falls == 1
    assert learnt.rate_factor == pytest.approx(1.5, rel=0.05)
    assert home.shelf.get(PLUG).remaining_ul == pytest.approx(15_000, rel=0.1)


async def test_nobody_looked_at_the_old_one_so_nothing_is_learnt(home) -> None:
    await begin(home)
    await fit(home, PLUG)
    await use_up(home, PLUG, 10)

    await fit(home, PLUG)

    assert home.shelf.knowledge(PLUG).falls == 0
    assert home.shelf.get(PLUG).remaining_ul == 30_000


async def test_what_was_learnt_of_a_slot_outlives_its_bottle_and_a_restart(home) -> None:
    await begin(home)
    await fit(home, PLUG)
    await use_up(home, PLUG, 20)
    await fit(home, PLUG, taken_out_ul=0)

    await home.restart_after(hours=1)

    assert home.shelf.knowledge(PLUG).rate_factor == pytest.approx(1.5, rel=0.05)


async def test_oil_evaporates_while_the_device_is_off(home) -> None:
    await begin(home)
    await fit(home, PLUG)
    await home.clock.advance(60)
    before = home.shelf.get(PLUG)

    await home.clock.advance(20 * DAY)

    after = home.shelf.get(PLUG)
    assert after.remaining_ul == pytest.approx(29_400, abs=20)
    assert after.error_ul > before.error_ul


async def test_two_devices_that_swap_their_vials_keep_their_rates_and_swap_their_levels(
    home,
) -> None:
    await begin(home)
    home.tag("VIAL-AAAA", level_ul=12_000)
    home.report("plug", CartridgeRead(1, "VIAL-BBBB", "LAV-30", 30_000), LevelRead(1, 27_000))
    await home.clock.advance(60)

    home.tag("VIAL-BBBB", level_ul=27_000, sku="LAV-30")
    home.report("plug", CartridgeRead(1, "VIAL-AAAA", "CED-30", 30_000), LevelRead(1, 12_000))
    await home.clock.advance(60)

    lamp, plug = home.shelf.get(LAMP), home.shelf.get(PLUG)
    assert (lamp.install_id, plug.install_id) == ("VIAL-BBBB", "VIAL-AAAA")
    assert lamp.remaining_ul == pytest.approx(27_000, abs=100)
    assert plug.remaining_ul == pytest.approx(12_000, abs=100)


async def test_a_vial_sits_in_one_slot_only(home) -> None:
    await begin(home)
    home.tag("VIAL-AAAA", level_ul=12_000)
    await home.clock.advance(60)

    home.report("plug", CartridgeRead(1, "VIAL-AAAA", "CED-30", 30_000), LevelRead(1, 12_000))
    await home.clock.advance(60)
    await home.restart_after(hours=1)

    assert home.shelf.get(LAMP) is None
    assert home.shelf.get(PLUG).install_id == "VIAL-AAAA"


async def test_a_wrong_vial_is_taken_for_what_it_says_it_is(home) -> None:
    await begin(home)
    await fit(home, LAMP)

    home.tag("TAG-0001", level_ul=20_000, sku="LAV-30")
    await home.clock.advance(60)

    cartridge = home.shelf.get(LAMP)
    assert (cartridge.sku, cartridge.cycle) == ("LAV-30", 2)
    assert home.told(CartridgeFitted)[-1].by is FittedBy.TAG


async def test_still_oil_in_an_empty_bottle_goes_on_and_teaches_a_slower_rate(home) -> None:
    await begin(home)
    await fit(home, PLUG)
    await use_up(home, PLUG, 40)
    empty = home.shelf.get(PLUG)

    home.shelf.say_still_oil(PLUG)
    await home.clock.advance(60)

    assert empty.remaining_ul == 0
    assert home.shelf.get(PLUG).remaining_ul == 0
    assert home.shelf.knowledge(PLUG).rate_factor < 0.85
    assert home.shelf.knowledge(PLUG).goes_on


async def test_after_still_oil_the_same_fault_does_not_empty_it_again(home) -> None:
    await begin(home)
    await fit(home, PLUG)
    await home.clock.advance(HOUR)
    home.change("plug", fault="empty")
    await home.clock.advance(60)

    home.shelf.say_still_oil(PLUG)
    await home.restart_after(hours=0)
    await home.clock.advance(HOUR)

    assert len(home.told(CartridgeEmpty)) == 1
    assert not home.shelf.knowledge(PLUG).is_empty


async def test_still_oil_needs_a_cartridge(home) -> None:
    await begin(home)

    with pytest.raises(CartridgeNotFitted):
        home.shelf.say_still_oil(PLUG)


async def test_the_second_slot_feeds_when_the_first_is_empty(home) -> None:
    await begin(home)
    await fit(home, LAMP, remaining_ul=2_000)
    await fit(home, LAMP_2)

    await use_up(home, LAMP, 2)
    first, second = home.shelf.get(LAMP), home.shelf.get(LAMP_2)
    await use_up(home, LAMP, 5)

    assert (first.remaining_ul, second.remaining_ul) == (0, pytest.approx(30_000, abs=10))
    assert home.shelf.get(LAMP_2).remaining_ul == pytest.approx(25_000, abs=50)
    assert home.shelf.knowledge(LAMP_2).is_feeding


async def test_the_slot_that_the_device_names_feeds(home) -> None:
    await begin(home)
    await fit(home, LAMP, remaining_ul=9_000)
    await fit(home, LAMP_2)

    home.change("lamp", slot_no=2)
    await use_up(home, LAMP, 3)
    home.change("lamp", slot_no=1)
    await use_up(home, LAMP, 4)

    assert home.shelf.get(LAMP_2).remaining_ul == pytest.approx(27_000, abs=50)
    assert home.shelf.get(LAMP).remaining_ul == pytest.approx(5_000, abs=50)
    assert home.shelf.knowledge(LAMP).is_feeding


async def test_a_fault_is_of_the_slot_that_the_device_names(home) -> None:
    await begin(home)
    await fit(home, LAMP, remaining_ul=9_000)
    await fit(home, LAMP_2)

    for remaining_ul in (29_000, 28_900, 28_800):
        home.level(remaining_ul, slot_no=2)
        home.level(remaining_ul - 20_000)
        await home.clock.advance(HOUR)
    home.change("lamp", slot_no=2, fault="empty")
    await home.clock.advance(60)

    assert [event.slot for event in home.told(CartridgeEmpty)] == [LAMP_2]


async def test_the_slot_of_a_scent_is_found_until_it_is_empty(home) -> None:
    await begin(home)
    await fit(home, LAMP, sku="CEDBER-50", remaining_ul=300)
    await fit(home, LAMP_2, sku="LAVFLD-30")
    home.change("lamp", slot_no=1)
    asked = ("LAVFLD-30", "CEDBER-50", "WHTTEA-50", None)

    held = [home.shelf.slot_for("lamp", sku) for sku in asked]
    for remaining_ul in (200, 100, 0):
        home.level(remaining_ul)
        await home.clock.advance(HOUR)

    assert held == [2, 1, 1, 1]
    assert [home.shelf.slot_for("lamp", sku) for sku in asked] == [2, 2, 2, 2]
    assert home.shelf.slot_for("plug", None) is None


async def test_less_power_while_on_is_suspected_once_and_changes_no_level(home) -> None:
    await begin(home)
    await fit(home, PLUG, capacity_ul=100_000)
    await home.clock.advance(HOUR)
    home.change("plug", power=True, intensity_percent=100)
    await draw(home, 12.0, KNOWN_FROM + 2)

    await draw(home, 5.0, 12)

    (event,) = home.told(CartridgeSuspectedEmpty)
    assert (event.slot, event.watts) == (PLUG, 5.0)
    assert event.usual_watts == pytest.approx(12.0, abs=0.1)
    assert home.shelf.knowledge(PLUG).is_suspected
    assert home.shelf.get(PLUG).remaining_ul > 90_000
    assert await home.outbox("cartridge.running_low") == []


@pytest.mark.parametrize(("watts", "percent"), [(9.0, 100), (5.0, 50)])
async def test_a_little_less_power_or_another_step_is_not_suspected(
    home, watts: float, percent: int
) -> None:
    await begin(home)
    await fit(home, PLUG, capacity_ul=100_000)
    await home.clock.advance(HOUR)
    home.change("plug", power=True, intensity_percent=100)
    await draw(home, 12.0, KNOWN_FROM + 2)

    home.change("plug", intensity_percent=percent)
    await draw(home, watts, 8)

    assert home.told(CartridgeSuspectedEmpty) == []


async def test_a_device_that_is_off_is_not_suspected(home) -> None:
    await begin(home)
    await fit(home, PLUG)
    await home.clock.advance(HOUR)
    home.change("plug", power=True, intensity_percent=100)
    await draw(home, 12.0, KNOWN_FROM + 2)

    home.change("plug", power=False)
    await draw(home, 0.4, 8)

    assert home.told(CartridgeSuspectedEmpty) == []


async def test_a_rise_is_told_once_and_a_yes_makes_it_a_refill(home) -> None:
    await begin(home)
    home.tag("TAG-0001", level_ul=10_000)
    await home.clock.advance(60)
    for told in (29_000, 28_990, 28_980):
        home.level(told)
        await home.clock.advance(60)

    cartridge = await home.shelf.answer_rise(LAMP, is_refilled=True)

    (rose,) = home.told(LevelRose)
    assert (rose.slot, rose.told_ul) == (LAMP, 29_000)
    assert (cartridge.cycle, cartridge.remaining_ul) == (2, 28_980)
    assert home.told(CartridgeFitted)[-1].by is FittedBy.LEVEL
    assert not home.shelf.is_rise_doubted(LAMP)


async def test_a_no_lets_the_level_stand_until_the_device_rights_itself(home) -> None:
    await begin(home)
    home.tag("TAG-0001", level_ul=10_000)
    await home.clock.advance(60)
    home.level(29_000)
    await home.clock.advance(60)

    cartridge = await home.shelf.answer_rise(LAMP, is_refilled=False)
    home.level(28_900)
    await home.clock.advance(60)

    assert cartridge.cycle == 1
    assert not home.shelf.is_rise_doubted(LAMP)
    assert home.shelf.get(LAMP).remaining_ul <= 10_000
    with pytest.raises(NothingToAnswer):
        await home.shelf.answer_rise(LAMP, is_refilled=True)


async def test_what_was_put_in_is_remembered_for_the_plot(home) -> None:
    await begin(home)
    start = home.clock.now()
    await fit(home, LAMP)
    await home.clock.advance(timedelta(days=1))
    home.tag("TAG-0001", level_ul=29_000, sku="LAV-30")
    await home.clock.advance(60)

    fittings = await home.shelf.fittings(LAMP, start)

    assert [fitting.by for fitting in fittings] == [FittedBy.HOUSEHOLD, FittedBy.TAG]


async def test_a_bottle_emptied_while_its_device_was_out_of_reach_teaches_no_rate(home) -> None:
    await begin(home)
    await fit(home, PLUG)
    await use_up(home, PLUG, 5)
    home.reach("plug", Availability.OFFLINE)
    await home.clock.advance(20 * HOUR)

    await fit(home, PLUG, taken_out_ul=0)

    assert home.shelf.knowledge(PLUG).rate_factor == 1.0


async def test_a_word_that_fits_nothing_known_makes_the_rate_less_sure_and_no_other(home) -> None:
    await begin(home)
    await fit(home, PLUG)
    await use_up(home, PLUG, 1)

    await fit(home, PLUG, taken_out_ul=0)

    learnt = home.shelf.knowledge(PLUG)
    assert (learnt.rate_factor, learnt.falls) == (1.0, 0)
