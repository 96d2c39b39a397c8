"""Somebody who floods a broker with a thousand messages a second, every other one rubbish.

Run as `python -m tests.fakes.flood PORT SECONDS DEVICE ...`. Good ones are readings on `READING`
and states of devices of its own; rubbish comes on the same topics and on those of the DEVICEs.
At the end it prints one JSON object with what it sent.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterator, Sequence

from scentd.clock import SystemClock
from scentd.mqtt.packets import publish_packet
from tests.fakes.raw_mqtt import Connection

READING = "flood/temperature"
A_SECOND = 1_000
CROWD = tuple(f"crowd-{number}" for number in range(20))
RUBBISH = (
    b'{"power": tr',
    b'{"power": NaN, "intensity": -1e999, "remaining_ul": NaN}',
    b"\xff\xfe\x00\x80",
    b"[" * 50_000,
    b"x" * 1_048_576,
)

_EVERY_S = 0.01


def packets(devices: Sequence[str]) -> Iterator[bytes]:
    """Give good messages and rubbish in turn, for ever."""
    victims = [READING, *(f"scent/1/{device}/state" for device in (*devices, *CROWD))]
    # Prepared once: what is measured is the hub, not this program.
    rubbish = [
        publish_packet(topic, payload, is_retained=False, is_version_5=False)
        for payload in RUBBISH
        for topic in victims[:: len(RUBBISH)]
    ]
    good = itertools.chain.from_iterable(
        (_reading(number), _state(CROWD[number % len(CROWD)], number))
        for number in itertools.count()
    )
    for is_good, bad in zip(good, itertools.cycle(rubbish), strict=False):
        yield is_good
        yield bad


async def main(port: int, seconds: float, devices: Sequence[str]) -> None:
    """Introduce the crowd, then flood."""
    loop, clock = asyncio.get_running_loop(), SystemClock()
    transport, flooder = await loop.create_connection(
        lambda: Connection("flood", "flood/none"), "127.0.0.1", port
    )
    for device in CROWD:
        flooder.say(f"scent/1/{device}/description", b"{}", is_retained=True)
    stream = packets(devices)
    began, sent, most_waiting = time.perf_counter(), 0, 0
    while (spent := time.perf_counter() - began) < seconds:
        due = int(spent * A_SECOND) - sent
        transport.write(b"".join(itertools.islice(stream, due)))
        sent += due
        most_waiting = max(most_waiting, transport.get_write_buffer_size())
        await clock.sleep(_EVERY_S)
    while transport.get_write_buffer_size():
        await clock.sleep(_EVERY_S)
    spent = time.perf_counter() - began
    print(json.dumps({"sent": sent, "seconds": spent, "most_waiting_bytes": most_waiting}))


def _reading(number: int) -> bytes:
    payload = f"{20 + number % 10}".encode()
    return publish_packet(READING, payload, is_retained=False, is_version_5=False)


def _state(device: str, number: int) -> bytes:
    payload = json.dumps({"power": False, "signal_dbm": -50 - number % 20}).encode()
    topic = f"scent/1/{device}/state"
    return publish_packet(topic, payload, is_retained=False, is_version_5=False)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]))
