"""A visit at a real broker: it hears and asks, and leaves nothing behind."""

import asyncio
from collections.abc import Iterator

import pytest

from scentd.clock import SystemClock
from scentd.mqtt.errors import BrokerLost
from scentd.mqtt.settings import MqttSettings
from scentd.mqtt.visit import Visit
from scentd.ports import Inbound, Publish
from tests.fakes.said import say_retained
from tests.fakes.waiting import eventually
from tools.broker import Broker


@pytest.fixture(params=["mosquitto", "embedded"])
def any_broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    if request.param == "mosquitto":
        request.getfixturevalue("broker")  # says so where there is none
    broker = Broker(kind=request.param)
    try:
        broker.start()
        yield broker
    finally:
        broker.close()


def visit_at(broker: Broker, **settings: object) -> Visit:
    return Visit(MqttSettings(host=broker.host, port=broker.port, **settings), SystemClock())


async def test_it_hears_what_is_kept_and_what_it_says_itself(any_broker: Broker) -> None:
    await asyncio.to_thread(say_retained, any_broker, [("visit/kept", b"old")])
    heard: list[Inbound] = []

    async with visit_at(any_broker) as visit:
        end = visit.watch("visit/#", heard.append)
        await eventually(lambda: heard)
        visit.publish(Publish("visit/now", b"new"))
        await eventually(lambda: len(heard) == 2)
        end()

    assert [(one.topic, one.payload, one.is_retained) for one in heard] == [
        ("visit/kept", b"old", True),
        ("visit/now", b"new", False),
    ]
    assert visit.received == 2


async def test_two_visits_beside_each_other_do_not_end_each_other(own_broker: Broker) -> None:
    async with visit_at(own_broker) as first, visit_at(own_broker) as second:
        heard: list[Inbound] = []
        first.watch("visit/x", heard.append)
        # Kept: the broker may hear it before the first one subscribes.
        second.publish(Publish("visit/x", b"x", retain=True))
        await eventually(lambda: heard)

        assert (first.lost, second.lost) == (None, None)


async def test_nothing_is_left_on_the_broker(own_broker: Broker) -> None:
    async with visit_at(own_broker) as visit:
        visit.watch("a/b", lambda inbound: None)

    heard: list[Inbound] = []
    async with visit_at(own_broker) as later:
        later.watch("#", heard.append)
        later.publish(Publish("last", b""))
        await eventually(lambda: heard)

    assert [one.topic for one in heard] == ["last"]


async def test_why_it_ended_before_its_time_is_told(own_broker: Broker) -> None:
    async with visit_at(own_broker) as visit:
        assert visit.lost is None
        await asyncio.to_thread(own_broker.kill)
        await eventually(lambda: visit.lost)

    assert isinstance(visit.lost, BrokerLost)
    assert not visit.publish(Publish("a", b""))


async def test_what_nobody_may_say_or_hear_is_refused(own_broker: Broker) -> None:
    async with visit_at(own_broker) as visit:
        with pytest.raises(ValueError, match="not a topic filter"):
            visit.watch("a/#/b", lambda inbound: None)
        with pytest.raises(ValueError, match="not a topic"):
            visit.publish(Publish("a/+", b""))


async def test_an_older_mqtt_is_spoken_when_the_settings_say_so(own_broker: Broker) -> None:
    async with visit_at(own_broker, version="3.1.1") as visit:
        heard: list[Inbound] = []
        visit.watch("visit/x", heard.append)
        visit.publish(Publish("visit/x", b""))

        await eventually(lambda: heard)
