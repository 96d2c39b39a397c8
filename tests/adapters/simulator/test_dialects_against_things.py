"""The dialects and the simulated devices, written from the documents apart, understand each other.

What is wished, sent, obeyed, reported and read must be what was wished.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.registry import load_dialects
from adapters.simulator.boards import GD_30W, KCL_M1801C, XD800W, Board
from adapters.simulator.household import things
from adapters.simulator.native import NativeThing
from adapters.simulator.tasmota import TasmotaThing
from adapters.simulator.thing import Message, Thing, Vial
from scentd.model.commands import Origin, Source, Wish
from scentd.model.diffuser import Availability, Diffuser, Mode
from scentd.model.readings import (
    AnswerRead,
    AvailabilityRead,
    ButtonRead,
    CartridgeRead,
    FaultRead,
    Found,
    IntensityRead,
    LevelRead,
    LightRead,
    ModeRead,
    PowerRead,
    Reading,
    SlotRead,
    TimerRead,
)
from scentd.ports import DiffuserDialect

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DIALECTS = load_dialects()


@dataclass
class Pair:
    """A thing and how the hub understands it."""

    thing: Thing
    dialect: DiffuserDialect
    diffuser: Diffuser
    sent: int = 0

    def read(self, messages: Iterable[Message]) -> list[Reading]:
        topics = set(self.dialect.topics(self.diffuser))
        return [
            reading
            for message in messages
            if message.topic in topics
            for reading in self.dialect.decode(self.diffuser, message.topic, message.payload)
        ]

    def ask(self, **parts: object) -> list[Reading]:
        self.sent += 1
        wish = Wish(self.diffuser.id, Source(Origin.MANUAL), **parts)
        published = self.dialect.encode(
            self.diffuser,
            wish,
            command_id=f"c{self.sent}",
            expires_at=NOW + timedelta(seconds=15),
        )
        heard = [m for p in published for m in self.thing.hear(p.topic, p.payload)]
        return self.read(heard)


def pair(thing: Thing, dialect_name: str) -> Pair:
    dialect = DIALECTS[dialect_name]
    for message in thing.connected():
        for topic_filter in dialect.discovery_filters():
            first, last = topic_filter.split("+")
            if message.topic.startswith(first) and message.topic.endswith(last):
                discoveries = dialect.discover(message.topic, message.payload)
                (found,) = (one for one in discoveries if isinstance(one, Found))
                return Pair(thing, dialect, found.diffuser)
    raise AssertionError("the thing did not announce itself")


def vial(fraction: float = 0.5) -> Vial:
    return Vial("LAVFLD-30", "Lavender Field", 30_000, 30_000 * fraction, "04a1b2c3d4e5f607")


def native(fraction: float = 0.5, **options: object) -> Pair:
    given_options = {"now": lambda: NOW, "chance": random.Random(1)} | options
    thing = NativeThing("drift-7", "Study", vial(fraction), **given_options)
    return pair(thing, "native")


def tasmota(board: Board = GD_30W, fraction: float = 0.5, **options: object) -> Pair:
    thing = TasmotaThing(
        "5CCF7F1A2B3C",
        "Study",
        board,
        vial(fraction),
        now=lambda: NOW,
        chance=random.Random(1),
        **options,
    )
    made = pair(thing, "tasmota")
    made.ask(refresh=True)
    return made


PAIRS = {
    "native": native,
    "gd-30w": tasmota,
    "kcl-m1801c": lambda: tasmota(KCL_M1801C),
    "xd800w": lambda: tasmota(XD800W),
    "own topics": lambda: tasmota(GD_30W, own_topics=True),
    "turned topic": lambda: tasmota(XD800W, full_topic="home/%topic%/%prefix%/", topic="nook"),
    "renamed prefixes": lambda: tasmota(GD_30W, prefixes=("do", "did", "says")),
}


@pytest.mark.parametrize("name", PAIRS)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 100)), min_size=1, max_size=6))
def test_the_last_wish_is_what_is_read_back(name: str, wishes: list[tuple[bool, int]]) -> None:
    made = PAIRS[name]()

    for power, percent in wishes:
        readings = made.ask(power=power, intensity_percent=percent)

    step = made.diffuser.capabilities.nearest_step(wishes[-1][1])
    assert PowerRead(wishes[-1][0]) in readings
    assert IntensityRead(step) in readings
    assert not any(isinstance(r, PowerRead) and r.on != wishes[-1][0] for r in readings)


def test_oil_is_spread_from_the_slot_that_was_chosen() -> None:
    made = native(beside=(vial(0.2),))
    first, second = made.thing.vials

    readings = made.ask(power=True, intensity_percent=60, slot_no=2)
    made.thing.pass_time(3600)

    assert SlotRead(2) in readings
    assert first.remaining_ul == 15_000
    assert second.remaining_ul == pytest.approx(6_000 - 120)
    assert AnswerRead("c2", "no such slot") in made.read(
        made.thing.hear("scent/1/drift-7/command", b'{"id": "c2", "slot": 3}')
    )


@pytest.mark.parametrize("name", PAIRS)
def test_a_refresh_tells_everything_the_hub_believes(name: str) -> None:
    made = PAIRS[name]()
    made.ask(power=True, intensity_percent=100)

    readings = made.ask(refresh=True)

    assert PowerRead(True) in readings
    assert IntensityRead(100) in readings


@pytest.mark.parametrize("name", PAIRS)
def test_a_press_at_the_device_is_heard(name: str) -> None:
    made = PAIRS[name]()

    assert PowerRead(True) in made.read(made.thing.press())
    assert PowerRead(False) in made.read(made.thing.press())


@pytest.mark.parametrize("name", PAIRS)
def test_birth_and_will_say_online_and_offline(name: str) -> None:
    made = PAIRS[name]()

    online = AvailabilityRead(Availability.ONLINE, "last_will")
    offline = AvailabilityRead(Availability.OFFLINE, "last_will")

    assert online in made.read(made.thing.connected())
    assert made.read([made.thing.will]) == [offline]
    assert made.thing.will.retain


@pytest.mark.parametrize(
    ("made", "seconds", "used_ul"),
    [
        (native(), 3600, 120),
        (tasmota(GD_30W), 3600, 450),
        (tasmota(XD800W), 1800, 175),
        (tasmota(KCL_M1801C), 3600, 500),
    ],
    ids=["native", "gd-30w", "xd800w", "kcl-m1801c"],
)
def test_oil_falls_with_running_time_at_the_rate_the_hub_believes(
    made: Pair, seconds: int, used_ul: int
) -> None:
    percent = 60 if made.dialect.name == "native" else 1
    made.ask(power=True, intensity_percent=percent)
    before = made.thing.vial.remaining_ul

    made.thing.pass_time(seconds)
    made.ask(power=False)
    made.thing.pass_time(seconds)

    assert before - made.thing.vial.remaining_ul == pytest.approx(used_ul)


def test_boards_and_profiles_agree_on_the_oil() -> None:
    for board, key in ((GD_30W, "gd-30w"), (KCL_M1801C, "kcl-m1801c"), (XD800W, "xd800w")):
        profiles = {
            p.key: p.capabilities for p in tasmota(board).dialect.profiles(tasmota(board).diffuser)
        }

        assert profiles[key].rate_ul_per_h == tuple(board.strengths.values())


def test_a_device_stops_by_itself_when_its_timer_ends() -> None:
    made = native()

    assert TimerRead(90) in made.ask(power=True, intensity_percent=60, timer_s=90)
    assert PowerRead(False) not in made.read(made.thing.pass_time(60))
    assert {PowerRead(False), TimerRead(0)} <= set(made.read(made.thing.pass_time(30)))


def test_a_timer_can_be_taken_back() -> None:
    made = native()
    made.ask(power=True, intensity_percent=60, timer_s=90)

    assert TimerRead(0) in made.ask(timer_s=0)
    made.thing.pass_time(100)
    assert PowerRead(True) in made.ask(refresh=True)


def test_speed_accelerates_oil_and_nothing_else() -> None:
    slow, fast = native(power=True), native(power=True, speed=600)

    slow_said, fast_said = slow.thing.pass_time(4), fast.thing.pass_time(4)

    assert slow.thing.vial.remaining_ul == pytest.approx(15_000 - 120 * 4 / 3600)
    assert fast.thing.vial.remaining_ul == pytest.approx(15_000 - 120 * 600 * 4 / 3600)
    assert slow_said == fast_said == []


def test_an_empty_device_stops_says_why_and_will_not_start() -> None:
    for made in (native(fraction=0.00001), tasmota(fraction=0.00001)):
        made.ask(power=True)

        readings = made.read(made.thing.pass_time(3600))

        assert PowerRead(False) in readings
        assert FaultRead("empty") in readings
        assert PowerRead(True) not in made.ask(power=True)


def test_a_native_refill_brings_a_new_cartridge_and_a_full_level() -> None:
    made = native(fraction=0.1)
    before = made.read(made.thing.connected())

    after = made.read(made.thing.hear("scent/1/drift-7/sim/refill", b'{"sku":"WHTTEA-50"}'))

    tags = [r.install_id for r in (*before, *after) if isinstance(r, CartridgeRead)]
    assert len(set(tags)) == 2
    assert LevelRead(1, 30_000) in after


def test_a_native_device_answers_a_repeated_command_without_doing_it_twice() -> None:
    made = native()
    command = b'{"id":"same","power":true}'
    made.thing.hear("scent/1/drift-7/command", command)
    made.thing.press()

    again = made.read(made.thing.hear("scent/1/drift-7/command", command))

    assert again == [AnswerRead("same", None)]
    assert not made.thing.power


def test_a_native_device_refuses_a_command_that_comes_too_late() -> None:
    made = native(now=lambda: NOW + timedelta(hours=3))

    assert made.ask(power=True) == [AnswerRead("c1", "expired")]
    assert not made.thing.power


def test_a_native_device_stops_a_minute_after_its_hub_died() -> None:
    made = native()
    made.ask(power=True)

    made.thing.hear("scent/hub/home/status", b'{"status": "offline"}')
    early = made.read(made.thing.pass_time(59))
    late = made.read(made.thing.pass_time(2))

    assert PowerRead(False) not in early
    assert PowerRead(False) in late


def test_a_hub_that_comes_back_in_time_stops_nothing() -> None:
    made = native()
    made.ask(power=True)

    made.thing.hear("scent/hub/home/status", b'{"status": "stopping"}')
    made.thing.pass_time(30)
    made.thing.hear("scent/hub/home/status", b'{"status": "online"}')
    made.thing.pass_time(600)

    assert made.thing.power


def test_what_a_finger_started_outlives_the_hub() -> None:
    made = native()
    made.thing.press()

    made.thing.hear("scent/hub/home/status", b'{"status": "offline"}')
    made.thing.pass_time(600)

    assert made.thing.power


def test_mode_light_and_button_are_understood() -> None:
    made = native()

    asked = made.ask(mode=Mode.INTERVAL, light=True, light_percent=35, light_rgb="00c0ff")

    assert {ModeRead(Mode.INTERVAL), LightRead(True, 35, "00c0ff")} <= set(asked)
    assert ButtonRead("power") in made.read(made.thing.press())


@pytest.mark.parametrize("board", [GD_30W, KCL_M1801C, XD800W], ids=lambda board: board.module)
@given(st.integers(0, 0xFFFFFF), st.data())
def test_a_lamp_shows_what_was_wished_last(board: Board, number: int, data: st.DataObject) -> None:
    made = tasmota(board)
    rgb = f"{number:06x}"
    effect = data.draw(st.sampled_from(made.diffuser.capabilities.light_effects))

    shown = made.ask(light=True, light_effect=effect)
    coloured = made.ask(light=True, light_rgb=rgb)
    dark = made.ask(light=False)

    assert effect in {r.effect for r in shown if isinstance(r, LightRead)}
    lamp = [r for r in coloured if isinstance(r, LightRead)]
    assert {r.rgb for r in lamp} >= {rgb}
    assert {r.effect for r in lamp} >= {"color"}
    assert any(r.on for r in lamp)
    assert dark[-1:] == [LightRead(False)]


def test_the_household_is_the_same_for_the_same_seed() -> None:
    def sketch(seed: int) -> list[tuple[str, bytes]]:
        fleet = things(12, now=lambda: NOW, speed=1, seed=seed)
        return [(m.topic, m.payload) for thing in fleet for m in thing.connected()]

    assert sketch(3) == sketch(3)
    assert sketch(3) != sketch(4)
    fleet = things(12, now=lambda: NOW, speed=1, seed=3)
    said = [{message.topic for message in thing.connected()} for thing in fleet]
    assert sum(map(len, said)) == len(set().union(*said))


def test_four_rooms_come_first_two_of_each_dialect() -> None:
    fleet = things(4, now=lambda: NOW, speed=1, seed=0)
    pairs = [pair(t, "native" if isinstance(t, NativeThing) else "tasmota") for t in fleet]

    assert [(p.diffuser.name, p.dialect.name, p.diffuser.profile) for p in pairs] == [
        ("Living room", "native", None),
        ("Bedroom", "tasmota", "gd-30w"),
        ("Bathroom", "native", None),
        ("Hallway", "tasmota", "xd800w"),
    ]
    assert [t.vial.sku for t in fleet] == ["CEDBER-50", "LAVFLD-30", "EUCMNT-30", "WHTTEA-50"]
