import pytest
from aiohttp import web

from scentd.contracts.bodies import EventClass
from scentd.contracts.history import GENESIS
from scentd.contracts.sync import ProtocolRange, session_claim
from scentd.store import documents, lineage, pairing
from scentd.sync.errors import CloudUnreachable, HubNotPaired, HubRevoked
from tests.fakes.running import running
from tests.fakes.scripted_cloud import refusal
from tests.fakes.waiting import eventually


async def test_a_hub_proves_itself_with_the_key_of_its_pairing(hub, cloud):
    await hub.session.ensure()

    (hello,) = cloud.hellos
    paired = await hub.database.read(pairing.find_pairing)
    key = hub.keys.load(paired.key_name)
    claim = session_claim("ab" * 32, 7, "https://shop.example", ProtocolRange())
    assert hello["signature"] == key.sign(claim).hex()


async def test_everything_goes_up_in_order_and_nothing_twice(hub, cloud):
    await hub.tell(count=1_203)

    await hub.uplink().drain()

    assert [event["body"]["rule_id"] for event in cloud.taken] == [f"r{n}" for n in range(1_203)]
    assert [len(batch) for batch in cloud.batches] == [500, 500, 203]
    assert await hub.waiting() == 0
    assert hub.status.connected


async def test_one_session_serves_many_batches(hub, cloud):
    for _ in range(3):
        await hub.tell()
        await hub.uplink().drain()

    assert cloud.asked.count("session") == 1


async def test_a_fact_is_sent_within_two_seconds_and_takes_the_rest_along(hub, cloud, within):
    async with running(hub.uplink().run):
        await hub.tell(EventClass.TELEMETRY)
        await hub.tell(EventClass.CRITICAL)
        await eventually(lambda: len(cloud.taken) == 2, within_s=within(2))


async def test_telemetry_waits_for_company(hub, cloud):
    async with running(hub.uplink(telemetry_count=10).run):
        await hub.tell(EventClass.TELEMETRY, count=9)
        await hub.tell(EventClass.TELEMETRY)
        await eventually(lambda: len(cloud.batches) == 1)

    assert len(cloud.batches[0]) == 10


async def test_an_unpaired_hub_sends_nothing_and_keeps_everything(unpaired, cloud):
    async with running(unpaired.uplink().run):
        await unpaired.tell(count=3)
        await eventually(lambda: unpaired.status.queued == 3)

    assert cloud.asked == []
    with pytest.raises(HubNotPaired):
        await unpaired.uplink().drain()


async def test_a_cloud_that_is_away_is_told_in_words_and_found_again(hub, cloud):
    cloud.events.extend([refusal(503, "unavailable")] * 3)

    async with running(hub.uplink().run):
        await hub.tell()
        await eventually(lambda: cloud.taken)

    assert [link.connected for link in hub.links if link.reason] == [False]
    assert hub.status.connected
    assert hub.status.reason is None


async def test_a_cloud_that_asks_for_time_gets_it(hub, cloud):
    cloud.events.append(refusal(429, "too_many_requests", **{"Retry-After": "1"}))
    await hub.tell()
    began_s = hub.clock.monotonic()

    async with running(hub.uplink().run):
        await eventually(lambda: cloud.taken)

    assert hub.clock.monotonic() - began_s >= 1.0


async def test_a_session_that_is_over_is_opened_anew(hub, cloud):
    await hub.tell()
    cloud.events.append(refusal(401, "session_invalid"))

    await hub.uplink().drain()

    assert cloud.asked.count("session") == 2
    assert len(cloud.taken) == 1


@pytest.mark.parametrize("code", ["session_invalid", "hub_revoked"])
async def test_a_hub_that_was_removed_stops_keeps_its_outbox_and_says_so(hub, cloud, code):
    await hub.tell()
    cloud.events.append(refusal(401, code))
    await hub.session.ensure()
    cloud.sessions.append(refusal(401, "hub_revoked"))

    async with running(hub.uplink().run):
        await eventually(lambda: not hub.status.paired)
        asked = len(cloud.asked)
        await hub.tell()
        await eventually(lambda: hub.status.queued == 2)

    assert len(cloud.asked) == asked
    assert "removed" in str(hub.status.reason)
    with pytest.raises(HubRevoked):
        await hub.session.ensure()


