"""A Zigbee device as its bridge knows it, and what happens to it in the room."""

import colorsys
from dataclasses import dataclass
from typing import Any

from adapters.simulator.thing import Vial

BOWL_W, IDLE_W = 11.5, 0.6
"""An ultrasonic bowl at work, and one whose water is gone: it stops and waits for more."""
_COUNTDOWN_STEP_S = 60
"""While a countdown runs, the plug tells of it at each full minute."""

State = dict[str, Any]


@dataclass
class Node:
    """One device: a plug or a diffuser.

    `oil` holds what is spread through each relay, by the key of the relay's state, and `rates` the
    microlitres an hour there, one for each word of `level` or one. What `asks` names can be asked
    for; a device that is not `is_there` hears nothing.
    """

    ieee: str
    name: str
    definition: dict[str, Any]
    state: State
    oil: dict[str, Vial]
    rates: tuple[float, ...] = (860.0,)
    words: tuple[str, ...] = ()
    is_metered: bool = False
    is_there: bool = True
    left_s: float = 0.0
    used_kwh: float = 0.0
    asks: frozenset[str] = frozenset({"state"})

    @property
    def relays(self) -> tuple[str, ...]:
        """Give the keys of its switches."""
        return tuple(self.oil)

    def obey(self, asked: State) -> State:
        """Do what is asked, as far as it is known, and give what changed or was confirmed."""
        told: State = {}
        for key, value in asked.items():
            if key in self.relays:
                told |= self._switch(key, value)
            elif key == "countdown" and key in self.state:
                told |= self._count(value)
            elif key.startswith("color") and isinstance(value, dict):
                told[key] = _as_hue(str(value.get("hex", "#ffffff")))
            elif key in self.state and _is_allowed(self.definition, key, value):
                told[key] = value
        self.state |= told
        return told

    def read(self, keys: State) -> State:
        """Give what is asked for and can be."""
        return {key: self.state[key] for key in keys if key in self.asks and key in self.state}

    def press(self) -> State:
        """Let somebody press the button: the first relay turns over."""
        told = self._switch(self.relays[0], "TOGGLE")
        self.state |= told
        return told

    def pass_time(self, seconds: float, speed: float) -> State:
        """Burn oil and electricity, count down; give what it tells of that by itself."""
        told: State = {}
        for key, vial in self.oil.items():
            if self.state[key] == "ON":
                vial.use(self._rate(), seconds / 3600 * speed)
        if self.is_metered:
            self.used_kwh += self._watts() * seconds / 3_600_000
            told |= self._measured()
        if self.left_s:
            told |= self._age(seconds)
        if "water_shortage" in self.state:
            told["water_shortage"] = any(vial.is_empty for vial in self.oil.values())
        news = {key: value for key, value in told.items() if self.state.get(key) != value}
        self.state |= news
        return news

    def _switch(self, key: str, word: object) -> State:
        wanted = str(word).upper()
        if wanted == "TOGGLE":
            wanted = "OFF" if self.state[key] == "ON" else "ON"
        if wanted not in {"ON", "OFF"}:
            return {}
        # Switching takes back a countdown.
        self.left_s = 0.0
        return {key: wanted} | ({"countdown": 0} if "countdown" in self.state else {})

    def _count(self, value: object) -> State:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 43_200:
            return {}
        self.left_s = float(value)
        return {"countdown": value}

    def _age(self, seconds: float) -> State:
        before_s, self.left_s = self.left_s, max(0.0, self.left_s - seconds)
        if not self.left_s:
            key = self.relays[0]
            return {key: "OFF" if self.state[key] == "ON" else "ON", "countdown": 0}
        minute = int(self.left_s // _COUNTDOWN_STEP_S)
        if minute == int(before_s // _COUNTDOWN_STEP_S):
            return {}
        return {"countdown": (minute + 1) * _COUNTDOWN_STEP_S}

    def _rate(self) -> float:
        if not self.words:
            return self.rates[0]
        return self.rates[self.words.index(self.state["mist_level"])]

    def _watts(self) -> float:
        on = [vial for key, vial in self.oil.items() if self.state[key] == "ON"]
        return sum(IDLE_W if vial.is_empty else BOWL_W for vial in on)

    def _measured(self) -> State:
        watts = self._watts()
        return {
            "power": watts,
            "current": round(watts / 230, 2),
            "voltage": 230,
            "energy": round(self.used_kwh, 2),
        }


def _is_allowed(definition: State, key: str, value: object) -> bool:
    for expose in definition["exposes"]:
        for feature in expose.get("features", [expose]):
            if feature.get("property") == key:
                values = feature.get("values", (feature.get("value_on"), feature.get("value_off")))
                is_number = feature["type"] == "numeric" and isinstance(value, int)
                return bool(feature["access"] & 2) and (is_number or value in values)
    return False


def _as_hue(code: str) -> State:
    red, green, blue = (part / 255 for part in bytes.fromhex(code.removeprefix("#")))
    hue, saturation, _ = colorsys.rgb_to_hsv(red, green, blue)
    return {"hue": round(hue * 360), "saturation": round(saturation * 100)}
