"""Numbers on topics: crossing a bound, reading payloads, and what a message costs."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.automation.payloads import Unreadable
from scentd.automation.sensors import Crossings, Sensors, Topic, Watcher, bounds_of
from scentd.automation.units import convert
from scentd.model.condition import SensorIs
from scentd.model.trigger import SensorReading

numbers = st.floats(-1e6, 1e6)


def trigger(**fields: object) -> SensorReading:
    return SensorReading("t", **fields)


def crossings(**fields: object) -> Crossings:
    found = list(bounds_of("r", trigger(**fields)))
    return Crossings(found, () if found else ("r",))


def fired(crossings: Crossings, *values: float) -> list[bool]:
    """Whether each of these numbers, in turn, fires the rule."""
    moves = [crossings.after(value, 0.0, is_old=False) for value in values]
    return [bool(move.entered or move.every) for move in moves]


def test_crossing_from_not_above_to_above_fires_once_until_it_falls_again() -> None:
    heard = fired(crossings(above=20), 19, 20, 21, 25, 19, 22)

    assert heard == [False, False, True, False, False, True]


def test_crossing_from_not_below_to_below_fires() -> None:
    heard = fired(crossings(below=20), 25, 20, 19.9, 10, 30, 5)

    assert heard == [False, False, True, False, False, True]


def test_without_bounds_every_reading_fires() -> None:
    assert fired(crossings(), 1, 1, 2) == [True, True, True]


def test_the_first_number_crosses_nothing() -> None:
    assert fired(crossings(above=20), 25, 26) == [False, False]


def test_an_old_number_fires_nothing_but_tells_where_things_stand() -> None:
    number = crossings(above=20)

    assert not number.after(10, 0.0, is_old=True).entered
    assert number.after(25, 0.0, is_old=False).entered


def test_each_bound_counts_for_itself() -> None:
    assert fired(crossings(above=30, below=10), 20, 31, 20, 9) == [False, True, False, True]


def test_inside_its_band_a_number_fires_once() -> None:
    heard = fired(crossings(above=65, hysteresis=5), 60, 66, 61, 66, 60, 66)

    assert heard == [False, True, False, False, False, True]


def test_a_bound_in_another_unit_is_the_same_bound() -> None:
    number = crossings(above=68, hysteresis=9, unit="°F", sensor_unit="°C")

    assert fired(number, 19, 20.1, 16, 21, 15, 20.1) == [False, True, False, False, False, True]


@given(st.lists(numbers, min_size=1, max_size=40), numbers, st.floats(0, 1e5))
def test_between_two_firings_the_number_left_the_band(
    values: list[float], bound: float, band: float
) -> None:
    heard = fired(crossings(above=bound, hysteresis=band), *values)

    fires = [place for place, is_fired in enumerate(heard) if is_fired]
    for first, second in itertools.pairwise(fires):
        assert min(values[first:second]) <= bound - band


specs = st.builds(
    SensorReading,
    st.just("t"),
    above=st.none() | numbers,
    below=st.none() | numbers,
    hysteresis=st.just(0.0) | st.floats(0, 1e5),
)


@given(triggers=st.lists(specs, max_size=12), values=st.lists(numbers, max_size=20))
def test_the_index_finds_what_asking_each_rule_would(
    triggers: list[SensorReading], values: list[float]
) -> None:
    topic = Topic([(str(number), found) for number, found in enumerate(triggers)])
    alone = [_Alone(found) for found in triggers]
    for value in values:
        expected = sorted(str(n) for n, one in enumerate(alone) for _ in range(one.fires(value)))

        found: list[str] = []
        for moved in topic.after(repr(value).encode(), 0.0, is_old=False):
            found += [*moved.every, *(str(bound.owner) for bound in moved.entered)]
        assert sorted(found) == expected


class _Alone:
    """One trigger by itself, remembering what any reader of its description would."""

    def __init__(self, spec: SensorReading) -> None:
        self.spec = spec
        self.beyond: dict[str, bool | None] = {"above": None, "below": None}

    def fires(self, value: float) -> int:
        spec = self.spec
        if spec.above is None and spec.below is None:
            return 1
        count = 0
        for side, bound, sign in (("above", spec.above, 1), ("below", spec.below, -1)):
            if bound is None:
                continue
            was = self.beyond[side]
            past = value > bound if sign > 0 else value < bound
            back = bound - sign * spec.hysteresis
            home = value <= back if sign > 0 else value >= back
            if was is None:
                self.beyond[side] = past
            elif not was and past:
                self.beyond[side] = True
                count += 1
            elif was and home:
                self.beyond[side] = False
        return count


def test_a_condition_stands_since_its_bound_was_passed() -> None:
    condition = SensorIs("t", above=20, for_s=60)
    sensors = Sensors([(condition, condition)])
    topic = sensors.topics["t"]

    before = sensors.standing(condition, 100.0)
    list(topic.after(b"19", 100.0, is_old=False))
    list(topic.after(b"21", 110.0, is_old=False))
    after = sensors.standing(condition, 150.0)

    assert (before.last, before.beyond_s) == (None, None)
    assert (after.last, after.beyond_s) == (21.0, 40.0)


@pytest.mark.parametrize("beside", [[], [("new", trigger(above=18))]], ids=["same", "changed"])
def test_an_edit_of_the_rules_forgets_nothing_of_the_numbers(beside: list[Watcher]) -> None:
    condition = SensorIs("t", above=20, hysteresis=2)
    earlier = Sensors([(condition, condition)])
    list(earlier.topics["t"].after(b"21", 5.0, is_old=False))
    list(earlier.topics["t"].after(b"19", 6.0, is_old=False))

    later = Sensors([(condition, condition), *beside], earlier.topics)

    assert later.standing(condition, 10.0).beyond_s == 5.0
    (moved,) = later.topics["t"].after(b"19.5", 11.0, is_old=False)
    assert moved.entered == []


def test_a_new_condition_counts_from_the_last_number_that_was_heard() -> None:
    earlier = Sensors([("other", trigger(above=99))])
    list(earlier.topics["t"].after(b"70", 1_000.0, is_old=False))

    condition = SensorIs("t", above=65, for_s=1200)
    later = Sensors([("other", trigger(above=99)), (condition, condition)], earlier.topics)

    assert later.standing(condition, 1_060.0).beyond_s == 60.0


def test_a_rule_that_went_hears_no_more_of_a_number() -> None:
    earlier = Sensors([("gone", trigger(above=20)), ("stays", trigger(above=20))])
    list(earlier.topics["t"].after(b"19", 5.0, is_old=False))

    later = Sensors([("stays", trigger(above=20))], earlier.topics)

    (moved,) = later.topics["t"].after(b"21", 6.0, is_old=False)
    assert [bound.owner for bound in moved.entered] == ["stays"]
    assert not later.is_beyond("gone", "above")


@pytest.mark.parametrize(
    ("number", "unit", "to", "expected"),
    [
        (20, "°C", "°F", 68),
        (0, "K", "°C", -273.15),
        (1.5, "kW", "W", 1500),
        (400, "ppb", "ppm", 0.4),
        (36, "km/h", "m/s", 10),
    ],
)
def test_a_number_of_one_unit_is_one_of_another(
    number: float, unit: str, to: str, expected: float
) -> None:
    assert convert(number, unit, to) == pytest.approx(expected)
    assert convert(convert(number, unit, to), to, unit) == pytest.approx(number)


@pytest.mark.parametrize(
    ("payload", "path", "value"),
    [
        (b"23.5", "", 23.5),
        (b" 7 ", "", 7.0),
        (b'{"temperature": 21}', "temperature", 21.0),
        (b'{"a": {"b": [1, {"c": 3}]}}', "a.b.1.c", 3.0),
    ],
)
def test_a_number_is_found_on_its_path(payload: bytes, path: str, value: float) -> None:
    topic = Topic([("r", SensorReading("t", path))])

    (moved,) = topic.after(payload, 0.0, is_old=False)
    assert (moved.value, moved.every) == (value, ["r"])


def test_a_part_of_a_state_is_read_for_what_is_there() -> None:
    topic = Topic([("t", SensorReading("t", "temperature")), ("h", SensorReading("t", "humidity"))])
    heard = []

    with pytest.raises(Unreadable):
        heard.extend(topic.after(b'{"humidity": 60}', 0.0, is_old=False))

    assert [(moved.value, moved.every) for moved in heard] == [(60.0, ["h"])]


@pytest.mark.parametrize(
    ("payload", "path"),
    [
        (b"warm", ""),
        (b"", ""),
        (b"\xff\xfe", ""),
        (b"nan", ""),
        (b"1e999", ""),
        (b"{}", ""),
        (b"{", "a"),
        (b"\xff", "a"),
        (b'{"a": NaN}', "a"),
        (b'{"a": 1e999}', "a"),
        (b'{"a": ' + b"9" * 400 + b"}", "a"),
        (b'{"a": true}', "a"),
        (b'{"a": "1"}', "a"),
        (b'{"b": 1}', "a"),
        (b'{"a": [1]}', "a.7"),
        (b"[" * 100_000, "a"),
    ],
)
def test_what_is_no_number_is_unreadable(payload: bytes, path: str) -> None:
    topic = Topic([("r", SensorReading("t", path))])

    with pytest.raises(Unreadable):
        list(topic.after(payload, 0.0, is_old=False))


@given(st.binary(max_size=60), st.sampled_from(["", "a", "a.0", "0"]))
def test_any_payload_is_read_or_unreadable(payload: bytes, path: str) -> None:
    topic = Topic([("r", SensorReading("t", path))])

    try:
        found = list(topic.after(payload, 0.0, is_old=False))
    except Unreadable:
        return
    assert len(found) == 1
