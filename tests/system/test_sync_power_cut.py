"""kill -9 of a hub at any moment: its state and its outbox never tell different stories."""

import asyncio
import random
import sqlite3
import sys

import pytest

from scentd.clock import SystemClock
from scentd.store.schema import prepare
from tests.fakes.cloud_process import ROOT

KILLS, LONG_KILLS = 12, 300


@pytest.mark.timeout(900)
async def test_after_every_kill_the_outbox_tells_exactly_what_the_state_holds(
    tmp_path, is_long_run
):
    chance = random.Random(20261123)
    path = tmp_path / "hub.db"
    connection, _ = prepare(path, SystemClock())
    connection.execute("CREATE TABLE storm (number INTEGER NOT NULL)")
    connection.execute("INSERT INTO storm VALUES (0)")
    connection.close()
    number = 0

    for _ in range(LONG_KILLS if is_long_run else KILLS):
        await run_and_kill(path, tmp_path / "keys", chance.uniform(0.001, 0.15))
        before, number = number, equal_stories(path)
        assert number >= before

    assert number > 0


async def run_and_kill(path, keys, after_s):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.fakes.storm_hub",
        str(path),
        str(keys),
        "1000000000",
        cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    await process.stdout.readline()
    await SystemClock().sleep(after_s)
    process.kill()
    await process.wait()


def equal_stories(path):
    """As many events as the state has counted, in order, without a hole; the file is sound."""
    connection = sqlite3.connect(path)
    (number,) = connection.execute("SELECT number FROM storm").fetchone()
    told = connection.execute(
        "SELECT CAST(json_extract(CAST(line AS TEXT), '$.body.trigger') AS INTEGER)"
        " FROM outbox WHERE kind = 'rule.fired' ORDER BY seq"
    ).fetchall()
    seqs = [seq for (seq,) in connection.execute("SELECT seq FROM outbox ORDER BY seq")]
    (last,) = connection.execute("SELECT last FROM sync").fetchone()
    assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
    connection.close()
    assert [each for (each,) in told] == list(range(1, number + 1))
    assert seqs == list(range(1, last + 1))
    return number
