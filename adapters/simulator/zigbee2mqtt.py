"""A Zigbee2MQTT bridge with its devices, as its source says it speaks: 2.x, or 1.x in plain words.

It also obeys `bridge/request/device/rename`. Beyond that it listens to `sim/press`, `sim/refill`,
`sim/away`, `sim/back` and `sim/leave` below its base topic, each with the name of a device: there
stands a person.
"""

import json
import random
from collections.abc import Callable, Iterator
from datetime import datetime

from adapters.simulator.thing import Message, Vial
from adapters.simulator.zigbee import Node, State
from adapters.simulator.zigbee_models import metering_plug, mist, plain_plug, strip

REPORT_EVERY_S = 10.0
"""How often what a device measures is told, if it changed: the default of reporting power."""
_COORDINATOR = "0x00124b0018f2a7c4"
_WORDS = frozenset({"ON", "OFF", "TOGGLE"})


class Zigbee2mqttThing:
    """One bridge: everything its devices say comes from it.

    `version` 1 says availability as plain words. Without `availability` nobody tells of it. Without
    `is_cached` a message holds only what changed.
    """

    def __init__(
        self,
        nodes: tuple[Node, ...],
        *,
        chance: random.Random,
        speed: float = 1.0,
        base: str = "zigbee2mqtt",
        version: int = 2,
        availability: bool = True,
        is_cached: bool = True,
    ) -> None:
        self.nodes = list(nodes)
        self._chance = chance
        self._speed = speed
        self._base = base
        self._version = version
        self._availability = availability
        self._is_cached = is_cached
        self._since_report_s = 0.0
        self._unsaid: dict[str, State] = {}

    @property
    def name(self) -> str:
        """Give the MQTT client id."""
        return f"mqttjs_{self._base.replace('/', '_')}"

    @property
    def will(self) -> Message:
        """Give the last will: the bridge's own state."""
        return self._bridge_state("offline")

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Give its filters; the bridge itself listens to all below its base topic."""
        names = ("+/set", "+/get", "+/+/set", "+/+/get", "+/set/+", "+/+/set/+", "sim/+")
        return (*(f"{self._base}/{name}" for name in names), f"{self._base}/bridge/request/#")

    def connected(self) -> list[Message]:
        """Give the bridge's state, settings and list, then availability and the last states."""
        said = [self._bridge_state("online"), self._info(), self._devices(), self._groups()]
        said += [message for node in self.nodes for message in self._there(node)]
        if self._is_cached:
            said += [self._state(node, node.state) for node in self.nodes]
        return said

    def hear(self, topic: str, payload: bytes) -> list[Message]:
        """Obey commands for devices and for the bridge."""
        path = topic.removeprefix(f"{self._base}/")
        text = payload.decode(errors="replace")
        if path.startswith("sim/"):
            return self._person(path.removeprefix("sim/"), text)
        if path == "bridge/request/device/rename":
            return self._rename(_object(text) or {})
        for node in self.nodes:
            if path.startswith(f"{node.name}/") and node.is_there:
                return self._told(node, path.removeprefix(f"{node.name}/"), text)
        return []

    def pass_time(self, seconds: float) -> list[Message]:
        """Let every device age; what it measures is told now and then, all else at once."""
        said: list[Message] = []
        self._since_report_s += seconds
        is_due = self._since_report_s >= REPORT_EVERY_S
        self._since_report_s = 0.0 if is_due else self._since_report_s
        for node in self.nodes:
            news = self._unsaid.setdefault(node.ieee, {})
            news |= node.pass_time(seconds, self._speed)
            is_urgent = any(key.startswith(("state", "countdown", "water")) for key in news)
            if news and node.is_there and (is_due or is_urgent):
                said.append(self._state(node, news))
                news.clear()
        return said

    def press(self) -> list[Message]:
        """Let somebody press the button of one of the devices."""
        node = self._chance.choice(self.nodes)
        return [self._state(node, node.press())] if node.is_there else []

    def _told(self, node: Node, path: str, text: str) -> list[Message]:
        verb, _, key = path.partition("/")
        if verb == "get":
            read = node.read(_object(text) or {})
            return [self._state(node, read)] if read else []
        if verb != "set":
            return []
        asked = {key: _plain(text)} if key else _object(text)
        if asked is None and text.upper() in _WORDS:
            asked = {"state": text}
        told = node.obey(asked or {})
        return [self._state(node, told)] if told else []

    def _person(self, what: str, name: str) -> list[Message]:
        node = next((one for one in self.nodes if one.name == name), self.nodes[0])
        if what == "press" and node.is_there:
            return [self._state(node, node.press())]
        if what == "refill":
            for vial in node.oil.values():
                vial.remaining_ul = float(vial.capacity_ul)
        if what in {"away", "back"}:
            node.is_there = what == "back"
            return list(self._there(node))
        if what == "leave":
            self.nodes.remove(node)
            return [self._devices()]
        return []

    def _rename(self, asked: State) -> list[Message]:
        node = next((one for one in self.nodes if one.name == asked.get("from")), None)
        if node is None or not isinstance(asked.get("to"), str):
            return [self._at("bridge/response/device/rename", {"status": "error", "data": {}})]
        before, node.name = node.name, str(asked["to"])
        said = [self._devices()]
        if self._availability:
            gone = Message(f"{self._base}/{before}/availability", b"", qos=1, retain=True)
            said += [gone, *self._there(node)]
        answer = {"status": "ok", "data": {"from": before, "to": node.name}}
        return [*said, self._at("bridge/response/device/rename", answer)]

    def _there(self, node: Node) -> Iterator[Message]:
        if self._availability:
            word = "online" if node.is_there else "offline"
            topic = f"{self._base}/{node.name}/availability"
            yield Message(topic, self._word(word), qos=1, retain=True)

    def _state(self, node: Node, told: State) -> Message:
        body = {**node.state, **told} if self._is_cached else dict(told)
        body["linkquality"] = 60 + self._chance.randrange(120)
        return self._at(node.name, dict(sorted(body.items())), retain=False)

    def _bridge_state(self, word: str) -> Message:
        return Message(f"{self._base}/bridge/state", self._word(word), qos=1, retain=True)

    def _word(self, word: str) -> bytes:
        return word.encode() if self._version == 1 else json.dumps({"state": word}).encode()

    def _info(self) -> Message:
        on: object = {"enabled": self._availability, "active": {"timeout": 10}}
        config = {
            "advanced": {"output": "json", "cache_state": self._is_cached},
            "availability": self._availability if self._version == 1 else on,
            "devices": {node.ieee: {"friendly_name": node.name} for node in self.nodes},
            "mqtt": {"base_topic": self._base},
        }
        about = {"version": "1.42.0" if self._version == 1 else "2.12.1", "permit_join": False}
        return self._at("bridge/info", about | {"config": config, "restart_required": False})

    def _devices(self) -> Message:
        head = {"ieee_address": _COORDINATOR, "type": "Coordinator", "friendly_name": "Coordinator"}
        known = {"disabled": False, "interviewing": False, "interview_completed": True}
        listed: list[State] = [head | known | {"supported": True, "definition": None}]
        for node in self.nodes:
            about = {"ieee_address": node.ieee, "type": "Router", "friendly_name": node.name}
            power = {"power_source": "Mains (single phase)", "software_build_id": "1.0.5"}
            listed.append(
                about | known | power | {"supported": True, "definition": node.definition}
            )
        return self._at("bridge/devices", listed)

    def _groups(self) -> Message:
        members = [{"ieee_address": node.ieee, "endpoint": 1} for node in self.nodes]
        return self._at("bridge/groups", [{"id": 1, "friendly_name": "all", "members": members}])

    def _at(self, name: str, body: object, *, retain: bool = True) -> Message:
        is_answer = name.startswith("bridge/response")
        payload = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        return Message(f"{self._base}/{name}", payload, retain=retain and not is_answer)


def zigbee_home(
    *,
    now: Callable[[], datetime],  # noqa: ARG001 - every maker is told the time
    chance: random.Random,
    speed: float,
) -> Zigbee2mqttThing:
    """Give the bridge of a simulated home: a strip, two plugs and a diffuser."""
    vials = [Vial("FIGLVS-30", "Fig Leaves", 30_000, 30_000 * chance.random()) for _ in range(5)]
    nodes = (
        metering_plug("0xa4c138a90b21c3d4", "study/bowl", vials[0]),
        plain_plug("0x90fd9ffffe31b0a2", "landing", vials[1]),
        strip("0xa4c1385fe7d80001", "window", vials[2], vials[3]),
        mist("0x00158d0009c0ffee", "nursery", vials[4]),
    )
    return Zigbee2mqttThing(nodes, chance=chance, speed=speed)


def _object(text: str) -> State | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _plain(text: str) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value
