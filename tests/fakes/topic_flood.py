"""Somebody who says rubbish on any topics, a thousand times a second.

Run as `python -m tests.fakes.topic_flood PORT SECONDS TOPIC ...`. At the end it prints one JSON
object with what it sent. A process of its own: what is tried is the hub, not this program.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Sequence

from scentd.clock import SystemClock
from scentd.mqtt.packets import publish_packet
from tests.fakes.raw_mqtt import Connection

A_SECOND = 1_000
RUBBISH = (
    b"\xff\xfe\x00\x80",
    b"{",
    b"null",
    b"[" * 2_000,
    b'{"power": NaN, "state": NaN, "POWER": -1e999}',
    b'{"power": 1e400, "state": 1e400, "percent": 123456789012345678901234567890}',
    b"9" * 5_000,
    b"-Infinity",
)
_EVERY_S = 0.01


async def main(port: int, seconds: float, topics: Sequence[str]) -> None:
    """Flood for so long."""
    loop, clock = asyncio.get_running_loop(), SystemClock()
    transport, _ = await loop.create_connection(
        lambda: Connection("topic-flood", "flood/none"), "127.0.0.1", port
    )
    stream = itertools.cycle(
        [
            publish_packet(topic, payload, is_retained=False, is_version_5=False)
            for payload in RUBBISH
            for topic in topics
        ]
    )
    began, sent = time.perf_counter(), 0
    while (spent := time.perf_counter() - began) < seconds:
        due = int(spent * A_SECOND) - sent
        transport.write(b"".join(itertools.islice(stream, due)))
        sent += due
        await clock.sleep(_EVERY_S)
    while transport.get_write_buffer_size():
        await clock.sleep(_EVERY_S)
    print(json.dumps({"sent": sent, "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]))
