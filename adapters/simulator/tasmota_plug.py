"""A plug or power strip under Tasmota 15, with a meter, and a diffuser in its first socket.

Beyond the firmware it listens to `SimRefill` and `SimPress`: a person is there.
"""

import random
from collections.abc import Callable
from datetime import UTC, datetime

from adapters.simulator.tasmota_console import TasmotaConsole, as_json
from adapters.simulator.thing import Message, Vial

TELE_PERIOD_S = 300.0
WATTS_ON = 11.0
WATTS_EMPTY = 4.0
"""A dry piezo disc still draws something."""
UL_PER_H = 570


class TasmotaPlug:
    """One device with `relays` sockets; the meter stands before them all.

    With `lamp` it has a light of its own beside them, white, the last of its switches.
    """

    def __init__(
        self,
        console: TasmotaConsole,
        room: str,
        vial: Vial,
        *,
        now: Callable[[], datetime],
        chance: random.Random,
        speed: float = 1.0,
        relays: int = 1,
        lamp: bool = False,
    ) -> None:
        self.console = console
        self._room = room
        self._now = now
        self._speed = speed
        self._since_tele_s = 0.0
        self._signal_dbm = -50 - chance.randrange(25)
        self._total_kwh = 1.2
        self.vial = vial
        self.relays = [False] * relays
        self.has_lamp = lamp
        self.is_lit = False
        self.dimmer = 100

    @property
    def name(self) -> str:
        """Give the MQTT client id."""
        return self.console.name

    @property
    def will(self) -> Message:
        """Give the last will."""
        return self.console.will

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Give the filter of commands."""
        return (self.console.commands,)

    @property
    def is_running(self) -> bool:
        """Say whether the diffuser has power."""
        return self.relays[0]

    def connected(self) -> list[Message]:
        """Give availability, the announcements and a first state."""
        count = len(self.relays)
        names = [self._room] if count == 1 else [f"{self._room} {n + 1}" for n in range(count)]
        kinds = [*[1] * count, *[2] * self.has_lamp]
        announcements = self.console.announcements(
            names, "Nous A1T", kinds, light=int(self.has_lamp), sensors=self._energy()
        )
        return [self.console.birth, *announcements, *self._telemetry()]

    def hear(self, topic: str, payload: bytes) -> list[Message]:
        """Obey one command of the console."""
        command = self.console.command_of(topic)
        argument = payload.decode(errors="replace").strip().upper()
        if command.startswith("POWER") and (command[5:] or "1").isdecimal():
            return self._power(int(command[5:] or "1"), argument)
        if command == "DIMMER" and self.has_lamp:
            return self._dim(argument)
        if command == "STATE":
            return [self.console.result("STATE", self._sts())]
        if command == "STATUS" and argument in {"8", "10"}:
            body = {"StatusSNS": {"Time": self._time(), **self._energy()}}
            return [Message(self.console.stat(f"STATUS{argument}"), as_json(body))]
        if command == "SIMREFILL":
            self.vial.remaining_ul = float(self.vial.capacity_ul)
            return []
        if command == "SIMPRESS":
            return self.press()
        return [self.console.result("COMMAND", {"Command": "Unknown"})]

    def pass_time(self, seconds: float) -> list[Message]:
        """Burn oil and count energy; telemetry every 300 s, as by default."""
        if self.is_running:
            self.vial.use(UL_PER_H, seconds / 3600 * self._speed)
        self._total_kwh += self._watts() * seconds / 3_600_000
        self._since_tele_s += seconds
        return self._telemetry() if self._since_tele_s >= TELE_PERIOD_S else []

    def press(self) -> list[Message]:
        """Switch the first socket over at the device."""
        return self._power(1, "TOGGLE")

    def _power(self, relay: int, argument: str) -> list[Message]:
        if self.has_lamp and relay == len(self.relays) + 1:
            self.is_lit = {"ON": True, "OFF": False}.get(argument, self.is_lit)
            return [self.console.result(self._key(relay), self._lamp())]
        if not 1 <= relay <= len(self.relays):
            return [self.console.result("COMMAND", {"Command": "Unknown"})]
        now_is = self.relays[relay - 1]
        wanted = {"ON": True, "1": True, "OFF": False, "0": False, "TOGGLE": not now_is}
        self.relays[relay - 1] = wanted.get(argument, now_is)
        key, word = self._key(relay), self._word(relay)
        said = [self.console.result(key, {key: word})]
        # With SetOption4 the plain word has the topic the answer has: only the answer comes.
        plain = Message(self.console.stat(key), word.encode())
        return said if self.console.own_topics else [*said, plain]

    def _dim(self, argument: str) -> list[Message]:
        if argument.isdecimal() and int(argument) <= 100:
            self.dimmer = int(argument)
            self.is_lit = self.dimmer > 0
        return [self.console.result("DIMMER", self._lamp())]

    def _lamp(self) -> dict[str, object]:
        if not self.has_lamp:
            return {}
        word = "ON" if self.is_lit else "OFF"
        return {self._key(len(self.relays) + 1): word, "Dimmer": self.dimmer}

    def _telemetry(self) -> list[Message]:
        self._since_tele_s = 0.0
        measured = {"Time": self._time(), **self._energy()}
        return [
            Message(self.console.tele("STATE"), as_json(self._sts())),
            Message(self.console.tele("SENSOR"), as_json(measured)),
        ]

    def _sts(self) -> dict[str, object]:
        words = {self._key(n): self._word(n) for n in range(1, len(self.relays) + 1)}
        wifi = {"AP": 1, "SSId": "home", "RSSI": 64, "Signal": self._signal_dbm}
        return {
            "Time": self._time(),
            "UptimeSec": 60,
            "Heap": 26,
            **words,
            **self._lamp(),
            "Wifi": wifi,
        }

    def _energy(self) -> dict[str, object]:
        watts = self._watts()
        return {
            "ENERGY": {
                "Total": round(self._total_kwh, 3),
                "Power": round(watts),
                "Voltage": 231,
                "Current": round(watts / 231, 3),
            }
        }

    def _watts(self) -> float:
        if not self.is_running:
            return 0.0
        return WATTS_EMPTY if self.vial.is_empty else WATTS_ON

    def _key(self, relay: int) -> str:
        return "POWER" if len(self.relays) == 1 and not self.has_lamp else f"POWER{relay}"

    def _word(self, relay: int) -> str:
        return "ON" if self.relays[relay - 1] else "OFF"

    def _time(self) -> str:
        return self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def tasmota_home(
    *, now: Callable[[], datetime], chance: random.Random, speed: float
) -> TasmotaPlug:
    """Give the plug of a simulated home, with an ultrasonic bowl in it."""
    vial = Vial("FIGLVS-30", "Fig Leaves", 30_000, 30_000 * chance.uniform(0.2, 1.0))
    console = TasmotaConsole("5CCF7F7788AA")
    return TasmotaPlug(console, "Desk plug", vial, now=now, chance=chance, speed=speed)
