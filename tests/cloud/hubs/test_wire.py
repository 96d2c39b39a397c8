"""What the cloud decodes quickly is what the contracts say; and nothing it gets can hurt it."""

import contextlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from cloud.hubs.errors import BatchMalformed, BatchTooLarge
from cloud.hubs.ingest.batch import read, unpack
from cloud.hubs.ingest.edits import merge
from cloud.hubs.ingest.slots import fold
from cloud.hubs.ingest.wire import KINDS
from scentd.contracts.bodies import EVENT_BODIES
from scentd.contracts.history import extend_all
from scentd.contracts.sync import MAX_BATCH_BYTES
from tests.fakes.hub import START, SpokenHub

GOLDEN = Path(__file__).parents[2] / "contracts" / "golden"


def recorded(kind):
    return json.loads((GOLDEN / f"event.{kind}.json").read_text())


def read_one(kind, body):
    hub = SpokenHub()
    if kind == "gap":
        for _ in range(body["first"] - 1):
            hub.says("x", {})
    hub.says(kind, body)
    events, _ = read(unpack(hub.batch(1), "identity"), START)
    return events[-1]


@pytest.mark.parametrize("kind", sorted(kind for kind, _ in EVENT_BODIES))
def test_every_recorded_event_is_understood(kind):
    event = read_one(kind, recorded(kind))

    assert event.reject is None
    assert (event.news is not None) == ((kind, 1) in KINDS)


@pytest.mark.parametrize("kind", sorted(kind for kind, _ in KINDS))
def test_a_field_of_tomorrow_is_no_reason_to_refuse(kind):
    event = read_one(kind, {**recorded(kind), "tomorrow": {"a": 1}})

    assert event.reject is None


def places(kind):
    """Every field of a recorded body and of the objects in it, as a path."""
    body = recorded(kind)
    objects = {name: value for name, value in body.items() if isinstance(value, dict)}
    inner = [(name, each) for name, value in objects.items() for each in value]
    return [(kind, path) for path in [*((name,) for name in body), *inner]]


PLACES = [place for kind, _ in KINDS if kind != "gap" for place in places(kind)]
SPOILT = st.sampled_from(
    [None, -1, 0, 2**70, 1.5, "", "x", "x" * 200, [], {}, True, "2026-01-01T00:00:00"]
)


@given(st.sampled_from(PLACES), SPOILT)
def test_what_the_contract_refuses_the_cloud_refuses(place, spoilt):
    """The other way round the cloud may be stricter: its bounds are those of its tables."""
    kind, path = place
    body = recorded(kind)
    target = body[path[0]] if len(path) == 2 else body
    target[path[-1]] = spoilt

    event = read_one(kind, body)

    if event.reject is None:
        EVENT_BODIES[kind, 1].model_validate(body)


LINES = st.lists(
    st.binary(max_size=60).filter(lambda line: b"\n" not in line)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
        max_leaves=6,
    ).map(lambda value: json.dumps(value).encode())
    | st.builds(
        lambda kind, body: json.dumps(
            {
                "kind": kind,
                "v": 1,
                "at_ms": 0,
                "mono_ms": 0,
                "boot": "b",
                "clock_ok": True,
                "body": body,
            }
        ).encode(),
        st.sampled_from([kind for kind, _ in KINDS]),
        st.dictionaries(st.sampled_from(["slot", "key", "first", "last", "stamp"]), st.integers()),
    ),
    min_size=1,
    max_size=8,
)


@given(LINES)
def test_whatever_lines_come_each_takes_its_number_and_the_chain_is_theirs(lines):
    hub = SpokenHub(lines=lines)

    events, chain = read(unpack(hub.batch(1), "identity"), START)

    assert [event.line for event in events] == lines
    assert chain == extend_all(bytes(16), lines)
    numbers = [event.seq for event in events]
    assert numbers == sorted(set(numbers))
    fold({}, events)
    merge({}, events, START)


@given(st.binary(max_size=200), st.sampled_from(["zstd", "identity"]))
def test_whatever_bytes_come_the_answer_is_a_batch_or_a_refusal(content, encoding):
    with contextlib.suppress(BatchMalformed, BatchTooLarge):
        unpack(content, encoding)


@pytest.mark.parametrize("size", [MAX_BATCH_BYTES + 1, 50 * MAX_BATCH_BYTES])
def test_a_bomb_is_not_unpacked(size):
    known = zstandard.ZstdCompressor().compress(b"x" * size)
    unknown = zstandard.ZstdCompressor(write_content_size=False).compress(b"x" * size)

    with pytest.raises(BatchTooLarge):
        unpack(known, "zstd")
    with pytest.raises(BatchMalformed):
        unpack(unknown, "zstd")


@given(
    st.integers(-(2**53), 2**53),
    st.integers(-(2**53), 2**53),
    st.booleans(),
    st.sampled_from(["boot-1", "boot-0"]),
)
def test_no_event_is_dated_after_its_receipt_by_more_than_five_minutes(
    at_ms, mono_ms, clock_ok, boot
):
    hub = SpokenHub()
    hub.says("x", {}, at_ms=at_ms, mono_ms=mono_ms, clock_ok=clock_ok, boot=boot)

    ((event,), _) = read(unpack(hub.batch(1), "identity"), START)

    assert datetime.min.replace(tzinfo=UTC) <= event.happened_at <= START + timedelta(minutes=5)
