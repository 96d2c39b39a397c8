"""Say something on one topic and wait for the answer on another, evenly or in a burst.

Run as `python -m tests.bench.echo_load PORT ASK ANSWER RATE COUNT SPREAD`. RATE is how many are
said a second; 0 keeps 64 unanswered. SPREAD more than 1 says them on `ASK/0`, `ASK/1` and so on,
and hears `ANSWER/+`. Payloads are 10 and 30 in turn. Answers come in the order of the questions.
"""

import asyncio
import itertools
import sys
import time
from collections import deque

from scentd.clock import SystemClock
from scentd.mqtt.packets import Incoming, publish_packet
from tests.bench.children import tell
from tests.bench.latency import percentile_ms
from tests.fakes.raw_mqtt import Connection

_WINDOW = 64
_PATIENCE_S = 30.0


class Asker(Connection):
    """One connection that notes how long each answer took."""

    def __init__(self, ask: str, answer: str, spread: int) -> None:
        super().__init__("bench-load", answer if spread == 1 else f"{answer}/+")
        self.waits: list[float] = []
        topics = [ask] if spread == 1 else [f"{ask}/{number}" for number in range(spread)]
        prepared = [
            publish_packet(topic, payload, is_retained=False, is_version_5=False)
            for payload in (b"10", b"30")
            for topic in topics
        ]
        self._packets = itertools.cycle(prepared)
        self._asked: deque[float] = deque()
        self._answered = asyncio.Event()

    def hear(self, messages: list[Incoming]) -> None:
        """Note how long each answer took."""
        now = time.perf_counter()
        for _ in range(min(len(messages), len(self._asked))):
            self.waits.append(now - self._asked.popleft())
        self._answered.set()

    async def until_heard(self) -> None:
        """Ask again and again until the first answer; forget that it happened."""
        async with asyncio.timeout(_PATIENCE_S):
            while not self.waits:
                self.ask()
                await SystemClock().sleep(0.1)
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self._asked.clear()
        self.waits.clear()

    def ask(self) -> None:
        """Say the next message."""
        self._asked.append(time.perf_counter())
        self.write(next(self._packets))

    async def fewer_unanswered_than(self, count: int) -> None:
        """Wait until fewer than that many of our messages are unanswered."""
        async with asyncio.timeout(_PATIENCE_S):
            while len(self._asked) >= count:
                self._answered.clear()
                await self._answered.wait()


async def evenly(asker: Asker, rate: float, count: int) -> None:
    """Ask at an even pace."""
    began = time.perf_counter()
    for number in range(count):
        await SystemClock().sleep(began + number / rate - time.perf_counter())
        asker.ask()
    await asker.fewer_unanswered_than(1)


async def in_a_burst(asker: Asker, count: int) -> None:
    """Ask as fast as answers come."""
    for _ in range(count):
        await asker.fewer_unanswered_than(_WINDOW)
        asker.ask()
    await asker.fewer_unanswered_than(1)


async def main(port: int, ask: str, answer: str, rate: float, count: int, spread: int) -> None:
    """Load, and tell how it felt."""
    asker = Asker(ask, answer, spread)
    await asyncio.get_running_loop().create_connection(lambda: asker, "127.0.0.1", port)
    await asker.until_heard()
    await SystemClock().sleep(0.5)
    asker.forget()
    tell(now="begin")
    began = time.perf_counter()
    await (evenly(asker, rate, count) if rate else in_a_burst(asker, count))
    tell(
        now="end",
        answers=len(asker.waits),
        seconds=time.perf_counter() - began,
        p50_ms=percentile_ms(asker.waits, 50),
        p99_ms=percentile_ms(asker.waits, 99),
    )


if __name__ == "__main__":
    port, ask, answer, rate, count, spread = sys.argv[1:]
    asyncio.run(main(int(port), ask, answer, float(rate), int(count), int(spread)))
