"""What Home Assistant reads of a diffuser: valid by its documentation, whatever the diffuser."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.home_assistant.places import HUB, IdUnusable, Places
from adapters.home_assistant.translate import Look, announcement, hub_kept, kept, with_tombstones
from adapters.home_assistant.words import LANGUAGES, words_of
from scentd.model.commands import UNTIL_I_SAY
from scentd.model.diffuser import (
    Availability,
    Capabilities,
    Diffuser,
    DiffuserState,
    LevelQuality,
    Mode,
    ReportedState,
)
from tests.adapters.home_assistant.schema import Announcement
from tests.fakes.platform_home import NOON, RICH, diffuser, filling

PLACES = Places("hub", version="0.1.0")
BASE = "scent/ha/hub/native-lounge"

steps = st.one_of(
    st.just(()),
    st.sampled_from([(100,), (50, 100), (33, 67, 100), (20, 40, 60, 80, 100)]),
    st.sets(st.integers(1, 100), min_size=1, max_size=6).map(lambda found: tuple(sorted(found))),
)


@st.composite
def capabilities(draw: st.DrawFn) -> Capabilities:
    has = st.booleans()
    native = draw(steps)
    return Capabilities(
        power=draw(has),
        steps=native,
        rate_ul_per_h=(100,) * max(1, len(native)),
        modes=tuple(draw(st.sets(st.sampled_from(Mode)))),
        timer=draw(has),
        light=draw(has),
        energy=draw(has),
        identify=draw(has),
        level=draw(st.none() | st.sampled_from(LevelQuality)),
        slots=draw(st.integers(1, 8)),
        slot_choice=draw(has),
        light_dims=draw(has),
        light_colours=draw(has),
        light_effects=tuple(draw(st.sets(st.sampled_from(["candle", "rainbow"])))),
    )


@st.composite
def looks(draw: st.DrawFn) -> Look:
    can = draw(capabilities())
    text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
    described = Diffuser(
        id=draw(st.from_regex(r"[a-z]{3,8}-[a-zA-Z0-9_-]{1,20}", fullmatch=True)),
        dialect="native",
        address="x",
        name=draw(text.filter(bool)),
        room=draw(text),
        maker=draw(text),
        firmware=draw(text),
        capabilities=can,
    )
    reported = ReportedState(
        power=draw(st.none() | st.booleans()),
        intensity_percent=draw(st.none() | st.sampled_from((0, *can.steps))),
        mode=draw(st.none() | st.sampled_from(Mode)),
        light=draw(st.none() | st.booleans()),
        light_percent=draw(st.none() | st.integers(0, 100)),
        light_rgb=draw(st.none() | st.just("ff8000")),
        light_effect=draw(st.none() | st.just("")),
        signal_dbm=draw(st.none() | st.integers(-120, 0)),
        slot_no=draw(st.none() | st.integers(1, can.slots)),
        fault=draw(st.none() | text),
    )
    filled = draw(st.sets(st.integers(1, can.slots)))
    return Look(
        described,
        DiffuserState(reported),
        {slot_no: filling(described.id, slot_no, scent=draw(text)) for slot_no in filled},
        NOON,
        draw(st.none() | st.just(NOON + timedelta(minutes=30))),
    )


def look(can: Capabilities = RICH, **reported: Any) -> Look:
    one = diffuser(can=can)
    fillings = {1: filling(), 2: filling(slot_no=2, scent="White Tea", left_ul=3_000, is_low=True)}
    return Look(one, DiffuserState(ReportedState(**reported)), fillings, NOON)


def components(one: Look, language: str = "en") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(announcement(PLACES, one, words_of(language)))["components"]
    return found


def state(one: Look, language: str = "en") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(kept(PLACES, one, words_of(language))[f"{BASE}/state"])
    return found


@given(looks(), st.sampled_from(sorted(LANGUAGES)))
def test_any_mix_of_capabilities_is_announced_by_the_documented_fields(
    one: Look, language: str
) -> None:
    messages = kept(PLACES, one, words_of(language))

    announced = Announcement.model_validate_json(messages[PLACES.config(one.diffuser.id)])
    assert announced.availability_mode == "all"


@given(looks())
def test_what_an_entity_reads_is_in_what_is_kept(one: Look) -> None:
    messages = kept(PLACES, one, words_of("en"))
    said = json.loads(messages[f"{PLACES.base(one.diffuser.id)}/state"])

    for entity in components(one).values():
        for field, value in entity.items():
            if field.endswith("template"):
                assert value.removeprefix("{{ value_json.").split()[0] in said
            if field.endswith(("state_topic", "attributes_topic")):
                assert value in messages or value.endswith("/event")


@given(looks())
def test_choices_that_are_reported_are_among_those_offered(one: Look) -> None:
    said = json.loads(kept(PLACES, one, words_of("de"))[f"{PLACES.base(one.diffuser.id)}/state"])
    entities = components(one, "de")

    if said.get("mode") is not None and "diffuser" in entities:
        assert said["mode"] in entities["diffuser"]["preset_modes"]
    if said.get("scent") is not None:
        assert said["scent"] in entities["scent"]["options"]
    if said.get("speed") is not None and "diffuser" in entities:
        assert 0 <= said["speed"] <= entities["diffuser"]["speed_range_max"]


@given(looks(), looks())
def test_an_entity_that_went_stays_named_by_its_platform_alone(before: Look, after: Look) -> None:
    after = replace(after, diffuser=replace(after.diffuser, id=before.diffuser.id))
    old, new = (announcement(PLACES, one, words_of("en")) for one in (before, after))

    told = with_tombstones(new, old)

    parts = json.loads(told)["components"]
    assert set(parts) == set(components(before)) | set(components(after))
    gone = set(components(before)) - set(components(after))
    assert all(set(parts[key]) == {"platform"} for key in gone)
    Announcement.model_validate_json(told)
    assert with_tombstones(new, told) == told


@pytest.mark.parametrize("rubbish", [b"", b"[]", b"{", b'{"components":{"x":1}}', b"\xff"])
def test_an_announcement_that_cannot_be_read_had_no_entities(rubbish: bytes) -> None:
    new = announcement(PLACES, look(), words_of("en"))

    assert with_tombstones(new, rubbish) == new


@given(st.text(max_size=30))
def test_only_ids_that_home_assistant_takes_are_ever_in_a_topic(key: str) -> None:
    try:
        topic = PLACES.config(key) if key != HUB else PLACES.config("x")
    except IdUnusable:
        return

    object_id = topic.removeprefix("homeassistant/device/").removesuffix("/config")
    assert object_id.isascii()
    assert object_id.replace("-", "").replace("_", "").isalnum()


def test_the_hub_is_a_device_of_its_own_and_the_diffusers_are_behind_it() -> None:
    (hub,) = hub_kept(PLACES, "Lindenweg 4", words_of("de")).values()

    announced = Announcement.model_validate_json(hub)
    behind = Announcement.model_validate_json(announcement(PLACES, look(), words_of("de")))
    assert announced.device.name == "Duftzentrale Lindenweg 4"
    assert behind.device.via_device == announced.device.identifiers[0]


def test_the_poorest_diffuser_has_only_what_it_can() -> None:
    plug = Look(diffuser(can=Capabilities()), DiffuserState(), {}, NOON)

    assert set(components(plug)) == {
        "diffuser", "run_for", "oil", "oil_volume", "days_left", "refill", "problem", "news",
    }  # fmt: skip


def test_names_are_in_the_households_language() -> None:
    names = {key: part["name"] for key, part in components(look(), "es").items()}

    assert names["diffuser"] is None
    assert names["oil_2"] == "Aceite 2"
    assert components(look(), "de")["diffuser"]["preset_modes"] == ["Dauernd", "Im Wechsel"]
    assert components(look(), "pt-BR")["intensity"]["name"] == "Intensity"


def test_even_steps_are_the_speeds_of_the_fan_and_uneven_ones_are_percent() -> None:
    uneven = replace(RICH, steps=(10, 100), rate_ul_per_h=(1, 2))

    assert components(look())["diffuser"]["speed_range_max"] == 5
    assert state(look(intensity_percent=60))["speed"] == 3
    assert components(look(uneven))["diffuser"]["speed_range_max"] == 100
    assert state(look(uneven, intensity_percent=10))["speed"] == 10


def test_levels_are_told_in_percent_millilitres_and_days() -> None:
    said = state(look())

    assert (said["oil_1"], said["ml_1"], said["days_1"]) == (50.0, 15.0, 9)
    assert (said["problem"], said["problem_facts"]["low_slots"]) == ("ON", [2])


def test_a_fault_is_a_problem_and_named() -> None:
    said = state(replace(look(fault="tilt"), fillings={}))

    assert (said["problem"], said["problem_facts"]["fault"]) == ("ON", "tilt")


def test_what_nobody_said_is_unknown_and_no_problem() -> None:
    said = state(Look(diffuser(), DiffuserState(), {}, NOON))

    assert said["power"] is said["percent"] is said["oil_1"] is said["watts"] is None
    assert said["problem"] == "OFF"


@pytest.mark.parametrize(
    ("availability", "source", "word"),
    [
        (Availability.ONLINE, "last_will", b"online"),
        (Availability.OFFLINE, "last_will", b"offline"),
        (Availability.UNKNOWN, "bridge", b"offline"),
        (Availability.UNKNOWN, "timeout", b"offline"),
        (Availability.UNKNOWN, "", b"online"),
    ],
)
def test_who_is_doubted_is_away_and_of_whom_nobody_spoke_is_there(
    availability: Availability, source: str, word: bytes
) -> None:
    one = look()
    heard = replace(one.state, availability=availability, availability_source=source)

    assert kept(PLACES, replace(one, state=heard), words_of("en"))[f"{BASE}/availability"] == word


@pytest.mark.parametrize(
    ("until", "minutes"),
    [
        (None, 0),
        (NOON + timedelta(minutes=29, seconds=1), 30),
        (NOON + timedelta(days=2), None),
        (UNTIL_I_SAY, None),
    ],
)
def test_run_for_tells_how_long_a_wish_still_holds(until: Any, minutes: int | None) -> None:
    assert state(replace(look(power=True), held_until=until))["run_for"] == minutes
    assert state(replace(look(power=False), held_until=until))["run_for"] == 0


def test_a_light_has_a_topic_of_its_own_in_its_own_scheme() -> None:
    one = look(light=True, light_percent=40, light_rgb="ff8000", light_effect="candle")

    assert json.loads(kept(PLACES, one, words_of("en"))[f"{BASE}/light"]) == {
        "state": "ON",
        "color_mode": "rgb",
        "color": {"r": 255, "g": 128, "b": 0},
        "brightness": 40,
        "effect": "candle",
    }
