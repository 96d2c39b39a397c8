"""A broker link of the hub for tests, with the news it told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from scentd.bus import Bus
from scentd.clock import SystemClock
from scentd.model.events import BrokerLink as BrokerNews
from scentd.mqtt.link import BrokerLink
from scentd.mqtt.settings import MqttSettings
from scentd.ports import Inbound
from tests.fakes.running import running
from tests.fakes.waiting import eventually
from tools.broker import Broker


class HubLink:
    """A link on a bus of its own; `heard` are the messages of `listen`."""

    def __init__(
        self, broker: Broker, *, announcements: tuple[str, ...] = (), **settings: object
    ) -> None:
        self.bus = Bus()
        self.news: list[BrokerNews] = []
        self.bus.subscribe(BrokerNews, self.news.append)
        # Short waits: the tests are about what happens after them.
        waits = {"backoff_ceiling_loopback_s": 0.2, "backoff_ceiling_s": 0.2}
        chosen = {"host": broker.host, "port": broker.port, **waits, **settings}
        self.link = BrokerLink(
            MqttSettings.model_validate(chosen),
            SystemClock(),
            self.bus,
            announcements=announcements,
        )
        self.heard: list[Inbound] = []

    def listen(self, *filters: str) -> None:
        for topic_filter in filters:
            self.link.watch(topic_filter, self.heard.append)

    def payloads(self, topic: str) -> list[bytes]:
        return [message.payload for message in self.heard if message.topic == topic]


@asynccontextmanager
async def connected(hub: HubLink) -> AsyncIterator[HubLink]:
    """Run the link and wait until it has the broker."""
    async with running(hub.link.run):
        await eventually(lambda: hub.link.is_connected)
        yield hub
