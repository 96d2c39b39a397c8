"""The dialect and the simulated devices, written from the convention apart, agree."""

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.diffusers.homie.dialect import HomieDialect
from adapters.diffusers.homie.values import (
    boolean_of,
    colour,
    duration,
    number_of,
    range_of,
    rgb_of,
    seconds_of,
)
from adapters.simulator.homie import HomieThing
from adapters.simulator.thing import Message, Vial
from scentd.model.commands import Origin, Source, Wish
from scentd.model.diffuser import Availability, DeviceType, Diffuser, LevelQuality, Mode
from scentd.model.readings import (
    AvailabilityRead,
    IntensityRead,
    LevelShareRead,
    LightRead,
    ModeRead,
    PowerRead,
    Reading,
    TimerRead,
)
from scentd.model.topics import matches
from scentd.ports import NEVER, Malformed, Publish
from tests.adapters.announced import Announced

ID = "homie-nook"
DIALECT = HomieDialect()


@dataclass
class Pair:
    """A thing and how the hub understands it."""

    thing: HomieThing
    announced: Announced = field(default_factory=lambda: Announced(DIALECT))

    def __post_init__(self) -> None:
        self.find(self.thing.connected())

    @property
    def diffuser(self) -> Diffuser:
        return self.announced.diffusers[ID]

    def find(self, messages: Iterable[Message]) -> None:
        filters = DIALECT.discovery_filters()
        self.announced.hear(
            (m.topic, m.payload) for m in messages if any(matches(f, m.topic) for f in filters)
        )

    def read(self, messages: Iterable[Message]) -> list[Reading]:
        topics = set(DIALECT.topics(self.diffuser))
        return [
            reading
            for m in messages
            if m.topic in topics
            for reading in DIALECT.decode(self.diffuser, m.topic, m.payload)
        ]

    def send(self, **parts: object) -> tuple[Publish, ...]:
        wish = Wish(ID, Source(Origin.MANUAL), **parts)
        return DIALECT.encode(self.diffuser, wish, command_id="c1", expires_at=NEVER)

    def ask(self, **parts: object) -> list[Reading]:
        return self.read(m for p in self.send(**parts) for m in self.thing.hear(p.topic, p.payload))


def pair(version: int = 5) -> Pair:
    vial = Vial("FIGLVS-30", "Fig Leaves", 30_000, 15_000)
    return Pair(HomieThing("nook", "Nook", vial, chance=random.Random(1), version=version))


both = pytest.mark.parametrize("version", [4, 5])


@both
def test_a_diffuser_describes_itself_wholly(version: int) -> None:
    diffuser = pair(version).diffuser
    can = diffuser.capabilities

    assert (diffuser.name, diffuser.device_type) == ("Nook", DeviceType.AROMA_DIFFUSER)
    assert not diffuser.needs_profile
    assert DIALECT.profiles(diffuser) == ()
    assert (can.steps, can.modes) == ((25, 50, 75, 100), (Mode.CONTINUOUS, Mode.INTERVAL))
    assert (can.light, can.light_dims, can.light_colours) == (True, True, True)
    assert (can.timer, can.identify, can.low_flag) == (True, True, True)
    assert can.level is LevelQuality.DEVICE_ESTIMATE
    assert diffuser.bridge == ("nook-gate" if version == 5 else "")


@both
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 100)), min_size=1, max_size=6))
def test_the_last_wish_is_what_is_read_back(version: int, wishes: list[tuple[bool, int]]) -> None:
    made = pair(version)

    for power, percent in wishes:
        readings = made.ask(power=power, intensity_percent=percent)

    assert PowerRead(wishes[-1][0]) in readings
    if wishes[-1][0]:
        step = made.diffuser.capabilities.nearest_step(wishes[-1][1])
        assert IntensityRead(step) in readings


@both
@given(st.integers(1, 100), st.from_regex("[0-9a-f]{6}", fullmatch=True))
def test_a_light_shows_what_was_asked(version: int, percent: int, rgb: str) -> None:
    readings = pair(version).ask(light=True, light_percent=percent, light_rgb=rgb)

    assert {LightRead(True), LightRead(None, percent), LightRead(None, rgb=rgb)} <= set(readings)


@both
def test_mode_timer_button_and_oil_are_understood(version: int) -> None:
    made = pair(version)

    assert ModeRead(Mode.INTERVAL) in made.ask(mode=Mode.INTERVAL)
    assert TimerRead(90) in made.ask(power=True, timer_s=90)
    assert PowerRead(False) in made.read(made.thing.pass_time(90))
    assert PowerRead(True) in made.read(made.thing.press())
    assert LevelShareRead(1, 50.0) in made.read(made.thing.pass_time(0.1)) + made.read(
        made.thing.connected()
    )


@both
def test_nothing_is_ever_sent_retained_and_the_momentary_at_most_once(version: int) -> None:
    made = pair(version)
    sent = made.send(power=True, intensity_percent=60, mode=Mode.INTERVAL, light=True, timer_s=9)
    (identify,) = made.send(identify=True)

    assert {p.retain for p in (*sent, identify)} == {False}
    assert {p.qos for p in sent} == {1}
    assert (identify.topic, identify.qos) == (f"{made.thing.base}/system/identify/set", 0)
    assert made.send(refresh=True) == ()


