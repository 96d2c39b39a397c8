"""Ask again and again until an answer comes; after each loss of the broker begin anew.

Run as `python -m tests.bench.until_answered PORT ASK ANSWER`. Tells `asking` when the broker let
us in and `answered` at the first answer after it, each with the monotonic second.
"""

import asyncio
import sys
import time

from scentd.clock import SystemClock
from scentd.mqtt.packets import Incoming
from tests.bench.children import tell
from tests.fakes.raw_mqtt import Connection

_EVERY_S = 0.005


class Asker(Connection):
    """One connection, from its beginning to its first answer and on to its end."""

    def __init__(self, answer: str) -> None:
        super().__init__("bench-until", answer)
        self.is_answered = False
        self.lost = asyncio.get_running_loop().create_future()

    def hear(self, messages: list[Incoming]) -> None:
        """Tell of the first answer."""
        if messages and not self.is_answered:
            self.is_answered = True
            tell(now="answered", at_s=time.monotonic())

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the end."""
        if not self.lost.done():
            self.lost.set_result(None)


async def main(port: int, ask: str, answer: str) -> None:
    """Ask until terminated."""
    loop, clock = asyncio.get_running_loop(), SystemClock()
    while True:
        try:
            _, asker = await loop.create_connection(lambda: Asker(answer), "127.0.0.1", port)
        except OSError:
            await clock.sleep(_EVERY_S)
            continue
        tell(now="asking", at_s=time.monotonic())
        while not (asker.is_answered or asker.lost.done()):
            asker.say(ask, b"21.5")
            await clock.sleep(_EVERY_S)
        await asker.lost


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
