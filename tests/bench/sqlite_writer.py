"""Commit the same bytes with the standard library's sqlite3, one durable commit each.

Run as `python -m tests.bench.sqlite_writer FOLDER COMMITS`.
"""

import sqlite3
import sys
import time
from pathlib import Path

from tests.bench.children import tell
from tests.bench.latency import percentile_ms
from tests.bench.outbox_writer import level


def main(folder: Path, commits: int) -> None:
    """Write, and tell how it went."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE outbox (seq INTEGER PRIMARY KEY, kind TEXT, line BLOB)")
    tell(now="begin")
    began, used = time.perf_counter(), time.process_time()
    waits = [_commit(connection, number) for number in range(commits)]
    tell(
        now="end",
        commits=commits,
        seconds=time.perf_counter() - began,
        cpu_s=time.process_time() - used,
        p50_ms=percentile_ms(waits, 50),
        p99_ms=percentile_ms(waits, 99),
    )
    connection.close()


def _commit(connection: sqlite3.Connection, number: int) -> float:
    began = time.perf_counter()
    line = level(number).model_dump_json().encode()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO outbox (kind, line) VALUES ('cartridge.level', ?)", (line,))
    connection.execute("COMMIT")
    return time.perf_counter() - began


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
