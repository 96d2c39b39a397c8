"""The presence page as a browser without JavaScript uses it."""

import re
from pathlib import Path

import pytest

import scentd.api
from scentd.api.page.zonemap import HEIGHT, WIDTH, draw_zones
from scentd.api.words import read_texts
from scentd.model.presence import Whereabouts, Zone
from scentd.model.trigger import UserLeavesLocation
from tests.fakes.reading import text_of
from tests.fakes.rules import rule, say


async def test_an_empty_house_says_what_to_do_first(member):
    _, page = await member.read("/presence")
    words = text_of(page)

    assert "Nobody yet. Add the people who live here" in words
    assert "Nothing heard yet." in words
    assert "No zone yet." in words
    assert "Say where the home is" in words
    assert "Whether anybody is home is not known." in words


async def test_who_is_home_is_said_with_its_source(member, rig):
    await rig.people()

    _, page = await member.read("/presence")
    words = text_of(page)

    assert "Somebody is home." in words
    assert "Ada home Ada's watch (seen in a room) says so · since 21:10" in words
    assert "Ben away phone (app) says so · since 21:10 · at Work" in words
    assert "Cleo unknown no tracker has been heard lately" in words


async def test_members_are_added_renamed_and_deleted(member, rig):
    await member.submit("/presence/members", name="Ada")
    (ada,) = rig.house.roster.members()

    _, page = await member.submit(f"/presence/members/{ada.id}", name="Ada L.", token="")
    assert "Ada L." in page
    refused, page = await member.submit(f"/presence/members/{ada.id}", name=" ")
    assert (refused, 'role="alert"' in page) == (422, True)
    await member.submit(f"/presence/members/{ada.id}/delete")

    assert rig.house.roster.members() == ()


@pytest.mark.parametrize("address", ["/presence/members", "/presence/members/ada"])
async def test_a_name_that_does_not_fit_stays_as_it_was_typed(member, rig, address):
    await rig.people()
    long = "Ada " * 30

    status, page = await member.submit(address, name=long)

    assert status == 422
    assert page.count(f'value="{long}"') == 1
    assert page.count('<details class="member" open>') == address.count("ada")


async def test_a_member_is_said_to_be_away_and_left_to_the_trackers_again(member, rig):
    await rig.people()

    await member.submit("/presence/members/ada/said", says="away")
    assert rig.house.presence.whereabouts("ada") is Whereabouts.AWAY
    _, page = await member.submit("/presence/members/ada/said", says="trackers")

    assert "Noted." in page
    assert rig.house.presence.whereabouts("ada") is Whereabouts.HOME


async def test_coming_and_going_stands_in_the_activity_by_name(member, rig):
    await rig.people()

    await rig.house.presence.hear_app("cleo", "phone", entered="home")
    await rig.house.presence.hear_app("cleo", "phone", entered="school")
    _, page = await member.read("/")

    assert "Cleo came home" in page
    assert "Cleo came to School at the lake" in page


async def test_a_rule_names_members_and_zones_as_people_do(member, rig):
    await rig.people()
    await rig.house.rules.save(rule(UserLeavesLocation("ben", "work"), say("a")))

    _, listed = await member.read("/rules")
    _, form = await member.read("/rules/r")

    assert "When Ben leaves Work" in text_of(listed)
    assert re.search(r'<option value="cleo"[^>]*>Cleo', form)
    assert re.search(r'<option value="school"[^>]*>School at the lake', form)


async def test_guests_come_and_go(member, rig):
    _, page = await member.submit("/presence/guests", guests="on")
    assert re.search(r'value="off" aria-pressed="true"[^>]*>Guests are here', page)
    assert rig.house.presence.is_someone_home()

    await member.submit("/presence/guests", guests="off")

    assert not rig.house.presence.is_someone_home()


async def test_the_place_brings_the_sun_and_the_zone_of_home(member, rig):
    _, page = await member.submit(
        "/presence/place",
        latitude="52,52",
        longitude="13.405",
        radius_m="150",
        zone="Europe/Berlin",
    )
    words = text_of(page)

    assert rig.house.household.household.latitude == 52.52
    assert "Lindenweg 4 radius 150 m" in words
    assert re.search(r"Sunrise 06:4\d", words)
    assert re.search(r"Sunset 17:5\d", words)


async def test_a_town_in_polar_night_has_no_sunrise_today(member, rig):
    _, page = await member.submit(
        "/presence/place", latitude="-89", longitude="0", radius_m="100", zone="Europe/Berlin"
    )

    assert "Sunrise not today" in text_of(page)


@pytest.mark.parametrize(
    "fields",
    [
        {"latitude": "91", "longitude": "0", "radius_m": "100"},
        {"latitude": "1", "longitude": "", "radius_m": "100"},
        {"latitude": "north", "longitude": "0", "radius_m": "100"},
        {"latitude": "nan", "longitude": "0", "radius_m": "100"},
        {"latitude": "1", "longitude": "0", "radius_m": "5"},
    ],
)
async def test_a_place_that_cannot_be_is_refused_and_what_was_typed_stays(member, rig, fields):
    status, page = await member.submit("/presence/place", zone="Asia/Tokyo", **fields)

    assert status == 422
    assert "<option selected>Asia/Tokyo</option>" in page
    assert f'value="{fields["latitude"]}"' in page
    assert rig.house.household.household.latitude is None


async def test_zones_are_added_with_their_distance_and_deleted(member, rig):
    await rig.people()
    _, page = await member.submit(
        "/presence/zones", name="Gym", latitude="52.53", longitude="13.405", radius_m="80"
    )
    assert "Gym radius 80 m · 1.1 km from home" in text_of(page)
    refused, _ = await member.submit(
        "/presence/zones", name="Gym", latitude="", longitude="13.405", radius_m="80"
    )
    gym = next(zone for zone in rig.house.roster.zones() if zone.name == "Gym")

    await member.submit(f"/presence/zones/{gym.id}/delete")

    assert refused == 422
    assert gym not in rig.house.roster.zones()


async def test_a_tracker_is_given_to_a_member(member, rig):
    await rig.people()

    await member.submit("/presence/trackers/room%3Afa%3A11%3Ace", member="cleo")

    assert rig.house.presence.whereabouts("cleo") is Whereabouts.HOME


def test_german_and_spanish_say_all_that_english_says():
    texts = read_texts(Path(scentd.api.__file__).parent / "languages")
    own = {key for key in texts["en"] if key.startswith(("presence.", "tracker."))}

    assert own
    for tag in ("de", "es"):
        assert own <= texts[tag].keys()
        for key in own:
            facts = [sorted(re.findall(r"{(\w+)", texts[of][key])) for of in ("en", tag)]
            assert facts[0] == facts[1], key


def test_every_zone_lies_within_the_sketch_and_the_bar_is_round():
    zones = [
        Zone("home", "Home", -18.0, 179.99, 100),
        Zone("over", "Over the line", -18.1, -179.99, 5_000),
        Zone("far", "Far", -18.05, 179.5, 200),
    ]

    drawn = draw_zones(zones)

    for spot in drawn.spots:
        assert spot.r <= spot.x <= WIDTH - spot.r
        assert spot.r <= spot.y <= HEIGHT - spot.r
    home, over, far = drawn.spots
    assert far.x < home.x < over.x
    assert home.y < far.y < over.y
    assert str(drawn.bar_m).strip("0") in {"1", "2", "5"}
    assert 20 < drawn.bar < 200


def test_without_a_zone_there_is_no_sketch():
    assert draw_zones([]) is None
