"""Things that announce themselves for Home Assistant and their dialects understand each other.

What is wished, sent, obeyed, told and read must be what was wished.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.registry import load_dialects
from adapters.simulator.announced import AnnouncedThing, announced_home
from adapters.simulator.esphome import EsphomeThing, esphome_home, fan_node, parts_node
from adapters.simulator.household import things
from adapters.simulator.thing import Message, Thing, Vial
from scentd.model.commands import Origin, Source, Wish
from scentd.model.diffuser import Availability, Diffuser, Mode
from scentd.model.readings import (
    AvailabilityRead,
    ButtonRead,
    EnergyRead,
    FaultRead,
    IntensityRead,
    LevelRead,
    LevelShareRead,
    LightRead,
    LowRead,
    ModeRead,
    PowerRead,
    Reading,
)
from scentd.model.topics import matches
from scentd.ports import NEVER, DiffuserDialect
from tests.adapters.announced import Announced
from tests.fakes.clock import ManualClock

DIALECTS = load_dialects()


def vial(fraction: float = 0.5) -> Vial:
    return Vial("LAVFLD-30", "Lavender Field", 30_000, 30_000 * fraction)


@dataclass
class Pair:
    """A thing and how the hub understands it."""

    thing: Thing
    dialect: DiffuserDialect
    diffuser: Diffuser

    def read(self, messages: Iterable[Message]) -> list[Reading]:
        topics = set(self.dialect.topics(self.diffuser))
        return [
            reading
            for message in messages
            if message.topic in topics
            for reading in self.dialect.decode(self.diffuser, message.topic, message.payload)
        ]

    def ask(self, **parts: object) -> list[Reading]:
        wish = Wish(self.diffuser.id, Source(Origin.MANUAL), **parts)
        sent = self.dialect.encode(self.diffuser, wish, command_id="c", expires_at=NEVER)
        return self.read(m for p in sent for m in self.thing.hear(p.topic, p.payload))


def pair(thing: Thing, dialect_name: str) -> Pair:
    dialect = DIALECTS[dialect_name]
    filters = dialect.discovery_filters()
    heard = [m for m in thing.connected() if any(matches(f, m.topic) for f in filters)]
    found = Announced(dialect).hear((m.topic, m.payload) for m in heard).diffusers
    (diffuser,) = found.values()
    return Pair(thing, dialect, diffuser)


def node(fraction: float = 0.5, **options: object) -> Pair:
    chance = random.Random(1)
    thing = EsphomeThing(
        "nook", "Nook", vial(fraction), mac="a0b1c2d3e4f5", chance=chance, **options
    )
    return pair(thing, "esphome")


def puff(fraction: float = 0.5, **options: object) -> Pair:
    thing = AnnouncedThing("7f3a", "Nook", vial(fraction), chance=random.Random(1), **options)
    return pair(thing, "ha")


PAIRS: dict[str, Callable[..., Pair]] = {
    "three speeds": node,
    "hundred speeds": lambda fraction=0.5: node(fraction, entities=fan_node(100)),
    "switch and number": lambda fraction=0.5: node(fraction, entities=parts_node()),
    "one message": puff,
    "ten levels": lambda fraction=0.5: puff(fraction, speeds=10),
}
every_pair = pytest.mark.parametrize("name", PAIRS)


@every_pair
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 100)), min_size=1, max_size=6))
def test_the_last_wish_is_what_is_read_back(name: str, wishes: list[tuple[bool, int]]) -> None:
    made = PAIRS[name]()

    for power, percent in wishes:
        readings = made.ask(power=power, intensity_percent=percent)

    power, percent = wishes[-1]
    powers = [r for r in readings if isinstance(r, PowerRead)]
    assert powers[-1] == PowerRead(power)
    if power:
        assert IntensityRead(made.diffuser.capabilities.nearest_step(percent)) in readings


@every_pair
@given(st.permutations(("power", "intensity_percent")))
def test_power_and_strength_may_come_in_either_order(name: str, order: list[str]) -> None:
    made = PAIRS[name]()
    wished = {"power": True, "intensity_percent": 100}

    readings = [reading for part in order for reading in made.ask(**{part: wished[part]})]

    powers = [r.on for r in readings if isinstance(r, PowerRead)]
    strengths = [r.percent for r in readings if isinstance(r, IntensityRead)]
    assert (powers[-1], strengths[-1]) == (True, 100)


@pytest.mark.parametrize("name", ["three speeds", "one message"])
@given(
    percent=st.integers(1, 100),
    rgb=st.text("0123456789abcdef", min_size=6, max_size=6),
    on=st.booleans(),
)
def test_a_lamp_shows_what_was_wished(name: str, percent: int, rgb: str, *, on: bool) -> None:
    made = PAIRS[name]()
    can = made.diffuser.capabilities

    readings = made.ask(light=on, light_percent=percent, light_rgb=rgb)

    lights = [r for r in readings if isinstance(r, LightRead)]
    assert [r.on for r in lights if r.on is not None][-1] is on
    if on:
        assert [r.percent for r in lights if r.percent is not None][-1] == percent
    if on and can.light_colours:
        assert lights[-1].rgb == rgb


@every_pair
def test_a_press_at_the_device_is_heard(name: str) -> None:
    made = PAIRS[name]()

    first, second = made.read(made.thing.press()), made.read(made.thing.press())

    assert PowerRead(True) in first
    assert PowerRead(False) in second
    assert (ButtonRead("press") in first) is (name != "switch and number")


@every_pair
def test_birth_and_will_say_online_and_offline(name: str) -> None:
    made = PAIRS[name]()

    online = AvailabilityRead(Availability.ONLINE, "last_will")
    offline = AvailabilityRead(Availability.OFFLINE, "last_will")

    assert online in made.read(made.thing.connected())
    assert made.read([made.thing.will]) == [offline]
    assert made.thing.will.retain


@every_pair
def test_one_that_is_empty_stops_says_so_and_will_not_start(name: str) -> None:
    made = PAIRS[name](0.00001)
    made.ask(power=True)

    readings = made.read(made.thing.pass_time(3600))

    assert {PowerRead(False), FaultRead("empty"), LowRead(1, True)} <= set(readings)
    assert PowerRead(True) not in made.ask(power=True)


@every_pair
def test_oil_falls_while_it_runs_and_a_refill_is_told(name: str) -> None:
    made = PAIRS[name]()
    made.ask(power=True, intensity_percent=100)

    before = levels(made.read(made.thing.pass_time(3600)))
    base = made.diffuser.facts["set power"].split('"')[1].split("/")
    home = "/".join(base[:2] if made.dialect.name == "ha" else base[:1])
    after = levels(made.read(made.thing.hear(f"{home}/sim/refill", b"")))

    assert before < 50
    assert after == 100


def levels(readings: list[Reading]) -> float:
    """Give the last level that was told, in percent of the vial."""
    told = [r for r in readings if isinstance(r, LevelShareRead | LevelRead)]
    last = told[-1]
    return last.percent if isinstance(last, LevelShareRead) else last.remaining_ul / 300


def test_modes_and_measures_of_a_node_are_understood() -> None:
    made = node(entities=parts_node())

    assert ModeRead(Mode.INTERVAL) in made.ask(mode=Mode.INTERVAL)
    made.ask(power=True)
    readings = made.read(made.thing.pass_time(60))
    assert EnergyRead(12.0, None) in readings
    assert EnergyRead(None, 1_500.0) in readings


def test_a_scene_is_set_by_its_own_name() -> None:
    assert LightRead(None, effect="embers") in puff().ask(light_effect="embers")
    assert any(
        isinstance(r, LightRead) and r.effect == "Embers" for r in node().ask(light_effect="Embers")
    )


def test_a_thing_listens_where_the_dialect_speaks() -> None:
    for make in PAIRS.values():
        made = make()

        for topic in made.dialect.command_topics(made.diffuser):
            assert any(matches(one, topic) for one in made.thing.subscriptions), topic


def test_a_simulated_home_has_one_of_each() -> None:
    now = ManualClock().now
    homes = {type(thing) for thing in things(20, now=now, speed=1, seed=0)}

    assert {EsphomeThing, AnnouncedThing} <= homes
    made = [
        make(now=now, chance=random.Random(3), speed=1.0) for make in (esphome_home, announced_home)
    ]
    assert [thing.name for thing in made] == ["study-mist-a0b1c2d3e4f5", "puff-7f3a"]