@both
def test_the_strength_goes_before_what_switches_on_and_off_is_only_off(version: int) -> None:
    made = pair(version)

    on = [p.topic.removeprefix(f"{made.thing.base}/") for p in made.send(power=True)]
    both_parts = made.send(power=True, intensity_percent=100)
    off = made.send(power=False, intensity_percent=100)

    assert on == ["diffuser/power/set"]
    assert [p.payload for p in both_parts] == [b"100", b"true"]
    assert [p.payload for p in off] == [b"false"]


def test_every_topic_that_sets_is_looked_at_for_a_kept_command() -> None:
    made = pair(5)

    sent = made.send(power=True, intensity_percent=50, mode=Mode.INTERVAL, timer_s=1, light=True)

    assert {p.topic for p in sent} <= set(DIALECT.command_topics(made.diffuser))


def test_the_root_of_a_device_is_no_diffuser() -> None:
    assert set(pair(5).announced.diffusers) == {ID}


def test_attributes_of_version_4_are_read_in_any_order_and_only_when_all_are_there() -> None:
    made = pair(4)
    filters = DIALECT.discovery_filters()
    parts = [
        (m.topic, m.payload)
        for m in made.thing.connected()
        if any(matches(f, m.topic) for f in filters)
    ]
    random.Random(3).shuffle(parts)
    needed = ("$homie", "$nodes", "diffuser/$properties")

    assert Announced(DIALECT).hear(parts).diffusers[ID] == made.diffuser
    for name in needed:
        some = [(topic, payload) for topic, payload in parts if not topic.endswith(f"/{name}")]
        assert Announced(DIALECT).hear(some).diffusers == {}


def test_a_name_of_spaces_alone_is_none() -> None:
    said = json.loads(pair(5).thing.connected()[3].payload)
    body = json.dumps({**said, "name": "  "}).encode()

    (found,) = Announced(DIALECT).hear([("homie/5/nook/$description", body)]).diffusers.values()

    assert found.name == "nook"


def test_another_domain_is_another_device() -> None:
    body = pair(5).thing.connected()[3].payload

    found = Announced(DIALECT).hear(
        [("homie/5/nook/$description", body), ("Loft/5/nook/$description", body)]
    )

    assert set(found.diffusers) == {"homie-nook", "homie-loft-nook"}


@pytest.mark.parametrize("device", ["-x", "x-", "UP", "a_b", "x" * 70, "$broadcast"])
def test_a_name_the_convention_does_not_know_is_refused(device: str) -> None:
    with pytest.raises(Malformed):
        DIALECT.discover(f"homie/5/{device}/$description", b"{}")


def test_offline_is_read_from_the_will_of_the_root() -> None:
    made = pair(5)

    assert made.read([made.thing.will]) == [AvailabilityRead(Availability.OFFLINE, "bridge")]


class TestValues:
    @pytest.mark.parametrize("text", ["True", "1", "on", "", " true"])
    def test_a_boolean_is_written_to_the_letter(self, text: str) -> None:
        assert boolean_of(text) is None

    @pytest.mark.parametrize(
        ("text", "number"),
        [("12", 12), ("-3.5", -3.5), ("1e3", 1000), (".5", 0.5), ("5.", 5)],
    )
    def test_numbers(self, text: str, number: float) -> None:
        assert number_of(text) == number

    @pytest.mark.parametrize(
        "text",
        ["", "-", "NaN", "Infinity", "1_000", " 1", "+1", "1e999", "9" * 30, "0x1", "\u0661"],
    )
    def test_what_is_no_number(self, text: str) -> None:
        assert number_of(text) is None

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("0:100", (0, 100, None)),
            ("0:10:2", (0, 10, 2)),
            (":10", (None, 10, None)),
            ("5:", (5, None, None)),
            ("", (None, None, None)),
            ("1:2:3:4", (None, None, None)),
        ],
    )
    def test_ranges(self, written: str, read: tuple[float | None, ...]) -> None:
        assert range_of(written) == read

    @given(st.integers(0, 9_999_999))
    def test_durations_come_back(self, seconds: int) -> None:
        assert seconds_of(duration(seconds)) == seconds

    @pytest.mark.parametrize("text", ["PT", "P1D", "90", "PT-5S", ""])
    def test_what_is_no_duration(self, text: str) -> None:
        assert seconds_of(text) is None

    @given(st.from_regex("[0-9a-f]{6}", fullmatch=True), st.sampled_from([4, 5]))
    def test_colours_come_back(self, rgb: str, version: int) -> None:
        by_hue = rgb_of(colour(rgb, "hsv", version), "hsv")

        assert rgb_of(colour(rgb, "rgb", version), "rgb") == rgb
        assert by_hue is not None
        pairs = zip(bytes.fromhex(by_hue), bytes.fromhex(rgb), strict=True)
        assert all(abs(one - other) <= 5 for one, other in pairs)
