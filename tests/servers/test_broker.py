"""The private brokers that the tests and the demo run on."""

import asyncio
import json

import aiomqtt
import pytest

from tests.components import require
from tools.broker import Broker

_DEADLINE_S = 30


@pytest.fixture(params=["mosquitto", "embedded"])
def kind(request):
    if request.param == "mosquitto":
        require("needs_broker")
    return request.param


@pytest.fixture
def start(kind):
    started = []

    def start_broker(**options):
        broker = Broker(kind=kind, **options)
        started.append(broker)
        broker.start()
        return broker

    yield start_broker
    for broker in started:
        broker.close()


async def echo(broker, topic, **credentials):
    async with (
        asyncio.timeout(_DEADLINE_S),
        aiomqtt.Client(broker.host, broker.port, **credentials) as client,
    ):
        await client.subscribe(topic)
        await client.publish(topic, "hello", qos=1)
        message = await anext(aiter(client.messages))
        return message.payload


async def test_message_comes_back(start):
    assert await echo(start(), "greeting") == b"hello"


async def test_restart_and_kill_keep_the_port(start):
    broker = start()
    port = broker.port

    broker.restart()
    broker.kill()
    broker.start()

    assert broker.port == port
    assert await echo(broker, "greeting") == b"hello"


async def test_password_admits_its_user_alone(start):
    broker = start(passwords={"ann": "correct"})

    answer = await echo(broker, "greeting", username="ann", password="correct")

    assert answer == b"hello"


@pytest.mark.parametrize(
    "credentials",
    [{}, {"username": "ann", "password": "wrong"}, {"username": "bob", "password": "correct"}],
)
async def test_password_refuses_everybody_else(start, credentials):
    broker = start(passwords={"ann": "correct"})

    with pytest.raises(aiomqtt.MqttError):
        await echo(broker, "greeting", **credentials)


async def test_client_that_only_connects_gets_nobodys_retained_messages(start):
    broker = start()
    async with aiomqtt.Client(broker.host, broker.port, identifier="owner") as owner:
        await owner.subscribe("private/#")
        await owner.publish("private/note", "secret", qos=1, retain=True)

        async with (
            asyncio.timeout(_DEADLINE_S),
            aiomqtt.Client(broker.host, broker.port) as stranger,
        ):
            await stranger.subscribe("marker")
            await owner.publish("marker", "end", qos=1)
            first = await anext(aiter(stranger.messages))

    assert first.payload == b"end"


async def test_retained_message_reaches_a_later_subscriber(start):
    broker = start()
    async with aiomqtt.Client(broker.host, broker.port) as writer:
        await writer.publish("state", json.dumps({"on": True}), qos=1, retain=True)

    async with asyncio.timeout(_DEADLINE_S), aiomqtt.Client(broker.host, broker.port) as reader:
        await reader.subscribe("state")
        message = await anext(aiter(reader.messages))

    assert json.loads(message.payload) == {"on": True}


def test_close_frees_the_port(kind):
    first = Broker(kind=kind)
    first.start()
    port = first.port

    first.close()
    second = Broker(kind=kind, port=port)
    second.start()
    second.close()

    assert second.pid is None
