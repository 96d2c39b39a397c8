"""Things to put into a house: diffusers, bottles, windows, and the home of four rooms."""

from datetime import time, timedelta

from scentd.model.cartridge import Cartridge, RunOut, SlotKey
from scentd.model.diffuser import (
    Availability,
    Capabilities,
    Diffuser,
    DiffuserState,
    LevelQuality,
    ReportedState,
)
from scentd.model.schedule import ScentSchedule, ScheduleEntry, Weekday
from tests.fakes.parts import STEPS


def a_diffuser(diffuser_id, name, room, *, steps=STEPS, **more) -> Diffuser:
    can = Capabilities(steps=steps, rate_ul_per_h=tuple(100 * (n + 1) for n in range(len(steps))))
    if "capabilities" in more:
        can = more.pop("capabilities")
    return Diffuser(
        id=diffuser_id,
        dialect=diffuser_id.partition("-")[0],
        address=f"scent/1/{diffuser_id}",
        name=name,
        capabilities=can,
        maker="Scentworks",
        model="Mist 2",
        firmware="1.4.0",
        room=room,
        **more,
    )


def a_state(now, *, power=True, percent=60, signal=-52, **more) -> DiffuserState:
    return DiffuserState(
        reported=ReportedState(power=power, intensity_percent=percent, signal_dbm=signal),
        availability=Availability.ONLINE,
        availability_since=now,
        last_message_at=now,
        **more,
    )


def a_cartridge(diffuser_id, scent, capacity_ml, percent, now, *, sku=None, error=3) -> Cartridge:
    capacity_ul = capacity_ml * 1000
    return Cartridge(
        slot=SlotKey(diffuser_id),
        install_id=f"install-{diffuser_id}",
        cycle=2,
        sku=sku,
        scent_name=scent,
        capacity_ul=capacity_ul,
        remaining_ul=capacity_ul * percent // 100,
        error_ul=capacity_ul * error // 100,
        quality=LevelQuality.HUB_ESTIMATE,
        fitted_at=now - timedelta(days=20),
        level_at=now,
    )


def a_window(entry_id, start, end, days, percent=None) -> ScheduleEntry:
    return ScheduleEntry(
        entry_id, time.fromisoformat(start), time.fromisoformat(end), frozenset(days), percent
    )


async def furnish(rig) -> None:
    """Put in the home of the picture: four rooms, their schedules, one bottle running low."""
    now = rig.clock.now()
    homes = [
        ("native-a1", "Shelf", "Living room", "Cedar & Bergamot", 50, 71, 14, 60, -48, "CEDBER-50"),
        ("tasmota-b2", "Nightstand", "Bedroom", "Lavender Field", 30, 38, 11, 40, -61, None),
        ("native-c3", "Mirror", "Bathroom", "Eucalyptus Mint", 30, 10, 0.7, 80, -70, "EUCMNT-30"),
        ("tasmota-d4", "Coat rack", "Hallway", "White Tea", 50, 91, 125, 20, -47, None),
    ]
    for diffuser_id, name, room, scent, ml, percent, days, step, signal, sku in homes:
        rig.devices.add(
            a_diffuser(diffuser_id, name, room), a_state(now, percent=step, signal=signal)
        )
        empty = timedelta(days=days)
        rig.cartridges.put(
            a_cartridge(diffuser_id, scent, ml, percent, now, sku=sku),
            RunOut(now + empty * 0.8, now + empty, now + empty * 1.25),
            is_low=percent <= 15,
        )
    work = list(Weekday)[:5]
    ends = list(Weekday)[5:]
    plans = [
        ("shower", "Shower", "native-c3", [a_window("a", "06:30", "08:00", work, 80)]),
        ("slow", "Slow morning", "native-c3", [a_window("a", "08:30", "11:00", ends)]),
        ("wake", "Wake up", "native-a1", [a_window("a", "07:00", "08:30", work, 40)]),
        ("evening", "Evening", "native-a1", [a_window("a", "18:00", "22:30", Weekday, 60)]),
        ("wind", "Wind down", "tasmota-b2", [a_window("a", "21:30", "23:00", Weekday, 40)]),
        ("guests", "Guests", "tasmota-d4", [a_window("a", "10:00", "20:00", ends, 20)]),
    ]
    for key, name, diffuser_id, entries in plans:
        await rig.house.schedules.save(ScentSchedule(key, name, diffuser_id, tuple(entries)))
