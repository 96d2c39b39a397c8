"""The dialect and the simulated bridge, written from the documents apart, understand each other."""

import colorsys
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.diffusers.zigbee2mqtt.dialect import Zigbee2mqttDialect
from adapters.simulator.household import things
from adapters.simulator.thing import Message, Vial
from adapters.simulator.zigbee2mqtt import Zigbee2mqttThing
from adapters.simulator.zigbee_models import metering_plug, mist, plain_plug, strip
from scentd.model.commands import Origin, Source, Wish
from scentd.model.diffuser import Availability, Diffuser, Mode
from scentd.model.readings import (
    AvailabilityRead,
    EnergyRead,
    FaultRead,
    IntensityRead,
    LightRead,
    ModeRead,
    PowerRead,
    Reading,
    TimerRead,
)
from scentd.model.topics import matches
from scentd.ports import NEVER
from tests.adapters.announced import Announced

BOWL = "zigbee2mqtt-a4c138a90b21c3d4"
PLAIN = "zigbee2mqtt-90fd9ffffe31b0a2"
LEFT, RIGHT = "zigbee2mqtt-a4c1385fe7d80001-left", "zigbee2mqtt-a4c1385fe7d80001-right"
MIST = "zigbee2mqtt-00158d0009c0ffee"
ALL = (BOWL, PLAIN, LEFT, RIGHT, MIST)


def vial(fraction: float = 0.5) -> Vial:
    return Vial("FIGLVS-30", "Fig Leaves", 30_000, 30_000 * fraction)


@dataclass
class Home:
    """A bridge, and how the hub understands it."""

    thing: Zigbee2mqttThing
    dialect: Zigbee2mqttDialect = field(default_factory=Zigbee2mqttDialect)
    chosen: dict[str, Diffuser] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.announced = Announced(self.dialect)
        self.find(self.thing.connected())

    def find(self, messages: Iterable[Message]) -> None:
        filters = self.dialect.discovery_filters()
        self.announced.hear(
            (m.topic, m.payload) for m in messages if any(matches(f, m.topic) for f in filters)
        )
        self.chosen = {
            name: self.dialect.with_profile(one, "nebuliser") if one.needs_profile else one
            for name, one in self.announced.diffusers.items()
        }

    def read(self, name: str, messages: Iterable[Message]) -> list[Reading]:
        diffuser = self.chosen[name]
        topics = self.dialect.topics(diffuser)
        return [
            reading
            for m in messages
            if m.topic in topics
            for reading in self.dialect.decode(diffuser, m.topic, m.payload)
        ]

    def ask(self, name: str, **parts: Any) -> list[Reading]:
        wish = Wish(name, Source(Origin.MANUAL), **parts)
        sent = self.dialect.encode(self.chosen[name], wish, command_id="c1", expires_at=NEVER)
        assert all(any(matches(f, p.topic) for f in self.thing.subscriptions) for p in sent)
        return self.read(name, [m for p in sent for m in self.thing.hear(p.topic, p.payload)])


def home(fraction: float = 0.5, **options: Any) -> Home:
    nodes = (
        metering_plug("0xa4c138a90b21c3d4", "study/bowl", vial(fraction)),
        plain_plug("0x90fd9ffffe31b0a2", "landing", vial(fraction)),
        strip("0xa4c1385fe7d80001", "window", vial(fraction), vial(fraction)),
        mist("0x00158d0009c0ffee", "nursery", vial(fraction)),
    )
    return Home(Zigbee2mqttThing(nodes, chance=random.Random(1), **options))


HOMES = {
    "2.x": home,
    "1.x": lambda: home(version=1, base="home/z2m"),
    "partial": lambda: home(is_cached=False),
}


@pytest.mark.parametrize("kind", HOMES)
@pytest.mark.parametrize("name", ALL)
@given(wishes=st.lists(st.tuples(st.booleans(), st.integers(1, 100)), min_size=1, max_size=5))
def test_the_last_wish_is_what_is_read_back(
    kind: str, name: str, wishes: list[tuple[bool, int]]
) -> None:
    made = HOMES[kind]()

    for power, percent in wishes:
        readings = made.ask(name, power=power, intensity_percent=percent)

    assert [r for r in readings if isinstance(r, PowerRead)] == [PowerRead(power)]
    if name == MIST:
        step = made.chosen[name].capabilities.nearest_step(percent)
        assert IntensityRead(step) in readings


@pytest.mark.parametrize("order", [("power", "intensity_percent"), ("intensity_percent", "power")])
def test_power_and_strength_may_come_in_either_order(order: tuple[str, str]) -> None:
    made = home()
    wished = {"power": True, "intensity_percent": 67}

    for part in order:
        made.ask(MIST, **{part: wished[part]})

    assert {PowerRead(True), IntensityRead(67)} <= set(made.ask(MIST, refresh=True))


