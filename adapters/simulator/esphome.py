"""Nodes of ESPHome as its source says they speak: one with a fan, one with switch and number.

Beyond it they listen to `sim/refill` and `sim/press` below their own topic.
"""

import json
import random
from collections.abc import Callable, Mapping
from datetime import datetime

from adapters.simulator.thing import Message, Vial

VERSION = "2026.6.5"
RATE_UL_PER_H = 300
"""At full strength; at a part of it so much less."""
REPORT_EVERY_S = 60.0
LOW_PART = 0.1
EFFECTS = ("Embers", "Rainbow")

Entities = Mapping[tuple[str, str], dict[str, object]]


def fan_node(speeds: int = 3) -> Entities:
    """Give the entities of a node whose mist is a fan."""
    return {
        ("fan", "diffuser"): {"name": "Diffuser", "speed_range_max": speeds},
        ("light", "ring"): {
            "name": "Ring",
            "schema": "json",
            "color_mode": True,
            "supported_color_modes": ["rgb"],
            "brightness": True,
            "effect": True,
            "effect_list": [*EFFECTS, "None"],
        },
        ("event", "knob"): {"name": "Knob", "event_types": ["press"]},
        **_BESIDE,
    }


def parts_node() -> Entities:
    """Give the entities of a node whose mist is a switch, a number and a select."""
    return {
        ("switch", "mist"): {"name": "Mist"},
        ("number", "mist_intensity"): {"name": "Mist intensity", "min": 1, "max": 5, "step": 1},
        ("select", "mode"): {"name": "Mode", "options": ["Continuous", "Interval", "Party"]},
        ("sensor", "power"): {"name": "Power", "unit_of_measurement": "W"},
        ("sensor", "energy"): {"name": "Energy", "unit_of_measurement": "kWh"},
        ("button", "identify"): {"name": "Identify", "device_class": "identify"},
        **_BESIDE,
    }


_BESIDE: Entities = {
    ("sensor", "oil_level"): {"name": "Oil level", "unit_of_measurement": "%"},
    ("binary_sensor", "oil_low"): {"name": "Oil low", "device_class": "problem"},
    ("binary_sensor", "tank_empty"): {"name": "Tank empty", "device_class": "problem"},
    ("sensor", "wifi"): {
        "name": "WiFi",
        "unit_of_measurement": "dBm",
        "entity_category": "diagnostic",
    },
    ("text_sensor", "ip"): {"name": "IP"},
}
_COMPONENTS = {"text_sensor": "sensor"}


