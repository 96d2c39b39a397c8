"""Numbers on topics: crossing a bound, reading payloads, and what a message costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.automation.sensors import Crossings, Topic, Unreadable
from scentd.model.rule import SensorReading

numbers = st.floats(-1e6, 1e6)


def trigger(**bounds: float) -> SensorReading:
    return SensorReading("t", **bounds)


def fired(crossings: Crossings, *values: float) -> list[list[str]]:
    return [crossings.after(value, is_old=False) for value in values]


def test_crossing_from_not_above_to_above_fires_once_until_it_falls_again() -> None:
    crossings = Crossings([("r", trigger(above=20))])

    assert fired(crossings, 19, 20, 21, 25, 19, 22) == [[], [], ["r"], [], [], ["r"]]


def test_crossing_from_not_below_to_below_fires() -> None:
    crossings = Crossings([("r", trigger(below=20))])

    assert fired(crossings, 25, 20, 19.9, 10, 30, 5) == [[], [], ["r"], [], [], ["r"]]


def test_without_bounds_every_reading_fires() -> None:
    assert fired(Crossings([("r", trigger())]), 1, 1, 2) == [["r"], ["r"], ["r"]]


def test_the_first_number_crosses_nothing() -> None:
    assert fired(Crossings([("r", trigger(above=20))]), 25, 26) == [[], []]


def test_an_old_number_fires_nothing_but_tells_where_things_stand() -> None:
    crossings = Crossings([("r", trigger(above=20))])

    assert crossings.after(10, is_old=True) == []
    assert crossings.after(25, is_old=False) == ["r"]


def test_each_bound_counts_for_itself() -> None:
    crossings = Crossings([("r", trigger(above=30, below=10))])

    assert fired(crossings, 20, 31, 20, 9) == [[], ["r"], [], ["r"]]


bounds = st.lists(
    st.builds(SensorReading, st.just("t"), above=st.none() | numbers, below=st.none() | numbers),
    max_size=12,
)


@given(triggers=bounds, values=st.lists(numbers, max_size=20))
def test_the_index_finds_what_asking_each_rule_would(
    triggers: list[SensorReading], values: list[float]
) -> None:
    crossings = Crossings([(str(number), found) for number, found in enumerate(triggers)])
    before: float | None = None
    for value in values:
        expected = {
            str(number) for number, found in enumerate(triggers) if _asks(found, before, value)
        }

        assert set(crossings.after(value, is_old=False)) == expected
        before = value


def _asks(found: SensorReading, before: float | None, value: float) -> bool:
    if found.above is None and found.below is None:
        return True
    if before is None:
        return False
    rises = found.above is not None and before <= found.above < value
    falls = found.below is not None and value < found.below <= before
    return rises or falls


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

    assert list(topic.after(payload, is_old=False)) == [(value, ["r"])]


def test_a_part_of_a_state_is_read_for_what_is_there() -> None:
    topic = Topic([("t", SensorReading("t", "temperature")), ("h", SensorReading("t", "humidity"))])
    heard = []

    with pytest.raises(Unreadable):
        heard.extend(topic.after(b'{"humidity": 60}', is_old=False))

    assert heard == [(60.0, ["h"])]


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
        list(topic.after(payload, is_old=False))


@given(st.binary(max_size=60), st.sampled_from(["", "a", "a.0", "0"]))
def test_any_payload_is_read_or_unreadable(payload: bytes, path: str) -> None:
    topic = Topic([("r", SensorReading("t", path))])

    try:
        found = list(topic.after(payload, is_old=False))
    except Unreadable:
        return
    assert len(found) == 1
