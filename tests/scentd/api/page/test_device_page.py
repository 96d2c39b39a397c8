"""One device's page: what it tells now, its light and timer, its model, what should be mended."""

import re
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import scentd.api.page
from adapters.diffusers.plugged import profiles
from scentd.api.formats import Formats
from scentd.api.page.choices import can_words
from scentd.api.page.devicewords import raw_facts, tell_state
from scentd.api.page.pictures import picture_of, picture_of_choice
from scentd.api.words import Languages
from scentd.model.diffuser import (
    Advice,
    Availability,
    Capabilities,
    DeviceType,
    DiffuserState,
    LevelQuality,
    ReportedState,
)
from scentd.model.events import Reported
from scentd.model.readings import ButtonRead
from tests.fakes.furniture import a_diffuser
from tests.fakes.new_devices import BOWL, PLUG, RICH, add_bowl, add_plug, add_rich
from tests.fakes.reading import text_of
from tests.scentd.api.page.test_languages import english_in

LANGUAGES = Languages.load()
HERE = f"/devices/{RICH}"
SPRITE = Path(scentd.api.page.__file__).parent / "static" / "devices.svg"


@pytest.fixture
def formats():
    return Formats(LANGUAGES.of("en"), ZoneInfo("Europe/Berlin"))


@pytest.fixture
def rich(rig):
    add_rich(rig)
    return rig.devices


async def test_it_tells_everything_the_device_says(member, rich):
    _, page = await member.read(HERE)

    words = " ".join(text_of(page).split())
    for told in (
        "There since 19:10. Its bridge zigbee2mqtt says so.",
        "yes, at 60 %",
        "It stops by itself in about 30 minutes, as it last said.",
        "It says that little is left.",
        "11.4 W now · 1.23 kWh since its counter began",
        "Fault: tipped over.",
        "Nobody tells when it falls away. Switch on availability",
        "Reached through zigbee2mqtt",
        "buzzer on scene 3",
        "root zigbee2mqtt/Glow",
        "a light in colours",
    ):
        assert told in words


@pytest.mark.parametrize("tag", ["de", "es"])
@pytest.mark.parametrize("make", [add_rich, add_plug, add_bowl])
async def test_nothing_of_it_stays_english(member, rig, tag, make):
    await member.submit(
        "/settings/household", name="Lindenweg 4", zone="Europe/Berlin", language=tag
    )
    make(rig)

    for path in ("/devices", f"/devices/{rig.devices.all()[-1].id}"):
        _, page = await member.read(path)
        assert english_in(page) == []


@pytest.mark.parametrize(
    ("said", "wished"),
    [
        ({"light": "off"}, {"light": False}),
        ({"light": "on"}, {"light": True}),
        ({"percent": "40"}, {"light": True, "light_percent": 40}),
        ({"colour": "#00FF7f"}, {"light": True, "light_rgb": "00ff7f"}),
        ({"effect": "rainbow"}, {"light": True, "light_effect": "rainbow"}),
    ],
)
async def test_its_light_is_set(member, rich, said, wished):
    _, page = await member.submit(f"{HERE}/light", **said)

    wish = rich.wishes[-1]
    assert {name: getattr(wish, name) for name in wished} == wished
    assert wish.power is None
    assert "The light is being set." in page


@pytest.mark.parametrize(
    "said",
    [
        {"percent": "0"},
        {"percent": "101"},
        {"percent": "x"},
        {"colour": "red"},
        {"colour": ""},
        {"effect": "disco"},
    ],
)
async def test_a_light_that_cannot_be_is_refused(member, rich, said):
    status, page = await member.submit(f"{HERE}/light", **said)

    assert (status, "The light cannot be set to" in page) == (422, True)
    assert not rich.wishes


async def test_a_device_without_a_light_shows_none(member):
    _, page = await member.read("/devices/native-a1")

    assert 'id="light"' not in page


async def test_the_last_press_of_its_button_is_told(member, rig, rich):
    rig.house.bus.publish(Reported(rig.clock.now(), RICH, (ButtonRead("double"),), False))

    _, page = await member.read(HERE)

    assert "double, 21:10" in page


async def test_its_own_timer_is_cancelled(member, rich):
    _, page = await member.submit(f"{HERE}/timer")

    assert rich.wishes[-1].timer_s == 0
    assert "It stops by itself" not in page


