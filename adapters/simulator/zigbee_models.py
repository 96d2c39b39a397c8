"""The Zigbee devices of a simulated home: what their bridge says they expose, and what is in them.

The plugs expose what real ones do. The diffuser is made up: there is none for Zigbee.
"""

from adapters.simulator.thing import Vial
from adapters.simulator.zigbee import Node, State


def metering_plug(ieee: str, name: str, vial: Vial) -> Node:
    """Give a plug of the class TS011F: it measures and counts down."""
    exposes = [
        _switch(""),
        _numeric("countdown", 3, "s", value_min=0, value_max=43_200, value_step=1),
        *(_numeric(n, 1, u) for n, u in (("power", "W"), ("current", "A"), ("voltage", "V"))),
        _numeric("energy", 1, "kWh"),
        _enum("power_outage_memory", "on", "off", "restore"),
        _enum("identify", "identify", access=2),
        _quality(),
    ]
    state = {"state": "OFF", "countdown": 0, "power": 0, "current": 0, "voltage": 230, "energy": 0}
    state |= {"power_outage_memory": "restore", "identify": None}
    definition = _defined("TS011F_plug_1", "Tuya", "Smart plug (with power monitoring)", exposes)
    return Node(ieee, name, definition, state, {"state": vial}, is_metered=True)


def plain_plug(ieee: str, name: str, vial: Vial) -> Node:
    """Give a plug that only switches."""
    exposes = [_switch(""), _enum("identify", "identify", access=2), _quality()]
    definition = _defined("E160x/E170x/E190x", "IKEA", "TRADFRI control outlet", exposes)
    return Node(ieee, name, definition, {"state": "OFF", "identify": None}, {"state": vial})


def strip(ieee: str, name: str, left: Vial, right: Vial) -> Node:
    """Give a strip of two sockets."""
    exposes = [_switch("left"), _switch("right"), _quality()]
    definition = _defined("TS011F_2_gang_wall", "Tuya", "2 gang wall outlet", exposes)
    oil = {"state_left": left, "state_right": right}
    asks = frozenset(oil)
    return Node(ieee, name, definition, dict.fromkeys(oil, "OFF"), oil, asks=asks)


def mist(ieee: str, name: str, vial: Vial) -> Node:
    """Give a diffuser of three strengths with a lamp and a sign that its water is gone."""
    lamp = [
        _binary("state", "state_lamp"),
        _numeric("brightness", 7, "", value_min=0, value_max=254) | {"property": "brightness_lamp"},
        {"type": "composite", "name": "color_hs", "property": "color_lamp", "access": 7},
    ]
    exposes = [
        _switch(""),
        _enum("mist_level", "low", "medium", "high"),
        _enum("mode", "continuous", "interval"),
        {"type": "light", "endpoint": "lamp", "features": lamp},
        _binary("water_shortage", "water_shortage", access=1)
        | {"value_on": True}
        | {"value_off": False},
        _quality(),
    ]
    state: State = {"state": "OFF", "mist_level": "low", "mode": "continuous"}
    state |= {"state_lamp": "OFF", "brightness_lamp": 254, "water_shortage": False}
    state |= {"color_lamp": {"hue": 40, "saturation": 60}}
    return Node(
        ieee,
        name,
        _defined("SIM-MIST-1", "Nobody", "Aroma diffuser", exposes),
        state,
        {"state": vial},
        rates=(165.0, 335.0, 500.0),
        words=("low", "medium", "high"),
        asks=frozenset(state) - {"water_shortage"},
    )


def _defined(model: str, vendor: str, description: str, exposes: list[State]) -> State:
    about = {"model": model, "vendor": vendor, "description": description, "supports_ota": False}
    return about | {"exposes": exposes, "options": []}


def _binary(name: str, key: str, access: int = 7) -> State:
    words = {"value_on": "ON", "value_off": "OFF"}
    return {"type": "binary", "name": name, "property": key, "access": access, **words}


def _switch(endpoint: str) -> State:
    if not endpoint:
        return {"type": "switch", "features": [_binary("state", "state")]}
    feature = _binary("state", f"state_{endpoint}") | {"endpoint": endpoint}
    return {"type": "switch", "endpoint": endpoint, "features": [feature]}


def _numeric(name: str, access: int, unit: str, **reach: float) -> State:
    about = {"type": "numeric", "name": name, "property": name, "access": access}
    return about | ({"unit": unit} if unit else {}) | reach


def _enum(name: str, *values: str, access: int = 7) -> State:
    about = {"type": "enum", "name": name, "property": name, "access": access}
    return about | {"values": list(values)}


def _quality() -> State:
    return _numeric("linkquality", 1, "lqi", value_min=0, value_max=255)
