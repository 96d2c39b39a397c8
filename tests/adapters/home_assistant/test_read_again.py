"""What we publish for Home Assistant is read again by our own reader of such announcements.

The two were written apart: what one says and the other understands must be the same.
"""

import json

from adapters.diffusers.announced.configs import announcement_of
from adapters.diffusers.announced.owners import Owner, owner_of
from adapters.diffusers.homeassistant.dialect import HomeAssistantDialect
from adapters.home_assistant.places import Places
from adapters.home_assistant.translate import Look, announcement, kept
from adapters.home_assistant.words import words_of
from scentd.model.commands import Origin, Source, Wish
from scentd.model.diffuser import Availability, Diffuser, DiffuserState, ReportedState
from scentd.model.readings import AvailabilityRead, IntensityRead, LightRead, PowerRead, SignalRead
from scentd.ports import NEVER
from tests.adapters.announced import Announced
from tests.fakes.platform_home import NOON, RICH, diffuser

PLACES = Places("hub", version="0.1.0")
WORDS = words_of("en")
DIALECT = HomeAssistantDialect()
ONE = diffuser(can=RICH)
TOPIC = PLACES.config(ONE.id)
STRONGEST = RICH.steps[-1]


def look(**reported: object) -> Look:
    return Look(ONE, DiffuserState(ReportedState(**reported)), {}, NOON)


def as_others(text: bytes) -> bytes:
    """Give the announcement as if another program had written it."""
    body = json.loads(text)
    return json.dumps({**body, "origin": {"name": "another"}}).encode()


def found() -> Diffuser:
    """Give what another hub would find; a signal is announced once the device told one."""
    announced = Announced(DIALECT).hear(
        [(TOPIC, as_others(announcement(PLACES, look(signal_dbm=-50), WORDS)))]
    )
    (only,) = announced.diffusers.values()
    return only


def test_our_own_announcements_are_nobody_elses() -> None:
    payload = announcement(PLACES, look(), WORDS)

    read = announcement_of(TOPIC, payload)

    assert read is not None
    assert owner_of(read) is Owner.SCENTD
    assert DIALECT.discover(TOPIC, payload) == ()


def test_another_hub_would_read_of_ours_what_it_can_do() -> None:
    can = found().capabilities

    assert (can.power, can.light, can.energy) == (True, True, RICH.energy)
    assert can.steps[-1] == 100


def test_another_hub_would_read_the_state_we_tell() -> None:
    said = kept(
        PLACES,
        look(power=True, intensity_percent=STRONGEST, light=True, signal_dbm=-61),
        WORDS,
    )
    one = found()

    readings = {
        reading
        for topic in DIALECT.topics(one)
        if topic in said
        for reading in DIALECT.decode(one, topic, said[topic])
    }

    assert PowerRead(True) in readings
    assert IntensityRead(100) in readings
    assert SignalRead(-61) in readings
    assert any(isinstance(r, LightRead) and r.on for r in readings)


def test_another_hub_would_take_our_hub_for_the_bridge() -> None:
    one = found()

    assert DIALECT.decode(one, PLACES.hub_status, b'{"status":"stopping"}') == (
        AvailabilityRead(Availability.OFFLINE, "bridge"),
    )


def test_another_hub_would_send_what_we_listen_to() -> None:
    one = found()

    wish = Wish(one.id, Source(Origin.MANUAL), power=True, intensity_percent=100)
    sent = DIALECT.encode(one, wish, command_id="c", expires_at=NEVER)

    base = PLACES.base(ONE.id)
    assert {message.topic for message in sent} == {f"{base}/set/power", f"{base}/set/percentage"}
