"""The broker link against a real broker."""

import asyncio
import json

import aiomqtt
import pytest

from scentd.ports import Inbound, Publish
from tests.fakes.hub_link import HubLink, connected
from tests.fakes.mqtt_peer import peer_of
from tests.fakes.waiting import eventually
from tools.broker import Broker

pytestmark = pytest.mark.needs_broker


async def test_what_one_says_the_other_hears(broker: Broker) -> None:
    hub = HubLink(broker, name="talker")
    hub.listen("talk/in")

    async with connected(hub), peer_of(broker, "talk/out") as peer:
        hub.link.publish(Publish("talk/out", b"to you"))
        await peer.say("talk/in", b"to me")
        await eventually(lambda: hub.heard and peer.heard)

    assert [(m.topic, m.payload, m.is_retained) for m in hub.heard] == [
        ("talk/in", b"to me", False)
    ]
    assert peer.payloads("talk/out") == [b"to you"]


async def test_messages_of_both_qualities_arrive_whole_and_in_order(broker: Broker) -> None:
    hub = HubLink(broker, name="quality")
    hub.listen("quality/#")
    long = bytes(range(256)) * 400

    async with connected(hub), peer_of(broker) as peer:
        for qos, payload in ((0, b""), (1, b"one"), (0, long), (1, long[::-1])):
            await peer.say("quality/x", payload, qos=qos)
        await eventually(lambda: len(hub.heard) == 4)

    assert hub.payloads("quality/x") == [b"", b"one", long, long[::-1]]


async def test_a_message_published_at_qos_1_arrives_at_qos_1(broker: Broker) -> None:
    hub = HubLink(broker, name="acknowledged")

    async with connected(hub), peer_of(broker, "acknowledged/x") as peer:
        hub.link.publish(Publish("acknowledged/x", b"1", qos=1, retain=True))
        await eventually(lambda: peer.heard)

    assert peer.payloads("acknowledged/x") == [b"1"]


async def test_a_command_expires_at_the_broker_and_what_is_retained_does_not(
    broker: Broker,
) -> None:
    hub = HubLink(broker, name="expiring", expiry_s=15)

    async with (
        connected(hub),
        peer_of(broker, "expiring/x", protocol=aiomqtt.ProtocolVersion.V5) as peer,
    ):
        hub.link.publish(Publish("expiring/x", b"on", qos=1))
        hub.link.publish(Publish("expiring/x", b"kept", qos=1, retain=True))
        await eventually(lambda: len(peer.heard) == 2)

    assert [message.expires_in_s for message in peer.heard] == [15, None]


async def test_a_retained_message_says_that_it_is_one(broker: Broker) -> None:
    hub = HubLink(broker, name="old-news")

    async with peer_of(broker) as peer:
        await peer.say("old-news/x", b"yesterday", retain=True)
        async with connected(hub):
            hub.listen("old-news/+")
            await eventually(lambda: hub.heard)
            await peer.say("old-news/x", b"today", retain=True)
            await eventually(lambda: len(hub.heard) == 2)

    assert [m.is_retained for m in hub.heard] == [True, False]


async def test_one_more_watcher_of_a_filter_gets_the_retained_message_too(broker: Broker) -> None:
    hub = HubLink(broker, name="second")
    later: list[Inbound] = []

    async with connected(hub), peer_of(broker) as peer:
        hub.listen("second/x")
        await peer.say("second/x", b"kept", retain=True)
        await eventually(lambda: hub.heard)
        hub.link.watch("second/x", later.append)
        await eventually(lambda: later)

    assert [(m.payload, m.is_retained) for m in later] == [(b"kept", True)]


async def test_who_stops_watching_hears_no_more_and_the_others_do(broker: Broker) -> None:
    hub = HubLink(broker, name="leaver")
    leaver: list[Inbound] = []

    hub.listen("leaver/x")

    async with connected(hub), peer_of(broker) as peer:
        stop = hub.link.watch("leaver/x", leaver.append)
        stop()
        stop()
        await peer.say("leaver/x", b"still here?")
        await eventually(lambda: hub.heard)

    assert leaver == []


