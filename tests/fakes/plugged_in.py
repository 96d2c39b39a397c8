"""One simulated device on a real broker, for as long as a block of a test."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import aiomqtt

from adapters.simulator.thing import Message, Thing
from tests.fakes.running import running
from tools.broker import Broker


class Plug:
    """Where a device is plugged in: what it says by itself goes through here."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client

    async def say(self, messages: Iterable[Message]) -> None:
        for message in messages:
            await self._client.publish(message.topic, message.payload, message.qos, message.retain)


@asynccontextmanager
async def plugged_in(broker: Broker, thing: Thing) -> AsyncIterator[Plug]:
    """Let a device live on the broker; it is pulled out, as by its cord, at the end."""
    will = aiomqtt.Will(thing.will.topic, thing.will.payload, thing.will.qos, thing.will.retain)
    async with aiomqtt.Client(broker.host, broker.port, identifier=thing.name, will=will) as client:
        await client.subscribe([(topic, 1) for topic in thing.subscriptions])
        plug = Plug(client)
        await plug.say(thing.connected())

        async def obey() -> None:
            async for message in client.messages:
                payload = message.payload if isinstance(message.payload, bytes) else b""
                await plug.say(thing.hear(str(message.topic), payload))
            await asyncio.Event().wait()

        async with running(obey):
            yield plug
