"""A device of the native dialect, as docs/native-dialect.md asks for it.

Beyond the dialect it listens to `sim/refill` and `sim/press` below its own topic: there stands a
person with a new cartridge, or a finger.
"""

import json
import random
from collections import deque
from collections.abc import Callable
from datetime import datetime

from adapters.simulator.thing import Message, Vial

STEPS = (20, 40, 60, 80, 100)
RATES_UL_PER_H = (40, 80, 120, 160, 200)
"""A waterless cartridge of 30 ml lasts 250 hours at the middle step, as the shop's makers say."""
LEVEL_EVERY_S = 5.0
STATE_EVERY_S = 60.0
HUB_GRACE_S = 60.0
HUB_STATUS = "scent/hub/+/status"
_REMEMBERED_COMMANDS = 16


class NativeThing:
    """One native diffuser: its cartridges are weighed, its commands are answered.

    With `beside`, further vials in slots of their own, it can be told which to spread from.
    """

    def __init__(
        self,
        device: str,
        room: str,
        vial: Vial,
        *,
        now: Callable[[], datetime],
        chance: random.Random,
        speed: float = 1.0,
        power: bool = False,
        intensity: int = 60,
        beside: tuple[Vial, ...] = (),
    ) -> None:
        self._device = device
        self._room = room
        self._now = now
        self._chance = chance
        self._speed = speed
        self.vials = (vial, *beside)
        self.slot = 1
        self.power = power
        self.intensity = intensity
        self.mode = "continuous"
        self.light = False
        self.light_percent = 60
        self.light_rgb = "ffb060"
        self.timer_s: float = 0
        self._signal_dbm = -45 - chance.randrange(30)
        self._seen: deque[str] = deque(maxlen=_REMEMBERED_COMMANDS)
        self._told_ul = [-1] * len(self.vials)
        self._since_level_s = 0.0
        self._since_state_s = 0.0
        self._hub_gone_s: float | None = None
        self._is_by_hand = power

    @property
    def name(self) -> str:
        """Give the MQTT client id."""
        return self._device

    @property
    def vial(self) -> Vial:
        """Give the vial it spreads from."""
        return self.vials[self.slot - 1]

    @property
    def will(self) -> Message:
        """Give the last will."""
        return Message(self._at("availability"), b"offline", qos=1, retain=True)

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Give the topics of commands, of hubs, and of people with cartridges and fingers."""
        return (self._at("command"), HUB_STATUS, self._at("sim/refill"), self._at("sim/press"))

    def connected(self) -> list[Message]:
        """Give description, availability, cartridge, level and state, all retained."""
        online = Message(self._at("availability"), b"online", qos=1, retain=True)
        return [self._description(), online, *self._cartridges(), *self._levels(), self._state()]

    def hear(self, topic: str, payload: bytes) -> list[Message]:
        """Obey commands; watch the hub; take a new cartridge."""
        if topic == self._at("command"):
            return self._command(payload)
        if topic == self._at("sim/refill"):
            return self._refill(payload)
        if topic == self._at("sim/press"):
            return self.press()
        if topic.startswith("scent/hub/"):
            self._hub_gone_s = None if b'"online"' in payload else 0.0
        return []

    def pass_time(self, seconds: float) -> list[Message]:
        """Burn oil while running; report level every 5 s if it moved, state every minute."""
        said: list[Message] = []
        if self._timer_ends(seconds):
            said.append(self._state())
        if self.power:
            rate = RATES_UL_PER_H[STEPS.index(self.intensity)]
            self.vial.use(rate, seconds / 3600 * self._speed)
            if self.vial.is_empty:
                self.power = False
                said += [*self._levels(), self._state()]
        if self._hub_gone_s is not None:
            self._hub_gone_s += seconds
            if self._hub_gone_s >= HUB_GRACE_S and self.power and not self._is_by_hand:
                self.power = False
                said.append(self._state())
        self._since_level_s += seconds
        self._since_state_s += seconds
        is_news = round(self.vial.remaining_ul) != self._told_ul[self.slot - 1]
        if self._since_level_s >= LEVEL_EVERY_S and is_news:
            said += self._levels()
        if self._since_state_s >= STATE_EVERY_S:
            said.append(self._state())
        return said

    def _timer_ends(self, seconds: float) -> bool:
        if not self.power or not self.timer_s:
            return False
        self.timer_s = max(0.0, self.timer_s - seconds)
        self.power = self.timer_s > 0
        return not self.power

    def press(self) -> list[Message]:
        """Switch over, as the button does, and tell of the press."""
        self.power = not self.power and not self.vial.is_empty
        self._is_by_hand = self.power
        return [self._say("event", {"button": "power"}, retain=False), self._state()]

    def _command(self, payload: bytes) -> list[Message]:
        try:
            asked = json.loads(payload)
            command_id = asked["id"]
        except (ValueError, KeyError, TypeError):
            return []
        if command_id in self._seen:
            return [self._answer(command_id, None)]
        if asked.get("expires_at", float("inf")) < self._now().timestamp():
            return [self._answer(command_id, "expired")]
        error = self._refusal(asked)
        if error is None:
            self._seen.append(command_id)
            self._is_by_hand = self._is_by_hand and not asked.get("power")
            self.power = asked.get("power", self.power)
            self.intensity = asked.get("intensity", self.intensity)
            self.mode = asked.get("mode", self.mode)
            self.light = asked.get("light", self.light)
            self.light_percent = asked.get("light_percent", self.light_percent)
            self.light_rgb = asked.get("light_rgb", self.light_rgb)
            self.timer_s = asked.get("timer_s", self.timer_s) if self.power else 0
            self.slot = asked.get("slot", self.slot)
        said = [self._answer(command_id, error), self._state()]
        if asked.get("refresh"):
            return [*said, *self._levels(), *self._cartridges()]
        return said

    def _refusal(self, asked: dict[str, object]) -> str | None:
        slot = asked.get("slot", self.slot)
        if not isinstance(slot, int) or not 1 <= slot <= len(self.vials):
            return "no such slot"
        if asked.get("power") and self.vials[slot - 1].is_empty:
            return "empty"
        if asked.get("intensity", 20) not in STEPS:
            return "no such intensity"
        if asked.get("mode", "continuous") not in {"continuous", "interval"}:
            return "no such mode"
        return None

    def _refill(self, payload: bytes) -> list[Message]:
        try:
            new = json.loads(payload or b"{}")
        except ValueError:
            return []
        self.vial.sku = str(new.get("sku", self.vial.sku))
        self.vial.capacity_ul = int(new.get("capacity_ul", self.vial.capacity_ul))
        self.vial.remaining_ul = float(self.vial.capacity_ul)
        self.vial.tag = f"{self._chance.getrandbits(64):016x}"
        return [*self._cartridges(), *self._levels(), self._state()]

    def _at(self, name: str) -> str:
        return f"scent/1/{self._device}/{name}"

    def _say(self, name: str, body: dict[str, object], *, retain: bool = True) -> Message:
        payload = json.dumps(body, separators=(",", ":")).encode()
        return Message(self._at(name), payload, qos=1, retain=retain)

    def _description(self) -> Message:
        body: dict[str, object] = {
            "maker": "Cedarworks",
            "model": "Drift 2",
            "firmware": "2.1.0",
            "name": self._room,
            "room": self._room,
            "type": "aroma_diffuser",
            "intensity_steps": STEPS,
            "rates_ul_per_h": RATES_UL_PER_H,
            "modes": ["continuous", "interval"],
            "light": True,
            "light_dims": True,
            "light_colours": True,
            "timer": True,
            "identify": True,
            "slots": len(self.vials),
            "slot_choice": len(self.vials) > 1,
            "level": "measured",
        }
        return self._say("description", body)

    def _state(self) -> Message:
        self._since_state_s = 0.0
        body: dict[str, object] = {
            "power": self.power,
            "intensity": self.intensity,
            "mode": self.mode,
            "light": self.light,
            "light_percent": self.light_percent,
            "light_rgb": self.light_rgb,
            "timer_s": round(self.timer_s),
            "slot": self.slot,
            "fault": "empty" if self.vial.is_empty else "",
            "signal_dbm": self._signal_dbm + self._chance.randrange(-2, 3),
        }
        return self._say("state", body)

    def _levels(self) -> list[Message]:
        self._since_level_s = 0.0
        self._told_ul = [round(vial.remaining_ul) for vial in self.vials]
        told = enumerate(self._told_ul, start=1)
        return [self._say(f"slot/{slot}/level", {"remaining_ul": ul}) for slot, ul in told]

    def _cartridges(self) -> list[Message]:
        return [
            self._say(
                f"slot/{slot}/cartridge",
                {"tag": vial.tag, "sku": vial.sku, "capacity_ul": vial.capacity_ul},
            )
            for slot, vial in enumerate(self.vials, start=1)
        ]

    def _answer(self, command_id: str, error: str | None) -> Message:
        return self._say("answer", {"id": command_id, "error": error}, retain=False)
