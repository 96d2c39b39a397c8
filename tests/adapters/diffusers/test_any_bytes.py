"""Whatever bytes come on whatever topic, a dialect reads them or says Malformed."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.registry import load_dialects
from scentd.model.diffuser import Diffuser
from scentd.ports import DiffuserDialect, Malformed
from tests.adapters.announced import Announced

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
    "homie": (
        "homie/5/nook/$description",
        {
            "homie": "5.0",
            "name": "Mist",
            "nodes": {
                "mist": {
                    "type": "diffuser",
                    "properties": {
                        "on": {"datatype": "boolean", "settable": True},
                        "mode": {"datatype": "enum", "format": "low,high", "settable": True},
                        "level": {"datatype": "float", "unit": "%"},
                    },
                }
            },
        },
    ),
    "openbeken": (
        "homeassistant/switch/OpenBK7231N_6A2B3C4D_relay_1/config",
        {
            "dev": {"ids": ["OpenBK7231N_6A2B3C4D"], "name": "Hall", "mdl": "BK7231N"},
            "name": "Socket",
            "~": "obk6A2B3C4D",
            "avty_t": "~/connected",
            "stat_t": "~/1/get",
            "cmd_t": "~/1/set",
        },
    ),
    "ha": (
        "homeassistant/fan/hall/mist/config",
        {
            "dev": {"ids": ["mist-1"], "name": "Hall"},
            "stat_t": "mist/state",
            "stat_val_tpl": "{{ value_json.on }}",
            "cmd_t": "mist/set",
            "pct_cmd_t": "mist/level/set",
            "pct_stat_t": "mist/level",
            "spd_rng_max": 3,
            "avty": [{"t": "mist/here"}, {"t": "hub"}],
        },
    ),
    "esphome": (
        "homeassistant/fan/hall/mist/config",
        {
            "dev": {"ids": "a0b1c2d3e4f5", "name": "Hall", "sw": "1.0 (ESPHome 2026.6.5)"},
            "stat_t": "hall/fan/mist/state",
            "cmd_t": "hall/fan/mist/command",
            "pct_cmd_t": "hall/fan/mist/speed_level/command",
            "pct_stat_t": "hall/fan/mist/speed_level/state",
            "spd_rng_max": 3,
            "avty_t": "hall/status",
        },
    ),
    "shelly": (
        "scent/shelly/status/hall/rpc",
        {
            "src": "shellyplugsg3-aabbccddeeff",
            "result": {"switch:0": {"output": True, "apower": 1.0}, "sys": {"unixtime": 1}},
        },
    ),
    "zigbee2mqtt": (
        "zigbee2mqtt/bridge/devices",
        {
            "ieee_address": "0x00158d0001825510",
            "friendly_name": "Hall",
            "supported": True,
            "definition": {
                "description": "Diffuser",
                "exposes": [
                    {
                        "type": "switch",
                        "features": [
                            {"name": "state", "access": 7, "value_on": "ON", "value_off": "OFF"}
                        ],
                    },
                    {"type": "enum", "name": "mode", "access": 7, "values": ["low", "high"]},
                    {"type": "numeric", "name": "power", "access": 1, "unit": "W"},
                ],
            },
        },
    ),
}
IN_A_LIST = frozenset({"zigbee2mqtt"})
"""Dialects that announce all devices in one list."""
BESIDE = {"openbeken": [("obk6A2B3C4D/mac", b"84:e3:42:6a:2b:3c")]}
"""What must be said as well by those that do not say all in one message."""
KEYS = [
    *("power", "intensity", "mode", "light", "fault", "signal_dbm", "watts", "energy_wh"),
    *("sensors", "button", "id", "error", "remaining_ul", "tag", "sku", "capacity_ul"),
    *("POWER", "POWER1", "TuyaReceived", "Cmnd", "CmndData", "ENERGY", "Power", "Total", "Wifi"),
    *("Signal", "Button1", "Action", "StatusSTS", "StatusSNS", "value", "unit"),
    *("intensity_steps", "rates_ul_per_h", "modes", "slots", "level", "type", "name"),
    *("ieee_address", "friendly_name", "supported", "disabled", "definition", "endpoints"),
    *("exposes", "features", "access", "property", "values", "value_max", "config", "action"),
    *("~", "dev", "stat_t", "cmd_t", "avty_t", "pl_on", "pl_off", "unit_of_meas"),
    *("avty", "avty_mode", "pct_cmd_t", "pct_stat_t", "spd_rng_max", "pr_modes", "stat_val_tpl"),
    *("src", "result", "method", "params", "switch:0", "output", "apower", "aenergy", "errors"),
    *("timer_started_at", "timer_duration", "sys", "unixtime", "wifi", "rssi", "events", "event"),
    *("nodes", "properties", "datatype", "format", "settable", "retained", "root", "mist", "on"),
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


def found_by(dialect: DiffuserDialect, payload: bytes) -> list[Diffuser]:
    said = [*BESIDE.get(dialect.name, ()), (ANNOUNCEMENTS[dialect.name][0], payload)]
    announced = Announced(dialect).hear(said)
    return list(announced.diffusers.values())


def announcement(dialect: DiffuserDialect, **changes: object) -> bytes:
    body = {**ANNOUNCEMENTS[dialect.name][1], **changes}
    return json.dumps([body] if dialect.name in IN_A_LIST else body).encode()


def diffuser_of(dialect: DiffuserDialect) -> Diffuser:
    (diffuser,) = found_by(dialect, announcement(dialect))
    return diffuser


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
        diffusers = found_by(dialect, payload)
    except Malformed:
        return

    for diffuser in diffusers:
        assert dialect.topics(diffuser)
        assert diffuser.id.startswith(name)


@pytest.mark.parametrize("name", sorted(DIALECTS))
@given(changes=st.dictionaries(st.sampled_from(KEYS), values, max_size=4))
def test_an_announcement_with_a_few_wrong_fields_is_read_or_refused(
    name: str, changes: dict[str, object]
) -> None:
    dialect = DIALECTS[name]

    try:
        diffusers = found_by(dialect, announcement(dialect, **changes))
    except Malformed:
        return

    assert all(dialect.topics(diffuser) for diffuser in diffusers)