async def test_nothing_is_heard_of_a_filter_nobody_watches_any_more(broker: Broker) -> None:
    hub = HubLink(broker, name="deaf")
    hub.listen("deaf/end")
    stop = hub.link.watch("deaf/x", hub.heard.append)

    async with connected(hub), peer_of(broker, "deaf/unsubscribed") as peer:
        stop()
        await asyncio.sleep(0)  # noqa: TID251 - changes of a turn are told at its end
        hub.link.publish(Publish("deaf/unsubscribed", b""))
        await eventually(lambda: peer.heard)
        await peer.say("deaf/x", b"1")
        await peer.say("deaf/end", b"2")
        await eventually(lambda: hub.heard)

    assert [m.topic for m in hub.heard] == ["deaf/end"]
    assert hub.link.counters.received == 1


async def test_a_handler_that_fails_stops_nobody_else(broker: Broker) -> None:
    hub = HubLink(broker, name="clumsy")

    def fail(message: Inbound) -> None:
        raise RuntimeError("a bug of ours")

    hub.link.watch("clumsy/x", fail)
    hub.listen("clumsy/x")

    async with connected(hub), peer_of(broker) as peer:
        await peer.say("clumsy/x", b"1")
        await peer.say("clumsy/x", b"2")
        await eventually(lambda: len(hub.heard) == 2)

    assert hub.link.counters.handler_failures == 2


async def test_birth_is_retained_and_a_clean_stop_says_so(broker: Broker) -> None:
    hub = HubLink(broker, name="mortal")

    async with peer_of(broker, "scent/hub/mortal/status") as peer:
        async with connected(hub):
            await eventually(lambda: peer.heard)
        await eventually(lambda: len(peer.heard) == 2)
    async with peer_of(broker, "scent/hub/mortal/status") as late:
        await eventually(lambda: late.heard)

    born, died = (json.loads(message.payload) for message in peer.heard)
    assert (born["status"], died["status"]) == ("online", "stopping")
    assert [message.qos for message in peer.heard] == [1, 1]
    assert born["boot_id"] == died["boot_id"]
    assert born["version"]
    assert (json.loads(late.heard[0].payload)["status"], late.heard[0].is_retained) == (
        "stopping",
        True,
    )


async def test_a_message_too_long_is_counted_and_the_next_one_heard(broker: Broker) -> None:
    hub = HubLink(broker, name="big")
    hub.listen("big/x")

    async with connected(hub), peer_of(broker) as peer:
        for _ in range(30):  # more than a broker leaves unacknowledged
            await peer.say("big/x", b"x" * 1_048_576)
        await peer.say("big/x", b"short")
        await eventually(lambda: hub.heard)

    assert hub.payloads("big/x") == [b"short"]
    assert hub.link.counters.oversized == 30


async def test_a_long_announcement_is_heard_where_devices_announce_themselves(
    broker: Broker,
) -> None:
    hub = HubLink(broker, name="listed", announcements=("+/bridge/devices",))
    hub.listen("listed/#")
    listed = b"x" * 5_242_880

    async with connected(hub), peer_of(broker) as peer:
        await peer.say("listed/bridge/state", listed)
        await peer.say("listed/bridge/devices", listed)
        await peer.say("listed/bridge/devices", b"x" * 8_388_609)
        await peer.say("listed/end", b"")
        await eventually(lambda: hub.payloads("listed/end"))

    assert hub.payloads("listed/bridge/devices") == [listed]
    assert hub.payloads("listed/bridge/state") == []
    assert hub.link.counters.oversized == 2


async def test_a_flood_on_one_topic_delays_nobody_and_loses_no_event(broker: Broker) -> None:
    hub = HubLink(broker, name="flood", inbox_messages=100)
    hub.listen("flood/telemetry", "flood/event")

    async with connected(hub), peer_of(broker) as peer:
        for number in range(5_000):
            await peer.say("flood/telemetry", str(number), qos=0)
            if number % 500 == 0:
                await peer.say("flood/event", str(number), qos=1)
        await peer.say("flood/event", b"end", qos=1)
        await eventually(lambda: hub.payloads("flood/event")[-1:] == [b"end"])

    events = [str(number).encode() for number in range(0, 5_000, 500)]
    assert hub.payloads("flood/event") == [*events, b"end"]
    assert hub.link.counters.received + hub.link.counters.dropped == 5_011


async def test_publishing_where_nobody_may_is_our_own_mistake(broker: Broker) -> None:
    hub = HubLink(broker, name="strict")

    async with connected(hub):
        with pytest.raises(ValueError, match="not a topic"):
            hub.link.publish(Publish("all/#", b""))
        with pytest.raises(ValueError, match="not a topic filter"):
            hub.link.watch("all/#/x", hub.heard.append)

        assert hub.link.is_connected
