"""Bad days of a hub: no broker, the wrong password, rubbish on the air, a cloud that is away."""

import asyncio
import subprocess
import time

import aiohttp
import pytest

from tests.bench.cost import resident_mb
from tests.fakes.echoing import ANSWER, ASK, add_echo, each_is_answered_once
from tests.fakes.mqtt_peer import peer_of
from tests.fakes.town import ids_by_name, until
from tests.fakes.waiting import eventually
from tools.broker import Broker
from tools.demo.programs import SCENTD
from tools.json_api import Refused
from tools.ports import HOST, free_port

pytestmark = [pytest.mark.needs_broker, pytest.mark.timeout(240)]

RUBBISH = [
    b"\xff\xfe\x00\x80",
    b"NaN",
    b"null",
    b'"a word"',
    b"[]",
    b"{",
    b'{"remaining_ul": NaN, "power": NaN, "StatusSTS": NaN}',
    b'{"remaining_ul": 1e999, "intensity": -1e999, "signal_dbm": 1e999}',
    b'{"remaining_ul": -5, "power": "perhaps", "intensity": "much", "fault": {"a": []}}',
    b'{"tag": 7, "sku": {}, "capacity_ul": "lots", "id": [], "button": 4}',
    b'{"TuyaReceived": {"Data": "55AA", "1": {"DpId": "x"}}, "POWER": [1]}',
    b"9" * 5_000,
    b"[" * 50_000,
    b"x" * 1_048_576,
]

# Five of each of the two native devices, two of each of the two with Tasmota.
RETAINED_TOPICS = 14
UNRETAINED_TOPICS = {
    ASK,
    "scent/1/scent-e5f6/event",
    "scent/1/scent-e5f6/answer",
    "scent/1/scent-e5f6/slot/99/level",
    "scent/1/a/b/c/description",
    "tele/tasmota_1A2B3C/RESULT",
    "tele/tasmota_1A2B3C/STATE",
    "tele/tasmota_1A2B3C/SENSOR",
    "stat/tasmota_1A2B3C/RESULT",
    "stat/tasmota_1A2B3C/STATUS11",
    "stat/tasmota_1A2B3C/POWER",
    "tasmota/discovery/x/config",
    "room/" * 60,
}


def parts(hub):
    return {item["part"]: item for item in hub.get("/api/v1/health")["items"]}


async def test_hub_without_broker_says_so_and_finds_devices_once_it_is_there(home, own_broker):
    own_broker.stop()
    home.start("home")
    hub = home.hub()

    told = parts(hub)["broker"]
    own_broker.start()
    home.start("diffusers")

    assert "Nothing listens" in told["message"]
    assert told["hint"]
    await until(lambda: len(ids_by_name(hub)) == 4)
    assert parts(hub)["broker"]["level"] == "ok"


async def test_rules_answer_once_each_after_the_broker_was_killed_and_restarted(home, own_broker):
    home.start("home")
    hub = home.hub()
    await until(lambda: parts(hub)["broker"]["level"] == "ok")
    add_echo(hub)

    for stop in (own_broker.kill, own_broker.stop):
        stop()
        await until(lambda: parts(hub)["broker"]["level"] == "bad")
        own_broker.start()
        await until(lambda: parts(hub)["broker"]["level"] == "ok")

        async with peer_of(own_broker, ANSWER) as peer:
            await each_is_answered_once(peer)


async def test_refused_password_is_told_with_its_user_and_what_to_set(found_town):
    broker = Broker(passwords={"hub": "right", "devices": "other"})
    try:
        broker.start()
        town = found_town(
            broker_port=broker.port, hub={"mqtt.username": "hub", "mqtt.password": "wrong"}
        )
        town.start("home")
        hub = town.hub()

        told = await until(lambda: (t := parts(hub)["broker"])["level"] == "bad" and t)

        assert "refuses the user “hub”" in told["message"]
        assert "mqtt.password_file" in told["message"]
    finally:
        broker.close()


