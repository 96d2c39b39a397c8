"""A short visit at the hub's broker, beside a hub that may be running, that leaves nothing there.

No will, no status, a client id of its own: nobody in the house notices.
"""

import secrets
from collections.abc import Callable
from types import TracebackType
from typing import Self

from scentd.clock import Clock
from scentd.model.topics import is_filter, is_topic
from scentd.mqtt.errors import BrokerLost, BrokerTooOld
from scentd.mqtt.intake import Handler, Intake
from scentd.mqtt.session import Session
from scentd.mqtt.settings import MqttSettings
from scentd.mqtt.topics import TopicTree
from scentd.ports import Publish


class Visit:
    """Publisher and Subscriber while the visit lasts: `async with Visit(…) as visit`.

    Entering raises BrokerLost. `announcements` are as in BrokerLink; `warnings` are the refusals of
    the broker, in words.
    """

    def __init__(
        self, settings: MqttSettings, clock: Clock, *, announcements: tuple[str, ...] = ()
    ) -> None:
        self._settings = settings.model_copy(update={"name": f"visit-{secrets.token_hex(4)}"})
        self._handlers: TopicTree[Handler] = TopicTree()
        self._intake = Intake(self._settings, clock, self._handlers, announcements)
        self._session: Session | None = None
        self.warnings: list[str] = []

    async def __aenter__(self) -> Self:
        """Connect."""
        self._session = await self._open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Say goodbye."""
        if self._session is not None:
            await self._session.close()

    @property
    def received(self) -> int:
        """Give how many messages came."""
        return self._intake.received

    @property
    def lost(self) -> BrokerLost | None:
        """Say why the connection ended before its time; None while it stands."""
        if self._session is not None and self._session.lost.done():
            return self._session.lost.result()
        return None

    def publish(self, message: Publish) -> bool:
        """Hand a message to the broker; False when the connection is gone."""
        if not is_topic(message.topic):
            raise ValueError(f"{message.topic!r} is not a topic")
        return self._session is not None and self._session.publish(message)

    def watch(self, topic_filter: str, handler: Handler) -> Callable[[], None]:
        """Call `handler` with each message matching the filter; the answer ends it."""
        if not is_filter(topic_filter):
            raise ValueError(f"{topic_filter!r} is not a topic filter")
        self._handlers.add(topic_filter, handler)
        if self._session is not None:
            self._session.subscribe([topic_filter])
        return lambda: self._handlers.remove(topic_filter, handler)

    async def _open(self) -> Session:
        if self._settings.version == "3.1.1":
            return await self._open_as(is_version_5=False)
        try:
            return await self._open_as(is_version_5=True)
        except BrokerTooOld:
            if self._settings.version == "5":
                raise
        return await self._open_as(is_version_5=False)

    async def _open_as(self, *, is_version_5: bool) -> Session:
        session = Session(
            self._settings,
            will=None,
            is_version_5=is_version_5,
            hear=self._intake.hear,
            warn=self.warnings.append,
        )
        try:
            await session.open()
        except BaseException:
            session.abandon()
            raise
        return session
