"""An OpenBeken plug, or a diffuser with a microcontroller behind OpenBeken, as its source speaks.

Beyond the firmware it takes the commands `SimRefill` and `SimPress`: there stands a person.
"""

import json
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from adapters.simulator.openbeken_lamp import OpenBekenLamp
from adapters.simulator.thing import Message, Vial

BROADCAST_EVERY_S = 60.0
_RUNNING_W, _IDLE_W, _VOLTS = 11.4, 0.4, 231.2


@dataclass(frozen=True)
class Wiring:
    """What is on which channel. `switches` are announced as such, by number and label.

    `rates` are the microlitres an hour by the value of `mist`, {0: rate} without one. Channels in
    `silent` are told only when somebody asks for them: nobody gave them a type or a flag.
    `measured` are channels that are announced as sensors, by number, label and unit. With `lamp`
    there is an LED driver.
    """

    switches: Mapping[int, str]
    rates: Mapping[int, int]
    mist: int | None = None
    fault: int | None = None
    metered: bool = False
    silent: frozenset[int] = frozenset()
    measured: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    lamp: bool = False
    start: Mapping[int, int] = field(default_factory=dict)


METERING_PLUG = Wiring({1: "Socket"}, {0: 570}, metered=True)
XD800W = Wiring(
    {1: "Mist", 5: "Light"},
    {0: 350, 1: 850},
    mist=4,
    fault=2,
    start={2: 0, 4: 0, 5: 0},
)


