"""The storm: hub and cloud killed at random, answers lost, and yet every event once, in order."""

import asyncio
import json
import os
import random
import sqlite3
import sys
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from cloud.foundation.database import Database
from scentd.clock import SystemClock
from scentd.contracts.history import GENESIS, extend_all
from scentd.store.connection import open_writer
from tests.fakes.cloud_process import ROOT, CloudProcess
from tests.fakes.paired_hub import PairedHub, pair_by_hand
from tests.fakes.proxy import CuttingProxy
from tests.fakes.storm_hub import CARTRIDGE_EVERY, EDIT_EVERY

pytestmark = pytest.mark.needs_postgres

LOST_ANSWERS = 0.15


@dataclass(frozen=True)
class Storm:
    """How much is counted, and how often each side is killed on the way."""

    events: int
    hub_kills: int
    cloud_kills: int
    seed: int


@pytest.mark.timeout(300)
@pytest.mark.parametrize("storm", [Storm(events=1_000, hub_kills=4, cloud_kills=3, seed=7)])
async def test_a_short_storm_loses_doubles_and_disorders_nothing(database_url, tmp_path, storm):
    await weather(storm, database_url, tmp_path)


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_the_full_storm_loses_doubles_and_disorders_nothing(database_url, tmp_path):
    seed = int(os.environ.get("STORM_SEED", "20261123"))
    storm = Storm(events=5_000, hub_kills=10, cloud_kills=10, seed=seed)
    await weather(storm, database_url, tmp_path)


async def weather(storm, database_url, folder):
    print(f"storm seed {storm.seed}")
    chance = random.Random(storm.seed)
    database = Database(database_url)
    cloud = CloudProcess(database_url, folder)
    await cloud.start()
    try:
        async with CuttingProxy(cloud.port, lambda: chance.random() < LOST_ANSWERS) as proxy:
            hub = await pair_by_hand(database, folder, cloud_url=proxy.url, audience=cloud.url)
            make_state(hub)
            await rage(storm, chance, hub, cloud)
        await check(storm, database, hub)
        assert cloud.kills == storm.cloud_kills
        assert proxy.cuts > 0
        print(f"{proxy.answers} answers, {proxy.cuts} of them lost")
    finally:
        await cloud.stop()
        await database.close()


def make_state(hub: PairedHub):
    connection = sqlite3.connect(hub.path)
    connection.execute("CREATE TABLE storm (number INTEGER NOT NULL)")
    connection.execute("INSERT INTO storm VALUES (0)")
    connection.commit()
    connection.close()


async def rage(storm, chance, hub, cloud):
    """Run the hub to its end, killing it and the cloud when the count reaches drawn numbers."""
    kills = [
        *((chance.randrange(storm.events), "hub") for _ in range(storm.hub_kills)),
        *((chance.randrange(storm.events), "cloud") for _ in range(storm.cloud_kills)),
    ]
    process = await start_hub(hub, storm.events)
    for number, victim in sorted(kills):
        await count_reaches(hub, number, process)
        if victim == "hub":
            process.kill()
            await process.wait()
            state_equals_outbox(hub)
            process = await start_hub(hub, storm.events)
        else:
            cloud.kill()
            await cloud.start()
    await asyncio.wait_for(process.wait(), 240)
    assert process.returncode == 0


async def start_hub(hub, count):
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.fakes.storm_hub",
        str(hub.path),
        str(hub.keys),
        str(count),
        cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
    )


async def count_reaches(hub, number, process):
    connection = sqlite3.connect(f"file:{hub.path}?mode=ro", uri=True)
    try:
        async with asyncio.timeout(120):
            while connection.execute("SELECT number FROM storm").fetchone()[0] < number:
                assert process.returncode is None, "the hub ended by itself"
                await SystemClock().sleep(0.003)
    finally:
        connection.close()


def state_equals_outbox(hub):
    """Whatever the moment of the kill: as many events as the state has counted."""
    connection = open_writer(hub.path, SystemClock())
    (number,) = connection.execute("SELECT number FROM storm").fetchone()
    (told,) = connection.execute(
        "SELECT max(CAST(json_extract(CAST(line AS TEXT), '$.body.trigger') AS INTEGER))"
        " FROM outbox WHERE kind = 'rule.fired'"
    ).fetchone()
    assert connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
    connection.close()
    assert (told or 0) == number


async def check(storm, database, hub):
    async with database.reading() as connection:
        log = (await connection.execute(text("SELECT * FROM hub_events ORDER BY seq"))).all()
        lineages = (await connection.execute(text("SELECT * FROM hub_lineages"))).all()
        rejects = (await connection.execute(text("SELECT * FROM event_rejects"))).all()
        duplicated = await connection.scalar(text("SELECT duplicated_at FROM hubs"))
        slot = (await connection.execute(text("SELECT * FROM slots"))).one()
        field = (await connection.execute(text("SELECT * FROM shared_fields"))).one()
    assert len(lineages) == 1
    assert rejects == []
    assert duplicated is None
    events = [json.loads(bytes(row.line)) for row in log]
    counted = [int(each["body"]["trigger"]) for each in events if each["kind"] == "rule.fired"]
    assert counted == list(range(1, storm.events + 1))
    assert [row.seq for row in log] == list(range(1, len(log) + 1))
    assert lineages[0].acked == len(log)
    assert extend_all(GENESIS, [bytes(row.line) for row in log]) == bytes(lineages[0].chain)
    last_cycle = storm.events // CARTRIDGE_EVERY
    assert (slot.cycle, slot.low_install_id) == (last_cycle, f"install-{slot.cycle * 100}")
    assert int(field.value) == storm.events // EDIT_EVERY * EDIT_EVERY
    hub_side = sqlite3.connect(hub.path)
    last, acked, chain = hub_side.execute("SELECT last, acked, chain FROM sync").fetchone()
    hub_side.close()
    assert (last, acked, chain) == (len(log), len(log), bytes(lineages[0].chain))
