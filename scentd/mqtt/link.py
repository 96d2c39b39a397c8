"""The hub's link to its broker: kept alive, resubscribed after each loss, bounded in memory.

Messages are handled on the loop as they come, without a task switch; what comes faster than the
house can think waits in the inbox. Each connection begins clean: what a device was asked before
a loss is never delivered late by the broker.
"""

import asyncio
import ipaddress
import json
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata

from scentd.bus import Bus
from scentd.clock import Clock
from scentd.model.events import BrokerLink as BrokerNews
from scentd.model.reasons import Reason
from scentd.model.topics import is_filter, is_topic
from scentd.mqtt.backoff import Backoff
from scentd.mqtt.errors import BrokerLost, BrokerTooOld
from scentd.mqtt.intake import Handler, Intake
from scentd.mqtt.session import Session
from scentd.mqtt.settings import MqttSettings
from scentd.mqtt.topics import TopicTree
from scentd.ports import Publish

_log = logging.getLogger(__name__)
_UNTRIED = "The hub has not tried to reach the broker yet."


@dataclass(frozen=True, slots=True)
class LinkCounters:
    """What passed since the start of the hub.

    `dropped` messages found the inbox full; `oversized` and `unreadable` ones (a topic that is
    not UTF-8) were not handed on; `handler_failures` counts our own bugs.
    """

    connects: int
    received: int
    published: int
    dropped: int
    oversized: int
    unreadable: int
    handler_failures: int


