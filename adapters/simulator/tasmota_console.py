"""What every device under Tasmota has: its topics, its announcement, its way to answer."""

import json
from collections.abc import Mapping, Sequence

from adapters.simulator.thing import Message

MOST_RELAYS = 32


class TasmotaConsole:
    """The firmware's side of one device, as a household has set it up.

    `full_topic` and `prefixes` say where its topics are, `own_topics` is SetOption4, `words` are
    those of its availability, online first.
    """

    def __init__(
        self,
        mac: str,
        *,
        topic: str = "",
        full_topic: str = "%prefix%/%topic%/",
        prefixes: tuple[str, str, str] = ("cmnd", "stat", "tele"),
        own_topics: bool = False,
        words: tuple[str, str] = ("Online", "Offline"),
    ) -> None:
        self.mac = mac
        self.own_topics = own_topics
        self._topic = topic or f"tasmota_{mac[6:]}"
        self._full_topic = full_topic
        self._prefixes = prefixes
        self._words = words

    @property
    def name(self) -> str:
        """Give the MQTT client id, as the firmware makes it."""
        return f"DVES_{self.mac[6:]}"

    @property
    def will(self) -> Message:
        """Give the last will."""
        return Message(self.tele("LWT"), self._words[1].encode(), qos=1, retain=True)

    @property
    def birth(self) -> Message:
        """Give the word of being there."""
        return Message(self.tele("LWT"), self._words[0].encode(), qos=1, retain=True)

    @property
    def commands(self) -> str:
        """Give the filter of its commands."""
        return f"{self._path(0)}#"

    def rename(self, topic: str) -> None:
        """Give it another topic, as the household may at any time."""
        self._topic = topic

    def command_of(self, topic: str) -> str:
        """Give a command's name in capitals."""
        return topic.removeprefix(self._path(0)).upper()

    def stat(self, name: str) -> str:
        """Give a topic of answers."""
        return f"{self._path(1)}{name}"

    def tele(self, name: str) -> str:
        """Give a topic of telemetry."""
        return f"{self._path(2)}{name}"

    def result(self, command: str, body: Mapping[str, object]) -> Message:
        """Answer a command."""
        return Message(self.stat(command if self.own_topics else "RESULT"), as_json(body))

    def announcements(
        self,
        names: Sequence[str],
        module: str,
        relays: Sequence[int],
        *,
        is_tuya: bool = False,
        light: int = 0,
        sensors: Mapping[str, object] | None = None,
    ) -> list[Message]:
        """Give both announcements; `names` are the device's and its relays', kinds as in `rl`."""
        body = {
            "ip": "192.0.2.10",
            "dn": names[0],
            "fn": [*names, *[None] * (8 - len(names))],
            "hn": f"tasmota-{self.mac[6:]}-4711",
            "mac": self.mac,
            "md": module,
            "ty": int(is_tuya),
            "if": 0,
            "cam": 0,
            "ofln": self._words[1],
            "onln": self._words[0],
            "state": ["OFF", "ON", "TOGGLE", "HOLD"],
            "sw": "15.5.0",
            "t": self._topic,
            "ft": self._full_topic,
            "tp": list(self._prefixes),
            "rl": [*relays, *[0] * (MOST_RELAYS - len(relays))],
            "swc": [-1] * 8,
            "swn": [None] * 8,
            "btn": [0] * 8,
            "so": {
                "4": int(self.own_topics),
                "11": 0,
                "13": 0,
                "17": 0,
                "20": 0,
                "30": 0,
                "68": 0,
                "73": 0,
                "82": 0,
                "114": 0,
                "117": 0,
            },
            "lk": 0,
            "lt_st": light,
            "bat": 0,
            "dslp": 0,
            "sho": [],
            "sht": [],
            "ver": 1,
        }
        told = {"sn": {"Time": "2026-03-02T12:00:00", **(sensors or {})}, "ver": 1}
        at = f"tasmota/discovery/{self.mac}"
        return [
            Message(f"{at}/config", as_json(body), retain=True),
            Message(f"{at}/sensors", as_json(told), retain=True),
        ]

    def _path(self, prefix: int) -> str:
        full = self._full_topic
        if "%prefix%" not in full:
            full += "/%prefix%"  # as the firmware itself does
        path = full.replace("%prefix%", self._prefixes[prefix])
        path = path.replace("%topic%", self._topic).replace("%id%", self.mac[6:])
        return f"{path.rstrip('/')}/"


def as_json(body: Mapping[str, object]) -> bytes:
    """Write a message."""
    return json.dumps(body, separators=(",", ":")).encode()
