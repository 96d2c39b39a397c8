"""A diffuser of nobody's dialect: it tells all in one JSON message and announces itself by it.

It shows what Home Assistant's discovery allows: one message for all entities, short names, a base
topic, templates, a list of who must be there. It listens to `sim/refill` and `sim/press`, too.
"""

import json
import random
from collections.abc import Callable
from datetime import datetime

from adapters.simulator.thing import Message, Vial

RATE_UL_PER_H = 400
REPORT_EVERY_S = 30.0
LOW_PART = 0.12


class AnnouncedThing:
    """One diffuser behind a gateway; both must be there for it to be reached."""

    def __init__(
        self,
        serial: str,
        room: str,
        vial: Vial,
        *,
        chance: random.Random,
        speeds: int = 4,
        speed: float = 1.0,
    ) -> None:
        self._serial = serial
        self._room = room
        self._speed = speed
        self._speeds = speeds
        self._since_report_s = 0.0
        self._signal_dbm = -50 - chance.randrange(25)
        self._energy_wh = 1_250.0
        self.vial = vial
        self.is_running = False
        self.level = speeds
        self.lamp_is_on = False
        self.lamp_level = 60
        self.scene = "still"

    @property
    def name(self) -> str:
        """Give the MQTT client id."""
        return f"puff-{self._serial}"

    @property
    def base(self) -> str:
        """Give the topic it speaks below."""
        return f"puff/{self._serial}"

    @property
    def will(self) -> Message:
        """Give the last will."""
        return Message(f"{self.base}/here", b"0", 1, retain=True)

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Give what it takes."""
        return (f"{self.base}/set/+", f"{self.base}/sim/+")

    def connected(self) -> list[Message]:
        """Give announcement, both words of being there, and the state."""
        return [
            Message(
                f"homeassistant/device/{self._serial}/config", self._announcement(), 1, retain=True
            ),
            Message("puff/gateway", b'{"state":"up"}', 1, retain=True),
            Message(f"{self.base}/here", b"1", 1, retain=True),
            self._state(),
        ]

    def hear(self, topic: str, payload: bytes) -> list[Message]:
        """Do as told and tell everything again."""
        path, text = topic.removeprefix(f"{self.base}/"), payload.decode(errors="replace")
        if path == "sim/press":
            return self.press()
        if path == "sim/refill":
            self.vial.remaining_ul = float(self.vial.capacity_ul)
        elif path == "set/power" and text in {"run", "rest"}:
            self.is_running = text == "run" and not self.vial.is_empty
        elif path == "set/level":
            level = json.loads(text)["level"]
            self.level = level if 1 <= level <= self._speeds else self.level
        elif path == "set/light" and text in {"1", "0"}:
            self.lamp_is_on = text == "1"
        elif path == "set/bright" and text.isdecimal():
            self.lamp_level = min(100, int(text))
        elif path == "set/scene" and text in {"still", "embers"}:
            self.scene = text
        return [self._state()]

    def pass_time(self, seconds: float) -> list[Message]:
        """Burn oil while it runs; tell everything each half minute."""
        said: list[Message] = []
        if self.is_running:
            rate = RATE_UL_PER_H * self.level / self._speeds
            self.vial.use(rate, seconds / 3600 * self._speed)
            self._energy_wh += 10 * seconds / 3600
            if self.vial.is_empty:
                self.is_running = False
                said.append(self._state())
        self._since_report_s += seconds
        if self._since_report_s >= REPORT_EVERY_S and not said:
            said.append(self._state())
        return said

    def press(self) -> list[Message]:
        """Switch over and tell of the press."""
        self.is_running = not self.is_running and not self.vial.is_empty
        pressed = Message(f"{self.base}/knob", b'{"event_type":"press"}', 1)
        return [pressed, self._state()]

    def _state(self) -> Message:
        self._since_report_s = 0.0
        remaining_ul = self.vial.remaining_ul
        body = {
            "mist": {"running": self.is_running, "level": self.level},
            "lamp": {"on": self.lamp_is_on, "level": self.lamp_level, "scene": self.scene},
            "oil": {"ml": round(remaining_ul / 1_000, 2)},
            "low": remaining_ul < LOW_PART * self.vial.capacity_ul,
            "empty": self.vial.is_empty,
            "meter": {"watts": 10.5 if self.is_running else 0.3, "wh": round(self._energy_wh, 3)},
            "rssi": self._signal_dbm,
        }
        return Message(f"{self.base}/state", _json(body), 1, retain=True)

    def _announcement(self) -> bytes:
        return _json(
            {
                "~": self.base,
                "dev": {
                    "ids": [f"puff_{self._serial}"],
                    "name": self._room,
                    "mf": "Puffworks",
                    "mdl": "Mist diffuser P2",
                    "sw": "3.1",
                    "sa": self._room,
                },
                "o": {"name": "puff2mqtt", "sw": "1.4"},
                "stat_t": "~/state",
                "avty": [
                    {
                        "t": "puff/gateway",
                        "val_tpl": "{{ value_json.state }}",
                        "pl_avail": "up",
                        "pl_not_avail": "down",
                    },
                    {"t": "~/here", "pl_avail": "1", "pl_not_avail": "0"},
                ],
                "avty_mode": "all",
                "cmps": self._components(),
            }
        )

    def _components(self) -> dict[str, dict[str, object]]:
        def flag(of: str) -> str:
            return f"{{{{ 'ON' if value_json.{of} else 'OFF' }}}}"

        return {
            "mist": {
                "p": "fan",
                "stat_val_tpl": "{{ 'run' if value_json.mist.running else 'rest' }}",
                "cmd_t": "~/set/power",
                "pl_on": "run",
                "pl_off": "rest",
                "pct_stat_t": "~/state",
                "pct_val_tpl": "{{ value_json['mist']['level'] }}",
                "pct_cmd_t": "~/set/level",
                "pct_cmd_tpl": '{"level": {{ value }}}',
                "spd_rng_max": self._speeds,
            },
            "lamp": {
                "p": "light",
                "stat_val_tpl": "{{ '1' if value_json.lamp.on else '0' }}",
                "cmd_t": "~/set/light",
                "pl_on": "1",
                "pl_off": "0",
                "bri_stat_t": "~/state",
                "bri_val_tpl": "{{ value_json.lamp.level }}",
                "bri_cmd_t": "~/set/bright",
                "bri_scl": 100,
                "fx_stat_t": "~/state",
                "fx_val_tpl": "{{ value_json.lamp.scene }}",
                "fx_cmd_t": "~/set/scene",
                "fx_list": ["still", "embers"],
            },
            "oil": {"p": "sensor", "unit_of_meas": "mL", "val_tpl": "{{ value_json.oil.ml }}"},
            "low": {"p": "binary_sensor", "dev_cla": "problem", "val_tpl": flag("low")},
            "empty": {"p": "binary_sensor", "dev_cla": "problem", "val_tpl": flag("empty")},
            "watts": {
                "p": "sensor",
                "unit_of_meas": "W",
                "val_tpl": "{{ value_json.meter.watts }}",
            },
            "energy": {
                "p": "sensor",
                "unit_of_meas": "kWh",
                "val_tpl": "{{ value_json.meter.wh | float / 1000 }}",
            },
            "rssi": {"p": "sensor", "unit_of_meas": "dBm", "val_tpl": "{{ value_json.rssi }}"},
            "knob": {"p": "event", "stat_t": "~/knob", "evt_typ": ["press"]},
        }


def announced_home(
    *,
    now: Callable[[], datetime],  # noqa: ARG001 - every maker is told the time
    chance: random.Random,
    speed: float,
) -> AnnouncedThing:
    """Give the diffuser of a simulated home."""
    vial = Vial("WHTTEA-50", "White Tea", 50_000, 50_000 * chance.uniform(0.2, 1.0))
    return AnnouncedThing("7f3a", "Winter garden", vial, chance=chance, speed=speed)


def _json(body: object) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()
