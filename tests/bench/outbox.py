"""Durable commits to the hub's outbox, beside one plain sqlite3 commit each."""

from pathlib import Path
from typing import Any

from tests.bench.children import child
from tests.bench.outbox_writer import PRODUCERS
from tests.bench.report import Row, Section

_COMMITS = 4000


def measure(folder: Path) -> Section:
    """Measure both on the same disk."""
    bare = _row("bare sqlite3, one commit each", _written("sqlite_writer", folder))
    ours = _row(f"our outbox, {PRODUCERS} producers", _written("outbox_writer", folder))
    title = "outbox, events durable on the disk (synchronous=FULL)"
    return Section(title, (bare, ours))


def _written(module: str, folder: Path) -> dict[str, Any]:
    with child(module, folder, _COMMITS) as writer:
        writer.says()
        return writer.says()


def _row(what: str, saw: dict[str, Any]) -> Row:
    return Row(
        what=what,
        rate=saw["commits"] / saw["seconds"],
        cpu_us=saw["cpu_s"] / saw["commits"] * 1e6,
        p50_ms=saw["p50_ms"],
        p99_ms=saw["p99_ms"],
    )
