"""What trackers publish, read from messages as the makers document them."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.model.presence import TrackerKind
from scentd.presence.messages import read_owntracks, read_room, read_router
from scentd.presence.sighting import Position

LOCATION = {
    "_type": "location",
    "acc": 12,
    "alt": 35,
    "batt": 87,
    "conn": "w",
    "inregions": ["Home", "Garden"],
    "lat": 52.52,
    "lon": 13.405,
    "t": "p",
    "tid": "ad",
    "tst": 1772452800,
    "vac": 3,
    "vel": 0,
}
TRANSITION = {
    "_type": "transition",
    "acc": 9,
    "desc": "Home",
    "event": "leave",
    "lat": 52.52,
    "lon": 13.405,
    "t": "c",
    "tid": "ad",
    "tst": 1772452800,
    "wtst": 1770000000,
}
ESPRESENSE = {
    "id": "irk:2f1a",
    "name": "Ada's phone",
    "disc": "apple:1005:9-12",
    "idType": 200,
    "rssi@1m": -65,
    "rssi": -61,
    "raw": 0.97,
    "distance": 1.42,
    "var": 0.1,
    "int": 500,
}


def owntracks(message, topic="owntracks/ada/phone"):
    return read_owntracks(topic, json.dumps(message).encode(), False)


def test_a_location_of_owntracks_is_a_fix_with_regions_and_stamp():
    found = owntracks(LOCATION)

    assert found.tracker_id == "owntracks:ada/phone"
    assert found.position == Position(52.52, 13.405, 12)
    assert found.within == {"Home", "Garden"}
    assert found.said_at == datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_transition_is_an_edge_crossed():
    found = owntracks(TRANSITION, "owntracks/ada/phone/event")

    assert (found.tracker_id, found.left, found.entered) == ("owntracks:ada/phone", "Home", None)
    assert owntracks({**TRANSITION, "event": "enter"}).entered == "Home"


@pytest.mark.parametrize(
    "message",
    [
        {"_type": "lwt", "tst": 1772452800},
        {"_type": "encrypted", "data": "x"},
        {"_type": "waypoints"},
        {**LOCATION, "lat": 91, "inregions": None},
        {**LOCATION, "lat": "52", "inregions": None},
        {**LOCATION, "acc": -1, "inregions": None},
        {**TRANSITION, "event": "fly"},
        {**TRANSITION, "desc": 7},
        [LOCATION],
    ],
)
def test_what_says_nothing_of_a_place_is_passed_over(message):
    assert owntracks(message) is None


def test_a_device_seen_in_a_room_is_home():
    found = read_room("espresense/devices/irk:2f1a/kitchen", json.dumps(ESPRESENSE).encode(), False)

    assert (found.tracker_id, found.name) == ("room:irk:2f1a", "Ada's phone")
    assert found.is_home
    assert read_room("room_presence/kitchen", b'{"id":"watch","distance":2}', False).is_home


def test_what_a_room_saw_once_and_the_broker_kept_is_passed_over():
    assert read_room("room_presence/kitchen", b'{"id":"watch","distance":2}', True) is None
    assert read_room("espresense/devices/x/kitchen", b'{"rssi":-60}', False) is None


@pytest.mark.parametrize(
    ("payload", "is_home"), [(b"home", True), (b"not_home", False), (b" ON\n", True), (b"0", False)]
)
def test_a_router_says_home_or_not(payload, is_home):
    found = read_router("device_tracker/AA:BB:CC", payload, True)

    assert (found.tracker_id, found.kind) == ("router:aa:bb:cc", TrackerKind.ROUTER)
    assert found.is_home is is_home
    assert found.is_retained


def test_a_router_that_says_anything_else_is_passed_over():
    assert read_router("presence/x", b"maybe", False) is None


@given(
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*LOCATION, "event", "desc", "id", "distance"]), inner
            )
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
    st.booleans(),
)
def test_no_message_is_too_odd_to_be_passed_over(payload, is_retained):
    for read, topic in (
        (read_owntracks, "owntracks/a/b"),
        (read_room, "room_presence/kitchen"),
        (read_router, "presence/x"),
    ):
        read(topic, payload, is_retained)


def test_a_huge_or_deep_message_is_passed_over():
    assert (
        read_owntracks("owntracks/a/b", b'{"_type":"location"' + b" " * 20_000 + b"}", False)
        is None
    )
    assert read_owntracks("owntracks/a/b", b"[" * 16_000, False) is None
    assert owntracks({**LOCATION, "tst": 10**400}).said_at is None
