"""What a Zigbee2MQTT bridge announces, for tests: entries of its list, with real definitions."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from adapters.diffusers.zigbee2mqtt.dialect import Zigbee2mqttDialect
from scentd.model.commands import Origin, Source, Wish
from scentd.model.diffuser import Diffuser
from scentd.model.readings import Reading
from scentd.ports import NEVER
from tests.adapters.announced import Announced

EXPOSES = Path(__file__).parent / "diffusers" / "exposes"
BASE = "zigbee2mqtt"
IEEE = "0xa4c1380102030405"
ID = "zigbee2mqtt-a4c1380102030405"
DIALECT = Zigbee2mqttDialect()


def definition(name: str) -> dict[str, Any]:
    """Give a definition out of the baked ones."""
    return json.loads((EXPOSES / f"{name}.json").read_text())["definition"]


def defined(*exposes: dict[str, Any], description: str = "Made up") -> dict[str, Any]:
    """Give a definition made up of these exposes."""
    return {"model": "X1", "vendor": "Nobody", "description": description, "exposes": exposes}


def switch(endpoint: str = "", **more: object) -> dict[str, Any]:
    """Give the expose of a relay."""
    key = f"state_{endpoint}" if endpoint else "state"
    words = {"value_on": "ON", "value_off": "OFF"}
    state = {"type": "binary", "name": "state", "property": key, "access": 7, **words, **more}
    if endpoint:
        state["endpoint"] = endpoint
    return {"type": "switch", "features": [state]}


def numeric(name: str, access: int = 7, **more: object) -> dict[str, Any]:
    """Give the expose of a number."""
    return {"type": "numeric", "name": name, "property": name, "access": access, **more}


def enum(name: str, *values: str, access: int = 7) -> dict[str, Any]:
    """Give the expose of a choice."""
    return {"type": "enum", "name": name, "property": name, "access": access, "values": values}


def entry(made: dict[str, Any] | None, name: str = "plug", **more: object) -> dict[str, Any]:
    """Give an entry of `bridge/devices`; None: the bridge does not know the model."""
    return {
        "ieee_address": IEEE,
        "type": "Router",
        "friendly_name": name,
        "supported": made is not None,
        "disabled": False,
        "definition": made,
        "power_source": "Mains (single phase)",
        "interviewing": False,
        "interview_completed": True,
        "endpoints": {"1": {"clusters": {"input": ["genBasic", "genOnOff"], "output": []}}},
        **more,
    }


def devices(*entries: object, base: str = BASE) -> tuple[str, bytes]:
    """Give the message with the whole list."""
    return f"{base}/bridge/devices", json.dumps(entries).encode()


def info(config: dict[str, object], base: str = BASE) -> tuple[str, bytes]:
    """Give the message with the settings."""
    return f"{base}/bridge/info", json.dumps({"version": "2.12.1", "config": config}).encode()


def hear(*messages: tuple[str, bytes]) -> Announced:
    """Give what is found in these messages."""
    return Announced(DIALECT).hear(messages)


def found(entries: Iterable[object]) -> dict[str, Diffuser]:
    """Give what is found in a list of these entries."""
    return hear(devices(*entries)).diffusers


def one(made: dict[str, Any], **more: object) -> Diffuser:
    """Give the one diffuser found in an entry with this definition."""
    (diffuser,) = found([entry(made, **more)]).values()
    return diffuser


FAN_STATE = {
    "type": "binary",
    "name": "state",
    "property": "fan_state",
    "access": 7,
    "value_on": "ON",
    "value_off": "OFF",
}


def fan(*features: dict[str, Any]) -> dict[str, Any]:
    """Give the expose of a fan."""
    return {"type": "fan", "features": list(features)}


def strengths(*values: str) -> dict[str, Any]:
    """Give the choice of a fan's strength."""
    return enum("mode", *values) | {"property": "fan_mode"}


def flag(name: str, on: object = True, off: object = False) -> dict[str, Any]:
    """Give the expose of a yes or no that can only be read."""
    return {"type": "binary", "name": name, "access": 1, "value_on": on, "value_off": off}


def diffuser(*exposes: dict[str, Any]) -> Diffuser:
    """Give a diffuser with these exposes."""
    return one(defined(*exposes, description="Scent diffuser"))


def plugged(*exposes: dict[str, Any]) -> Diffuser:
    """Give a plug with these exposes, and something in it."""
    return DIALECT.with_profile(one(defined(switch(), *exposes)), "plug")


def read(thing: Diffuser, **body: object) -> tuple[Reading, ...]:
    """Give what is read in a state."""
    return DIALECT.decode(thing, thing.address, json.dumps(body).encode())


def sent(thing: Diffuser, **parts: Any) -> dict[str, Any]:
    """Give what is sent for a wish, by what follows the device's topic."""
    wish = Wish(thing.id, Source(Origin.MANUAL), **parts)
    messages = DIALECT.encode(thing, wish, command_id="c1", expires_at=NEVER)
    assert not any(message.retain for message in messages)
    return {m.topic.removeprefix(f"{thing.address}/"): json.loads(m.payload) for m in messages}


def lamp() -> Diffuser:
    """Give a diffuser with a coloured lamp."""
    state = flag("state", "ON", "OFF") | {"property": "state_lamp", "access": 7}
    colour = {"type": "composite", "name": "color_xy", "property": "color", "access": 7}
    return diffuser(switch(), {"type": "light", "features": [state, colour]})
