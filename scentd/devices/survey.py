"""What a broker carries and what the hub makes of it, for people who set it up.

Unlike the registry it keeps nothing and commands nothing; it only listens, and asks around.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scentd.clock import Clock
from scentd.devices.discovering import Finder, Findings
from scentd.model.diffuser import Diffuser
from scentd.model.readings import Children
from scentd.model.topics import matches
from scentd.ports import Broker, DiffuserDialect, Inbound, Malformed, Publish

_MOST_TOPICS = 20_000
_FAMILY = {
    "homeassistant": "Home Assistant discovery",
    "zigbee2mqtt": "Zigbee2MQTT",
    "tasmota": "Tasmota",
    "tele": "Tasmota",
    "stat": "Tasmota",
    "cmnd": "Tasmota",
    "esphome": "ESPHome",
    "shellies": "Shelly",
    "homie": "Homie",
    "scent": "The Scent",
}
"""What a first level of topics usually belongs to."""


@dataclass(frozen=True, slots=True)
class Unexplained:
    """Topics below one first level that no dialect explains."""

    level: str
    family: str
    """What such topics usually belong to, "" when that is not known."""
    topics: int
    example: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What was seen: devices by id, topics by the dialect that explains them, and the rest."""

    devices: tuple[Diffuser, ...]
    topics: int
    explained: Mapping[str, int]
    unexplained: tuple[Unexplained, ...]
    malformed: Mapping[str, str]
    """Announcements that could not be read: topic and reason."""


@dataclass(slots=True)
class Survey:
    """Listen on a broker; `run` puts announcements in parts together until cancelled."""

    dialects: Mapping[str, DiffuserDialect]
    broker: Broker
    clock: Clock
    devices: dict[str, Diffuser] = field(default_factory=dict)
    _topics: set[str] = field(default_factory=set)
    _asked: set[str] = field(default_factory=set)
    _malformed: dict[str, str] = field(default_factory=dict)
    _finder: Finder = field(init=False)

    def __post_init__(self) -> None:
        findings = Findings(self._on_found, self._on_gone, self._on_children, self._on_malformed)
        self._finder = Finder(self.dialects, self, self.clock, findings)

    def start(self, *, hears_all: bool = True) -> None:
        """Listen, to everything when `hears_all`, and ask the devices that want to be asked."""
        self._finder.start()
        if hears_all:
            self.broker.watch("#", self.note)
        self._finder.ask_around()

    async def run(self) -> None:
        """Put announcements together until cancelled."""
        await self._finder.run()

    def publish(self, message: Publish) -> bool:
        """Send a question of a dialect, whose echo then is no news."""
        self._asked.add(message.topic)
        return self.broker.publish(message)

    def watch(self, topic_filter: str, handler: Callable[[Inbound], None]) -> Callable[[], None]:
        """Listen."""
        return self.broker.watch(topic_filter, handler)

    def note(self, inbound: Inbound) -> None:
        """Take note of a message."""
        if inbound.payload and len(self._topics) < _MOST_TOPICS:
            self._topics.add(inbound.topic)

    def picture(self) -> Picture:
        """Give what was seen until now."""
        explained: dict[str, int] = {}
        others: dict[str, list[str]] = {}
        of_devices = {
            topic: diffuser.dialect
            for diffuser in self.devices.values()
            for topic in self._topics_of(diffuser)
        }
        heard = sorted(self._topics - self._asked)
        for topic in heard:
            name = of_devices.get(topic) or self._announced_by(topic)
            if name is None:
                others.setdefault(topic.partition("/")[0], []).append(topic)
            else:
                explained[name] = explained.get(name, 0) + 1
        unexplained = (
            Unexplained(level, _FAMILY.get(level, ""), len(topics), topics[0])
            for level, topics in others.items()
        )
        return Picture(
            devices=tuple(self.devices[name] for name in sorted(self.devices)),
            topics=len(heard),
            explained=explained,
            unexplained=tuple(sorted(unexplained, key=lambda one: -one.topics)),
            malformed=dict(self._malformed),
        )

    def _topics_of(self, diffuser: Diffuser) -> tuple[str, ...]:
        dialect = self.dialects[diffuser.dialect]
        return (*dialect.topics(diffuser), *dialect.command_topics(diffuser))

    def _announced_by(self, topic: str) -> str | None:
        for name, dialect in self.dialects.items():
            if any(matches(one, topic) for one in dialect.discovery_filters()):
                return name
        return None

    def _on_found(self, diffuser: Diffuser, is_old: bool) -> None:  # noqa: ARG002, FBT001 - Findings
        self.devices[diffuser.id] = diffuser

    def _on_gone(self, diffuser_id: str) -> None:
        self.devices.pop(diffuser_id, None)

    def _on_children(self, dialect: str, children: Children) -> None:
        for diffuser in tuple(self.devices.values()):
            is_child = (diffuser.dialect, diffuser.bridge) == (dialect, children.bridge)
            if is_child and diffuser.id not in children.diffuser_ids:
                del self.devices[diffuser.id]

    def _on_malformed(self, topic: str, error: Malformed) -> None:
        self._malformed[topic] = error.reason