class EsphomeThing:
    """One node; `name` is what its owner called it, also the first level of its topics."""

    def __init__(
        self,
        node: str,
        room: str,
        vial: Vial,
        *,
        mac: str,
        chance: random.Random,
        entities: Entities | None = None,
        speed: float = 1.0,
    ) -> None:
        self.node = node
        self._room = room
        self._mac = mac
        self._speed = speed
        self._entities = fan_node() if entities is None else entities
        self._signal_dbm = -50 - chance.randrange(25)
        self._since_report_s = 0.0
        self._energy_kwh = 1.5
        self.vial = vial
        self.is_running = False
        self.strength = self._most
        self.mode = "Continuous"
        self.lamp: dict[str, object] = {
            "state": "OFF",
            "brightness": 128,
            "color_mode": "rgb",
            "color": {"r": 255, "g": 176, "b": 96},
            "effect": "None",
        }

    @property
    def name(self) -> str:
        """Give the MQTT client id."""
        return f"{self.node}-{self._mac}"

    @property
    def will(self) -> Message:
        """Give the last will."""
        return Message(f"{self.node}/status", b"offline", retain=True)

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Give what a node listens to, and people's topics."""
        own = ("+/+/command", "+/+/+/command", "sim/+")
        return ("esphome/discover", *(f"{self.node}/{one}" for one in own))

    def connected(self) -> list[Message]:
        """Give the answer to who it is, birth, announcements and states; all are retained."""
        configs = [self._config(*key, facts) for key, facts in self._entities.items()]
        birth = Message(f"{self.node}/status", b"online", retain=True)
        return [self._answer(), birth, *configs, *self._states()]

    def hear(self, topic: str, payload: bytes) -> list[Message]:
        """Obey a command, answer who it is, take oil, be pressed."""
        path, text = topic.removeprefix(f"{self.node}/"), payload.decode(errors="replace")
        if topic == "esphome/discover":
            return [self._answer()]
        if path == "sim/press":
            return self.press()
        if path == "sim/refill":
            self.vial.remaining_ul = float(self.vial.capacity_ul)
            return self._oil()
        obey = {
            "fan/diffuser/command": self._switch,
            "switch/mist/command": self._switch,
            "fan/diffuser/speed_level/command": self._set_strength,
            "number/mist_intensity/command": self._set_strength,
            "select/mode/command": self._set_mode,
            "light/ring/command": self._set_lamp,
        }.get(path)
        return [] if obey is None else obey(text)

    def pass_time(self, seconds: float) -> list[Message]:
        """Burn oil and current while it runs; report each minute."""
        said: list[Message] = []
        if self.is_running:
            hours = seconds / 3600
            rate = RATE_UL_PER_H * self.strength / self._most
            self.vial.use(rate, hours * self._speed)
            self._energy_kwh += 0.012 * hours
            if self.vial.is_empty:
                said += [*self._switch("OFF"), *self._oil()]
        self._since_report_s += seconds
        if self._since_report_s >= REPORT_EVERY_S:
            said += [*self._oil(), *self._measures()]
        return said

    def press(self) -> list[Message]:
        """Switch over, and tell of the press where it has a knob."""
        knob = ("event", "knob")
        pressed = [self._state(*knob, '{"event_type":"press"}')] if knob in self._entities else []
        return [*pressed, *self._switch("OFF" if self.is_running else "ON")]

    @property
    def _most(self) -> int:
        is_fan = ("fan", "diffuser") in self._entities
        facts = self._entities[("fan", "diffuser") if is_fan else ("number", "mist_intensity")]
        return int(str(facts["speed_range_max" if is_fan else "max"]))

    def _switch(self, text: str) -> list[Message]:
        word = text.upper()
        if word in {"ON", "OFF", "TOGGLE"}:
            wanted = not self.is_running if word == "TOGGLE" else word == "ON"
            self.is_running = wanted and not self.vial.is_empty
        return self._running()

    def _set_strength(self, text: str) -> list[Message]:
        if text.isdecimal() and 1 <= int(text) <= self._most:
            self.strength = int(text)
        return self._running()

    def _set_mode(self, text: str) -> list[Message]:
        if text in {"Continuous", "Interval", "Party"}:
            self.mode = text
        return self._running()

    def _set_lamp(self, text: str) -> list[Message]:
        told = json.loads(text)
        wanted = {name: told[name] for name in ("state", "brightness", "color") if name in told}
        effect = told.get("effect")
        self.lamp |= wanted | ({"effect": effect} if effect in EFFECTS else {})
        return [self._state("light", "ring", json.dumps(self.lamp))]

    def _states(self) -> list[Message]:
        said = [*self._running(), *self._oil(), *self._measures()]
        said.append(self._state("sensor", "ip", "192.0.2.7"))
        if ("light", "ring") in self._entities:
            said.append(self._state("light", "ring", json.dumps(self.lamp)))
        return said

    def _running(self) -> list[Message]:
        on = "ON" if self.is_running else "OFF"
        if ("fan", "diffuser") in self._entities:
            level = f"{self.node}/fan/diffuser/speed_level/state"
            strength = Message(level, str(self.strength).encode(), retain=True)
            return [self._state("fan", "diffuser", on), strength]
        return [
            self._state("switch", "mist", on),
            self._state("number", "mist_intensity", f"{self.strength:f}"),
            self._state("select", "mode", self.mode),
        ]

    def _oil(self) -> list[Message]:
        self._since_report_s = 0.0
        part = self.vial.remaining_ul / self.vial.capacity_ul
        return [
            self._state("sensor", "oil_level", f"{100 * part:.1f}"),
            self._state("binary_sensor", "oil_low", "ON" if part < LOW_PART else "OFF"),
            self._state("binary_sensor", "tank_empty", "ON" if self.vial.is_empty else "OFF"),
        ]

    def _measures(self) -> list[Message]:
        said = [self._state("sensor", "wifi", str(self._signal_dbm))]
        if ("sensor", "power") in self._entities:
            watts = 12.0 if self.is_running else 0.4
            said.append(self._state("sensor", "power", f"{watts:.1f}"))
            said.append(self._state("sensor", "energy", f"{self._energy_kwh:.3f}"))
        return said

    def _state(self, component: str, key: str, text: str) -> Message:
        return Message(f"{self.node}/{component}/{key}/state", text.encode(), retain=True)

    def _answer(self) -> Message:
        body = {
            "ip": "192.0.2.7",
            "name": self.node,
            "friendly_name": self._room,
            "version": VERSION,
            "mac": self._mac,
            "platform": "ESP32",
            "board": "esp32dev",
            "network": "wifi",
        }
        return Message(f"esphome/discover/{self.node}", _json(body), 2, retain=True)

    def _config(self, kind: str, key: str, facts: dict[str, object]) -> Message:
        component = _COMPONENTS.get(kind, kind)
        base = f"{self.node}/{component}/{key}"
        topics: dict[str, object] = {}
        if component != "button":
            topics["state_topic"] = f"{base}/state"
        if component in {"fan", "light", "switch", "number", "select", "button"}:
            topics["command_topic"] = f"{base}/command"
        if component == "fan":
            topics["percentage_command_topic"] = f"{base}/speed_level/command"
            topics["percentage_state_topic"] = f"{base}/speed_level/state"
        body = {
            **facts,
            **topics,
            "availability_topic": f"{self.node}/status",
            "unique_id": f"{self._mac}-{component}-{key}",
            "device": {
                "identifiers": self._mac,
                "name": self._room,
                "sw_version": f"{VERSION} (config hash 0x12ab34cd)",
                "model": "esp32dev",
                "manufacturer": "Espressif",
                "suggested_area": self._room,
                "connections": [["mac", self._mac]],
            },
        }
        topic = f"homeassistant/{component}/{self.node}/{key}/config"
        return Message(topic, _json(body), retain=True)


def esphome_home(
    *,
    now: Callable[[], datetime],  # noqa: ARG001 - every maker is told the time
    chance: random.Random,
    speed: float,
) -> EsphomeThing:
    """Give the node of a simulated home, with a fan of three speeds."""
    vial = Vial("CEDBER-30", "Cedar & Bergamot", 30_000, 30_000 * chance.uniform(0.2, 1.0))
    return EsphomeThing("study-mist", "Study", vial, mac="a0b1c2d3e4f5", chance=chance, speed=speed)


def _json(body: object) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()
