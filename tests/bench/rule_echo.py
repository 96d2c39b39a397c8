"""A message through a rule of a real hub and back, beside the least that an MQTT client can do."""

from pathlib import Path
from typing import Any

from tests.bench.children import child, load
from tests.bench.cost import resident_mb
from tests.bench.hubs import Hub, running_hub
from tests.bench.report import Row, Section
from tools.broker import Broker

_LOADS = {"at 50/s": ("even", 300), "in a burst": ("burst", 20_000)}


def measure(folder: Path) -> Section:
    """Measure both over the same broker."""
    broker = Broker()
    try:
        broker.start()
        with child("bare_echo", broker.port, "bare/ask", "bare/answer") as bare:
            bare.says()
            rows = echo_rows("bare paho echo", bare.pid, broker.port, "bare/ask", "bare/answer")
        with running_hub(folder, broker.port) as hub:
            _add_rule(hub)
            rows += echo_rows("our rule, publish", hub.pid, broker.port, "rule/ask", "rule/answer")
    finally:
        broker.close()
    return Section(f"rule echo over {broker.kind}, QoS 0 (aim: 120 µs)", tuple(rows))


def _add_rule(hub: Hub) -> None:
    hub.api.post(
        "/api/v1/rules",
        {
            "name": "Echo",
            "trigger": {"kind": "sensor_reading", "topic": "rule/ask"},
            "actions": [{"kind": "publish", "topic": "rule/answer", "payload": "on"}],
        },
    )


def echo_rows(what: str, pid: int, port: int, ask: str, answer: str) -> list[Row]:
    """Measure what a process spends on each message, at an even pace and in a burst."""
    rows = []
    for how, (mode, count) in _LOADS.items():
        saw, (used,) = load("echo_load", port, ask, answer, mode, count, measured=lambda: (pid,))
        rows.append(_row(f"{what} {how}", saw, used.cpu_s, resident_mb(pid)))
    return rows


def _row(what: str, saw: dict[str, Any], cpu_s: float, rss_mb: float) -> Row:
    return Row(
        what=what,
        rate=saw["answers"] / saw["seconds"],
        cpu_us=cpu_s / saw["answers"] * 1e6,
        p50_ms=saw["p50_ms"],
        p99_ms=saw["p99_ms"],
        rss_mb=rss_mb,
    )
