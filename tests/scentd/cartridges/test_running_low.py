"""Running low, from devices to outbox: what must not raise it, and that it comes once."""

import sqlite3
from datetime import timedelta

import pytest

from scentd.cartridges.settings import CartridgeSettings
from scentd.model.cartridge import SlotKey
from scentd.model.diffuser import Availability
from scentd.model.events import CartridgeRunningLow, ClockStepped, DiffuserRemoved
from scentd.model.readings import EnergyRead, FaultRead

LAMP, PLUG = SlotKey("lamp"), SlotKey("plug")
MINUTE = 60.0
HOUR = 3600.0
LOW = 3_000
"""A tenth of the bottle: below the threshold, band and all."""

FALL = (4_400, 4_200, 4_000, 3_900, 3_800)
"""Readings that leave no doubt: given to a lamp that may be believed, they raise it."""


@pytest.fixture
async def lamp(home):
    """A home whose lamp holds a measured 5,000 of 30,000 microlitres: a little above low."""
    await home.start()
    home.tag("TAG-0001", level_ul=5_000)
    await home.clock.advance(MINUTE)
    return home


async def settled(home) -> None:
    await home.clock.advance(11 * MINUTE)


async def measured(home, *levels_ul: int, apart_s: float = MINUTE) -> None:
    for level_ul in levels_ul:
        home.level(level_ul)
        await home.clock.advance(apart_s)


async def lows(home) -> list[dict]:
    return await home.outbox("cartridge.running_low")


async def test_a_certain_low_level_is_said_at_once_with_its_evidence(lamp) -> None:
    await settled(lamp)

    await measured(lamp, *FALL)

    (body,) = await lows(lamp)
    assert (body["install_id"], body["reason"]) == ("TAG-0001", "level")
    assert body["observations"][-1]["quality"] == "measured"
    assert body["level"]["remaining_ul"] <= 4_500
    assert [event.cartridge.slot for event in lamp.told(CartridgeRunningLow)] == [LAMP]
    assert lamp.shelf.is_low(LAMP)


async def test_a_level_that_is_only_estimated_needs_six_hours(home) -> None:
    await home.start()
    said = {"sku": None, "scent_name": "Cedar", "capacity_ul": 30_000, "remaining_ul": LOW}
    await home.shelf.fit(PLUG, **said)

    await home.clock.advance(6 * HOUR)
    before = await lows(home)
    await home.clock.advance(15 * MINUTE)

    assert before == []
    assert len(await lows(home)) == 1


async def test_a_second_report_says_nothing_more(lamp) -> None:
    await settled(lamp)
    await measured(lamp, *FALL)

    await lamp.restart_after(hours=1)
    await measured(lamp, 3_700, 3_600, 3_500, apart_s=5 * MINUTE)
    await lamp.clock.advance(7 * HOUR)

    assert len(await lows(lamp)) == 1


async def test_a_refill_arms_it_again(lamp) -> None:
    await settled(lamp)
    await measured(lamp, *FALL)

    lamp.tag("TAG-0002", level_ul=4_400)
    await settled(lamp)
    await measured(lamp, *FALL)

    assert [body["install_id"] for body in await lows(lamp)] == ["TAG-0001", "TAG-0002"]


async def test_a_bottle_that_was_told_of_is_not_told_of_again_when_it_comes_back(lamp) -> None:
    await settled(lamp)
    await measured(lamp, *FALL)
    lamp.tag("TAG-0002", level_ul=30_000)
    await settled(lamp)

    lamp.tag("TAG-0001")
    await settled(lamp)
    await measured(lamp, 3_790, 3_780, 3_700)
    await lamp.clock.advance(7 * HOUR)

    assert len(await lows(lamp)) == 1


async def test_a_jump_up_without_a_refill_does_not_arm_it_again(lamp) -> None:
    await settled(lamp)
    await measured(lamp, *FALL)

    await measured(lamp, 29_000, 29_000, 29_000)
    await measured(lamp, 3_700, 3_600, 3_500)
    await lamp.clock.advance(7 * HOUR)

    assert len(await lows(lamp)) == 1


async def test_a_device_that_just_joined_says_nothing_of_weight(lamp) -> None:
    await settled(lamp)
    lamp.find("lamp")

    await measured(lamp, *FALL)
    early = await lows(lamp)
    await settled(lamp)

    assert early == []
    assert len(await lows(lamp)) == 1


async def test_a_device_that_just_came_back_says_nothing_of_weight(lamp) -> None:
    await settled(lamp)
    lamp.reach("lamp", Availability.OFFLINE)
    await lamp.clock.advance(HOUR)
    lamp.reach("lamp", Availability.ONLINE)

    await measured(lamp, *FALL)

    assert await lows(lamp) == []


