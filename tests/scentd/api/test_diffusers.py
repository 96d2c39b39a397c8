"""What the API does with diffusers, over a real server."""

from dataclasses import asdict

from scentd.api.access import Scope
from scentd.model.commands import Origin
from scentd.model.diffuser import Availability, DiffuserState


async def test_a_diffuser_is_shown_with_wish_and_report_apart(program):
    client = await program(Scope.READ)

    _, shown = await client.ask("GET", "/api/v1/diffusers/native-a1")

    assert (shown["title"], shown["name"]) == ("Living room", "Shelf")
    assert shown["capabilities"]["steps"] == [20, 40, 60, 80, 100]
    assert shown["state"]["reported"]["intensity_percent"] == 60
    assert shown["state"]["desired"]["power"] is None


async def test_a_wish_goes_to_the_commander_on_the_tokens_account(program, rig):
    client = await program(Scope.CONTROL)

    status, outcome = await client.ask(
        "POST", "/api/v1/diffusers/native-a1/state", {"power": True, "intensity_percent": 55}
    )

    wish = rig.devices.wishes[-1]
    assert (status, outcome["answer"], outcome["intensity_percent"]) == (200, "sent", 60)
    assert (wish.power, wish.intensity_percent) == (True, 55)
    assert wish.source.origin is Origin.MANUAL
    assert wish.source.reference == (await rig.house.access.tokens())[0].id


async def test_a_wish_to_an_offline_device_says_so(program, rig):
    rig.devices.put("native-a1", DiffuserState(availability=Availability.OFFLINE))
    client = await program(Scope.CONTROL)

    _, outcome = await client.ask("POST", "/api/v1/diffusers/native-a1/state", {"power": True})

    assert outcome["answer"] == "offline"
    assert outcome["code"] == "unreachable"
    assert outcome["why"] == "It is not there now; nothing is sent late."


async def test_a_lights_brightness_colour_and_effect_switch_it_on(program, rig):
    client = await program(Scope.CONTROL)

    for asked in ({"light_percent": 40}, {"light_rgb": "ffb060"}, {"light_effect": "embers"}):
        await client.ask("POST", "/api/v1/diffusers/native-a1/state", asked)
        wish = rig.devices.wishes[-1]
        assert wish.light is True
        assert asked.items() <= asdict(wish).items()

    await client.ask(
        "POST", "/api/v1/diffusers/native-a1/state", {"light": False, "light_percent": 40}
    )
    assert rig.devices.wishes[-1].light is False


async def test_a_device_is_told_to_stop_by_itself(program, rig):
    client = await program(Scope.CONTROL)

    await client.ask("POST", "/api/v1/diffusers/native-a1/state", {"power": True, "timer_s": 600})

    assert rig.devices.wishes[-1].timer_s == 600


async def test_a_colour_out_of_form_is_refused(program):
    client = await program(Scope.CONTROL)

    status, said = await client.ask(
        "POST", "/api/v1/diffusers/native-a1/state", {"light_rgb": "red"}
    )

    assert (status, said["field"]) == (422, "light_rgb")


async def test_devices_are_searched_for(program, rig):
    client = await program(Scope.CONFIGURE)

    status, _ = await client.ask("POST", "/api/v1/diffusers/search")

    assert (status, rig.devices.searches) == (204, 1)


async def test_what_is_no_diffuser_is_left_alone_and_called_back(program, rig):
    client = await program(Scope.READ, Scope.CONFIGURE)
    one = "/api/v1/diffusers/native-a1/ignored"

    await client.ask("PUT", one, {"is_ignored": True})
    _, ignored = await client.ask("GET", "/api/v1/diffusers/ignored")
    status, _ = await client.ask("GET", "/api/v1/diffusers/native-a1")
    await client.ask("PUT", one, {"is_ignored": False})

    assert [one["id"] for one in ignored] == ["native-a1"]
    assert status == 404
    assert rig.devices.get("native-a1").name == "Shelf"


async def test_kept_commands_are_shown_and_dropped_while_there_is_a_broker(program, rig):
    client = await program(Scope.READ, Scope.CONFIGURE)
    rig.devices.kept_commands["native-a1"] = ("cmnd/a1/POWER",)

    rig.devices.is_broker_up = False
    refused, said = await client.ask("DELETE", "/api/v1/diffusers/native-a1/ghosts")
    _, shown = await client.ask("GET", "/api/v1/diffusers/native-a1")
    rig.devices.is_broker_up = True
    dropped, _ = await client.ask("DELETE", "/api/v1/diffusers/native-a1/ghosts")
    _, after = await client.ask("GET", "/api/v1/diffusers/native-a1")

    assert (refused, said["code"], dropped) == (503, "broker_away", 204)
    assert (shown["ghosts"], after["ghosts"]) == (["cmnd/a1/POWER"], [])


async def test_stop_switches_every_diffuser_off(program, rig):
    client = await program(Scope.CONTROL)

    _, outcomes = await client.ask("POST", "/api/v1/diffusers/stop")

    assert len(outcomes) == 4
    assert not any(rig.devices.state(one.id).reported.power for one in rig.devices.all())


async def test_a_device_is_renamed_and_moved(program, rig):
    client = await program(Scope.CONFIGURE)

    await client.ask("PATCH", "/api/v1/diffusers/native-a1", {"room": "Study"})

    assert rig.devices.get("native-a1").room == "Study"
    assert rig.devices.get("native-a1").name == "Shelf"


async def test_a_profile_is_chosen_among_those_offered(program, rig):
    client = await program(Scope.CONFIGURE, Scope.READ)
    address = "/api/v1/diffusers/tasmota-b2"

    _, offered = await client.ask("GET", f"{address}/profiles")
    refused, _ = await client.ask("PUT", f"{address}/profile", {"profile": "none"})
    status, _ = await client.ask("PUT", f"{address}/profile", {"profile": offered[0]["key"]})

    assert (refused, status) == (422, 200)
    assert rig.devices.get("tasmota-b2").profile == "gd30w"


async def test_a_removed_device_is_gone(program):
    client = await program(Scope.CONFIGURE, Scope.READ)

    status, body = await client.ask("DELETE", "/api/v1/diffusers/native-a1")
    gone, _ = await client.ask("GET", "/api/v1/diffusers/native-a1")

    assert (status, body, gone) == (204, None, 404)


async def test_a_member_makes_a_token_that_works_until_it_is_revoked(member, base, open_browser):
    status, made = await member.ask(
        "POST", "/api/v1/tokens", {"name": "panel", "scopes": ["read"], "days": 30}
    )
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    async with open_browser(base) as client:
        works, _ = await client.ask("GET", "/api/v1/diffusers", **bearer)
        _, listed = await member.ask("GET", "/api/v1/tokens")
        await member.ask("DELETE", f"/api/v1/tokens/{made['id']}")
        refused, _ = await client.ask("GET", "/api/v1/diffusers", **bearer)

    assert (status, works, refused) == (201, 200, 401)
    assert listed[0]["scopes"] == ["read"]
    assert "secret" not in listed[0]
