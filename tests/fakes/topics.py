"""A broker link without a broker: what was published, and messages as a test wishes."""

from collections.abc import Callable

from scentd.ports import Inbound, Publish
from tests.fakes.clock import ManualClock


class FakeTopics:
    """Publisher and Subscriber at once, for exact topics. `echo` brings publishes back."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self._watchers: dict[str, list[Callable[[Inbound], None]]] = {}
        self.published: list[Publish] = []
        self.is_connected = True
        self.echo = False
        self.handled = 0

    def publish(self, message: Publish) -> bool:
        if not self.is_connected:
            return False
        self.published.append(message)
        if self.echo:
            self.deliver(message.topic, message.payload)
        return True

    def watch(self, topic_filter: str, handler: Callable[[Inbound], None]) -> Callable[[], None]:
        self._watchers.setdefault(topic_filter, []).append(handler)
        return lambda: self._watchers[topic_filter].remove(handler)

    def deliver(self, topic: str, payload: bytes, *, retained: bool = False) -> None:
        for handler in list(self._watchers.get(topic, [])):
            self.handled += 1
            handler(Inbound(topic, payload, retained, self._clock.now()))

    def watched(self) -> set[str]:
        return {topic for topic, handlers in self._watchers.items() if handlers}
