"""Why the broker or the cloud is lost, in each language."""

import socket
import ssl
from zoneinfo import ZoneInfo

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from scentd.api.formats import Formats
from scentd.api.reasonwords import tell_then
from scentd.api.refusals import refusal
from scentd.api.words import Languages
from scentd.contracts.sync import PositionV1
from scentd.mqtt import errors as mqtt
from scentd.mqtt.settings import MqttSettings
from scentd.sync import errors as sync
from tests.fakes.parts import FRIDAY_EVENING

LANGUAGES = Languages.load()
PLAIN, SAFE = MqttSettings(), MqttSettings(tls=True, username="hub")


def said(name: str, packet: int = PacketTypes.CONNACK) -> ReasonCode:
    return ReasonCode(packet, name)


def no_tls() -> ssl.SSLError:
    try:
        ssl.create_default_context().load_verify_locations(cadata="no certificate")
    except ssl.SSLError as error:
        return error
    raise AssertionError("that was no certificate")


BROKER = (
    *(
        mqtt.unreachable(PLAIN, error)
        for error in (
            TimeoutError(),
            ConnectionRefusedError(),
            socket.gaierror(),
            no_tls(),
            OSError("no route"),
        )
    ),
    mqtt.unreachable(SAFE, OSError("no route")),
    mqtt.unusable_files(FileNotFoundError("ca.pem")),
    mqtt.refused(PLAIN, said("Unsupported protocol version")),
    mqtt.refused(SAFE, said("Bad user name or password")),
    mqtt.refused(PLAIN, said("Server busy")),
    mqtt.ended(PLAIN, said("Session taken over", PacketTypes.DISCONNECT)),
    mqtt.ended(PLAIN, said("Server shutting down", PacketTypes.DISCONNECT)),
    mqtt.ended(PLAIN, None),
)
UNREACHABLE = (
    ("certificate", {}),
    ("name_unknown", {}),
    ("silent", {}),
    ("broke", {}),
    ("not_ours", {}),
    ("patience", {"status": 503}),
    ("far", {}),
    ("other", {"status": 404}),
    ("stuck", {}),
    ("fickle", {}),
)
CLOUD = (
    *(sync.CloudUnreachable(code, "it is away", facts) for code, facts in UNREACHABLE),
    sync.CloudTooSlow(10.0),
    sync.CloudRefused(409, "too_many", "There are too many.", "Wait."),
    sync.SessionOver(),
    sync.HubRevoked(),
    sync.NoCloudConfigured(),
    sync.HubNotPaired(),
    sync.PositionDiffers(PositionV1(acked=1, chain="00" * 16)),
    sync.BatchTooLarge(),
    sync.CursorTooOld(),
    sync.KeyMissing("key"),
)


def formats(tag):
    return Formats(LANGUAGES.of(tag), ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize("tag", ["de", "es"])
@pytest.mark.parametrize("error", [*BROKER, *CLOUD], ids=lambda error: error.because.code)
def test_each_is_said_in_every_language(error, tag):
    told = tell_then(error.because, formats(tag), FRIDAY_EVENING)

    assert told not in {str(error.because), tell_then(error.because, formats("en"), FRIDAY_EVENING)}


@pytest.mark.parametrize("tag", ["de", "es"])
def test_a_cloud_that_is_away_refuses_a_pairing_in_the_readers_language(tag):
    error = sync.CloudUnreachable("silent", "nothing answers there")

    told = refusal(error, formats(tag), FRIDAY_EVENING)

    assert told.message == tell_then(error.because, formats(tag), FRIDAY_EVENING)
    assert told.hint != error.hint
