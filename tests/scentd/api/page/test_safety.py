"""The safety page: limits, bars, quiet hours, care, locks and the stop that holds."""

from datetime import time

import pytest

from scentd.model.commands import UNTIL_I_SAY
from scentd.model.safety import Limits, QuietHours, Ward
from tests.fakes.reading import text_of

SHELF = "native-a1"


async def test_what_is_used_today_stands_against_each_limit(member, rig, clock):
    await member.submit("/safety", **{"everywhere.day_minutes": "60"})
    rig.devices.report(SHELF, power=True)
    await clock.advance(1_800)

    _, page = await member.read("/safety")

    assert "30 of 60 minutes today" in text_of(page)
    assert "<meter" in page


async def test_the_form_keeps_what_it_shows(member, rig):
    room = min(one.room for one in rig.devices.all() if one.room)

    await member.submit(
        "/safety",
        **{
            "everywhere.day_minutes": "240",
            "everywhere.day_ul": "1,5",
            "room.0.hour_minutes": "30",
            f"diffuser.{SHELF}.run_minutes": "15",
            "quiet_begins": "22:00",
            "quiet_ends": "06:30",
            "wards": "pet",
            "unsafe.pet": "Tea tree, Pine",
            "locked": SHELF,
        },
    )

    rules = rig.house.safety.rules
    assert rules.everywhere == Limits(day_minutes=240, day_ul=1_500)
    assert rules.rooms == {room: Limits(hour_minutes=30)}
    assert rules.diffusers == {SHELF: Limits(run_minutes=15)}
    assert rules.quiet == (QuietHours(time(22), time(6, 30)),)
    assert rules.wards == {Ward.PET}
    assert rules.unsafe_scents[Ward.PET] == {"Tea tree", "Pine"}
    assert rules.child_locked == {SHELF}
    _, page = await member.read("/safety")
    assert 'value="1.5"' in page
    assert 'value="22:00"' in page


@pytest.mark.parametrize(
    "fields",
    [
        {"everywhere.day_minutes": "many"},
        {"everywhere.day_minutes": "0"},
        {"everywhere.day_ul": "inf"},
        {"quiet_begins": "22:00"},
        {f"diffuser.{SHELF}.run_minutes": "-1"},
    ],
)
async def test_what_is_no_limit_is_said_and_changes_nothing(member, rig, fields):
    before = rig.house.safety.rules

    status, page = await member.submit(
        "/safety", **{"everywhere.hour_minutes": "17", "wards": "pet", **fields}
    )

    assert status == 422
    assert page.count('aria-invalid="true"') == 1
    assert 'name="everywhere.hour_minutes" value="17"' in page
    assert 'value="pet" checked' in page
    assert 'role="alert"' in page
    assert rig.house.safety.rules == before


async def test_everything_stops_until_it_is_let_go(member, rig):
    await member.submit("/safety/hold")
    _, held = await member.read("/safety")
    await member.submit("/safety/release")

    assert "Everything is stopped since" in text_of(held)
    assert rig.house.safety.rules.hold is None


@pytest.mark.parametrize(("language", "title"), [("de", "Sicherheit"), ("es", "Seguridad")])
async def test_it_speaks_the_households_language(member, rig, language, title):
    await member.submit("/settings/household", name="Home", zone="Europe/Berlin", language=language)

    _, page = await member.read("/safety")

    assert f"<h1>{title}</h1>" in page


async def test_a_card_says_that_a_hand_holds_for_good(member, rig):
    rig.devices.held[SHELF] = UNTIL_I_SAY

    _, page = await member.read("/")

    assert "Set by hand until you say otherwise." in text_of(page)
