"""A hub that is flooded while its schedules switch: on time, and without growing."""

import asyncio
import statistics
import subprocess
import sys
from datetime import datetime, timedelta

import pytest

from scentd.clock import SystemClock
from scentd.mqtt.packets import Incoming
from tests.bench.cost import resident_mb
from tests.bench.latency import percentile_ms
from tests.fakes.faked_time import FakedTime, tomorrow
from tests.fakes.flood import CROWD, READING
from tests.fakes.puppets import Puppets, puppets_on
from tests.fakes.raw_mqtt import Connection
from tests.fakes.town import ids_by_name, until
from tests.fakes.waiting import eventually
from tools.demo.place import ROOT

pytestmark = [pytest.mark.needs_broker, pytest.mark.needs_faketime, pytest.mark.timeout(300)]

LATE_MS = 200.0
"""How late the hub may switch in a flood, of a hundred switches all but one; for a long run."""
GROWTH_MB = 60
BEFORE = timedelta(seconds=3)
"""How long before the schedules switch the flood begins."""
ANSWER = "flood/answer"


class Ear(Connection):
    """Counts the answers of a rule."""

    def __init__(self) -> None:
        super().__init__("ear", ANSWER)
        self.heard = 0

    def hear(self, messages: list[Incoming]) -> None:
        self.heard += len(messages)


async def test_schedules_switch_on_time_in_a_flood_and_memory_stays_bounded(
    found_town, own_broker, tmp_path, is_long_run
):
    count, seconds = (40, 65.0) if is_long_run else (10, 6.0)
    devices = [f"flooded-{number}" for number in range(count)]
    clock = FakedTime(tmp_path / "faketime", seen_within_s=1)
    # A long run measures: nothing is faked in it, and it waits for a minute to begin.
    faked = {} if is_long_run else clock.environment
    town = found_town(broker_port=own_broker.port, hub={"zone": "UTC"}, hub_environment=faked)
    async with puppets_on(own_broker, devices) as puppets:
        loop = asyncio.get_running_loop()
        _, ear = await loop.create_connection(Ear, own_broker.host, own_broker.port)
        town.start("home")
        hub, process = town.hub(), town.pid("home")
        await until(lambda: len(ids_by_name(hub)) == count)
        hub.post("/api/v1/rules", answering())
        start = next_minute(clock) if is_long_run else tomorrow("13:00:00")
        for device in devices:
            hub.post("/api/v1/schedules", one_minute(device, start))
        before_mb = resident_mb(process)

        if not is_long_run:
            clock.show(start - BEFORE)
        await SystemClock().sleep_until(start - clock.lead - BEFORE)
        flood = await flooding(own_broker.port, seconds, devices)
        peak_mb = await until_ended(flood, process)
        await eventually(
            lambda: all(puppets.switches(d)[:1] == [True] for d in devices), within_s=30
        )

        ear.leave()
        print(f"flood: {(await flood.communicate())[0].decode().strip()}")
        print(f"answers to readings: {ear.heard}; RSS {before_mb:.0f} to {peak_mb:.0f} MB")
        late = lateness_s(puppets, clock)
        print(
            f"{len(late)} switches late: p50 {statistics.median(late) * 1000:.0f} ms, "
            f"p99 {percentile_ms(late, 99):.0f} ms, most {max(late) * 1000:.0f} ms"
        )
        assert {*ids_by_name(hub).values()} >= {f"native-{name}" for name in (*devices, *CROWD)}
        assert ear.heard > 0
        assert town.pid("home") == process
        assert peak_mb - before_mb < GROWTH_MB
        wanted = [True, False] if is_long_run else [True]
        assert all(puppets.switches(device) == wanted for device in devices)
        if is_long_run:
            assert percentile_ms(late, 99) <= LATE_MS


async def flooding(port, seconds, devices):
    program = [sys.executable, "-m", "tests.fakes.flood", str(port), str(seconds), *devices]
    return await asyncio.create_subprocess_exec(*program, cwd=ROOT, stdout=subprocess.PIPE)


async def until_ended(flood, process) -> float:
    """Wait for the end of the flood; return the most memory the hub held meanwhile."""
    most_mb = resident_mb(process)
    while flood.returncode is None:
        most_mb = max(most_mb, resident_mb(process))
        await asyncio.sleep(0.1)  # noqa: TID251 - looks until the flood ends by itself
    return most_mb


def lateness_s(puppets: Puppets, clock: FakedTime) -> list[float]:
    """Return how long after its minute each switch came, by the hub's clock."""
    seen = [told.at + clock.lead for told in puppets.told]
    return [(at - at.replace(second=0, microsecond=0)).total_seconds() for at in seen]


def next_minute(clock: FakedTime) -> datetime:
    """Return the beginning of a minute that leaves time to prepare."""
    return (clock.now() + timedelta(seconds=75)).replace(second=0, microsecond=0)


def one_minute(device: str, start: datetime) -> dict[str, object]:
    times = {"start": f"{start:%H:%M}", "end": f"{start + timedelta(minutes=1):%H:%M}"}
    entry = {"id": "1", **times, "days": list(range(7))}
    return {"name": device, "diffuser_id": f"native-{device}", "entries": [entry]}


def answering() -> dict[str, object]:
    return {
        "name": "Answer",
        "trigger": {"kind": "sensor_reading", "topic": READING},
        "actions": [{"kind": "publish", "topic": ANSWER, "payload": "heard"}],
    }
