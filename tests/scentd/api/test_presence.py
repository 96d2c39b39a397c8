"""Members, zones and presence by the API, as a phone's app and a wall panel use it."""

from datetime import timedelta

from scentd.api.access import Scope
from tests.fakes.house import Rig

BERLIN = {"latitude": 52.52, "longitude": 13.405}
ALL = (Scope.READ, Scope.CONTROL, Scope.CONFIGURE)


async def a_member(client, name="Ada"):
    _, made = await client.ask("POST", "/api/v1/members", {"name": name})
    return made["id"]


async def test_members_are_made_changed_and_deleted(program):
    client = await program(*ALL)
    address = f"/api/v1/members/{await a_member(client)}"

    status, changed = await client.ask("PUT", address, {"name": "Ada L.", "token_id": "t1"})
    _, listed = await client.ask("GET", "/api/v1/members")
    gone, _ = await client.ask("DELETE", address)
    missing, answer = await client.ask("GET", address)

    assert (status, gone, missing) == (200, 204, 404)
    assert listed == [changed]
    assert changed["name"] == "Ada L."
    assert answer["code"] == "member_unknown"


async def test_home_is_a_zone_as_soon_as_the_household_has_a_place(program):
    client = await program(*ALL)

    _, before = await client.ask("GET", "/api/v1/zones")
    missing, _ = await client.ask("PATCH", "/api/v1/zones/home", {"radius_m": 250})
    await client.ask("PATCH", "/api/v1/household", BERLIN)
    _, home = await client.ask("PATCH", "/api/v1/zones/home", {"radius_m": 250})
    fixed, answer = await client.ask("DELETE", "/api/v1/zones/home")

    assert before == []
    assert missing == 404
    assert home == {"id": "home", "name": "Lindenweg 4", "radius_m": 250, **BERLIN}
    assert (fixed, answer["code"]) == (409, "home_zone_fixed")


async def test_zones_are_made_changed_and_refused_with_their_field(program):
    client = await program(*ALL)
    status, work = await client.ask("POST", "/api/v1/zones", {"name": "Work", **BERLIN})
    address = f"/api/v1/zones/{work['id']}"

    _, wider = await client.ask("PUT", address, {"name": "Work", "radius_m": 500, **BERLIN})
    refused, answer = await client.ask("PUT", address, {"name": "Work", "radius_m": 5, **BERLIN})
    gone, _ = await client.ask("DELETE", address)

    assert (status, refused, gone) == (201, 422, 204)
    assert wider["radius_m"] == 500
    assert answer["field"] == "radius_m"


async def test_an_app_reports_for_the_member_whose_token_it_has(program, rig: Rig):
    client = await program(*ALL)
    await client.ask("PATCH", "/api/v1/household", BERLIN)
    (token,) = await rig.house.access.tokens()
    await client.ask("POST", "/api/v1/members", {"name": "Ada", "token_id": token.id})

    fix = {"position": {**BERLIN, "accuracy_m": 15}}
    status, standing = await client.ask("POST", "/api/v1/presence/me", fix)
    _, seen = await client.ask("GET", "/api/v1/presence")

    assert status == 200
    assert standing["whereabouts"] == "home"
    assert standing["source"].endswith(":phone")
    assert seen["someone_home"] is True
    assert seen["members"] == [standing]


async def test_a_report_says_exactly_one_thing_of_a_known_member(program):
    client = await program(*ALL)
    address = f"/api/v1/presence/{await a_member(client)}"

    for body, expected in [
        ({}, 422),
        ({"entered": "home", "left": "home"}, 422),
        ({"position": {"latitude": 91, "longitude": 0}}, 422),
        ({"entered": "moon"}, 404),
        ({"entered": "home"}, 200),
    ]:
        status, _ = await client.ask("POST", address, body)
        assert status == expected
    status, answer = await client.ask("POST", "/api/v1/presence/me", {"entered": "home"})
    assert (status, answer["code"]) == (404, "member_unknown")


async def test_a_person_and_guests_have_their_say(program):
    client = await program(*ALL)
    address = f"/api/v1/presence/{await a_member(client)}/said"

    _, away = await client.ask("PUT", address, {"whereabouts": "away"})
    _, empty = await client.ask("GET", "/api/v1/presence")
    _, guests = await client.ask("PATCH", "/api/v1/presence", {"guests": True})
    _, unsaid = await client.ask("PUT", address, {"whereabouts": None})

    assert (away["whereabouts"], away["said"]) == ("away", "away")
    assert empty["nobody_home"] is True
    assert (guests["nobody_home"], guests["someone_home"]) == (False, True)
    assert (unsaid["whereabouts"], unsaid["said"]) == ("unknown", None)


async def test_a_tracker_that_was_found_is_given_to_a_member(program, rig: Rig):
    client = await program(*ALL)
    member_id = await a_member(client)
    rig.see_in_a_room("irk:2f1a", "Ada's watch")

    _, found = await client.ask("GET", "/api/v1/presence/trackers")
    status, given = await client.ask(
        "PUT", "/api/v1/presence/trackers/room:irk:2f1a", {"member_id": member_id}
    )
    _, seen = await client.ask("GET", "/api/v1/presence")

    assert [(one["name"], one["member_id"]) for one in found] == [("Ada's watch", None)]
    assert (status, given["member_id"], given["at_home"]) == (200, member_id, True)
    assert seen["members"][0]["whereabouts"] == "home"


async def test_who_is_home_survives_a_restart(program, rig: Rig, clock):
    client = await program(*ALL)
    member_id = await a_member(client)
    await client.ask("POST", f"/api/v1/presence/{member_id}", {"entered": "home"})

    await clock.advance(timedelta(hours=1))
    await rig.house.presence.load()

    _, seen = await client.ask("GET", "/api/v1/presence")
    assert seen["members"][0]["whereabouts"] == "home"