@pytest.mark.parametrize("lost", [Availability.OFFLINE, Availability.UNKNOWN])
async def test_a_device_out_of_reach_raises_nothing(home, lost: Availability) -> None:
    await home.start()
    said = {"sku": None, "scent_name": "Cedar", "capacity_ul": 30_000, "remaining_ul": LOW}
    await home.shelf.fit(PLUG, **said)
    home.reach("plug", lost)

    await home.clock.advance(24 * HOUR)

    assert await lows(home) == []


async def test_a_level_nobody_knows_raises_nothing(home) -> None:
    home.settings = CartridgeSettings(lead_days=60, tick_s=600)
    await home.start()
    home.tag("TAG-0001")
    home.change("lamp", power=True, intensity_percent=100)

    await home.clock.advance(20 * HOUR)

    assert await lows(home) == []


async def test_the_first_reading_after_a_reset_raises_nothing(lamp) -> None:
    await measured(lamp, *FALL)
    lamp.reach("lamp", Availability.OFFLINE)
    lamp.reach("lamp", Availability.ONLINE)
    await settled(lamp)

    await measured(lamp, 3_790)
    first = await lows(lamp)
    await measured(lamp, 3_780)

    assert first == []
    assert len(await lows(lamp)) == 1


async def test_a_retained_message_raises_nothing_however_often_it_comes(lamp) -> None:
    await settled(lamp)

    for _ in range(10):
        lamp.level(LOW, retained=True)
        await lamp.clock.advance(HOUR)

    assert await lows(lamp) == []


async def test_a_factory_reset_takes_the_first_look_back(home) -> None:
    await home.start()
    said = {"sku": None, "scent_name": "Cedar", "capacity_ul": 30_000, "remaining_ul": LOW}
    await home.shelf.fit(PLUG, **said)
    await home.clock.advance(5 * HOUR)

    home.bus.publish(DiffuserRemoved(home.clock.now(), "plug"))
    home.find("plug")
    await home.clock.advance(5 * HOUR)

    assert await lows(home) == []


@pytest.mark.parametrize("step_h", [7, -7, 24 * 365])
async def test_a_step_of_the_clock_is_not_six_hours_of_evidence(home, step_h: int) -> None:
    await home.start()
    said = {"sku": None, "scent_name": "Cedar", "capacity_ul": 30_000, "remaining_ul": LOW}
    await home.shelf.fit(PLUG, **said)
    await home.clock.advance(HOUR)

    home.clock.step(timedelta(hours=step_h))
    home.bus.publish(ClockStepped(home.clock.now(), step_h * HOUR))
    await home.clock.advance(HOUR)

    assert await lows(home) == []


async def test_a_clock_nobody_trusts_dates_no_evidence(lamp) -> None:
    await settled(lamp)
    lamp.clock.trusted = False

    await measured(lamp, *FALL)
    await lamp.clock.advance(7 * HOUR)

    assert await lows(lamp) == []


async def test_a_plug_that_suspects_an_empty_bottle_raises_nothing(home) -> None:
    await home.start()
    said = {"sku": None, "scent_name": "Cedar", "capacity_ul": 30_000}
    await home.shelf.fit(PLUG, **said)
    await settled(home)

    home.report("plug", FaultRead("suspected_empty"), EnergyRead(0.4, 12.0))
    home.change("plug", fault="suspected_empty")
    await home.clock.advance(8 * HOUR)

    assert await lows(home) == []
    assert home.shelf.get(PLUG).remaining_ul > 29_900


async def test_one_bad_reading_raises_nothing(lamp) -> None:
    await settled(lamp)

    await measured(lamp, 4_950, 0, 4_900)
    await lamp.clock.advance(5 * HOUR)
    await measured(lamp, 4_890, 0, 4_880, apart_s=HOUR)

    assert await lows(lamp) == []


async def test_few_days_left_at_this_pace_raise_it_before_the_level(home) -> None:
    home.settings = CartridgeSettings(tick_s=600)
    await home.start()
    await home.shelf.fit(PLUG, sku=None, scent_name="Cedar", capacity_ul=30_000)

    home.change("plug", power=True, intensity_percent=100)
    await home.clock.advance(12 * HOUR)

    (body,) = await lows(home)
    assert body["reason"] == "days_left"
    assert len(body["observations"]) == 2
    assert body["run_out"]["p50"] is not None


async def test_latch_and_message_are_one(lamp) -> None:
    await settled(lamp)
    await lamp.database.write(_refuse_lows)

    await measured(lamp, *FALL)
    latched = await lamp.database.read(
        lambda c: c.execute("SELECT is_low FROM cartridges").fetchone()["is_low"]
    )

    assert latched == 0
    assert not lamp.shelf.is_low(LAMP)
    assert lamp.told(CartridgeRunningLow) == []
    with pytest.raises(sqlite3.IntegrityError):
        await lamp.stop()


def _refuse_lows(connection: sqlite3.Connection) -> None:
    connection.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON outbox WHEN NEW.kind = 'cartridge.running_low'"
        " BEGIN SELECT RAISE(ABORT, 'refused by the test'); END"
    )
