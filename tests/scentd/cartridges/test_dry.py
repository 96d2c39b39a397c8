"""When a device counts as run dry, so that it rests: by what is sure, never by what is reckoned."""

from dataclasses import replace

import pytest

from scentd.cartridges.doses import is_run_dry
from scentd.model.cartridge import SlotKey
from scentd.model.events import CartridgeEmpty
from tests.scentd.cartridges.conftest import CAN

LAMP, PLUG = SlotKey("lamp"), SlotKey("plug")
MINUTE, HOUR = 60.0, 3600.0


async def fit(home) -> None:
    await home.shelf.fit(PLUG, sku="CED-30", scent_name="Cedar", capacity_ul=30_000)


async def test_a_device_is_run_dry_only_by_its_own_word_or_measure(home) -> None:
    await home.start()
    await fit(home)
    home.change("plug", power=True, intensity_percent=100)
    await home.clock.advance(40 * HOUR)
    reckoned = is_run_dry(home.shelf, home.diffusers["plug"])

    home.change("plug", fault="empty")
    await home.clock.advance(MINUTE)
    said = is_run_dry(home.shelf, home.diffusers["plug"])
    home.shelf.say_still_oil(PLUG)

    assert (reckoned, said) == (False, True)
    assert not is_run_dry(home.shelf, home.diffusers["plug"])


async def test_a_refill_ends_a_device_being_run_dry(home) -> None:
    await home.start()
    await fit(home)
    home.change("plug", fault="empty")
    await home.clock.advance(MINUTE)

    await fit(home)

    assert not is_run_dry(home.shelf, home.diffusers["plug"])


async def test_a_slot_nobody_knows_may_hold_oil(home) -> None:
    await home.start()
    home.tag("TAG-0001", level_ul=0)
    twin = replace(home.diffusers["lamp"], capabilities=replace(CAN, slots=2))
    for _ in range(3):
        await home.clock.advance(11 * MINUTE)
        home.level(0)
    await home.clock.advance(MINUTE)

    assert home.shelf.is_dry(LAMP)
    assert is_run_dry(home.shelf, home.diffusers["lamp"])
    assert not is_run_dry(home.shelf, twin)


async def test_a_device_that_lay_on_its_side_for_a_day_is_not_dry_when_upright(home) -> None:
    await home.start()
    home.tag("TAG-0001", level_ul=20_000)
    for _ in range(24):
        await home.clock.advance(HOUR)
        home.level(60)
    lying = home.shelf.is_dry(LAMP)

    for _ in range(3):
        await home.clock.advance(HOUR)
        home.level(19_900)
    await home.clock.advance(MINUTE)

    assert lying
    assert not home.shelf.is_dry(LAMP)


async def test_what_somebody_sees_empty_is_dry_and_teaches_a_faster_rate(home) -> None:
    await home.start()
    await fit(home)
    home.change("plug", power=True, intensity_percent=100)
    await home.clock.advance(20 * HOUR)

    home.shelf.say_empty(PLUG)
    home.shelf.say_empty(PLUG)
    await home.restart_after(hours=1)

    assert is_run_dry(home.shelf, home.diffusers["plug"])
    assert home.shelf.get(PLUG).remaining_ul == 0
    assert home.shelf.knowledge(PLUG).rate_factor == pytest.approx(1.5, rel=0.05)
    assert [event.slot for event in home.told(CartridgeEmpty)] == [PLUG]


async def test_still_oil_and_empty_may_be_said_in_turn(home) -> None:
    await home.start()
    await fit(home)

    said = []
    for say in (home.shelf.say_empty, home.shelf.say_still_oil, home.shelf.say_empty):
        say(PLUG)
        said.append(home.shelf.is_dry(PLUG))

    assert said == [True, False, True]


async def test_a_refill_of_what_was_said_empty_teaches_nothing_twice(home) -> None:
    await home.start()
    await fit(home)
    home.change("plug", power=True, intensity_percent=100)
    await home.clock.advance(20 * HOUR)
    home.shelf.say_empty(PLUG)
    home.change("plug", power=False)

    await home.clock.advance(HOUR)
    await home.shelf.fit(PLUG, sku="CED-30", scent_name="Cedar", capacity_ul=30_000, taken_out_ul=0)

    assert home.shelf.knowledge(PLUG).falls == 1
