"""The plan's exceptions over the API: skip, begin early, vacations and pauses."""

from dataclasses import replace

import pytest

from scentd.api.access import Scope


@pytest.fixture
async def hand(program):
    """A client that may see, control and configure."""
    return await program(Scope.READ, Scope.CONTROL, Scope.CONFIGURE)


async def test_the_next_window_is_skipped_shown_and_taken_back(hand):
    _, before = await hand.ask("GET", "/api/v1/schedules/planned?days=7")
    first = next(run for run in before if run["schedule_id"] == "wake")

    status, schedule = await hand.ask("POST", "/api/v1/schedules/wake/skip")
    _, left = await hand.ask("GET", "/api/v1/schedules/left-out?days=7")

    assert status == 200
    assert [(one["schedule_id"], one["reason"], one["start"]) for one in left] == [
        ("wake", "skipped", first["start"])
    ]
    skip = {key: schedule["exceptions"][0][key] for key in ("entry_id", "day")}
    await hand.ask("POST", "/api/v1/schedules/wake/unskip", skip)
    assert (await hand.ask("GET", "/api/v1/schedules/planned?days=7"))[1] == before


async def test_the_next_window_begins_early_by_hand(hand, rig):
    wake = rig.house.schedules.get("wake")
    scented = replace(wake.entries[0], sku="CEDBER-50")
    await rig.house.schedules.save(replace(wake, entries=(scented,)))

    status, outcome = await hand.ask("POST", "/api/v1/schedules/wake/advance")

    assert status == 200
    assert rig.devices.wishes[-1].sku == "CEDBER-50"
    assert outcome["answer"] == "sent"
    assert rig.devices.wishes[-1].power is True
    assert rig.devices.wishes[-1].diffuser_id == rig.house.schedules.get("wake").diffuser_id


async def test_a_vacation_empties_the_week(hand):
    vacations = {"vacations": [{"first_day": "2026-01-01", "last_day": "2027-12-31"}]}

    status, rest = await hand.ask("PUT", "/api/v1/schedules/rest/vacations", vacations)

    assert status == 200
    assert (await hand.ask("GET", "/api/v1/schedules/rest"))[1] == rest
    _, left = await hand.ask("GET", "/api/v1/schedules/left-out?days=7")
    assert {one["reason"] for one in left} == {"vacation"}
    assert (await hand.ask("GET", "/api/v1/schedules/planned?days=14"))[1] == []


async def test_a_pause_is_made_and_ended(hand):
    status, rest = await hand.ask("PUT", "/api/v1/schedules/rest/pause", {})
    assert status == 200
    assert rest["pause"]["until"] is None
    assert (await hand.ask("GET", "/api/v1/schedules/planned?days=7"))[1] == []

    status, rest = await hand.ask("DELETE", "/api/v1/schedules/rest/pause")

    assert status == 200
    assert rest["pause"]["until"] is not None
    assert (await hand.ask("GET", "/api/v1/schedules/planned?days=7"))[1]


async def test_what_cannot_be_is_refused_with_its_field(hand):
    wrong = {"vacations": [{"first_day": "2026-03-05", "last_day": "2026-03-01"}]}
    status, error = await hand.ask("PUT", "/api/v1/schedules/rest/vacations", wrong)
    assert (status, error["code"], error["field"]) == (
        422,
        "rest_invalid",
        "vacations[0].last_day",
    )

    past = {"until": "2020-01-01T00:00:00Z"}
    status, error = await hand.ask("PUT", "/api/v1/schedules/rest/pause", past)
    assert (status, error["field"]) == (422, "until")

    status, error = await hand.ask("POST", "/api/v1/schedules/none/skip")
    assert (status, error["code"]) == (404, "schedule_unknown")


async def test_a_schedule_carries_its_exceptions(hand):
    _, written = await hand.ask("GET", "/api/v1/schedules/wake")
    written["exceptions"] = [{"day": "2026-12-25", "runs_as": 6, "entry_id": None}]

    status, kept = await hand.ask("PUT", "/api/v1/schedules/wake", written)
    assert status == 200
    assert kept["exceptions"] == written["exceptions"]

    written["exceptions"] *= 2
    status, error = await hand.ask("PUT", "/api/v1/schedules/wake", written)
    assert (status, error["field"]) == (422, "exceptions[1].day")
