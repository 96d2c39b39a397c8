"""Put simulated devices on a broker, each on a connection of its own, so that its will works."""

import asyncio
import logging
import random
import socket
from collections.abc import Iterable
from dataclasses import dataclass

import aiomqtt

from adapters.simulator.household import things
from adapters.simulator.thing import Message, Thing
from scentd.clock import Clock, SystemClock

_log = logging.getLogger(__name__)

TICK_S = 1.0
RECONNECT_S = 2.0
_WORDS = 1_000
"""Messages a device has on the way at most; then it waits, as its small memory would make it."""
AWAY_S = (5.0, 30.0)
"""How long a device that dropped off stays away, at least and at most."""


@dataclass(frozen=True)
class FleetOptions:
    """What `scentd simulate` may be told.

    `speed` multiplies how fast oil falls, never the clock. `drop_offs_per_hour` and
    `buttons_per_hour` are per device, on average. The same `seed` gives the same devices.
    """

    host: str = "127.0.0.1"
    port: int = 1883
    username: str | None = None
    password: str | None = None
    count: int = 4
    speed: float = 1.0
    seed: int = 0
    drop_offs_per_hour: float = 0.0
    buttons_per_hour: float = 0.0


async def run_fleet(options: FleetOptions, clock: Clock | None = None) -> None:
    """Live the devices' lives until cancelled; a broker that is away is waited for."""
    clock = clock or SystemClock()
    fleet = things(options.count, now=clock.now, speed=options.speed, seed=options.seed)
    async with asyncio.TaskGroup() as lives:
        for number, thing in enumerate(fleet):
            chance = random.Random(options.seed * 7_919 + number)  # noqa: S311 - no secret
            life = _Life(thing, options, clock, chance)
            lives.create_task(life.live(), name=f"simulated {thing.name}")


class _Life:
    """One device from switch-on to the end of the simulation."""

    def __init__(
        self, thing: Thing, options: FleetOptions, clock: Clock, chance: random.Random
    ) -> None:
        self._thing = thing
        self._options = options
        self._clock = clock
        self._chance = chance
        self._words: asyncio.Queue[Message] = asyncio.Queue(_WORDS)
        self._pause_s = RECONNECT_S

    async def live(self) -> None:
        # Not all in the same instant: a fleet of fifty is no thundering herd in a real home.
        await self._clock.sleep(self._chance.random() * TICK_S)
        while True:
            _end_if_cancelled()
            try:
                # A task of its own: in Python 3.11 one that held a failed TaskGroup counts as
                # cancelled for ever after.
                name = f"{self._thing.name} is connected"
                await asyncio.create_task(self._be_connected(), name=name)
            except* aiomqtt.MqttError as errors:
                _log.info("%s: %s", self._thing.name, errors.exceptions[0])
                pause_s, self._pause_s = self._pause_s, RECONNECT_S
                await self._clock.sleep(pause_s)

    async def _be_connected(self) -> None:
        will = self._thing.will
        options = self._options
        async with aiomqtt.Client(
            options.host,
            options.port,
            username=options.username,
            password=options.password,
            identifier=self._thing.name,
            will=aiomqtt.Will(will.topic, will.payload, will.qos, will.retain),
            keepalive=15,
            timeout=10,
            socket_options=((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),),
        ) as client:
            await client.subscribe([(topic, 1) for topic in self._thing.subscriptions])
            _end_if_cancelled()
            self._words = asyncio.Queue(_WORDS)
            await self._say(self._thing.connected())
            # Three tasks: whoever waits for a lost connection must not keep the others from
            # noticing the loss.
            async with asyncio.TaskGroup() as parts:
                parts.create_task(self._speak(client), name=f"{self._thing.name} speaks")
                parts.create_task(self._listen(client), name=f"{self._thing.name} listens")
                parts.create_task(self._age(client), name=f"{self._thing.name} ages")

    async def _say(self, messages: Iterable[Message]) -> None:
        for message in messages:
            await self._words.put(message)

    async def _speak(self, client: aiomqtt.Client) -> None:
        while True:
            message = await self._words.get()
            await client.publish(message.topic, message.payload, message.qos, message.retain)
            _end_if_cancelled()

    async def _listen(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            await self._say(self._thing.hear(str(message.topic), bytes(message.payload)))

    async def _age(self, client: aiomqtt.Client) -> None:
        before_s = self._clock.monotonic()
        while True:
            await self._clock.sleep(TICK_S)
            now_s = self._clock.monotonic()
            passed_s, before_s = now_s - before_s, now_s
            await self._say(self._thing.pass_time(passed_s))
            if self._happens(self._options.buttons_per_hour, passed_s):
                await self._say(self._thing.press())
            if self._happens(self._options.drop_offs_per_hour, passed_s):
                self._pause_s = self._chance.uniform(*AWAY_S)
                _vanish(client)
                return

    def _happens(self, per_hour: float, seconds: float) -> bool:
        return self._chance.random() < per_hour * seconds / 3600


def _end_if_cancelled() -> None:
    # aiomqtt waits with asyncio.wait_for, which before Python 3.12 swallows a cancellation that
    # comes together with the answer; the device would then live on for ever.
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _vanish(client: aiomqtt.Client) -> None:
    # aiomqtt always says goodbye, and then the broker keeps the will to itself.
    connection = client._client.socket()  # noqa: SLF001 - there is no public way to break off
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
