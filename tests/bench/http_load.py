"""Ask one server for paths in turn, over a few connections, each as soon as the last is answered.

Run as `python -m tests.bench.http_load PORT CONNECTIONS SECONDS FILE`; the file has one path a
line. Speaks just enough HTTP/1.1 that the load costs less than what it loads.
"""

import asyncio
import itertools
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import uvloop

from scentd.clock import SystemClock
from tests.bench.children import tell
from tests.bench.latency import percentile_ms

_WARM_UP_S = 1.5


class Asker(asyncio.Protocol):
    """One connection that never rests."""

    def __init__(self, paths: Iterator[bytes]) -> None:
        self.waits: list[float] = []
        self.refused = 0
        self._paths = paths
        self._asked_at = 0.0
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask the first question."""
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Ask again once the answer is whole."""
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self.waits.append(time.perf_counter() - self._asked_at)
        self.refused += not head.startswith(b"HTTP/1.1 200")
        self._received = b""
        self._ask()

    def _ask(self) -> None:
        self._asked_at = time.perf_counter()
        self._transport.write(next(self._paths))


async def main(port: int, connections: int, seconds: float, paths: list[str]) -> None:
    """Load the server and tell what it felt like."""
    clock = SystemClock()
    requests = itertools.cycle(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode() for path in paths
    )
    loop = asyncio.get_running_loop()
    askers = [Asker(requests) for _ in range(connections)]
    for asker in askers:
        await loop.create_connection(lambda asker=asker: asker, "127.0.0.1", port)
    await clock.sleep(_WARM_UP_S)
    for asker in askers:
        asker.waits.clear()
        asker.refused = 0
    tell(now="begin")
    began = time.perf_counter()
    await clock.sleep(seconds)
    waits = [wait for asker in askers for wait in asker.waits]
    tell(
        now="end",
        answers=len(waits),
        refused=sum(asker.refused for asker in askers),
        seconds=time.perf_counter() - began,
        p50_ms=percentile_ms(waits, 50),
        p99_ms=percentile_ms(waits, 99),
    )


def _length(head: bytes) -> int:
    lowered = head.lower()
    at = lowered.index(b"content-length:") + 15
    end = lowered.find(b"\r\n", at)
    return int(lowered[at : end if end >= 0 else None])


if __name__ == "__main__":
    port, connections, seconds, file = sys.argv[1:]
    uvloop.run(
        main(int(port), int(connections), float(seconds), Path(file).read_text().splitlines())
    )
