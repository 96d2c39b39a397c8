"""Safety over the API: limits, what is used of them, the stop that holds."""

import pytest

from scentd.api.access import Scope
from scentd.model.commands import UNTIL_I_SAY

ALL = (Scope.READ, Scope.CONTROL, Scope.CONFIGURE)
SHELF = "native-a1"


async def test_limits_are_kept_and_shown_with_their_use(program, rig, clock):
    client = await program(*ALL)
    rig.devices.report(SHELF, power=True)
    await clock.advance(600)

    _, said = await client.ask(
        "PUT",
        "/api/v1/safety",
        {
            "everywhere": {"day_minutes": 60},
            "diffusers": {SHELF: {"hour_ul": 500}},
            "quiet": [{"begins": "22:00", "ends": "06:30", "room": "Study"}],
            "wards": ["pet"],
            "child_locked": [SHELF],
        },
    )
    _, read = await client.ask("GET", "/api/v1/safety")

    assert said == read
    assert read["quiet"] == [{"begins": "22:00:00", "ends": "06:30:00", "room": "Study"}]
    use = read["use_of_diffusers"][SHELF]
    assert use["limits"]["day_minutes"] == 60
    assert use["limits"]["hour_ul"] == 500
    assert use["limits"]["run_minutes"] == 30  # the careful beginning while a pet lives here
    assert use["day_s"] == pytest.approx(600, abs=1)


@pytest.mark.parametrize(
    "body",
    [
        {"everywhere": {"day_minutes": 0}},
        {"everywhere": {"wishes": 1}},
        {"quiet": [{"begins": "25:00", "ends": "06:00"}]},
        {"quiet": [{"begins": "22:00Z", "ends": "06:00"}]},
        {"quiet": [{"begins": "22:00", "ends": "06:00+01:00"}]},
        {"wards": ["dragon"]},
    ],
)
async def test_limits_that_are_none_are_refused(program, rig, body):
    client = await program(*ALL)

    status, said = await client.ask("PUT", "/api/v1/safety", body)

    assert status == 422
    assert {"code", "message", "hint"} <= said.keys() | said.get("error", {}).keys()


async def test_the_stop_holds_until_it_is_let_go(program, rig):
    client = await program(*ALL)

    await client.ask("POST", "/api/v1/safety/hold")
    _, held = await client.ask("GET", "/api/v1/safety")
    _, gone = await client.ask("DELETE", "/api/v1/safety/hold")

    assert held["hold"]["since"]
    assert gone["hold"] is None
    assert not any(rig.devices.state(one.id).reported.power for one in rig.devices.all())


async def test_one_call_sets_power_intensity_and_how_long(program, rig, clock):
    client = await program(*ALL)

    await client.ask(
        "POST",
        f"/api/v1/diffusers/{SHELF}/state",
        {"power": True, "intensity_percent": 45, "for_s": 900},
    )

    wish = rig.devices.wishes[-1]
    assert (wish.power, wish.intensity_percent) == (True, 45)
    assert (wish.until - clock.now()).total_seconds() == 900


async def test_a_wish_may_hold_until_somebody_lets_go(program, rig):
    client = await program(*ALL)
    path = f"/api/v1/diffusers/{SHELF}"

    await client.ask("POST", f"{path}/state", {"power": False, "until_i_say": True})
    status, _ = await client.ask("DELETE", f"{path}/override")
    both, _ = await client.ask(
        "POST", f"{path}/state", {"power": True, "until_i_say": True, "for_s": 5}
    )

    assert rig.devices.wishes[-1].until == UNTIL_I_SAY
    assert status == 204
    assert both == 422
