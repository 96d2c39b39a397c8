"""The broker link when the broker is away, restarts, refuses, or speaks an old MQTT."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from scentd.ports import Publish
from tests.fakes.hub_link import HubLink, connected
from tests.fakes.mqtt_peer import peer_of
from tests.fakes.running import running
from tests.fakes.waiting import eventually
from tools.broker import Broker

pytestmark = pytest.mark.needs_broker


async def restarted(broker: Broker) -> None:
    await asyncio.to_thread(broker.restart)


async def test_a_broker_that_comes_late_is_found(own_broker: Broker) -> None:
    own_broker.stop()
    hub = HubLink(own_broker)
    hub.listen("late/x")

    async with running(hub.link.run):
        await eventually(lambda: hub.news)
        assert hub.link.publish(Publish("late/x", b"nobody there")) is False
        await asyncio.to_thread(own_broker.start)
        await eventually(lambda: hub.link.is_connected)
        hub.link.publish(Publish("late/x", b"hello"))
        await eventually(lambda: hub.heard)

    assert [news.connected for news in hub.news] == [False, True]
    assert "Nothing listens" in str(hub.news[0].reason)
    assert "systemctl start mosquitto" in str(hub.news[0].reason)
    assert hub.payloads("late/x") == [b"hello"]


async def test_after_each_restart_everything_watched_is_heard_again(
    own_broker: Broker, is_long_run: bool
) -> None:
    times = 20 if is_long_run else 5
    hub = HubLink(own_broker)
    hub.listen("again/x")

    async with connected(hub):
        for number in range(times):
            await restarted(own_broker)
            await eventually(lambda number=number: hub.link.counters.connects == number + 2)
            async with peer_of(own_broker) as peer:
                await peer.say("again/x", str(number))
                await eventually(lambda number=number: len(hub.heard) == number + 1)

    assert hub.payloads("again/x") == [str(number).encode() for number in range(times)]
    assert sum(news.connected for news in hub.news) == times + 1
    assert hub.link.reason is None


async def test_what_is_said_into_a_connection_that_broke_is_refused_without_a_word(
    own_broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    hub = HubLink(own_broker)

    async with connected(hub):
        own_broker.stop()  # and the loop has had no turn to hear of it
        sent = [hub.link.publish(Publish("lost/x", b"?")) for _ in range(20)]

    assert sent[-1] is False
    assert [r.message for r in caplog.records if r.name == "asyncio"] == []


async def test_a_killed_broker_is_noticed_and_found_again_within_a_second(
    own_broker: Broker, within: Callable[[float], float]
) -> None:
    hub = HubLink(own_broker, backoff_ceiling_loopback_s=1.0)

    async with connected(hub):
        await asyncio.to_thread(own_broker.kill)
        await eventually(lambda: not hub.link.is_connected)
        await asyncio.to_thread(own_broker.start)
        await eventually(lambda: hub.link.is_connected, within_s=within(2.0))

    assert "was lost" in str(hub.news[1].reason)


async def test_nothing_published_while_away_is_delivered_late(own_broker: Broker) -> None:
    hub = HubLink(own_broker)

    async with connected(hub):
        await asyncio.to_thread(own_broker.stop)
        await eventually(lambda: not hub.link.is_connected)
        assert hub.link.publish(Publish("stale/x", b"spray!", qos=1)) is False
        await asyncio.to_thread(own_broker.start)
        async with peer_of(own_broker, "stale/x") as peer:
            await eventually(lambda: hub.link.is_connected)
            hub.link.publish(Publish("stale/x", b"now", qos=1))
            await eventually(lambda: peer.heard)

    assert peer.payloads("stale/x") == [b"now"]


async def test_the_last_will_tells_of_a_hub_that_lost_its_place(broker: Broker) -> None:
    hub = HubLink(broker, name="victim")

    async with (
        peer_of(broker, "scent/hub/victim/status") as peer,
        connected(hub),
        peer_of(broker, identifier="scentd-victim"),
    ):
        await eventually(lambda: len(peer.heard) >= 2)

    words = [json.loads(message.payload)["status"] for message in peer.heard]
    assert words[:2] == ["online", "offline"]
    assert [message.qos for message in peer.heard[:2]] == [1, 1]


async def test_a_wrong_password_is_named_and_the_right_one_gets_in(tmp_path: Path) -> None:
    broker = Broker(passwords={"hub": "right"})
    broker.start()
    secret = tmp_path / "password"
    secret.write_text("wrong\n")
    hub = HubLink(broker, username="hub", password_file=str(secret))
    try:
        async with running(hub.link.run):
            await eventually(lambda: hub.news)
            secret.write_text("right\n")
            await eventually(lambda: hub.link.is_connected)
    finally:
        broker.close()

    assert [news.connected for news in hub.news] == [False, True]
    assert "refuses user “hub”" in str(hub.news[0].reason)
    assert "mqtt.password_file" in str(hub.news[0].reason)


async def test_a_missing_password_file_is_named(broker: Broker, tmp_path: Path) -> None:
    hub = HubLink(broker, username="hub", password_file=str(tmp_path / "absent"))

    async with running(hub.link.run):
        await eventually(lambda: hub.news)

    assert "absent" in str(hub.link.reason)
    assert "mqtt.password_file" in str(hub.link.reason)


async def test_two_hubs_of_one_name_are_told_what_is_wrong(broker: Broker) -> None:
    first = HubLink(broker, name="twin")
    second = HubLink(broker, name="twin")

    async with connected(first), running(second.link.run):
        await eventually(lambda: len(first.news) > 1)

    assert first.news[1].connected is False
    assert "scentd-twin" in str(first.news[1].reason)


async def test_an_old_broker_is_spoken_to_in_mqtt_3() -> None:
    broker = Broker(kind="embedded")
    broker.start()
    hub = HubLink(broker)
    hub.listen("old/x")
    try:
        async with connected(hub), peer_of(broker) as peer:
            await peer.say("old/x", b"1")
            await eventually(lambda: hub.heard)
    finally:
        broker.close()

    assert [news.connected for news in hub.news] == [True]


async def test_a_port_that_says_nothing_is_given_up_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        broker = Broker(port=silent.getsockname()[1])
        hub = HubLink(broker, connect_timeout_s=0.2)
        async with running(hub.link.run):
            await eventually(lambda: hub.news)

    assert "does not answer" in str(hub.link.reason)


async def test_something_else_on_the_port_does_not_hang_the_hub() -> None:
    async def speak_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(speak_http, "127.0.0.1", 0)
    async with server:
        hub = HubLink(Broker(port=server.sockets[0].getsockname()[1]))
        async with running(hub.link.run):
            await eventually(lambda: hub.news)

    assert "cannot be reached" in str(hub.link.reason)


async def test_a_broker_that_reads_nothing_makes_publishing_fail_before_memory_fills(
    own_broker: Broker,
) -> None:
    hub = HubLink(own_broker, outbox_bytes=65_536)

    async with connected(hub):
        os.kill(own_broker.pid, signal.SIGSTOP)
        try:
            sent = [hub.link.publish(Publish("jam/x", b"x" * 100_000)) for _ in range(200)]
        finally:
            os.kill(own_broker.pid, signal.SIGCONT)

    assert sent[0] is True
    assert sent[-1] is False


async def test_a_broker_that_hangs_is_noticed_although_bytes_still_wait_for_it(
    own_broker: Broker,
) -> None:
    hub = HubLink(own_broker, keepalive_s=1, connect_timeout_s=1)

    async with connected(hub):
        os.kill(own_broker.pid, signal.SIGSTOP)
        try:
            while hub.link.publish(Publish("hang/x", b"x" * 100_000)):
                pass
            await eventually(lambda: not hub.link.is_connected)
        finally:
            os.kill(own_broker.pid, signal.SIGCONT)
        await eventually(lambda: hub.link.is_connected)

    assert hub.link.counters.connects == 2
