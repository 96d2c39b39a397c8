"""Homie devices, as the convention says they speak: version 5 behind a root, version 4 alone.

Beyond the convention they listen to `sim/refill` and `sim/press` below their own topic.
"""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from adapters.simulator.thing import Message, Vial

STRENGTHS_UL_PER_H = {25: 60, 50: 120, 75: 180, 100: 240}
REPORT_EVERY_S = 60.0
LOW_PART = 0.1
_PROPERTIES: Mapping[str, Mapping[str, Mapping[str, object]]] = {
    "diffuser": {
        "power": {"datatype": "boolean", "settable": True},
        "intensity": {"datatype": "integer", "format": "25:100:25", "unit": "%", "settable": True},
        "mode": {"datatype": "enum", "format": "continuous,interval", "settable": True},
        "timer": {"datatype": "integer", "format": "0:14400", "unit": "s", "settable": True},
        "oil-level": {"datatype": "float", "format": "0:100", "unit": "%"},
        "oil-low": {"datatype": "boolean"},
        "tank-empty": {"datatype": "boolean"},
        "button": {"datatype": "enum", "format": "pressed,held", "retained": False},
    },
    "light": {
        "power": {"datatype": "boolean", "settable": True},
        "brightness": {"datatype": "integer", "format": "0:100", "unit": "%", "settable": True},
        "color": {"datatype": "color", "format": "rgb", "settable": True},
    },
    "system": {
        "signal": {"datatype": "integer", "unit": "dBm"},
        "temperature": {"datatype": "float", "unit": "°C"},
        "identify": {"datatype": "boolean", "settable": True, "retained": False},
    },
}