async def test_a_proof_that_is_refused_is_not_the_end(hub, cloud):
    cloud.sessions.append(refusal(401, "proof_refused"))
    await hub.tell()

    async with running(hub.uplink().run):
        await eventually(lambda: cloud.taken)

    assert hub.status.paired


async def test_an_answer_that_does_not_match_our_history_confirms_nothing(hub, cloud):
    await hub.tell(count=2)
    cloud.events.append(
        lambda: web.json_response({"acked": 2, "chain": "11" * 16, "server_ms": cloud.server_ms})
    )
    before = await hub.database.read(lineage.position)

    await hub.uplink().drain()

    after = await hub.database.read(lineage.position)
    assert after.lineage != before.lineage
    assert [event["body"]["rule_id"] for event in cloud.taken] == ["r0", "r1"]


async def test_a_batch_too_large_is_halved_and_the_size_found_again(hub, cloud):
    await hub.tell(count=64)
    cloud.events.extend([refusal(413, "batch_too_large")] * 3)

    await hub.uplink().drain()

    assert [len(batch) for batch in cloud.batches] == [8, 16, 32, 8]


async def test_a_lone_event_too_large_does_not_turn_in_circles(hub, cloud):
    await hub.tell()
    cloud.events.extend([refusal(413, "batch_too_large")] * 2)

    with pytest.raises(Exception, match="too large"):
        await hub.uplink().drain()


async def test_agreeing_on_the_place_and_being_refused_waits_before_it_asks_again(hub, cloud):
    await hub.tell()
    body = {"code": "position", "message": "", "hint": "", "acked": 0, "chain": "00" * 16}
    cloud.events.append(lambda: web.json_response(body, status=409))

    with pytest.raises(CloudUnreachable):
        await hub.uplink().drain()


NONE_OF_OURS = {
    "a captive portal": lambda: web.Response(text="<html>Log in to the hotel's network</html>"),
    "a redirection": lambda: web.Response(status=302, headers={"Location": "http://127.0.0.1:9/"}),
    "a crash": lambda: web.Response(status=500, text="oops"),
    "a teapot": lambda: web.Response(status=418, text="I am a teapot"),
    "numbers that cannot be": lambda: web.json_response({"acked": -1, "chain": ""}),
}


@pytest.mark.parametrize("what", NONE_OF_OURS)
async def test_an_answer_that_is_none_of_ours_changes_nothing(hub, cloud, what):
    await hub.tell()
    await hub.session.ensure()
    cloud.events.append(NONE_OF_OURS[what])
    before = await hub.database.read(lineage.position)

    with pytest.raises(CloudUnreachable):
        await hub.uplink().drain()

    after = await hub.database.read(lineage.position)
    assert (after.lineage, after.acked) == (before.lineage, before.acked)


async def test_edits_of_a_wrong_clock_are_set_right_before_they_are_sent(hub, cloud):
    await hub.database.write(lambda c: documents.record_edit(c, "rule", "r1", "name", "x"))
    cloud.server_ms = 1_600_000_000_000  # years before the hub's own clock

    await hub.uplink().drain()

    (event,) = cloud.taken
    assert abs((event["body"]["stamp"] >> 16) - cloud.server_ms) < 60_000


async def test_a_cloud_that_lost_our_log_gets_it_again(hub, cloud):
    await hub.tell(count=2)
    await hub.uplink().drain()
    before = await hub.database.read(lineage.position)
    cloud.position = {"acked": 0, "chain": GENESIS.hex()}
    hub.session.drop(await hub.session.ensure())

    await hub.uplink().drain()

    assert [event["body"]["rule_id"] for event in cloud.taken] == ["r0", "r1", "r0", "r1"]
    assert (await hub.database.read(lineage.position)).lineage == before.lineage


async def test_a_copied_card_begins_a_log_of_its_own(hub, cloud):
    await hub.tell(count=2)
    cloud.position = {"acked": 9, "chain": "11" * 16}
    before = await hub.database.read(lineage.position)

    await hub.uplink().drain()

    after = await hub.database.read(lineage.position)
    assert after.lineage != before.lineage
    assert [event["body"]["rule_id"] for event in cloud.taken] == ["r0", "r1"]
