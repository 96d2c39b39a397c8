"""A bridge to Home Assistant, its home and its broker, by a clock that is told the time."""

import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from adapters.home_assistant.bridge import HomeAssistantBridge
from adapters.home_assistant.places import Places
from adapters.home_assistant.settings import HomeAssistantSettings
from scentd.ports import Publish
from tests.fakes.broker import FakeBroker
from tests.fakes.clock import ManualClock
from tests.fakes.platform_home import NOON, FakeHome, diffuser
from tests.fakes.running import running

PLACES = Places("hub")


class Bench:
    """A bridge, its home and its broker."""

    def __init__(self, *diffusers: Any) -> None:
        self.clock = ManualClock(NOON)
        self.broker = FakeBroker(self.clock)
        self.home = FakeHome(*diffusers or (diffuser(),))
        self.bridge = self.build()

    def build(self, **settings: Any) -> HomeAssistantBridge:
        self.bridge = HomeAssistantBridge(
            HomeAssistantSettings(**settings),
            PLACES,
            self.home,
            self.broker,
            self.broker,
            self.clock,
            draw=lambda: 0.5,
        )
        return self.bridge

    def running(self) -> AbstractAsyncContextManager[None]:
        """One life of the hub, in which nothing was told yet."""
        return running(self.build().run)

    @asynccontextmanager
    async def life(self, **settings: Any) -> AsyncIterator[None]:
        """One life of the hub, in which everything was told."""
        async with running(self.build(**settings).run):
            await self.pass_time(3)
            yield

    async def pass_time(self, seconds: float) -> None:
        """Let time pass while the broker delivers what is on the way."""
        for _ in range(round(seconds * 10)):
            self.broker.deliver()
            await self.clock.advance(0.1)

    async def say(self, topic: str, payload: str | bytes, *, retain: bool = False) -> None:
        raw = payload if isinstance(payload, bytes) else payload.encode()
        self.broker.say(topic, raw, retain=retain)
        self.broker.deliver()

    def told(self, since: int = 0) -> list[Publish]:
        return self.broker.published[since:]

    def mark(self) -> int:
        return len(self.broker.published)

    def kept(self, topic: str) -> Any:
        return json.loads(self.broker.retained[topic])
