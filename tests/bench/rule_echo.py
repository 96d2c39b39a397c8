"""A message through a rule of a real hub and back, with few rules and with very many.

All hubs and the bare paho echo stand on one broker at the same time and are loaded in turn.
"""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from scentd.mqtt.packets import Incoming
from tests.bench.children import child
from tests.bench.cost import cpu_s, resident_mb, written_bytes
from tests.bench.echoes import Echo, load_in_turn
from tests.bench.hubs import SCENTD, Hub, running_hub, store_of
from tests.bench.report import Aim, Row, Section
from tests.bench.rules import ANSWERING, FIRST_ANSWERING, stock
from tests.fakes.raw_mqtt import Connection
from tools.broker import Broker
from tools.ports import HOST

SIZES = {"one": 1, "thousand": 1_000, "many": 10_000}
_FIRINGS = 1_500
"""Half a minute of a busy home: traces are written once in that time."""
_PATIENCE_S = 10.0


def measure(folder: Path, *, is_quick: bool) -> Section:
    """Measure all of them over one broker."""
    rounds, burst, even = (2, 5_000, 100) if is_quick else (3, 20_000, 500)
    broker = Broker()
    with ExitStack() as stack:
        stack.callback(broker.close)
        broker.start()
        bare = stack.enter_context(child("bare_echo", broker.port, "bare/ask", "bare/answer"))
        bare.says()
        subprocess.run([SCENTD, "version"], check=True, capture_output=True)  # compiles once
        hubs = {
            name: stack.enter_context(_hub(folder / name, broker.port, name, count))
            for name, count in SIZES.items()
        }
        many, used_s = hubs["many"][0], {name: each[1] for name, each in hubs.items()}
        rss_mb = resident_mb(many.pid)
        echoes = [Echo("bare paho echo", bare.pid, "bare/ask", "bare/answer")]
        echoes += [
            Echo(f"scentd, {SIZES[name]:,} rules", hub.pid, f"{name}/ask", f"{name}/answer")
            for name, (hub, _) in hubs.items()
        ]
        asyncio.run(_introduce("many", broker.port))
        topics = ("many/switch", "scent/1/many/command")
        command = Echo("scentd, 10,000 rules, command", many.pid, *topics)
        load_in_turn([*echoes, command], broker.port, rounds=rounds, burst=burst, even=even)
        written = _written_each(many, broker.port, rate=250 if is_quick else 50)
        rows = [row for echo in (*echoes, command) for row in echo.rows()]
    loading_s = used_s["many"] - used_s["one"]
    rows += (
        Row("10,000 rules before any load", rss_mb=rss_mb),
        Row("CPU to be ready with 10,000 rules, over one", note=f"{loading_s:.2f} s"),
        Row("written to the disk for each firing", note=f"{written:,.0f} B"),
    )
    aims = (*_of_echoes(*echoes[1:]), *_of_hub(rss_mb, loading_s, written))
    return Section(f"rule echo over {broker.kind}, QoS 0", tuple(rows), aims)


@contextmanager
def _hub(folder: Path, port: int, name: str, count: int) -> Iterator[tuple[Hub, float]]:
    """Run a hub with so many rules; give the CPU it had used when one of them answered."""
    folder.mkdir()
    asyncio.run(stock(store_of(folder), name, count))
    with ExitStack() as asking:
        topics = (f"{name}/ask", f"{name}/answer")
        asker = asking.enter_context(child("until_answered", port, *topics))
        asker.says()
        with running_hub(folder, port, name) as hub:
            asker.says()
            used_s = cpu_s(hub.pid)
            asking.close()
            yield hub, used_s


async def _introduce(device: str, port: int) -> None:
    """Let the hubs know a native device; it obeys nothing, so that commands go on and on."""
    topic = f"scent/1/{device}/description"
    loop = asyncio.get_running_loop()
    _, peer = await loop.create_connection(lambda: _Peer("bench-device", topic), HOST, port)
    peer.say(topic, b"{}", is_retained=True)
    async with asyncio.timeout(_PATIENCE_S):
        await peer.has_heard.wait()
    peer.leave()


class _Peer(Connection):
    """Hears whether the broker took what it said."""

    def __init__(self, name: str, topic: str) -> None:
        super().__init__(name, topic)
        self.has_heard = asyncio.Event()

    def hear(self, messages: list[Incoming]) -> None:
        if messages:
            self.has_heard.set()


def _written_each(hub: Hub, port: int, *, rate: float) -> float:
    """Fire a hundred rules in turn; what reached the disk for each firing, its trace included."""
    echo = Echo("firings", hub.pid, "many/ask", "many/answer")
    before = written_bytes(hub.pid)
    saw = echo.load(port, rate=rate, count=_FIRINGS, spread=ANSWERING)
    hub.api.get(f"/api/v1/rules/rule-{FIRST_ANSWERING}/traces")  # writes all that waits
    return (written_bytes(hub.pid) - before) / float(saw["answers"])


def _of_echoes(*hubs: Echo) -> tuple[Aim, ...]:
    costs = [echo.least_cpu_us() for echo in hubs]
    many = hubs[-1]
    return (
        Aim("CPU for a message, 1 to 10,000 rules", 100, max(costs), "{:,.0f} µs"),
        Aim("the same, most beside least", 1.1, max(costs) / min(costs), "{:.2f} x"),
        Aim(
            "p50 at 50 a second, 10,000 rules", 0.8, many.middle("p50_ms", many.evens), "{:.2f} ms"
        ),
        Aim(
            "p99 at 50 a second, 10,000 rules", 1.5, many.middle("p99_ms", many.evens), "{:.2f} ms"
        ),
        Aim(
            "messages a second in a burst, 10,000 rules",
            8_000,
            many.middle("answers", many.bursts) / many.middle("seconds", many.bursts),
            is_least=True,
        ),
    )


def _of_hub(rss_mb: float, loading_s: float, written: float) -> tuple[Aim, ...]:
    return (
        Aim("loading 10,000 rules, CPU", 1.0, loading_s, "{:.2f} s"),
        Aim("memory with 10,000 rules", 130, rss_mb, "{:,.0f} MB"),
        Aim("written to the disk for each firing", 700, written, "{:,.0f} B"),
    )
