"""Announcements for Home Assistant are read into types; what is wrong in one costs that one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.diffusers.announced.configs import announcement_of
from adapters.diffusers.announced.entities import (
    Announcement,
    BinarySensor,
    Button,
    Event,
    Fan,
    Humidifier,
    Light,
    Number,
    Place,
    Presence,
    Select,
    Sensor,
    Switch,
)
from adapters.diffusers.announced.owners import Owner, owner_of
from adapters.diffusers.announced.roles import Roles
from scentd.ports import Malformed

DEVICE = {"ids": ["mist-1"], "name": "Mist", "mf": "Acme", "mdl": "M1", "sw": "1.2", "sa": "Hall"}


def read(topic: str, **values: object) -> Announcement:
    found = announcement_of(topic, json.dumps(values).encode())
    assert found is not None
    return found


def test_a_fan_is_read_with_short_names_below_a_base_topic() -> None:
    found = read(
        "homeassistant/fan/mist/fan/config",
        **{"~": "mist/1", "cmd_t": "~/set", "stat_t": "~", "pct_cmd_t": "~/speed/set"},
        pct_stat_t="~/speed",
        spd_rng_max=3,
        pr_mode_cmd_t="mode/~",
        pr_modes=["eco", "turbo", "eco"],
        avty=[{"t": "~/here", "pl_avail": "1", "pl_not_avail": "0"}, {"topic": "hub"}],
        avty_mode="all",
        dev=DEVICE,
        o={"name": "acme2mqtt"},
    )

    (fan,) = found.entities
    assert isinstance(fan, Fan)
    assert fan.switch.state == Place("mist/1")
    assert fan.switch.command == Place("mist/1/set")
    assert fan.strength is not None
    assert (fan.strength.low, fan.strength.high) == (1, 3)
    assert fan.strength.command == Place("mist/1/speed/set")
    assert fan.presets is not None
    assert fan.presets.options == ("eco", "turbo")
    assert fan.switch.about.presences == (
        Presence(Place("mist/1/here"), "1", "0"),
        Presence(Place("hub"), "online", "offline"),
    )
    assert fan.switch.about.presence_mode == "all"
    assert (found.device.key, found.device.area, found.device.firmware) == ("mist-1", "Hall", "1.2")
    assert (found.node, found.origin) == ("mist", "acme2mqtt")


def test_long_names_say_the_same_as_short_ones() -> None:
    short = read(
        "homeassistant/switch/a/config", stat_t="a", cmd_t="b", pl_on="1", pl_off="0", dev=DEVICE
    )
    long = read(
        "homeassistant/switch/a/config",
        state_topic="a",
        command_topic="b",
        payload_on=1,
        payload_off=0,
        device={
            "identifiers": "mist-1",
            "name": "Mist",
            "manufacturer": "Acme",
            "model": "M1",
            "sw_version": "1.2",
            "suggested_area": "Hall",
        },
    )

    assert long.entities == short.entities
    assert long.device.key == short.device.key


def test_a_whole_device_is_read_with_all_its_components() -> None:
    kinds: dict[str, tuple[str, dict[str, object], type | None]] = {
        "fan": ("fan", {"cmd_t": "f/set"}, Fan),
        "mist": ("humidifier", {"cmd_t": "h/set", "hum_cmd_t": "h/t", "modes": ["a"]}, Humidifier),
        "plug": ("switch", {"cmd_t": "s/set"}, Switch),
        "lamp": ("light", {"schema": "json", "cmd_t": "l", "brightness": True}, Light),
        "dose": ("number", {"cmd_t": "n", "min": 0, "max": 5}, Number),
        "mode": ("select", {"cmd_t": "m", "ops": ["a", "b"]}, Select),
        "watts": ("sensor", {"unit_of_meas": "W"}, Sensor),
        "low": ("binary_sensor", {"dev_cla": "problem"}, BinarySensor),
        "find": ("button", {"cmd_t": "b"}, Button),
        "knob": ("event", {"evt_typ": ["press"]}, Event),
        "gone": ("light", {}, Light),
        "climate": ("climate", {}, None),
    }
    components: dict[str, object] = {
        key: {**fields, "p": kind} for key, (kind, fields, _) in kinds.items()
    }
    components["removed"] = {}

    found = read(
        "homeassistant/device/mist/config",
        **{"~": "m", "stat_t": "~/state", "avty_t": "~/here"},
        dev=DEVICE,
        o={"name": "acme"},
        cmps=components,
    )

    types = [type(entity) for entity in found.entities]
    assert types == [kind for *_, kind in kinds.values() if kind is not None]
    assert all(
        isinstance(one, Fan | Humidifier | Light) or one.about.presences[0].place.topic == "m/here"
        for one in found.entities
    )


def test_a_template_beyond_us_leaves_its_place_raw_and_its_command_out() -> None:
    beyond = "{% if value %}x{% endif %}"
    found = read(
        "homeassistant/switch/a/config",
        stat_t="a",
        val_tpl=beyond,
        cmd_t="b",
        cmd_tpl=beyond,
        dev=DEVICE,
    )

    (switch,) = found.entities
    assert isinstance(switch, Switch)
    assert switch.state == Place("a", is_raw=True)
    assert switch.command is None


def test_a_lamp_is_not_set_where_a_template_beyond_us_writes_it() -> None:
    beyond = "{{ {'Rainbow': 0}[value] }}"
    topics = {f"{part}_cmd_t": f"set/{part}" for part in ("bri", "rgb", "fx")}
    templates = {f"{part}_cmd_tpl": beyond for part in ("bri", "rgb", "fx")}
    found = read(
        "homeassistant/light/a/config",
        cmd_t="b",
        fx_list=["Rainbow"],
        dev=DEVICE,
        **topics,
        **templates,
    )

    (lamp,) = found.entities
    assert isinstance(lamp, Light)
    roles = Roles()
    roles.lit(lamp)
    assert roles.can.light
    assert not roles.can.light_dims
    assert not roles.can.light_colours
    assert roles.can.light_effects == ()


def test_a_device_is_the_same_by_its_mac_however_it_is_written() -> None:
    keys = {
        read("homeassistant/switch/a/config", stat_t="a", dev=device).device.key
        for device in (
            {"ids": "5ccf7f1a2b3c"},
            {"ids": ["5C:CF:7F:1A:2B:3C"]},
            {"cns": [["mac", "5C-CF-7F-1A-2B-3C"]], "ids": ["other"]},
        )
    }

    assert keys == {"5ccf7f1a2b3c"}


def test_topics_with_wildcards_are_no_topics() -> None:
    found = read("homeassistant/switch/a/config", stat_t="a/#", cmd_t="+", avty_t="#", dev=DEVICE)

    (switch,) = found.entities
    assert isinstance(switch, Switch)
    assert switch.state is switch.command is None
    assert switch.about.presences == ()


@pytest.mark.parametrize(
    "topic",
    [
        "homeassistant/status",
        "homeassistant/climate/a/config",
        "homeassistant/switch/config",
        "homeassistant/switch/a/b/c/config",
        "homeassistant/switch/bad id/config",
    ],
)
def test_other_topics_and_kinds_are_nothing(topic: str) -> None:
    assert announcement_of(topic, b"{}") is None


def test_what_is_no_object_is_malformed_and_what_is_empty_is_nothing() -> None:
    assert announcement_of("homeassistant/switch/a/config", b"") is None
    with pytest.raises(Malformed):
        announcement_of("homeassistant/switch/a/config", b"[]")
    with pytest.raises(Malformed):
        announcement_of("homeassistant/device/a/config", b"{}")


@pytest.mark.parametrize(
    ("owner", "values"),
    [
        (Owner.SCENTD, {"o": {"name": "scentd"}}),
        (Owner.ZIGBEE2MQTT, {"o": {"name": "Zigbee2MQTT"}}),
        (Owner.ZIGBEE2MQTT, {"dev": {"ids": ["zigbee2mqtt_0x00158d0001825510"]}}),
        (Owner.TASMOTA, {"dev": {"ids": ["1A2B3C"], "sw": "8.1.0(tasmota)"}}),
        (Owner.OPENBEKEN, {"~": "obk1", "avty_t": "~/connected", "dev": {"ids": ["obk1"]}}),
        (Owner.ESPHOME, {"dev": {"ids": "5ccf7f1a2b3c", "sw": "1.0 (ESPHome 2024.2.0)"}}),
        (Owner.ESPHOME, {"dev": {"ids": "5ccf7f1a2b3c", "sw": "2026.6.5 (config hash 0x12ab)"}}),
        (
            Owner.ESPHOME,
            {
                "avty_t": "mist/status",
                "dev": {"ids": "5ccf7f1a2b3c", "cns": [["mac", "5ccf7f1a2b3c"]], "sw": "2026.6.5"},
            },
        ),
        (Owner.OTHERS, {"dev": {"ids": ["mist-1"], "sw": "1.0"}}),
    ],
)
def test_who_wrote_an_announcement_is_told_from_what_it_says(
    owner: Owner, values: dict[str, object]
) -> None:
    found = read("homeassistant/switch/mist/a/config", **{"stat_t": "a", **values})

    assert owner_of(found) is owner


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
FIELDS = (
    *("~", "stat_t", "cmd_t", "avty", "avty_t", "avty_mode", "pl_on", "pct_cmd_t", "spd_rng_max"),
    *("pr_modes", "val_tpl", "dev", "o", "cmps", "ops", "min", "max", "step", "schema", "dev_cla"),
    *("ent_cat", "unit_of_meas", "sup_clrm", "fx_list", "bri_scl", "modes", "hum_cmd_t", "name"),
)


@given(
    st.sampled_from(("device", "fan", "switch", "light", "number", "humidifier", "sensor")),
    st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=6),
)
def test_whatever_stands_in_an_announcement_is_read_or_malformed(
    kind: str, values: dict[str, object]
) -> None:
    payload = json.dumps(values).encode()

    try:
        found = announcement_of(f"homeassistant/{kind}/n/o/config", payload)
    except Malformed:
        return

    assert found is not None
    owner_of(found)