class BrokerLink:
    """Publisher and Subscriber over one broker connection that `run` keeps alive.

    `announcements` are the filters on which devices announce themselves, at length where a bridge
    speaks for many. `draw` gives numbers in 0..1 for the jitter of reconnects.
    """

    def __init__(
        self,
        settings: MqttSettings,
        clock: Clock,
        bus: Bus,
        *,
        announcements: tuple[str, ...] = (),
        draw: Callable[[], float] = secrets.SystemRandom().random,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._bus = bus
        self._backoff = Backoff(
            first_s=settings.backoff_first_s, factor=settings.backoff_factor, draw=draw
        )
        self._boot_id = secrets.token_hex(8)
        self._version = ""
        self._handlers: TopicTree[Handler] = TopicTree()
        self._intake = Intake(settings, clock, self._handlers, announcements)
        self._watchers: dict[str, int] = {}
        self._changed: dict[str, None] = {}
        self._session: Session | None = None
        self._reason: Reason | None = Reason("broker_untried", english=_UNTRIED)
        self._is_broker_old = False
        self._connects = 0
        self._published = 0

    @property
    def is_connected(self) -> bool:
        """Say whether messages can go out now."""
        return self._session is not None

    @property
    def reason(self) -> Reason | None:
        """Say why there is no connection, with the next step in its words; None with one."""
        return self._reason

    @property
    def counters(self) -> LinkCounters:
        """Give the counts of this moment."""
        return LinkCounters(
            connects=self._connects,
            received=self._intake.received,
            published=self._published,
            dropped=self._intake.dropped,
            oversized=self._intake.oversized,
            unreadable=self._intake.unreadable,
            handler_failures=self._intake.handler_failures,
        )

    def publish(self, message: Publish) -> bool:
        """Hand a message to the broker; False when there is no connection or it is jammed.

        Raises ValueError for a topic nobody may publish to: brokers end the connection for it.
        """
        if not is_topic(message.topic):
            raise ValueError(f"{message.topic!r} is not a topic")
        if self._session is None or not self._session.publish(message):
            return False
        self._published += 1
        return True

    def watch(self, topic_filter: str, handler: Handler) -> Callable[[], None]:
        """Call `handler` with each message matching the filter; the answer ends it.

        Retained messages come again to all watchers of a filter when one more joins, and after
        each reconnect. A topic that two different filters match may be heard twice (MQTT 5
        allows it, mosquitto does). Raises ValueError for what is no topic filter.
        """
        if not is_filter(topic_filter):
            raise ValueError(f"{topic_filter!r} is not a topic filter")
        self._handlers.add(topic_filter, handler)
        self._watchers[topic_filter] = self._watchers.get(topic_filter, 0) + 1
        self._note_change(topic_filter)
        is_watching = True

        def end() -> None:
            nonlocal is_watching
            if is_watching:
                is_watching = False
                self._unwatch(topic_filter, handler)

        return end

    async def run(self) -> None:
        """Keep the connection until cancelled; then say goodbye within half a second."""
        self._version = _version()
        try:
            while True:
                lost = await self._attend_connection()
                await self._clock.sleep(self._backoff.next_s(self._ceiling_s(lost)))
        finally:
            if self._session is not None:
                session, self._session = self._session, None
                await session.close(self._status("stopping"))

    async def _attend_connection(self) -> BrokerLost:
        try:
            session = await self._open()
        except BrokerLost as error:
            self._tell_lost(error)
            return error
        since = self._clock.monotonic()
        self._welcome(session)
        lost = await asyncio.shield(session.lost)
        self._session = None
        if self._clock.monotonic() - since >= self._settings.healthy_after_s:
            self._backoff.reset()
        self._tell_lost(lost)
        return lost

    async def _open(self) -> Session:
        if self._settings.version == "3.1.1":
            return await self._open_as(is_version_5=False)
        try:
            return await self._open_as(is_version_5=not self._is_broker_old)
        except BrokerTooOld:
            if self._settings.version == "5":
                raise
        except BrokerLost:
            self._is_broker_old = False
            raise
        session = await self._open_as(is_version_5=False)
        self._is_broker_old = True
        return session

    async def _open_as(self, *, is_version_5: bool) -> Session:
        session = Session(
            self._settings,
            will=self._status("offline"),
            is_version_5=is_version_5,
            hear=self._intake.hear,
            warn=_log.warning,
        )
        try:
            await session.open()
        except BaseException:
            session.abandon()
            raise
        return session

    def _welcome(self, session: Session) -> None:
        self._session = session
        self._connects += 1
        self._reason = None
        session.publish(self._status("online"))
        session.subscribe(self._watchers)
        self._changed.clear()
        _log.info("connected to the broker at %s:%d", self._settings.host, self._settings.port)
        self._bus.publish(BrokerNews(at=self._clock.now(), connected=True))

    def _tell_lost(self, lost: BrokerLost) -> None:
        if lost.because == self._reason:
            return
        self._reason = lost.because
        _log.warning("%s", lost.because)
        self._bus.publish(BrokerNews(at=self._clock.now(), connected=False, reason=lost.because))

    def _ceiling_s(self, lost: BrokerLost) -> float:
        if _is_loopback(self._settings.host) and not lost.is_permanent:
            return self._settings.backoff_ceiling_loopback_s
        return self._settings.backoff_ceiling_s

    def _status(self, status: str) -> Publish:
        facts = {"status": status, "version": self._version, "boot_id": self._boot_id}
        topic = f"scent/hub/{self._settings.name}/status"
        return Publish(topic, json.dumps(facts).encode(), qos=1, retain=True)

    def _unwatch(self, topic_filter: str, handler: Handler) -> None:
        self._handlers.remove(topic_filter, handler)
        self._watchers[topic_filter] -= 1
        if not self._watchers[topic_filter]:
            del self._watchers[topic_filter]
            self._note_change(topic_filter)

    def _note_change(self, topic_filter: str) -> None:
        if self._session is None:
            return
        if not self._changed:
            asyncio.get_running_loop().call_soon(self._tell_changes)
        self._changed[topic_filter] = None

    def _tell_changes(self) -> None:
        # One packet for all that changed in a turn: finding 50 devices adds 300 filters.
        changed, self._changed = self._changed, {}
        if self._session is not None:
            self._session.subscribe([name for name in changed if name in self._watchers])
            self._session.unsubscribe([name for name in changed if name not in self._watchers])


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _version() -> str:
    try:
        return metadata.version("scentd")
    except metadata.PackageNotFoundError:
        return "not installed"
