"""A TuyaMCU diffuser under Tasmota 15, as its source says it speaks.

Beyond the firmware it listens to the commands `SimRefill` and `SimPress`: a person is there.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from adapters.simulator.boards import FAULT, TEXT, VALUE, Board
from adapters.simulator.tasmota_console import TasmotaConsole, as_json
from adapters.simulator.thing import Message, Vial

TELE_PERIOD_S = 300.0


class TasmotaThing:
    """One diffuser: an ESP module with Tasmota, a microcontroller with the data points.

    `set_up` is what the household set, as `TasmotaConsole` takes it.
    """

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
        **set_up: Any,
    ) -> None:
        self.console = TasmotaConsole(mac, **set_up)
        self._room = room
        self._board = board
        self._now = now
        self._chance = chance
        self._speed = speed
        self._publishes_points = False
        self._since_tele_s = 0.0
        self._uptime_s = 0.0
        self._signal_dbm = -50 - chance.randrange(25)
        self.vial = vial
        self.points: dict[int, int | str] = {
            dp: "" if kind == TEXT else 0 for dp, kind in board.points.items()
        }
        self.points |= {board.fault: board.well} | board.start
        self._left_s = 0.0

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
        """Say whether it sprays."""
        return bool(self.points[self._board.power])

    def connected(self) -> list[Message]:
        """Give availability, the announcement and a first state."""
        relays = [1 if self._board.mapped_to_relay else 0]
        announcements = self.console.announcements(
            [self._room], self._board.module, relays, is_tuya=True
        )
        return [self.console.birth, *announcements, self._telemetry()]

    def hear(self, topic: str, payload: bytes) -> list[Message]:
        """Obey one command of the console."""
        command = self.console.command_of(topic)
        argument = payload.decode(errors="replace").strip()
        if command in {"POWER", "POWER1"}:
            return self._power(argument)
        if command.startswith("TUYASEND"):
            return self._tuya_send(command, argument)
        if command == "SETOPTION66":
            self._publishes_points = argument == "1"
            return [self.console.result("SETOPTION66", {"SetOption66": "ON"})]
        if command == "STATE":
            return [self.console.result("STATE", self._sts())]
        if command == "STATUS":
            return self._status(argument)
        if command == "SIMREFILL":
            return self._refill()
        if command == "SIMPRESS":
            return self.press()
        return [self.console.result("COMMAND", {"Command": "Unknown"})]

    def pass_time(self, seconds: float) -> list[Message]:
        """Burn oil while it sprays; telemetry every 300 s, as by default."""
        said: list[Message] = []
        self._uptime_s += seconds
        self._since_tele_s += seconds
        if self.is_running:
            rate = self._board.strengths[int(self.points[self._board.mist])]
            self.vial.use(rate, seconds / 3600 * self._speed)
            if self.vial.is_empty:
                said += [*self._set(self._board.power, 0), *self._set(self._board.fault, 1)]
        said += self._count_down(seconds)
        if self._since_tele_s >= TELE_PERIOD_S:
            said.append(self._telemetry())
        return said

    def _count_down(self, seconds: float) -> list[Message]:
        dp = self._board.timer
        if dp is None or not self._left_s:
            return []
        self._left_s = max(0.0, self._left_s - seconds)
        minutes = -(-int(self._left_s) // 60)
        said = list(self._set(dp, minutes)) if minutes != self.points[dp] else []
        return said if minutes else [*said, *self._set(self._board.power, 0)]

    def press(self) -> list[Message]:
        """Switch over at the device, behind the firmware's back."""
        return list(self._set(self._board.power, 0 if self.is_running else 1))

    def _refill(self) -> list[Message]:
        self.vial.remaining_ul = float(self.vial.capacity_ul)
        return list(self._set(self._board.fault, self._board.well))

    def _power(self, argument: str) -> list[Message]:
        wanted = {"ON": 1, "1": 1, "OFF": 0, "0": 0, "TOGGLE": int(not self.is_running)}
        if not self._board.mapped_to_relay:
            return [self.console.result("COMMAND", {"Command": "Unknown"})]
        if argument.upper() in wanted:
            return list(self._set(self._board.power, wanted[argument.upper()], asked=True))
        return [self.console.result("POWER", {"POWER": self._word()})]

    def _tuya_send(self, command: str, argument: str) -> list[Message]:
        done = self.console.result("TUYASEND", {"TuyaSend": "Done"})
        if command == "TUYASEND0":
            return [done, *(m for dp in self._board.points for m in self._report(dp))]
        number, _, value = argument.partition(",")
        dp = int(number) if number.isdigit() else 0
        kind = self._board.points.get(dp, FAULT)
        if kind == FAULT or command != f"TUYASEND{kind}" or (kind != TEXT and not value.isdigit()):
            return [done]  # the firmware forwards it; the microcontroller keeps silent
        if dp == self._board.timer:
            self._left_s = 60.0 * int(value)
        return [done, *self._set(dp, value if kind == TEXT else int(value), asked=True)]

    def _set(self, dp: int, value: int | str, *, asked: bool = False) -> Iterator[Message]:
        if asked and dp == self._board.power and value and self.vial.is_empty:
            yield from self._report(self._board.fault)
            return
        if dp == self._board.mist and value not in self._board.strengths:
            return
        changed = self.points[dp] != value
        self.points[dp] = value
        yield from self._report(dp)
        if dp == self._board.power and self._board.mapped_to_relay and (changed or asked):
            yield self.console.result("POWER", {"POWER": self._word()})
            yield Message(self.console.stat("POWER"), self._word().encode())

    def _report(self, dp: int) -> Iterator[Message]:
        if not self._publishes_points:
            return
        kind, value = self._board.points[dp], self.points[dp]
        if isinstance(value, str):
            written = value.encode().hex().upper()
        else:
            written = f"{value:08X}" if kind == VALUE else f"{value:02X}"
        record = f"{dp:02X}{kind:02X}{len(written) // 2:04X}{written}"
        frame = f"55AA0307{len(record) // 2:04X}{record}"
        checksum = sum(bytes.fromhex(frame)) % 256
        shown: int | str = f"0x{written}" if kind == FAULT else value
        body = {
            "Data": f"{frame}{checksum:02X}",
            "Cmnd": 7,
            "CmndData": record,
            f"DpType{kind}Id{dp}": shown,
            str(dp): {"DpId": dp, "DpIdType": kind, "DpIdData": written},
        }
        topic = self.console.tele("TUYARECEIVED" if self.console.own_topics else "RESULT")
        yield Message(topic, as_json({"TuyaReceived": body}))

    def _status(self, argument: str) -> list[Message]:
        if argument in {"8", "10"}:
            body = {"StatusSNS": {"Time": self._time()}}
            return [Message(self.console.stat(f"STATUS{argument}"), as_json(body))]
        if argument == "11":
            return [Message(self.console.stat("STATUS11"), as_json({"StatusSTS": self._sts()}))]
        return []

    def _telemetry(self) -> Message:
        self._since_tele_s = 0.0
        return Message(self.console.tele("STATE"), as_json(self._sts()))

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

    def _word(self) -> str:
        return "ON" if self.is_running else "OFF"

    def _time(self) -> str:
        return self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
