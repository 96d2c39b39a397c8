"""A TuyaMCU diffuser under Tasmota 15, as its source says it speaks.

Beyond the firmware it listens to the commands `SimRefill` and `SimPress`: a person is there.
"""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from adapters.simulator.boards import BOOL, ENUM, FAULT, Board
from adapters.simulator.thing import Message, Vial

TELE_PERIOD_S = 300.0


class TasmotaThing:
    """One diffuser: an ESP module with Tasmota, a microcontroller with the data points."""

    def __init__(
        self,
        mac: str,
        room: str,
        board: Board,
        vial: Vial,
        *,
        now: Callable[[], datetime],
        chance: random.Random,
        speed: float = 1.0,
        topic: str = "",
        full_topic: str = "%prefix%/%topic%/",
        prefixes: tuple[str, str, str] = ("cmnd", "stat", "tele"),
        own_topics: bool = False,
    ) -> None:
        self._mac = mac
        self._room = room
        self._board = board
        self._now = now
        self._chance = chance
        self._speed = speed
        self._topic = topic or f"tasmota_{mac[6:]}"
        self._full_topic = full_topic
        self._prefixes = prefixes
        self._own_topics = own_topics
        self._publishes_points = False
        self._since_tele_s = 0.0
        self._uptime_s = 0.0
        self._signal_dbm = -50 - chance.randrange(25)
        self.vial = vial
        self.points = dict.fromkeys(board.points, 0) | board.start

    @property
    def name(self) -> str:
        """Give the MQTT client id, as the firmware makes it."""
        return f"DVES_{self._mac[6:]}"

    @property
    def will(self) -> Message:
        """Give the last will."""
        return Message(self._tele("LWT"), b"Offline", qos=1, retain=True)

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Give the filter of commands."""
        return (f"{self._path(0)}#",)

    @property
    def is_running(self) -> bool:
        """Say whether it sprays."""
        return bool(self.points[self._board.power])

    def connected(self) -> list[Message]:
        """Give availability, the announcement and a first state."""
        return [
            Message(self._tele("LWT"), b"Online", qos=1, retain=True),
            self._announcement(),
            Message(f"tasmota/discovery/{self._mac}/sensors", b'{"sn":{},"ver":1}', retain=True),
            self._telemetry(),
        ]

    def hear(self, topic: str, payload: bytes) -> list[Message]:
        """Obey one command of the console."""
        command = topic.removeprefix(self._path(0)).upper()
        argument = payload.decode(errors="replace").strip()
        if command in {"POWER", "POWER1"}:
            return self._power(argument)
        if command.startswith("TUYASEND"):
            return self._tuya_send(command, argument)
        if command == "SETOPTION66":
            self._publishes_points = argument == "1"
            return [self._result("SETOPTION66", {"SetOption66": "ON"})]
        if command == "STATE":
            return [self._result("STATE", self._sts())]
        if command == "STATUS":
            return self._status(argument)
        if command == "SIMREFILL":
            return self._refill()
        if command == "SIMPRESS":
            return self.press()
        return [self._result("COMMAND", {"Command": "Unknown"})]

    def pass_time(self, seconds: float) -> list[Message]:
        """Burn oil while it sprays; telemetry every 300 s, as by default."""
        said: list[Message] = []
        self._uptime_s += seconds
        self._since_tele_s += seconds
        if self.is_running:
            rate = self._board.strengths[self.points[self._board.mist]]
            self.vial.use(rate, seconds / 3600 * self._speed)
            if self.vial.is_empty:
                said += [*self._set(self._board.power, 0), *self._set(self._board.fault, 1)]
        if self._since_tele_s >= TELE_PERIOD_S:
            said.append(self._telemetry())
        return said

    def press(self) -> list[Message]:
        """Switch over at the device, behind the firmware's back."""
        return list(self._set(self._board.power, 0 if self.is_running else 1))

    def _refill(self) -> list[Message]:
        self.vial.remaining_ul = float(self.vial.capacity_ul)
        return list(self._set(self._board.fault, 0))

    def _power(self, argument: str) -> list[Message]:
        wanted = {"ON": 1, "1": 1, "OFF": 0, "0": 0, "TOGGLE": int(not self.is_running)}
        if not self._board.mapped_to_relay:
            return [self._result("COMMAND", {"Command": "Unknown"})]
        if argument.upper() in wanted:
            return list(self._set(self._board.power, wanted[argument.upper()], asked=True))
        return [self._result("POWER", {"POWER": self._word()})]

    def _tuya_send(self, command: str, argument: str) -> list[Message]:
        done = self._result("TUYASEND", {"TuyaSend": "Done"})
        if command == "TUYASEND0":
            return [done, *(m for dp in self._board.points for m in self._report(dp))]
        number, _, value = argument.partition(",")
        dp = int(number) if number.isdigit() else 0
        sent_type = {BOOL: "TUYASEND1", ENUM: "TUYASEND4"}.get(self._board.points.get(dp, 0))
        if command != sent_type or not value.isdigit():
            return [done]  # the firmware forwards it; the microcontroller keeps silent
        return [done, *self._set(dp, int(value), asked=True)]

    def _set(self, dp: int, value: int, *, asked: bool = False) -> Iterator[Message]:
        if asked and dp == self._board.power and value and self.vial.is_empty:
            yield from self._report(self._board.fault)
            return
        if dp == self._board.mist and value not in self._board.strengths:
            return
        changed = self.points[dp] != value
        self.points[dp] = value
        yield from self._report(dp)
        if dp == self._board.power and self._board.mapped_to_relay and (changed or asked):
            yield self._result("POWER", {"POWER": self._word()})
            yield Message(self._stat("POWER"), self._word().encode())

    def _report(self, dp: int) -> Iterator[Message]:
        if not self._publishes_points:
            return
        kind, value = self._board.points[dp], self.points[dp]
        record = f"{dp:02X}{kind:02X}0001{value:02X}"
        frame = f"55AA03070005{record}"
        checksum = sum(bytes.fromhex(frame)) % 256
        shown: int | str = f"0x{value:02X}" if kind == FAULT else value
        body = {
            "Data": f"{frame}{checksum:02X}",
            "Cmnd": 7,
            "CmndData": record,
            f"DpType{kind}Id{dp}": shown,
            str(dp): {"DpId": dp, "DpIdType": kind, "DpIdData": f"{value:02X}"},
        }
        topic = self._tele("TUYARECEIVED" if self._own_topics else "RESULT")
        yield Message(topic, _json({"TuyaReceived": body}))

    def _status(self, argument: str) -> list[Message]:
        if argument in {"8", "10"}:
            body = {"StatusSNS": {"Time": self._time()}}
            return [Message(self._stat(f"STATUS{argument}"), _json(body))]
        if argument == "11":
            return [Message(self._stat("STATUS11"), _json({"StatusSTS": self._sts()}))]
        return []

    def _telemetry(self) -> Message:
        self._since_tele_s = 0.0
        return Message(self._tele("STATE"), _json(self._sts()))

    def _sts(self) -> dict[str, object]:
        signal = self._signal_dbm + self._chance.randrange(-2, 3)
        body: dict[str, object] = {
            "Time": self._time(),
            "Uptime": f"0T{int(self._uptime_s) // 3600:02}:{int(self._uptime_s) // 60 % 60:02}:00",
            "UptimeSec": int(self._uptime_s),
            "Heap": 26,
            "SleepMode": "Dynamic",
            "Sleep": 50,
            "LoadAvg": 19,
            "MqttCount": 1,
        }
        if self._board.mapped_to_relay:
            body["POWER"] = self._word()
        quality = min(100, max(0, 2 * (signal + 100)))
        return body | {"Wifi": {"AP": 1, "SSId": "home", "RSSI": quality, "Signal": signal}}

    def _announcement(self) -> Message:
        relays = [1 if self._board.mapped_to_relay else 0, *[0] * 31]
        body = {
            "ip": "192.0.2.10",
            "dn": self._room,
            "fn": [self._room, *[None] * 7],
            "hn": f"tasmota-{self._mac[6:]}-4711",
            "mac": self._mac,
            "md": self._board.module,
            "ty": 1,
            "if": 0,
            "ofln": "Offline",
            "onln": "Online",
            "state": ["OFF", "ON", "TOGGLE", "HOLD"],
            "sw": "15.5.0",
            "t": self._topic,
            "ft": self._full_topic,
            "tp": list(self._prefixes),
            "rl": relays,
            "so": {"4": int(self._own_topics), "11": 0, "13": 0, "17": 0, "20": 0, "30": 0},
            "lk": 0,
            "lt_st": 0,
            "ver": 1,
        }
        return Message(f"tasmota/discovery/{self._mac}/config", _json(body), retain=True)

    def _result(self, command: str, body: Mapping[str, object]) -> Message:
        return Message(self._stat(command if self._own_topics else "RESULT"), _json(body))

    def _word(self) -> str:
        return "ON" if self.is_running else "OFF"

    def _time(self) -> str:
        return self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")

    def _stat(self, name: str) -> str:
        return f"{self._path(1)}{name}"

    def _tele(self, name: str) -> str:
        return f"{self._path(2)}{name}"

    def _path(self, prefix: int) -> str:
        path = self._full_topic.replace("%prefix%", self._prefixes[prefix])
        return path.replace("%topic%", self._topic)


def _json(body: Mapping[str, object]) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()
