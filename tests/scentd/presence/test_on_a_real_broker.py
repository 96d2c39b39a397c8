"""Phones, rooms and routers over a real broker, with what it kept from before."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scentd.clock import SystemClock
from scentd.model.household import Household
from scentd.model.presence import Member, Whereabouts
from scentd.presence.listening import listen
from scentd.presence.roster import Roster
from scentd.presence.settings import PresenceSettings
from scentd.presence.whereabouts import Presence
from scentd.store.database import Database
from tests.fakes.hub_link import HubLink
from tests.fakes.mqtt_peer import peer_of
from tests.fakes.running import running
from tests.fakes.waiting import eventually
from tools.broker import Broker

pytestmark = pytest.mark.needs_broker


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(tmp_path / "hub.db")
    await database.open()
    yield database
    await database.close()


async def test_what_trackers_publish_is_who_is_home(own_broker: Broker, database: Database):
    hub, settings = HubLink(own_broker), PresenceSettings()
    household = Household(latitude=52.52, longitude=13.405)
    roster = Roster(database, lambda: household)
    presence = Presence(roster, database, hub.bus, SystemClock(), settings)
    await presence.load()
    listen(hub.link, presence.hear, settings)

    async with peer_of(own_broker) as peer:
        await peer.say("device_tracker/AA:BB", b"home", retain=True)
        async with running(hub.link.run), running(presence.run):
            await eventually(lambda: len(roster.trackers()) == 1)
            fix = {"_type": "location", "lat": 52.52, "lon": 13.405, "acc": 8}
            await peer.say("owntracks/ben/phone", json.dumps(fix).encode())
            await peer.say("espresense/devices/irk:2f/kitchen", b'{"id":"irk:2f","distance":1.2}')
            await eventually(lambda: len(roster.trackers()) == 3)
            trackers = {"ada": "router:aa:bb", "ben": "owntracks:ben/phone", "cleo": "room:irk:2f"}
            for who, tracker_id in trackers.items():
                await roster.save_member(Member(who, who))
                await presence.give(tracker_id, who)

    assert {presence.whereabouts(who) for who in trackers} == {Whereabouts.HOME}
