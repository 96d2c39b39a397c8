"""What a broker carries, as the hub understands it."""

import asyncio

import pytest

from adapters.registry import load_dialects
from scentd.devices.survey import Survey
from tests.fakes.broker import FakeBroker
from tests.fakes.clock import ManualClock
from tests.fakes.parts_dialect import PartsDialect


@pytest.fixture
def broker(clock: ManualClock) -> FakeBroker:
    return FakeBroker(clock)


@pytest.fixture
def survey(broker: FakeBroker, clock: ManualClock) -> Survey:
    return Survey({**load_dialects(), "parts": PartsDialect()}, broker, clock)


def test_devices_their_topics_and_what_nobody_understands_are_told_apart(survey, broker) -> None:
    broker.say("scent/1/a1/description", b"{}", retain=True)
    broker.say("scent/1/a1/state", b'{"power":true}', retain=True)
    broker.say("frigate/events", b"x", retain=True)
    broker.say("homeassistant/sensor/a", b"x", retain=True)
    broker.say("homeassistant/sensor/b", b"x", retain=True)

    survey.start()
    broker.deliver()
    picture = survey.picture()

    assert [one.id for one in picture.devices] == ["native-a1"]
    assert picture.topics == 5
    assert picture.explained["native"] == 2
    found = {one.level: (one.topics, one.example) for one in picture.unexplained}
    assert found["frigate"] == (1, "frigate/events")


async def test_what_comes_in_parts_is_put_together(survey, broker, clock) -> None:
    finding = asyncio.ensure_future(survey.run())
    survey.start()
    broker.say("parts/p/name", b"Puffer")
    broker.say("parts/p/steps", b"3")
    broker.deliver()
    await clock.advance(3)

    assert [one.name for one in survey.picture().devices] == ["Puffer"]
    finding.cancel()


def test_devices_are_asked_for_and_nothing_else_is_sent(survey, broker) -> None:
    broker.say("scent/1/a1/description", b"{}", retain=True)

    survey.start()
    broker.deliver()

    asked = [one for dialect in survey.dialects.values() for one in dialect.discovery_asks()]
    assert broker.published == asked
    assert not any(message.retain for message in broker.published)


def test_what_went_and_what_a_bridge_no_longer_carries_is_not_shown(survey, broker) -> None:
    survey.start()
    for topic in ("scent/1/a1/description", "list/one/x", "list/one/y"):
        broker.say(topic, b"{}")
    broker.say("list/all", b"y")
    broker.say("scent/1/a1/description", b"")
    broker.deliver()

    assert [one.id for one in survey.picture().devices] == ["parts-y"]


def test_an_announcement_that_cannot_be_read_is_named_with_the_reason(survey, broker) -> None:
    survey.start()
    broker.say("scent/1/a1/description", b"[]")
    broker.deliver()

    assert "JSON object" in survey.picture().malformed["scent/1/a1/description"]
