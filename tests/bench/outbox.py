"""Durable commits to the hub's outbox, beside one plain sqlite3 commit each."""

from pathlib import Path
from typing import Any

from tests.bench.children import child
from tests.bench.outbox_writer import PRODUCERS
from tests.bench.report import Row, Section


def measure(folder: Path, *, is_quick: bool) -> Section:
    """Measure both on the same disk."""
    commits = 1_000 if is_quick else 4_000
    bare = _row("bare sqlite3, one commit each", _written("sqlite_writer", folder, commits))
    ours = _row(f"our outbox, {PRODUCERS} producers", _written("outbox_writer", folder, commits))
    title = "outbox, events durable on the disk (synchronous=FULL)"
    return Section(title, (bare, ours))


def _written(module: str, folder: Path, commits: int) -> dict[str, Any]:
    with child(module, folder, commits) as writer:
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