class HomieThing:
    """One diffuser. In version 5 a root connects for it: the will is the root's."""

    def __init__(
        self,
        device: str,
        room: str,
        vial: Vial,
        *,
        chance: random.Random,
        speed: float = 1.0,
        version: int = 5,
    ) -> None:
        self._device = device
        self._room = room
        self._speed = speed
        self._version = version
        self._since_report_s = 0.0
        self._timer_s = 0.0
        self._signal_dbm = -50 - chance.randrange(25)
        self.vial = vial
        self.values: dict[str, str] = {
            "diffuser/power": "false",
            "diffuser/intensity": "50",
            "diffuser/mode": "continuous",
            "light/power": "false",
            "light/brightness": "60",
            "light/color": self._colour("255,176,96"),
            "system/temperature": "21.5",
        }

    @property
    def name(self) -> str:
        """Give the MQTT client id."""
        return f"homie-{self._device}"

    @property
    def base(self) -> str:
        """Give the device's topic."""
        return f"homie/5/{self._device}" if self._version == 5 else f"homie/{self._device}"

    @property
    def root(self) -> str:
        """Give the topic of the device that connects: itself in version 4."""
        return f"homie/5/{self._device}-gate" if self._version == 5 else self.base

    @property
    def is_running(self) -> bool:
        """Say whether it sprays."""
        return self.values["diffuser/power"] == "true"

    @property
    def will(self) -> Message:
        """Give the last will."""
        return Message(f"{self.root}/$state", b"lost", qos=1, retain=True)

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Give the filters of what can be set, and of people."""
        return (f"{self.base}/+/+/set", f"{self.base}/sim/+")

    def connected(self) -> list[Message]:
        """Give descriptions, values and states, in the order the convention asks for."""
        values = [self._say(path) for path in self._told()]
        if self._version == 5:
            gate = {"homie": "5.0", "version": 1, "name": "Gate", "children": [self._device]}
            return [
                Message(f"{self.root}/$state", b"init", 1, retain=True),
                Message(f"{self.root}/$description", _json(gate), 1, retain=True),
                Message(f"{self.base}/$state", b"init", 1, retain=True),
                Message(f"{self.base}/$description", self._description(), 1, retain=True),
                *values,
                Message(f"{self.base}/$state", b"ready", 1, retain=True),
                Message(f"{self.root}/$state", b"ready", 1, retain=True),
            ]
        attributes = [
            Message(f"{self.base}/{name}", text.encode(), 1, retain=True)
            for name, text in self._attributes()
        ]
        ready = Message(f"{self.base}/$state", b"ready", 1, retain=True)
        return [attributes[0], *attributes[1:], *values, ready]

    def hear(self, topic: str, payload: bytes) -> list[Message]:
        """Set a value if it may be set to that; take a new cartridge; be pressed."""
        path = topic.removeprefix(f"{self.base}/")
        if path == "sim/press":
            return self.press()
        if path == "sim/refill":
            self.vial.remaining_ul = float(self.vial.capacity_ul)
            return self._oil()
        return self._set(path.removesuffix("/set"), payload.decode(errors="replace"))

    def pass_time(self, seconds: float) -> list[Message]:
        """Burn oil while running, count the timer down, report the oil every minute."""
        said: list[Message] = []
        if self._timer_s:
            self._timer_s = max(0.0, self._timer_s - seconds)
            if not self._timer_s and self.is_running:
                said += self._change("diffuser/power", "false")
        if self.is_running:
            rate = STRENGTHS_UL_PER_H[int(self.values["diffuser/intensity"])]
            self.vial.use(rate, seconds / 3600 * self._speed)
            if self.vial.is_empty:
                said += [*self._change("diffuser/power", "false"), *self._oil()]
        self._since_report_s += seconds
        if self._since_report_s >= REPORT_EVERY_S:
            said += self._oil()
        return said

    def press(self) -> list[Message]:
        """Switch over, as the button does, and tell of the press."""
        pressed = Message(f"{self.base}/diffuser/button", b"pressed", 1, retain=False)
        will_run = not self.is_running and not self.vial.is_empty
        return [pressed, *self._change("diffuser/power", "true" if will_run else "false")]

    def alert(self, name: str, text: str) -> Message:
        """Say that something is wrong, or with an empty text that it is over."""
        return Message(f"{self.base}/$alert/{name}", text.encode(), 1, retain=True)

    def _set(self, path: str, text: str) -> list[Message]:
        if path == "diffuser/timer" and text.isdecimal():
            self._timer_s = float(text)
            return [self._say(path)]
        is_on = path.endswith("/power")
        if path not in self.values or (is_on and text not in {"true", "false"}):
            return []
        if path == "diffuser/intensity" and text not in map(str, STRENGTHS_UL_PER_H):
            return []
        if path == "diffuser/power" and text == "false":
            self._timer_s = 0.0
        said = self._change(path, text)
        is_going = path == "diffuser/intensity" and self._version == 5
        target = Message(f"{self.base}/{path}/$target", text.encode(), 1, retain=True)
        return [target, *said] if is_going else said

    def _change(self, path: str, text: str) -> list[Message]:
        self.values[path] = text
        return [self._say(path)]

    def _oil(self) -> list[Message]:
        self._since_report_s = 0.0
        return [self._say(f"diffuser/{name}") for name in ("oil-level", "oil-low", "tank-empty")]

    def _told(self) -> Iterator[str]:
        for node, properties in _PROPERTIES.items():
            for name, facts in properties.items():
                if facts.get("retained", True):
                    yield f"{node}/{name}"

    def _say(self, path: str) -> Message:
        part = self.vial.remaining_ul / self.vial.capacity_ul
        measured = {
            "diffuser/oil-level": f"{100 * part:.2f}",
            "diffuser/oil-low": "true" if part < LOW_PART else "false",
            "diffuser/tank-empty": "true" if self.vial.is_empty else "false",
            "diffuser/timer": str(round(self._timer_s)),
            "system/signal": str(self._signal_dbm),
        }
        text = measured.get(path) or self.values[path]
        return Message(f"{self.base}/{path}", text.encode(), 1, retain=True)

    def _colour(self, numbers: str) -> str:
        return f"rgb,{numbers}" if self._version == 5 else numbers

    def _description(self) -> bytes:
        nodes = {
            node: {"name": node.title(), "type": node, "properties": properties}
            for node, properties in _PROPERTIES.items()
        }
        return _json(
            {
                "homie": "5.0",
                "version": 7,
                "name": self._room,
                "type": "aroma-diffuser",
                "root": f"{self._device}-gate",
                "parent": f"{self._device}-gate",
                "nodes": nodes,
            }
        )

    def _attributes(self) -> Iterator[tuple[str, str]]:
        yield "$state", "init"
        yield "$homie", "4.0.0"
        yield "$name", self._room
        yield "$implementation", "esp8266"
        yield "$nodes", ",".join(_PROPERTIES)
        for node, properties in _PROPERTIES.items():
            yield f"{node}/$name", node.title()
            yield f"{node}/$type", node
            yield f"{node}/$properties", ",".join(properties)
            for name, facts in properties.items():
                for key in ("datatype", "format", "unit", "settable", "retained"):
                    if key in facts:
                        value = facts[key]
                        text = str(value).lower() if isinstance(value, bool) else str(value)
                        yield f"{node}/{name}/${key}", text


def homie_home(
    *,
    now: Callable[[], datetime],  # noqa: ARG001 - every maker is told the time
    chance: random.Random,
    speed: float,
) -> HomieThing:
    """Give the diffuser of a simulated home, behind its root."""
    vial = Vial("FIGLVS-30", "Fig Leaves", 30_000, 30_000 * chance.uniform(0.2, 1.0))
    return HomieThing("nook-7", "Reading nook", vial, chance=chance, speed=speed)


def _json(body: object) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()
