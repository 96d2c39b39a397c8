"""A hub whose clock is set forward and back while switches and times of day are pending.

The hub is the real one, over a real broker; libfaketime moves its wall clock and leaves the
monotonic one alone, as NTP and people do.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from tests.fakes.faked_time import FakedTime, tomorrow
from tests.fakes.mqtt_peer import Peer, peer_of
from tests.fakes.puppets import Puppets, puppets_on
from tests.fakes.town import Town, ids_by_name, until
from tests.fakes.waiting import eventually
from tools.broker import Broker
from tools.json_api import JsonApi

pytestmark = [pytest.mark.needs_broker, pytest.mark.needs_faketime, pytest.mark.timeout(240)]

FORWARD, A_LITTLE, BACK = timedelta(hours=3), timedelta(seconds=45), timedelta(hours=-1)
LATE_S = 1.0
"""What the hub promises after a step; held to in a long run."""
PATIENCE_S = 60.0
"""How long a busy machine may take in a short run."""


@dataclass
class House:
    """A running hub, its clock, its devices, and whoever hears its rules."""

    hub: JsonApi
    clock: FakedTime
    puppets: Puppets
    peer: Peer
    lateness: dict[str, float] = field(default_factory=dict)

    def plan(self, device: str, start: str, end: str) -> None:
        """Let a device run every day from `start` to `end`."""
        entry = {"id": "1", "start": start, "end": end, "days": list(range(7))}
        name = f"{device} from {start}"
        body = {"name": name, "diffuser_id": f"native-{device}", "entries": [entry]}
        self.hub.post("/api/v1/schedules", body)

    def ring(self, at: str) -> str:
        """Let a rule say something at a time of day; return the rule's id."""
        action = {"kind": "publish", "topic": f"rang/{at}", "payload": "now"}
        trigger = {"kind": "time_of_day", "at": at}
        body = {"name": f"Ring at {at}", "trigger": trigger, "actions": [action]}
        return str(self.hub.post("/api/v1/rules", body)["id"])

    def rings(self, at: str) -> int:
        return len(self.peer.payloads(f"rang/{at}"))

    def verdicts(self, rule_id: str) -> list[str]:
        return [str(one["verdict"]) for one in self.hub.get(f"/api/v1/rules/{rule_id}/traces")]

    async def until_rung(self, at: str, *, from_: str) -> None:
        """Set the clock a moment before a rule's time, and wait until it rang."""
        self.clock.show(tomorrow(from_))
        await eventually(lambda: self.rings(at), within_s=PATIENCE_S)

    async def within_bound(self, what: str, seen: Callable[[], object], since: datetime) -> None:
        """Wait until something is seen; note how long after `since`, a faked moment, that was."""
        await eventually(seen, within_s=PATIENCE_S)
        self.lateness[what] = (self.clock.now() - since).total_seconds()


@pytest.fixture
def open_house(found_town, own_broker: Broker, tmp_path, is_long_run):
    """Run a hub whose clock shows a time of tomorrow, with these devices; judge its lateness."""

    @asynccontextmanager
    async def opened(shows: str, *devices: str) -> AsyncIterator[House]:
        clock = FakedTime(tmp_path / "faketime")
        clock.show(tomorrow(shows))
        town: Town = found_town(
            broker_port=own_broker.port,
            hub={"zone": "UTC"},
            hub_environment=clock.environment,
        )
        async with puppets_on(own_broker, devices) as puppets, peer_of(own_broker, "rang/#") as ear:
            town.start("home")
            hub = town.hub()
            await until(lambda: len(ids_by_name(hub)) == len(devices))
            clock.show(tomorrow(shows))
            house = House(hub, clock, puppets, ear)
            yield house
        told = ", ".join(f"{what} {late_s:.2f} s" for what, late_s in house.lateness.items())
        print(f"late: {told}")
        if is_long_run:
            assert max(house.lateness.values()) <= LATE_S

    return opened