async def test_rubbish_on_every_topic_stops_nothing(home, own_broker):
    home.start("home", "diffusers")
    hub = home.hub()
    await until(lambda: len(ids_by_name(hub)) == 4)
    add_echo(hub)
    known = ids_by_name(hub)
    process = home.pid("home")

    async with peer_of(own_broker, "scent/1/#", "tasmota/#", "tele/#") as peer:
        await eventually(lambda: len({heard.topic for heard in peer.heard}) >= RETAINED_TOPICS)
        topics = {heard.topic for heard in peer.heard}
    async with peer_of(own_broker) as peer:
        for topic in sorted(topics | UNRETAINED_TOPICS):
            for payload in RUBBISH:
                await peer.say(topic, payload)

    async with peer_of(own_broker, ANSWER) as peer:
        await each_is_answered_once(peer)
    assert set(ids_by_name(hub).values()) == set(known.values())
    assert all(0 <= one["percent"] <= 100 for one in hub.get("/api/v1/cartridges"))
    assert home.pid("home") == process
    assert resident_mb(process) < 150
    assert "not UTF-8" in home.log("home")
    assert "too long" in home.log("home")


async def test_home_goes_on_without_a_cloud_and_pairing_says_why_it_cannot(found_town, own_broker):
    nowhere = f"http://{HOST}:{free_port()}"
    town = found_town(broker_port=own_broker.port, hub={"sync.cloud_url": nowhere})
    town.start("home")
    hub = town.hub()
    add_echo(hub)

    with pytest.raises(Refused) as refusal:
        await asyncio.to_thread(hub.post, "/api/v1/sync/pairing")

    assert refusal.value.message
    assert refusal.value.hint
    assert parts(hub)["cloud"]["level"] == "note"
    await until(lambda: parts(hub)["broker"]["level"] == "ok")
    async with peer_of(own_broker, ANSWER) as peer:
        await each_is_answered_once(peer)


async def test_taken_port_is_told_with_the_process_that_has_it(home):
    home.start("home")

    second = scentd("run", home)

    assert second.returncode == 1
    assert str(home.place.ports["home"]) in second.stderr
    assert str(home.pid("home")) in second.stderr
    assert "hint: " in second.stderr
    assert "Traceback" not in second.stderr


async def test_typo_in_the_settings_is_told_with_file_line_key_and_fix(home):
    file = home.place.hub_file
    lines = file.read_text().splitlines()
    lines.insert(3, 'mqtt.hots = "broker"')
    file.write_text("\n".join(lines))

    checked, started = scentd("check", home), scentd("run", home)

    for told in (checked, started):
        assert told.returncode == 1
        assert f"{file}:4: mqtt.hots" in told.stderr
        assert "Did you mean “host”?" in told.stderr
        assert "Traceback" not in told.stderr


async def test_sigterm_with_an_open_stream_ends_the_hub_cleanly_within_three_seconds(home, within):
    home.start("home")
    headers = home.hub().headers
    async with (
        aiohttp.ClientSession(home.place.url("home"), headers=headers) as session,
        session.get("/api/v1/events", headers={"Accept": "text/event-stream"}) as stream,
    ):
        await stream.content.readany()

        began = time.monotonic()
        code = await asyncio.to_thread(home.end_code, "home", within(5.0))

        assert code == 0
        assert time.monotonic() - began < within(3)
        # The stream has ended for the listener too: nothing more comes.
        async with asyncio.timeout(within(2)):
            await stream.content.read()


async def test_what_a_person_set_is_there_after_a_power_cut(home):
    home.start("home", "diffusers")
    hub = home.hub()
    await until(lambda: len(ids_by_name(hub)) == 4)
    rule_id = add_echo(hub)

    home.kill("home")
    home.start("home")

    assert hub.get(f"/api/v1/rules/{rule_id}")["name"] == "Echo"
    assert len(ids_by_name(hub)) == 4


def scentd(command, town):
    return subprocess.run(
        [SCENTD, command, "--config", str(town.place.hub_file)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
