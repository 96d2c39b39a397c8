"""A broker within the test: says nothing by itself, delivers when told to, in order.

Fulfils the hub's Publisher and Subscriber; devices of the simulator may be plugged into it.
"""

from collections import deque
from collections.abc import Callable

from adapters.simulator.thing import Message, Thing
from scentd.clock import Clock
from scentd.mqtt.topics import TopicTree
from scentd.ports import Inbound, Publish

Handler = Callable[[Inbound], None]


class FakeBroker:
    """`published` is what the hub said, in order; `retained` what the broker keeps, by topic."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._handlers: TopicTree[Handler] = TopicTree()
        self._things: TopicTree[Thing] = TopicTree()
        self.retained: dict[str, bytes] = {}
        self._on_the_way: deque[Callable[[], None]] = deque()
        self.published: list[Publish] = []
        self.is_up = True

    def publish(self, message: Publish) -> bool:
        if not self.is_up:
            return False
        self.published.append(message)
        self.say(message.topic, message.payload, retain=message.retain)
        return True

    def watch(self, topic_filter: str, handler: Handler) -> Callable[[], None]:
        self._handlers.add(topic_filter, handler)
        for topic, payload in self.retained.items():
            only = TopicTree[Handler]()
            only.add(topic_filter, handler)
            for each in only.match(topic):
                self._send(each, topic, payload, is_retained=True)
        handlers = self._handlers
        return lambda: handlers.remove(topic_filter, handler)

    def say(self, topic: str, payload: bytes = b"", *, retain: bool = False) -> None:
        """Let anybody publish."""
        if retain:
            self.retained.pop(topic, None)
            if payload:
                self.retained[topic] = payload
        for thing in self._things.match(topic):
            self._on_the_way.append(lambda thing=thing: self._say_all(thing.hear(topic, payload)))
        for handler in self._handlers.match(topic):
            self._send(handler, topic, payload, is_retained=False)

    def say_again(self, message: Inbound, *, is_old: bool) -> None:
        """Deliver to the hub alone what was said before; `is_old`: as a retained message."""
        for handler in self._handlers.match(message.topic):
            self._send(handler, message.topic, message.payload, is_retained=is_old)

    def forget_watchers(self) -> None:
        """Let whoever watched be gone, and what was on its way to them."""
        self._handlers = TopicTree()
        self._on_the_way.clear()

    def plug_in(self, thing: Thing) -> None:
        """Let a device come onto the network."""
        self.unsilence(thing)
        self._say_all(thing.connected())

    def pull_out(self, thing: Thing) -> None:
        """Let a device vanish; its will speaks."""
        self.silence(thing)
        self._say_all([thing.will])

    def silence(self, thing: Thing) -> None:
        """Let a device hear nothing any more while it seems to be there."""
        for topic_filter in thing.subscriptions:
            self._things.remove(topic_filter, thing)

    def unsilence(self, thing: Thing) -> None:
        """Let it hear again."""
        for topic_filter in thing.subscriptions:
            self._things.add(topic_filter, thing)

    def let(self, messages: list[Message]) -> None:
        """Publish what a device just said by itself."""
        self._say_all(messages)
        self.deliver()

    def deliver(self) -> None:
        """Deliver everything on the way, and the answers to it."""
        while self._on_the_way:
            self._on_the_way.popleft()()

    def _say_all(self, messages: list[Message]) -> None:
        for message in messages:
            self.say(message.topic, message.payload, retain=message.retain)

    def _send(self, handler: Handler, topic: str, payload: bytes, *, is_retained: bool) -> None:
        inbound = Inbound(topic, payload, is_retained, self._clock.now())
        self._on_the_way.append(lambda: handler(inbound))