@pytest.mark.parametrize("name", ALL)
def test_a_refresh_tells_everything_the_hub_believes(name: str) -> None:
    made = home()
    made.ask(name, power=True)

    assert PowerRead(True) in made.ask(name, refresh=True)


@given(hue=st.integers(0, 359), percent=st.integers(1, 100), mode=st.sampled_from(["A", "B"]))
def test_lamp_and_mode_are_understood(hue: int, percent: int, mode: str) -> None:
    made = home()
    rgb = rgb_of(hue)
    wanted = Mode.INTERVAL if mode == "A" else Mode.CONTINUOUS

    read = made.ask(MIST, light=True, light_percent=percent, light_rgb=rgb, mode=wanted)

    (light,) = (r for r in read if isinstance(r, LightRead))
    assert light.on
    assert light.percent == pytest.approx(percent, abs=1)
    assert light.rgb is not None
    near = zip(bytes.fromhex(light.rgb), bytes.fromhex(rgb), strict=True)
    assert all(abs(one - other) <= 3 for one, other in near)
    assert ModeRead(wanted) in read


def rgb_of(hue: int) -> str:
    return "".join(f"{round(255 * part):02x}" for part in colorsys.hsv_to_rgb(hue / 360, 1, 1))


def test_switching_the_lamp_off_does_not_switch_it_on_again() -> None:
    made = home()
    made.ask(MIST, light=True)

    read = made.ask(MIST, light=False, light_percent=40, light_rgb="ff0000")

    assert any(isinstance(r, LightRead) and r.on is False for r in read)


def test_a_socket_of_a_strip_leaves_its_sibling_alone() -> None:
    made = home()
    made.ask(RIGHT, power=True)

    made.ask(LEFT, power=True)
    made.ask(LEFT, power=False)

    assert PowerRead(True) in made.ask(RIGHT, refresh=True)


def test_a_plug_stops_by_itself_when_its_countdown_ends() -> None:
    made = home()

    assert TimerRead(90) in made.ask(BOWL, power=True, timer_s=90)
    early = made.read(BOWL, made.thing.pass_time(60))
    late = made.read(BOWL, made.thing.pass_time(31))

    assert PowerRead(False) not in early
    assert {PowerRead(False), TimerRead(0)} <= set(late)


def test_a_countdown_is_never_sent_to_a_plug_that_may_be_off() -> None:
    made = home()

    assert made.ask(BOWL, timer_s=90) == []
    assert TimerRead(0) in made.ask(BOWL, power=False, timer_s=90)
    made.thing.pass_time(200)
    assert PowerRead(False) in made.ask(BOWL, refresh=True)


def test_a_countdown_can_be_taken_back() -> None:
    made = home()
    made.ask(BOWL, power=True, timer_s=90)

    assert TimerRead(0) in made.ask(BOWL, timer_s=0)
    made.thing.pass_time(200)
    assert PowerRead(True) in made.ask(BOWL, refresh=True)


def test_a_plug_that_must_show_itself_is_asked_in_its_own_words() -> None:
    made = home()
    wish = Wish(BOWL, Source(Origin.MANUAL), identify=True)

    (sent,) = made.dialect.encode(made.chosen[BOWL], wish, command_id="c1", expires_at=NEVER)

    assert (sent.topic, sent.payload) == ("zigbee2mqtt/study/bowl/set", b'{"identify":"identify"}')
    assert not sent.retain


def test_a_plug_is_not_touched_before_the_household_said_what_it_feeds() -> None:
    made = home()
    made.chosen = dict(made.announced.diffusers)

    assert made.ask(BOWL, power=True) == []
    assert PowerRead(False) in made.ask(BOWL, refresh=True)


def test_what_a_plug_measures_is_read_in_watt_hours() -> None:
    made = home()
    made.ask(BOWL, power=True)

    read = made.read(BOWL, made.thing.pass_time(3600 * 8))

    assert EnergyRead(watts=11.5, total_wh=90.0, volts=230.0, amps=0.05) in read


def test_a_bowl_without_water_draws_little_though_its_plug_is_on() -> None:
    made = home(fraction=0.0001)
    made.ask(BOWL, power=True)

    read = made.read(BOWL, made.thing.pass_time(60))

    assert any(isinstance(r, EnergyRead) and r.watts == 0.6 for r in read)
    assert PowerRead(True) in made.ask(BOWL, refresh=True)


def test_a_diffuser_says_that_its_water_is_gone_and_is_well_after_a_refill() -> None:
    made = home(fraction=0.0001)
    made.ask(MIST, power=True)

    empty = made.read(MIST, made.thing.pass_time(600))
    made.thing.hear("zigbee2mqtt/sim/refill", b"nursery")
    full = made.read(MIST, made.thing.pass_time(1))

    assert FaultRead("empty") in empty
    assert FaultRead("") in full


