"""Say something on one topic and wait for the answer on another, evenly and in a burst.

Run as `python -m tests.bench.echo_load PORT ASK ANSWER MODE COUNT`. MODE `even` says 50 a second,
`burst` keeps 64 unanswered. Answers come in the order of what was asked.
"""

import asyncio
import sys
import time
from collections import deque

from scentd.clock import SystemClock
from scentd.mqtt.packets import Incoming, Splitter, publish_packet
from tests.bench.children import tell
from tests.bench.latency import percentile_ms

_EVERY_S = 1 / 50
_WINDOW = 64
_MAX_BYTES = 65_536
_CONNECT = b"\x10\x16\x00\x04MQTT\x04\x02\x00\x3c\x00\x0abench-load"
_PATIENCE_S = 30.0


class Asker(asyncio.Protocol):
    """One MQTT 3.1.1 connection; it speaks just enough to publish and to hear one topic."""

    def __init__(self, ask: str, answer: str) -> None:
        self.waits: list[float] = []
        self.missing = 0
        self._packet = publish_packet(ask, b"21.5", is_retained=False, is_version_5=False)
        self._subscribe = _subscribe_packet(answer)
        self._splitter = Splitter(is_version_5=False, max_bytes=_MAX_BYTES)
        self._asked: deque[float] = deque()
        self._answered = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Introduce ourselves."""
        self._transport = transport
        transport.write(_CONNECT + self._subscribe)

    def data_received(self, data: bytes) -> None:
        """Note how long each answer took."""
        now = time.perf_counter()
        for packet in self._splitter.feed(data):
            if isinstance(packet, Incoming) and self._asked:
                self.waits.append(now - self._asked.popleft())
        self._answered.set()

    async def until_heard(self) -> None:
        """Ask again and again until the first answer; forget that it happened."""
        while not self.waits:
            self.ask()
            await SystemClock().sleep(0.1)
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self._asked.clear()
        self.waits.clear()

    def ask(self) -> None:
        """Say one message."""
        self._asked.append(time.perf_counter())
        self._transport.write(self._packet)

    async def fewer_unanswered_than(self, count: int) -> None:
        """Wait until fewer than that many of our messages are unanswered."""
        async with asyncio.timeout(_PATIENCE_S):
            while len(self._asked) >= count:
                self._answered.clear()
                await self._answered.wait()


async def even(asker: Asker, count: int) -> None:
    """Ask at an even pace."""
    began = time.perf_counter()
    for number in range(count):
        await SystemClock().sleep(began + number * _EVERY_S - time.perf_counter())
        asker.ask()
    await asker.fewer_unanswered_than(1)


async def burst(asker: Asker, count: int) -> None:
    """Ask as fast as answers come."""
    for _ in range(count):
        await asker.fewer_unanswered_than(_WINDOW)
        asker.ask()
    await asker.fewer_unanswered_than(1)


async def main(port: int, ask: str, answer: str, mode: str, count: int) -> None:
    """Load, and tell how it felt."""
    asker = Asker(ask, answer)
    await asyncio.get_running_loop().create_connection(lambda: asker, "127.0.0.1", port)
    await asker.until_heard()
    await SystemClock().sleep(0.5)
    asker.forget()
    tell(now="begin")
    began = time.perf_counter()
    await {"even": even, "burst": burst}[mode](asker, count)
    tell(
        now="end",
        answers=len(asker.waits),
        seconds=time.perf_counter() - began,
        p50_ms=percentile_ms(asker.waits, 50),
        p99_ms=percentile_ms(asker.waits, 99),
    )


def _subscribe_packet(topic: str) -> bytes:
    name = topic.encode()
    body = b"\x00\x01" + len(name).to_bytes(2, "big") + name + b"\x00"
    return bytes((0x82, len(body))) + body


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5])))
