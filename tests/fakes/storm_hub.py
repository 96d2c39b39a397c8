"""A hub in a process of its own that lives only to report: the real store, session and uplink.

`python -m tests.fakes.storm_hub DATABASE KEYS COUNT` counts from where its state stands up to
COUNT, each step and its event in one write, while the uplink sends. It ends by itself once all is
confirmed; killed at any moment, the next run goes on.
"""

import asyncio
import sqlite3
import sys
from pathlib import Path

from scentd.bus import Bus
from scentd.clock import SystemClock
from scentd.contracts.bodies import (
    CartridgeFittedV1,
    EventClass,
    LevelV1,
    RuleFiredV1,
    RunningLowV1,
    RunOutV1,
    SlotV1,
)
from scentd.contracts.moments import moment_of, unix_ms
from scentd.store import documents, outbox
from scentd.store.database import Database
from scentd.sync.client import CloudClient
from scentd.sync.keys import KeyRing
from scentd.sync.session import CloudSession
from scentd.sync.settings import SyncSettings
from scentd.sync.status import SyncStatus
from scentd.sync.uplink import Uplink

CARTRIDGE_EVERY = 100
EDIT_EVERY = 37
PACE_S = 0.008
SLOT = SlotV1(diffuser_id="storm-1", diffuser_name="Storm", room="Hall")


def step(connection: sqlite3.Connection) -> int:
    """Count one further and tell of it; the number."""
    (number,) = connection.execute(
        "UPDATE storm SET number = number + 1 RETURNING number"
    ).fetchone()
    body = RuleFiredV1(rule_id="storm", verdict="ran", trigger=str(number))
    outbox.append(connection, EventClass.HISTORY, "rule.fired", 1, body)
    if number % CARTRIDGE_EVERY == 0:
        _tell_of_cartridge(connection, number)
    if number % EDIT_EVERY == 0:
        documents.record_edit(connection, "rule", "storm", "count", number)
    return int(number)


def counted(connection: sqlite3.Connection) -> int:
    """How far it has counted, in this life or an earlier one."""
    (number,) = connection.execute("SELECT number FROM storm").fetchone()
    return int(number)


def _tell_of_cartridge(connection: sqlite3.Connection, number: int) -> None:
    (now_ms,) = connection.execute("SELECT wall_ms()").fetchone()
    level = LevelV1(
        remaining_ul=3_000,
        capacity_ul=30_000,
        error_ul=100,
        quality="measured",
        at=moment_of(now_ms),
    )
    facts = {
        "slot": SLOT,
        "install_id": f"install-{number}",
        "cycle": number // CARTRIDGE_EVERY,
        "level": level,
    }
    outbox.append(
        connection, EventClass.CRITICAL, "cartridge.fitted", 1, CartridgeFittedV1(**facts)
    )
    low = RunningLowV1(
        **facts,
        run_out=RunOutV1(),
        observations=(level, level),
        threshold_percent=15,
        reason="level",
    )
    outbox.append(connection, EventClass.CRITICAL, "cartridge.running_low", 1, low)


async def report(database_path: Path, keys: Path, count: int) -> None:
    """Count and send until everything is confirmed."""
    clock = SystemClock()
    database = Database(database_path, clock)
    await database.open()
    settings = SyncSettings(
        fact_delay_s=0.01,
        state_delay_s=0.02,
        telemetry_count=8,
        retry_first_s=0.02,
        retry_longest_s=0.3,
        retry_longest_with_facts_s=0.3,
        timeout_s=5,
    )
    client = CloudClient(timeout_s=settings.timeout_s)
    status = SyncStatus(Bus(), clock)
    session = CloudSession(client, KeyRing(keys), database, clock, status)
    uplink = Uplink(settings, session, client, database, clock, status)
    print(f"up at {unix_ms(clock.now())}", flush=True)
    sending = asyncio.ensure_future(uplink.run())
    while await database.read(counted) < count:
        await database.write(step)
        await clock.sleep(PACE_S)
    while await database.read(outbox.waiting):
        await clock.sleep(0.02)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    await client.close()
    await database.close()
    print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(report(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
