"""Commit events to a fresh outbox, eight producers at once, each commit durable when it returns.

Run as `python -m tests.bench.outbox_writer FOLDER COMMITS`.
"""

import asyncio
import sqlite3
import sys
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from scentd.contracts.bodies import CartridgeLevelV1, EventClass, LevelV1, SlotV1
from scentd.store.database import Database
from scentd.store.outbox import append
from tests.bench.children import tell
from tests.bench.latency import percentile_ms

PRODUCERS = 8
_WARM_UP = 200


async def main(folder: Path, commits: int) -> None:
    """Write, and tell how it went."""
    database = Database(folder / "outbox.db")
    await database.open()
    await _produce(database, _WARM_UP)
    tell(now="begin")
    began, used = time.perf_counter(), time.process_time()
    producers = [_produce(database, commits // PRODUCERS) for _ in range(PRODUCERS)]
    waits = [wait for each in await asyncio.gather(*producers) for wait in each]
    tell(
        now="end",
        commits=len(waits),
        seconds=time.perf_counter() - began,
        cpu_s=time.process_time() - used,
        p50_ms=percentile_ms(waits, 50),
        p99_ms=percentile_ms(waits, 99),
    )
    await database.close()


async def _produce(database: Database, commits: int) -> list[float]:
    waits = []
    for number in range(commits):
        began = time.perf_counter()
        await database.write(partial(_append, body=level(number)))
        waits.append(time.perf_counter() - began)
    return waits


def _append(connection: sqlite3.Connection, body: CartridgeLevelV1) -> int:
    return append(connection, EventClass.TELEMETRY, "cartridge.level", 1, body)


def level(number: int) -> CartridgeLevelV1:
    """Return an event as a hub writes it every few minutes."""
    return CartridgeLevelV1(
        slot=SlotV1(diffuser_id="scent-c3d4", diffuser_name="Living room", room="Living room"),
        install_id="0123456789abcdef",
        cycle=1,
        sku="CEDBER-50",
        level=LevelV1(
            remaining_ul=50_000 - number,
            capacity_ul=50_000,
            error_ul=400,
            quality="device_estimate",
            at=datetime(2026, 1, 1, tzinfo=UTC),
        ),
    )


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
