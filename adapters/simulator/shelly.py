"""A Shelly plug or relay of Gen2 or later, as the maker's documents say it speaks.

Beyond the firmware it takes the RPC `Sim.Refill` and `Sim.Press`: there stands a person.
"""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from adapters.simulator.thing import Message, Vial

REPORT_EVERY_S = 60.0
"""How often the energy counter is told, as the firmware does each full minute."""
RATE_UL_PER_H = 570
"""A bowl of up to 200 ml."""
_RUNNING_W, _IDLE_W, _VOLTS = 11.4, 0.4, 231.2
_NO_HANDLER, _BAD_ARGUMENT, _NO_INSTANCE = 404, -103, -105


@dataclass(frozen=True)
class ShellySettings:
    """How the device is set up; the defaults are those of the factory, but for `status_ntf`."""

    enable_rpc: bool = True
    enable_control: bool = True
    status_ntf: bool = True
    rpc_ntf: bool = True


@dataclass
class _Relay:
    number: int
    vial: Vial
    is_on: bool = False
    source: str = "init"
    used_wh: float = 0.0
    timer: tuple[float, float] | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"switch:{self.number}"

    @property
    def watts(self) -> float:
        if not self.is_on:
            return 0.0
        return _IDLE_W if self.vial.is_empty else _RUNNING_W