class OpenBekenThing:
    """One device. With `says_tele` it also speaks in Tasmota's words; `in_kwh` is a flag of it.

    When asked for all it has it is slow, one message a second, unless told to be quicker.
    """

    def __init__(
        self,
        mac: str,
        room: str,
        wiring: Wiring,
        vial: Vial,
        *,
        now: Callable[[], datetime],
        chance: random.Random,
        speed: float = 1.0,
        topic: str = "",
        says_tele: bool = False,
        in_kwh: bool = False,
        is_slow: bool = True,
    ) -> None:
        self._mac = mac
        self._room = room
        self._wiring = wiring
        self._now = now
        self._speed = speed
        self._says_tele = says_tele
        self._in_kwh = in_kwh
        self._is_slow = is_slow
        self._used_wh = 0.0
        self._since_broadcast_s = 0.0
        self._unsaid_s = 0.0
        self._unsaid: deque[Message] = deque()
        self._signal_dbm = -50 - chance.randrange(25)
        self._power = min(wiring.switches)
        self.topic = topic or f"obk{mac[-8:].upper()}"
        self.vial = vial
        self.lamp = OpenBekenLamp(self.topic) if wiring.lamp else None
        self.channels = dict.fromkeys(wiring.switches, 0) | dict(wiring.start)

    @property
    def name(self) -> str:
        """Give the MQTT client id, which is its topic as well."""
        return self.topic

    @property
    def will(self) -> Message:
        """Give the last will."""
        return Message(f"{self.topic}/connected", b"offline", qos=2, retain=True)

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Give the filters of both ways to set it, and of questions."""
        return (f"{self.topic}/+/set", f"{self.topic}/+/get", f"cmnd/{self.topic}/+")

    @property
    def is_running(self) -> bool:
        """Say whether it sprays."""
        return self.channels[self._power] != 0

    @property
    def watts(self) -> float:
        """Give what the meter shows."""
        if not self.is_running:
            return 0.0
        return _IDLE_W if self.vial.is_empty else _RUNNING_W

    def connected(self) -> list[Message]:
        """Give availability; the rest it says when asked, or in its own time."""
        self._unsaid.clear()
        return [Message(f"{self.topic}/connected", b"online", qos=2, retain=True), *self._tele()]

    def hear(self, topic: str, payload: bytes) -> list[Message]:
        """Obey a command, set a channel, answer a question; what it said itself it ignores."""
        text = payload.decode(errors="replace").strip()
        if topic.startswith(f"cmnd/{self.topic}/"):
            return self._command(topic.rpartition("/")[2].casefold(), text)
        what, _, verb = topic.removeprefix(f"{self.topic}/").partition("/")
        if not what.isdecimal():
            return []
        if verb == "get":
            return [] if payload else [self._channel(int(what))]
        return self._set(int(what), text)

    def pass_time(self, seconds: float) -> list[Message]:
        """Burn oil, count energy; what it was asked to say comes at one message a second."""
        said: list[Message] = []
        self._used_wh += self.watts * seconds / 3600
        if self.is_running:
            rate = self._wiring.rates[self.channels.get(self._wiring.mist or -1, 0)]
            self.vial.use(rate, seconds / 3600 * self._speed)
            fault = self._wiring.fault
            if fault is not None and self.vial.is_empty:
                said += [*self._put(self._power, 0), *self._put(fault, 1)]
        self._since_broadcast_s += seconds
        if self._since_broadcast_s >= BROADCAST_EVERY_S:
            self._since_broadcast_s = 0.0
            self._unsaid.extend(self._dynamic())
        self._unsaid_s += seconds
        while self._unsaid_s >= 1:
            self._unsaid_s -= 1
            if self._unsaid:
                said.append(self._unsaid.popleft())
        return said

    def press(self) -> list[Message]:
        """Switch over at the device."""
        return self._put(self._power, 0 if self.is_running else 1)

    def _command(self, command: str, argument: str) -> list[Message]:
        if command == "publishall":
            return self._in_its_time([*self._static(), *self._dynamic()])
        if command == "schedulehadiscovery":
            return self._in_its_time(self._announcements())
        if command == "simpress":
            return self.press()
        if command == "simrefill":
            return self._refill()
        if self.lamp is not None and (said := self.lamp.hear(command, argument)):
            return [*said, *self._tele()]
        number = command.removeprefix("power")
        if not command.startswith("power") or not (number.isdecimal() or not number):
            return []
        channel = int(number or self._power)
        said = self._set(channel, {"on": "1", "off": "0"}.get(argument.casefold(), argument))
        return [*said, Message(f"stat/{self.topic}/RESULT", _json(self._powers()))]

    def _in_its_time(self, messages: list[Message]) -> list[Message]:
        if not self._is_slow:
            return messages
        self._unsaid.extend(messages)
        return []

    def _refill(self) -> list[Message]:
        self.vial.remaining_ul = float(self.vial.capacity_ul)
        return [] if self._wiring.fault is None else self._put(self._wiring.fault, 0)

    def _set(self, channel: int, text: str) -> list[Message]:
        if text.casefold() == "toggle":
            return self._put(channel, 0 if self.channels.get(channel) else 1)
        if not text.lstrip("-").isdecimal():
            return []
        value = int(text)
        if channel == self._wiring.mist and value not in self._wiring.rates:
            return []
        fault = self._wiring.fault
        if channel == self._power and value and fault is not None and self.vial.is_empty:
            return self._put(fault, 1)
        return self._put(channel, value)

    def _put(self, channel: int, value: int) -> list[Message]:
        self.channels[channel] = value
        said = [] if channel in self._wiring.silent else [self._channel(channel)]
        return [*said, *self._measured(), *self._tele()]

    def _channel(self, channel: int) -> Message:
        value = self.channels.get(channel, 0)
        return Message(f"{self.topic}/{channel}/get", str(value).encode(), qos=2)

    def _static(self) -> list[Message]:
        build = b"Build on Jul 12 2026 12:39:44 version 1.18.190"
        mac = ":".join(self._mac[n : n + 2] for n in range(0, 12, 2)).lower()
        names = {"host": self._room.encode(), "build": build, "mac": mac.encode()}
        return [Message(f"{self.topic}/{name}", value, qos=2) for name, value in names.items()]

    def _dynamic(self) -> list[Message]:
        facts = {"rssi": self._signal_dbm, "uptime": 4_711, "ip": "192.0.2.41"}
        said = [Message(f"{self.topic}/{n}", str(v).encode(), qos=2) for n, v in facts.items()]
        heard = (one for one in sorted(self.channels) if one not in self._wiring.silent)
        lamp = [] if self.lamp is None else self.lamp.told()
        return [*said, *(self._channel(one) for one in heard), *self._measured(), *lamp]

    def _measured(self) -> list[Message]:
        if not self._wiring.metered:
            return []
        counted = self._used_wh / 1000 if self._in_kwh else self._used_wh
        values = {"voltage": _VOLTS, "current": self.watts / _VOLTS, "power": self.watts}
        values |= {"energycounter": counted}
        return [
            Message(f"{self.topic}/{name}/get", f"{value:.3f}".encode(), qos=2)
            for name, value in values.items()
        ]

    def _tele(self) -> list[Message]:
        if not self._says_tele:
            return []
        body = {"Time": self._now().strftime("%Y-%m-%dT%H:%M:%S"), **self._powers()}
        wifi = {"AP": 1, "SSId": "home", "Signal": self._signal_dbm}
        return [Message(f"tele/{self.topic}/STATE", _json({**body, "Wifi": wifi}), qos=2)]

    def _powers(self) -> dict[str, object]:
        if self.lamp is not None:
            return self.lamp.in_tasmotas_words()
        words = {n: "ON" if self.channels[n] else "OFF" for n in self._wiring.switches}
        if len(words) == 1:
            return {"POWER": words[self._power]}
        return {f"POWER{number}": word for number, word in words.items()}

    def _announcements(self) -> list[Message]:
        long_name = f"OpenBK7231N_{self._mac[-8:].upper()}"
        shared = {
            "dev": {
                "ids": [long_name],
                "name": self._room,
                "sw": "1.18.190",
                "mf": "Beken Corporation",
                "mdl": "BK7231N",
                "cu": "http://192.0.2.41/index",
            },
            "~": self.topic,
            "avty_t": "~/connected",
            "qos": 1,
        }
        said = []
        for number, label in self._wiring.switches.items():
            key = f"{long_name}_relay_{number}"
            words = {"name": label, "pl_on": "1", "pl_off": "0", "uniq_id": key}
            topics = {"stat_t": f"~/{number}/get", "cmd_t": f"~/{number}/set"}
            said.append(_announce("switch", key, {**shared, **words, **topics}))
        energy = "kWh" if self._in_kwh else "Wh"
        units = {"voltage": "V", "current": "A", "power": "W", "energycounter": energy}
        for name, unit in units.items() if self._wiring.metered else ():
            key = f"{long_name}_sensor_{name}"
            words = {"name": name.title(), "uniq_id": key, "unit_of_meas": unit}
            words |= {"dev_cla": "energy" if name == "energycounter" else name}
            said.append(_announce("sensor", key, {**shared, **words, "stat_t": f"~/{name}/get"}))
        for number, (label, unit) in self._wiring.measured.items():
            key = f"{long_name}_sensor_{number}"
            words = {"name": label, "uniq_id": key, "unit_of_meas": unit}
            said.append(_announce("sensor", key, {**shared, **words, "stat_t": f"~/{number}/get"}))
        if self.lamp is not None:
            key = f"{long_name}_light"
            said.append(_announce("light", key, {**shared, "uniq_id": key, **self.lamp.words()}))
        return said


def openbeken_home(
    *, now: Callable[[], datetime], chance: random.Random, speed: float
) -> OpenBekenThing:
    """Give the plug of a simulated home, with a bowl in it."""
    return OpenBekenThing(
        "84E3426A2B3C",
        "Kitchen",
        METERING_PLUG,
        Vial("WHTTEA-50", "White Tea", 50_000, 50_000 * chance.uniform(0.2, 1.0)),
        now=now,
        chance=chance,
        speed=speed,
        says_tele=True,
        is_slow=False,
    )


def _announce(kind: str, key: str, body: Mapping[str, object]) -> Message:
    return Message(f"homeassistant/{kind}/{key}/config", _json(body), qos=2, retain=True)


def _json(body: object) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()
