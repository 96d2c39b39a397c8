"""Whatever bytes come on whatever topic, a dialect reads them or says Malformed."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.registry import load_dialects
from scentd.model.diffuser import Diffuser
from scentd.model.readings import Found
from scentd.ports import DiffuserDialect, Malformed

DIALECTS = load_dialects()
ANNOUNCEMENTS = {
    "native": ("scent/1/drift-7/description", {"intensity_steps": [20, 60, 100], "slots": 2}),
    "tasmota": (
        "tasmota/discovery/5CCF7F49A3BC/config",
        {
            "md": "GD-30W",
            "ty": 1,
            "state": ["OFF", "ON"],
            "t": "t",
            "ft": "%prefix%/%topic%/",
            "tp": ["cmnd", "stat", "tele"],
            "rl": [1],
            "so": {"4": 1},
        },
    ),
}
KEYS = [
    *("power", "intensity", "mode", "light", "fault", "signal_dbm", "watts", "energy_wh"),
    *("sensors", "button", "id", "error", "remaining_ul", "tag", "sku", "capacity_ul"),
    *("POWER", "POWER1", "TuyaReceived", "Cmnd", "CmndData", "ENERGY", "Power", "Total", "Wifi"),
    *("Signal", "Button1", "Action", "StatusSTS", "StatusSNS", "value", "unit"),
    *("intensity_steps", "rates_ul_per_h", "modes", "slots", "level", "type", "name"),
    *("t", "ft", "tp", "rl", "so", "state", "ty", "fn", "dn", "md", "onln", "4"),
]
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["ON", "online", "0101000101", "67", "%prefix%/#", "measured", "interval"]),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=6),
    ),
    max_leaves=20,
)
payloads = st.one_of(st.binary(max_size=200), values.map(lambda v: json.dumps(v).encode()))


def diffuser_of(dialect: DiffuserDialect) -> Diffuser:
    topic, body = ANNOUNCEMENTS[dialect.name]
    (found,) = dialect.discover(topic, json.dumps(body).encode())
    assert isinstance(found, Found)
    return found.diffuser


@pytest.mark.parametrize("name", sorted(DIALECTS))
@given(payload=payloads, data=st.data())
def test_decode_reads_or_refuses(name: str, payload: bytes, data: Any) -> None:
    dialect = DIALECTS[name]
    diffuser = diffuser_of(dialect)
    topic = data.draw(st.sampled_from([*dialect.topics(diffuser), "elsewhere"]))

    try:
        readings = dialect.decode(diffuser, topic, payload)
    except Malformed:
        readings = ()

    assert isinstance(readings, tuple)


@pytest.mark.parametrize("name", sorted(DIALECTS))
@given(payload=payloads)
def test_discover_reads_or_refuses_and_what_it_finds_can_be_used(name: str, payload: bytes) -> None:
    dialect = DIALECTS[name]

    try:
        discoveries = dialect.discover(ANNOUNCEMENTS[name][0], payload)
    except Malformed:
        return

    for discovery in discoveries:
        if isinstance(discovery, Found):
            assert dialect.topics(discovery.diffuser)
            assert discovery.diffuser.id.startswith(name)


@pytest.mark.parametrize("name", sorted(DIALECTS))
@given(changes=st.dictionaries(st.sampled_from(KEYS), values, max_size=4))
def test_an_announcement_with_a_few_wrong_fields_is_read_or_refused(
    name: str, changes: dict[str, object]
) -> None:
    topic, body = ANNOUNCEMENTS[name]

    try:
        discoveries = DIALECTS[name].discover(topic, json.dumps({**body, **changes}).encode())
    except Malformed:
        return

    assert isinstance(discoveries, tuple)