class ShellyThing:
    """One device with a switch for each vial. It measures unless it is not `metered`."""

    def __init__(
        self,
        mac: str,
        room: str,
        vials: tuple[Vial, ...],
        *,
        now: Callable[[], datetime],
        chance: random.Random,
        speed: float = 1.0,
        prefix: str = "",
        settings: ShellySettings = ShellySettings(),
        metered: bool = True,
    ) -> None:
        self._mac = mac
        self._room = room
        self._now = now
        self._speed = speed
        self._settings = settings
        self._metered = metered
        self._since_report_s = 0.0
        self._signal_dbm = -50 - chance.randrange(25)
        self.prefix = prefix or self.name
        self.relays = [_Relay(number, vial) for number, vial in enumerate(vials)]

    @property
    def name(self) -> str:
        """Give the MQTT client id: the device's own."""
        return f"shellyplugsg3-{self._mac.lower()}"

    @property
    def vial(self) -> Vial:
        """Give the oil behind the first switch."""
        return self.relays[0].vial

    @property
    def will(self) -> Message:
        """Give the last will."""
        return self._message("online", b"false", retain=True)

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Give what it listens to, by how it is set up."""
        names = [f"{self.prefix}/rpc"] if self._settings.enable_rpc else []
        if self._settings.enable_control:
            names += ["shellies/command", f"{self.prefix}/command", f"{self.prefix}/command/+"]
        return tuple(names)

    def connected(self) -> list[Message]:
        """Give availability, and the whole status component by component."""
        said = [self._message("online", b"true", retain=True)]
        if self._settings.status_ntf:
            for name, part in self._status().items():
                said.append(self._message(f"status/{name}", _json(part)))
        return [*said, *self._notify({"mqtt": {"connected": True}})]

    def hear(self, topic: str, payload: bytes) -> list[Message]:
        """Obey an RPC or a bare command."""
        if topic == f"{self.prefix}/rpc":
            return self._rpc(payload)
        word = payload.decode(errors="replace")
        if topic in {"shellies/command", f"{self.prefix}/command"}:
            return self._everybody(word)
        for relay in self.relays:
            if topic == f"{self.prefix}/command/{relay.key}":
                return self._command(relay, word)
        return []

    def pass_time(self, seconds: float) -> list[Message]:
        """Let timers end, burn oil, count energy."""
        said: list[Message] = []
        self._since_report_s += seconds
        for relay in self.relays:
            watts = relay.watts
            relay.used_wh += watts * seconds / 3600
            if relay.is_on:
                relay.vial.use(RATE_UL_PER_H, seconds / 3600 * self._speed)
            if relay.timer is not None and self._unix() >= sum(relay.timer):
                said += self._set(relay, "timer", is_on=not relay.is_on)
            elif self._metered and relay.watts != watts:
                said += self._changed(relay, {"apower": relay.watts})
        if self._metered and self._since_report_s >= REPORT_EVERY_S:
            self._since_report_s = 0.0
            for relay in self.relays:
                said += self._changed(relay, {"aenergy": self._counter(relay)})
        return said

    def press(self) -> list[Message]:
        """Press the button on the device, which switches the first switch over."""
        relay = self.relays[0]
        event = {"component": "input:0", "id": 0, "event": "single_push", "ts": self._unix()}
        pressed = self._frame("NotifyEvent", {"ts": self._unix(), "events": [event]})
        return [*pressed, *self._set(relay, "button", is_on=not relay.is_on)]

    def overheat(self) -> list[Message]:
        """Let the first switch grow too hot: it switches off."""
        relay = self.relays[0]
        relay.errors = ["overtemp"]
        return [
            *self._set(relay, "limit", is_on=False),
            *self._changed(relay, {"errors": relay.errors}),
        ]

    def _rpc(self, payload: bytes) -> list[Message]:
        try:
            frame = json.loads(payload)
            source, method, request = frame["src"], frame["method"], frame["id"]
        except (ValueError, KeyError, TypeError):
            return []
        result, said = self._call(method, frame.get("params") or {})
        kind = "error" if "code" in result else "result"
        body = {"id": request, "src": self.name, "dst": source, kind: result}
        return [Message(f"{source}/rpc", _json(body), qos=1), *said]

    def _call(
        self, method: str, params: Mapping[str, object]
    ) -> tuple[dict[str, object], list[Message]]:
        whole = {
            "Shelly.GetDeviceInfo": self._info,
            "Shelly.GetConfig": self._config,
            "Shelly.GetStatus": self._status,
        }
        if method in whole:
            return whole[method](), []
        if method == "Sim.Press":
            return {}, self.press()
        if method not in {"Switch.Set", "Switch.GetStatus", "Sim.Refill"}:
            return {"code": _NO_HANDLER, "message": f"No handler for {method}"}, []
        number = params.get("id")
        relay = next((one for one in self.relays if one.number == number), None)
        if relay is None:
            text = f"Argument 'id', value {number} not found!"
            return {"code": _NO_INSTANCE, "message": text}, []
        if method == "Switch.GetStatus":
            return self._switch(relay), []
        if method == "Sim.Refill":
            relay.vial.remaining_ul = float(relay.vial.capacity_ul)
            return {}, self._changed(relay, {"apower": relay.watts})
        is_on, after_s = params.get("on"), params.get("toggle_after")
        if not isinstance(is_on, bool):
            return {"code": _BAD_ARGUMENT, "message": "Missing required argument 'on'!"}, []
        was_on = relay.is_on
        lasts_s = float(after_s) if isinstance(after_s, int | float) else None
        return {"was_on": was_on}, self._set(relay, "MQTT", is_on=is_on, lasts_s=lasts_s)

    def _everybody(self, word: str) -> list[Message]:
        if word == "announce":
            body = _json(self._info())
            return [Message("shellies/announce", body), self._message("announce", body)]
        if word == "status_update":
            return [self._message("status", _json(self._status()))]
        return []

    def _command(self, relay: _Relay, word: str) -> list[Message]:
        wanted = {"on": True, "off": False, "toggle": not relay.is_on}
        if word in wanted:
            return self._set(relay, "MQTT", is_on=wanted[word])
        if word == "status_update":
            return [self._message(f"status/{relay.key}", _json(self._switch(relay)))]
        return [self._message(f"error/{relay.key}", b"Invalid command")]

    def _set(
        self,
        relay: _Relay,
        source: str,
        *,
        is_on: bool,
        lasts_s: float | None = None,
    ) -> list[Message]:
        relay.is_on, relay.source = is_on, source
        change: dict[str, object] = {"output": is_on, "source": source}
        relay.timer = None if lasts_s is None else (self._unix(), lasts_s)
        if self._metered:
            change["apower"] = relay.watts
        return self._changed(relay, change | _timer(relay))

    def _changed(self, relay: _Relay, change: Mapping[str, object]) -> list[Message]:
        said = self._notify({relay.key: {"id": relay.number, **change}})
        if self._settings.status_ntf:
            said.append(self._message(f"status/{relay.key}", _json(self._switch(relay))))
        return said

    def _notify(self, parts: Mapping[str, object]) -> list[Message]:
        return self._frame("NotifyStatus", {"ts": self._unix(), **parts})

    def _frame(self, method: str, params: Mapping[str, object]) -> list[Message]:
        if not self._settings.rpc_ntf:
            return []
        body = {"src": self.name, "dst": f"{self.prefix}/events", "method": method}
        return [self._message("events/rpc", _json({**body, "params": params}))]

    def _switch(self, relay: _Relay) -> dict[str, object]:
        body: dict[str, object] = {"id": relay.number, "source": relay.source}
        body |= {"output": relay.is_on}
        if self._metered:
            body |= {"apower": relay.watts, "voltage": _VOLTS}
            body |= {"current": round(relay.watts / _VOLTS, 3), "aenergy": self._counter(relay)}
        body |= _timer(relay)
        if relay.errors:
            body["errors"] = relay.errors
        return body | {"temperature": {"tC": 31.2, "tF": 88.2}}

    def _counter(self, relay: _Relay) -> dict[str, object]:
        minute = int(self._unix()) // 60 * 60
        total = round(relay.used_wh, 3)
        return {"total": total, "by_minute": [0.0, 0.0, 0.0], "minute_ts": minute}

    def _status(self) -> dict[str, object]:
        switches = {relay.key: self._switch(relay) for relay in self.relays}
        wifi = {
            "sta_ip": "192.0.2.31",
            "status": "got ip",
            "ssid": "home",
            "rssi": self._signal_dbm,
        }
        system = {"mac": self._mac.upper(), "unixtime": int(self._unix()), "uptime": 4_711}
        return {"mqtt": {"connected": True}, **switches, "sys": system, "wifi": wifi}

    def _config(self) -> dict[str, object]:
        ours = self._settings
        mqtt = {"enable": True, "client_id": self.name, "topic_prefix": self.prefix}
        mqtt |= {"rpc_ntf": ours.rpc_ntf, "status_ntf": ours.status_ntf, "use_client_cert": False}
        mqtt |= {"enable_rpc": ours.enable_rpc, "enable_control": ours.enable_control}
        switches = {one.key: {"id": one.number, "name": None} for one in self.relays}
        device = {"name": self._room, "mac": self._mac.upper()}
        return {"mqtt": mqtt, **switches, "sys": {"device": device}}

    def _info(self) -> dict[str, object]:
        return {
            "name": self._room,
            "id": self.name,
            "mac": self._mac.upper(),
            "slot": 0,
            "model": "S3PL-00112EU",
            "gen": 3,
            "ver": "1.7.1",
            "app": "PlugSG3",
            "auth_en": False,
        }

    def _message(self, name: str, payload: bytes, *, retain: bool = False) -> Message:
        return Message(f"{self.prefix}/{name}", payload, qos=1, retain=retain)

    def _unix(self) -> float:
        return round(self._now().timestamp(), 2)


def shelly_home(*, now: Callable[[], datetime], chance: random.Random, speed: float) -> ShellyThing:
    """Give the plug of a simulated home, with a bowl in it."""
    vial = Vial("LAVFLD-30", "Lavender Field", 30_000, 30_000 * chance.uniform(0.2, 1.0))
    return ShellyThing("3CE90E4A5B6C", "Guest room", (vial,), now=now, chance=chance, speed=speed)


def _timer(relay: _Relay) -> dict[str, object]:
    if relay.timer is None:
        return {}
    return {"timer_started_at": relay.timer[0], "timer_duration": relay.timer[1]}


def _json(body: object) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()