async def test_kept_commands_are_warned_of_and_cleared(member, rich):
    _, page = await member.read(HERE)
    assert "zigbee2mqtt/Glow/set" in page

    rich.is_broker_up = False
    status, _ = await member.submit(f"{HERE}/ghosts")
    assert status == 503

    rich.is_broker_up = True
    _, page = await member.submit(f"{HERE}/ghosts")
    assert "The broker forgets these commands." in page
    assert "zigbee2mqtt/Glow/set" not in page


async def test_it_is_switched_and_stays_on_its_page(member, rich):
    _, page = await member.submit(f"/diffusers/{RICH}/power", power="off", back="device")
    assert "<h1>Kitchen</h1>" in page
    assert 'name="power" value="on"' in page

    _, page = await member.submit(f"/diffusers/{RICH}/intensity", step="5", back="device")
    assert "<h1>Kitchen</h1>" in page
    assert rich.state(RICH).reported.intensity_percent == 100


async def test_its_level_is_told_with_its_quality(member):
    _, page = await member.read("/devices/native-a1")

    assert "71 % left, give or take 3, estimated by the hub" in page


async def test_a_plug_is_chosen_among_pictures(member, rig):
    add_plug(rig)

    _, page = await member.read(f"/devices/{PLUG}")
    keys = re.findall(r'<input type="radio" name="profile" value="([^"]+)" required>', page)
    _, after = await member.submit(f"/devices/{PLUG}/profile", profile="wax-warmer")

    assert keys == [one.key for one in profiles()]
    assert 'value="wax-warmer" required checked>' in after
    assert "Model saved." in after


async def test_a_device_of_unknown_model_cannot_be_switched(member, rig):
    add_bowl(rig)

    _, page = await member.read(f"/devices/{BOWL}")

    assert f"/diffusers/{BOWL}/power" not in page
    assert page.index('id="profile"') < page.index('id="device-now"')


def test_every_advice_says_what_to_do_in_every_language():
    for tag in LANGUAGES.tags:
        words = LANGUAGES.of(tag)
        assert all(words.has(f"advice.{code.value}") for code in Advice)
        assert all(words.has(f"advice.{code.value}_do") for code in Advice)


def test_every_picture_is_drawn():
    drawn = set(re.findall(r'<symbol id="(\w+)"', SPRITE.read_text("utf-8")))
    known = a_diffuser("native-a1", "Shelf", "")

    shown = {picture_of(replace(known, device_type=one)) for one in DeviceType}
    shown |= {picture_of_choice(one.key, known) for one in profiles()}

    assert shown == drawn


def test_a_plug_looks_like_what_is_in_it():
    plug = a_diffuser("shelly-p1", "Plug", "", device_type=DeviceType.PLUG_DIFFUSER)

    assert picture_of(plug) == "plug"
    assert picture_of(replace(plug, profile="fragrance-lamp")) == "lamp"


def test_what_a_device_can_do_is_told_without_what_it_cannot(formats):
    told = can_words(Capabilities(level=LevelQuality.MEASURED), formats.words)

    assert told == ("on and off", "tells how much is left")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("last_will", "It is away. The broker says so on its behalf."),
        ("timeout", "It is away. It has been silent for too long."),
        ("message", "It is away. It speaks for itself."),
        ("", "It is away."),
        ("a stranger", "It is away."),
    ],
)
def test_who_says_whether_it_is_there(formats, clock, source, said):
    state = DiffuserState(availability=Availability.OFFLINE, availability_source=source)
    told = tell_state(a_diffuser("native-a1", "Shelf", ""), state, formats, clock.now())

    assert told.there == said


def test_a_timer_that_runs_out_on_a_device_that_is_off_is_not_told(formats, clock):
    known = a_diffuser("native-a1", "Shelf", "")
    resting = DiffuserState(reported=ReportedState(power=False, timer_s=600))
    ending = DiffuserState(reported=ReportedState(power=True, timer_s=20))

    assert tell_state(known, resting, formats, clock.now()).timer == ""
    assert "about 1 minute," in tell_state(known, ending, formats, clock.now()).timer


def test_long_notes_are_cut():
    assert raw_facts({"b": "x" * 300, "a": "1"}) == [("a", "1"), ("b", "x" * 200 + "…")]