async def test_three_hours_forward_run_what_is_due_now_and_record_what_was_missed(open_house):
    async with open_house("12:00:00", "early", "due") as house:
        house.plan("early", "12:30", "13:30")
        house.plan("due", "14:30", "16:00")
        long_gone, just_gone = house.ring("13:00"), house.ring("14:59")

        house.ring("12:01")
        # What rang shows that the hub has planned what was asked before.
        await house.until_rung("12:01", from_="12:00:58")
        house.clock.step(FORWARD)
        stepped = house.clock.now()
        await house.within_bound("switch", lambda: house.puppets.switches("due"), stepped)
        await house.within_bound("time of day", lambda: house.rings("14:59"), stepped)

        house.clock.show(tomorrow("15:59:59"))
        ends = tomorrow("16:00:00")
        await house.within_bound("end", lambda: len(house.puppets.switches("due")) == 2, ends)
        assert house.puppets.switches("due") == [True, False]
        assert house.puppets.switches("early") == []
        assert house.rings("14:59") == 1
        assert house.rings("13:00") == 0
        assert house.verdicts(long_gone) == ["missed"]
        assert house.verdicts(just_gone) == ["ran"]


async def test_forty_five_seconds_forward_over_a_point_fire_it_at_once_and_once(open_house):
    async with open_house("12:50:00", "room") as house:
        house.plan("room", "13:00", "14:00")
        rule_id, later = house.ring("13:00"), house.ring("13:01")

        house.clock.show(tomorrow("12:59:30"))
        house.clock.step(A_LITTLE)
        stepped = house.clock.now()
        await house.within_bound("switch", lambda: house.puppets.switches("room"), stepped)
        await house.within_bound("time of day", lambda: house.rings("13:00"), stepped)

        await house.until_rung("13:01", from_="13:00:59")
        assert house.puppets.switches("room") == [True]
        assert house.verdicts(rule_id) == ["ran"]
        assert house.verdicts(later) == ["ran"]


async def test_an_hour_back_before_a_point_fires_it_at_its_instant_and_not_before(open_house):
    async with open_house("12:50:00", "room") as house:
        house.plan("room", "13:00", "14:00")
        rule_id = house.ring("13:00")
        house.ring("12:00")

        house.clock.show(tomorrow("12:59:57"))
        house.clock.step(BACK)
        # It is noon when the old plan would have come to one o'clock.
        noon = tomorrow("12:00:00")
        await house.within_bound("noon", lambda: house.rings("12:00"), noon)
        assert house.puppets.switches("room") == []
        assert house.rings("13:00") == 0

        house.clock.show(tomorrow("12:59:59"))
        point = tomorrow("13:00:00")
        await house.within_bound("switch", lambda: house.puppets.switches("room"), point)
        await house.within_bound("time of day", lambda: house.rings("13:00"), point)
        assert house.puppets.switches("room") == [True]
        assert house.verdicts(rule_id) == ["ran"]


async def test_an_hour_back_over_a_point_ends_the_run_and_fires_no_time_of_day_twice(open_house):
    async with open_house("12:50:00", "room") as house:
        house.plan("room", "13:00", "14:00")
        rule_id = house.ring("13:00")
        house.ring("13:01")
        await house.until_rung("13:00", from_="12:59:59")
        await eventually(lambda: house.puppets.switches("room"), within_s=PATIENCE_S)

        house.clock.step(BACK)
        stepped = house.clock.now()
        await house.within_bound("end", lambda: len(house.puppets.switches("room")) == 2, stepped)

        house.clock.show(tomorrow("12:59:59"))
        point = tomorrow("13:00:00")
        await house.within_bound("again", lambda: len(house.puppets.switches("room")) == 3, point)
        await house.until_rung("13:01", from_="13:00:59")
        assert house.puppets.switches("room") == [True, False, True]
        assert house.rings("13:00") == 1
        assert house.verdicts(rule_id) == ["ran"]
