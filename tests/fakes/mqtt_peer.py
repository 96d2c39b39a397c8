"""Somebody else on the broker: says things to the hub and hears what it says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import aiomqtt

from tools.broker import Broker


@dataclass(frozen=True)
class Heard:
    """One message as the peer got it."""

    topic: str
    payload: bytes
    is_retained: bool
    qos: int
    expires_in_s: int | None
    """None: never, or the peer speaks MQTT 3.1.1."""


@dataclass
class Peer:
    """A second client; `heard` grows with every message of the filters it listens to."""

    client: aiomqtt.Client
    heard: list[Heard] = field(default_factory=list)

    async def say(
        self, topic: str, payload: bytes | str = b"", *, qos: int = 1, retain: bool = False
    ) -> None:
        await self.client.publish(topic, payload, qos=qos, retain=retain)

    def payloads(self, topic: str) -> list[bytes]:
        return [message.payload for message in self.heard if message.topic == topic]


@asynccontextmanager
async def peer_of(broker: Broker, *filters: str, **sign_in: Any) -> AsyncIterator[Peer]:
    """A connected peer that listens to these filters."""
    async with aiomqtt.Client(broker.host, broker.port, **sign_in) as client:
        peer = Peer(client)
        for topic_filter in filters:
            await client.subscribe(topic_filter, qos=1)
        listening = asyncio.create_task(_listen(peer), name="mqtt peer")
        try:
            yield peer
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError, aiomqtt.MqttError):
                await listening


async def _listen(peer: Peer) -> None:
    async for message in peer.client.messages:
        payload = message.payload if isinstance(message.payload, bytes) else b""
        expires_in_s = getattr(message.properties, "MessageExpiryInterval", None)
        heard = Heard(str(message.topic), payload, bool(message.retain), message.qos, expires_in_s)
        peer.heard.append(heard)
