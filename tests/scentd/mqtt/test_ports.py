"""What the hub expects of Publisher and Subscriber, of the link and of the fake alike."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from scentd.ports import Inbound, Publish
from tests.fakes.broker import FakeBroker
from tests.fakes.clock import ManualClock
from tests.fakes.hub_link import HubLink, connected
from tests.fakes.waiting import eventually
from tools.broker import Broker


@dataclass
class Wires:
    """The port under test, and how to wait until everything has arrived."""

    port: FakeBroker
    settled: Callable[[], Awaitable[None]]


@pytest.fixture(params=["link", "fake"])
async def wires(request: pytest.FixtureRequest) -> AsyncIterator[Wires]:
    if request.param == "fake":
        fake = FakeBroker(ManualClock())

        async def deliver() -> None:
            fake.deliver()

        yield Wires(fake, deliver)
        return
    broker: Broker = request.getfixturevalue("own_broker")
    hub = HubLink(broker)
    echoes: list[Inbound] = []

    async def answered() -> None:
        # Brokers keep the order of one client: when the echo is here, so is all before it.
        before = len(echoes)
        await asyncio.sleep(0)  # noqa: TID251 - changes of a turn are told at its end
        hub.link.publish(Publish("echo", b""))
        await eventually(lambda: len(echoes) > before)

    hub.link.watch("echo", echoes.append)
    async with connected(hub):
        yield Wires(hub.link, answered)


async def test_who_watches_hears_and_who_does_not_does_not(wires: Wires) -> None:
    heard: list[tuple[str, bytes]] = []
    wires.port.watch("a/+/c", lambda m: heard.append((m.topic, m.payload)))
    await wires.settled()

    wires.port.publish(Publish("a/b/c", b"1"))
    wires.port.publish(Publish("a/b", b"2"))
    await wires.settled()

    assert heard == [("a/b/c", b"1")]


async def test_a_late_watcher_hears_what_is_retained_marked_as_such(wires: Wires) -> None:
    heard: list[tuple[bytes, bool]] = []
    wires.port.publish(Publish("kept", b"old", retain=True))
    await wires.settled()

    wires.port.watch("kept", lambda m: heard.append((m.payload, m.is_retained)))
    await wires.settled()
    wires.port.publish(Publish("kept", b"new", retain=True))
    await wires.settled()

    assert heard == [(b"old", True), (b"new", False)]


async def test_an_empty_retained_message_clears(wires: Wires) -> None:
    heard: list[bytes] = []
    wires.port.publish(Publish("cleared", b"x", retain=True))
    wires.port.publish(Publish("cleared", b"", retain=True))
    await wires.settled()

    wires.port.watch("cleared", lambda m: heard.append(m.payload))
    await wires.settled()

    assert heard == []


async def test_who_ended_watching_hears_no_more(wires: Wires) -> None:
    heard: list[bytes] = []
    end = wires.port.watch("ended", lambda m: heard.append(m.payload))
    end()
    await wires.settled()

    wires.port.publish(Publish("ended", b"1"))
    await wires.settled()

    assert heard == []


async def test_messages_come_after_the_publish_has_returned(wires: Wires) -> None:
    heard: list[bytes] = []
    wires.port.watch("later", lambda m: heard.append(m.payload))
    await wires.settled()

    assert wires.port.publish(Publish("later", b"1")) is True
    assert heard == []
    await wires.settled()

    assert heard == [b"1"]
