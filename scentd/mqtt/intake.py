"""What comes from the broker: handed to whoever watches, a bounded number waiting in between."""

import asyncio
import logging
from collections.abc import Callable

from scentd.clock import Clock, Throttle
from scentd.model.topics import matches
from scentd.mqtt.inbox import Inbox
from scentd.mqtt.packets import Incoming
from scentd.mqtt.session import Session
from scentd.mqtt.settings import MqttSettings
from scentd.mqtt.topics import TopicTree
from scentd.ports import Inbound

_log = logging.getLogger(__name__)

MESSAGES_A_TURN = 32
"""Messages handled before other tasks get the loop: about 3 ms at 100 µs each."""

Handler = Callable[[Inbound], None]


class Intake:
    """Hand messages on at once; what comes faster than the house can think waits in the inbox.

    A message of QoS 1 is acknowledged when it was handed on, so that the broker, too, holds
    back. `handlers` says who gets which topic, `announcements` are the filters on which a message
    may be as long as announcements may.
    """

    def __init__(
        self,
        settings: MqttSettings,
        clock: Clock,
        handlers: TopicTree[Handler],
        announcements: tuple[str, ...] = (),
    ) -> None:
        self._settings = settings
        self._announcements = announcements
        self._clock = clock
        self._handlers = handlers
        self._inbox: Inbox[tuple[Session, Incoming]] = Inbox(settings.inbox_messages)
        self._warnings = Throttle(clock, every_s=60.0)
        self.received = 0
        self.oversized = 0
        self.unreadable = 0
        self.handler_failures = 0

    @property
    def dropped(self) -> int:
        """Give the number of messages that found the inbox full."""
        return self._inbox.dropped

    def hear(self, session: Session, messages: list[Incoming]) -> None:
        """Take messages of that connection in, in order."""
        at_once = 0 if self._inbox else MESSAGES_A_TURN
        for message in messages[:at_once]:
            self._deliver(session, message)
        if at_once and len(messages) > at_once:
            asyncio.get_running_loop().call_soon(self._drain)
        for message in messages[at_once:]:
            self._keep(session, message)

    def _keep(self, session: Session, message: Incoming) -> None:
        is_cheap = message.qos == 0 and not message.is_retained
        lost = self._inbox.put((session, message), is_cheap=is_cheap)
        if lost is None:
            return
        self._warn("inbox", "More messages come than the hub can handle; old ones are dropped.")
        if lost[1].qos:
            lost[0].acknowledge(lost[1].mid)

    def _drain(self) -> None:
        for _ in range(min(MESSAGES_A_TURN, len(self._inbox))):
            self._deliver(*self._inbox.take())
        if self._inbox:
            asyncio.get_running_loop().call_soon(self._drain)

    def _deliver(self, session: Session, message: Incoming) -> None:
        topic, payload, qos, mid, is_retained = message
        self.received += 1
        if topic is None:
            self.unreadable += 1
            self._warn("topic", "A message on a topic that is not UTF-8 was ignored.")
        elif payload is None or self._is_too_long(topic, len(payload)):
            self.oversized += 1
            self._warn(topic, f"A message on {topic} is too long and was ignored.")
        else:
            inbound = Inbound(topic, payload, is_retained, self._clock.now())
            for handler in self._handlers.match(topic):
                self._call(handler, inbound)
        if qos:
            session.acknowledge(mid)

    def _is_too_long(self, topic: str, size_bytes: int) -> bool:
        if size_bytes <= self._settings.max_payload_bytes:
            return False
        is_announcement = any(matches(one, topic) for one in self._announcements)
        return not is_announcement or size_bytes > self._settings.max_announcement_bytes

    def _call(self, handler: Handler, inbound: Inbound) -> None:
        try:
            handler(inbound)
        except Exception:  # noqa: BLE001 - one handler's bug must not end the connection
            self.handler_failures += 1
            _log.exception("a handler of %s failed", inbound.topic)

    def _warn(self, key: str, words: str) -> None:
        if self._warnings.lets_pass(key):
            _log.warning("%s", words)