def test_oil_falls_with_running_time_at_the_rate_the_hub_believes() -> None:
    made = home()
    made.ask(MIST, power=True, intensity_percent=67)
    (node,) = (one for one in made.thing.nodes if one.name == "nursery")
    before = node.oil["state"].remaining_ul

    made.thing.pass_time(3600)

    used = before - node.oil["state"].remaining_ul
    assert used == pytest.approx(made.chosen[MIST].capabilities.rate_at(67))


@pytest.mark.parametrize("kind", ["2.x", "1.x"])
def test_a_device_that_goes_away_and_comes_back_says_so(kind: str) -> None:
    made = HOMES[kind]()
    base = made.chosen[BOWL].bridge

    away = made.read(BOWL, made.thing.hear(f"{base}/sim/away", b"study/bowl"))
    back = made.read(BOWL, made.thing.hear(f"{base}/sim/back", b"study/bowl"))

    assert away == [AvailabilityRead(Availability.OFFLINE, "last_will")]
    assert back == [AvailabilityRead(Availability.ONLINE, "last_will")]


@pytest.mark.parametrize("kind", ["2.x", "1.x"])
def test_a_bridge_that_falls_away_leaves_its_devices_unknown(kind: str) -> None:
    made = HOMES[kind]()

    assert made.thing.will.retain
    for name in ALL:
        assert made.read(name, [made.thing.will]) == [
            AvailabilityRead(Availability.UNKNOWN, "bridge")
        ]


@pytest.mark.parametrize("kind", ["2.x", "1.x"])
def test_a_renamed_device_is_the_same_one_elsewhere(kind: str) -> None:
    made = HOMES[kind]()
    base = made.chosen[BOWL].bridge

    said = made.thing.hear(
        f"{base}/bridge/request/device/rename", b'{"from":"study/bowl","to":"attic/bowl"}'
    )
    made.find(said)

    assert made.chosen[BOWL].address == f"{base}/attic/bowl"
    assert set(made.chosen) == set(ALL)
    assert AvailabilityRead(Availability.ONLINE, "last_will") in made.read(BOWL, said)
    assert PowerRead(True) in made.ask(BOWL, power=True)


def test_a_device_that_left_is_gone_and_the_others_stay() -> None:
    made = home()

    made.find(made.thing.hear("zigbee2mqtt/sim/leave", b"window"))

    assert set(made.chosen) == {BOWL, PLAIN, MIST}


def test_states_are_not_retained_and_the_list_is() -> None:
    said = {message.topic: message.retain for message in home().thing.connected()}

    assert said["zigbee2mqtt/bridge/devices"]
    assert said["zigbee2mqtt/study/bowl/availability"]
    assert not said["zigbee2mqtt/study/bowl"]


def test_a_press_at_a_device_is_heard() -> None:
    made = home()

    said = made.thing.hear("zigbee2mqtt/sim/press", b"landing")

    assert PowerRead(True) in made.read(PLAIN, said)


def test_a_simulated_home_has_a_bridge_after_its_four_rooms() -> None:
    fleet = things(5, now=lambda: datetime(2026, 3, 2, tzinfo=UTC), speed=1, seed=0)

    made = Home(fleet[4])

    assert {one.name for one in made.chosen.values()} == {
        *("study/bowl", "landing", "nursery", "window left", "window right")
    }


@pytest.mark.parametrize(
    ("path", "payload"),
    [
        ("landing/set", b"TOGGLE"),
        ("landing/set", b'{"state":"on"}'),
        ("landing/set/state", b"ON"),
    ],
)
def test_a_bridge_takes_a_switch_in_each_of_its_forms(path: str, payload: bytes) -> None:
    made = home()

    said = made.thing.hear(f"zigbee2mqtt/{path}", payload)

    assert PowerRead(True) in made.read(PLAIN, said)


@pytest.mark.parametrize(
    ("path", "payload"),
    [
        ("landing/set", b"rubbish"),
        ("landing/set", b'{"mood":"ON"}'),
        ("landing/get", b'{"mood":""}'),
        ("nursery/set", b'{"mist_level":"gale"}'),
        ("nursery/set", b'{"water_shortage":true}'),
        ("nobody/set", b'{"state":"ON"}'),
        ("bridge/request/device/rename", b'{"from":"nobody","to":"x"}'),
    ],
)
def test_a_bridge_does_nothing_of_what_its_device_cannot(path: str, payload: bytes) -> None:
    made = home()

    said = made.thing.hear(f"zigbee2mqtt/{path}", payload)

    assert not any(
        message.topic in {"zigbee2mqtt/landing", "zigbee2mqtt/nursery"} for message in said
    )
