"""The broker link over TLS, with the hub's own certificate where the broker wants one."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scentd.ports import Publish
from tests import components
from tests.fakes.certificates import Authority
from tests.fakes.hub_link import HubLink, connected
from tests.fakes.running import running
from tests.fakes.waiting import eventually
from tools.broker import Broker
from tools.ports import free_port

pytestmark = pytest.mark.needs_broker


@dataclass
class TlsBroker:
    broker: Broker
    port: int
    authority: Authority
    folder: Path


@pytest.fixture
def tls_broker() -> Iterator[TlsBroker]:
    """A broker with a second listener that speaks TLS and wants certificates of clients."""
    components.require("needs_broker")
    folder = Path(tempfile.mkdtemp(prefix="scent-tls-"))
    folder.chmod(0o755)  # the broker runs as another user
    authority = Authority(folder, "authority")
    certificate, key = authority.issue("broker")
    port = free_port()
    lines = [f"listener {port} 127.0.0.1", f"cafile {authority.file}", f"certfile {certificate}"]
    broker = Broker(
        kind="mosquitto",
        settings=[*lines, f"keyfile {key}", "require_certificate true", "allow_anonymous true"],
    )
    broker.start()
    yield TlsBroker(broker, port, authority, folder)
    broker.close()
    shutil.rmtree(folder)


async def test_both_sides_show_a_certificate_and_long_messages_pass(tls_broker: TlsBroker) -> None:
    certificate, key = tls_broker.authority.issue("hub")
    hub = HubLink(
        tls_broker.broker,
        port=tls_broker.port,
        tls=True,
        ca_file=str(tls_broker.authority.file),
        client_cert_file=str(certificate),
        client_key_file=str(key),
    )
    hub.listen("tls/x")
    long = bytes(range(256)) * 800

    async with connected(hub):
        hub.link.publish(Publish("tls/x", long, qos=1))
        await eventually(lambda: hub.heard)

    assert hub.payloads("tls/x") == [long]


async def test_a_hub_without_a_certificate_is_told_what_is_missing(tls_broker: TlsBroker) -> None:
    hub = HubLink(
        tls_broker.broker,
        port=tls_broker.port,
        tls=True,
        ca_file=str(tls_broker.authority.file),
    )

    async with running(hub.link.run):
        await eventually(lambda: hub.news)

    assert "client certificate" in str(hub.link.reason)


async def test_a_broker_signed_by_a_stranger_is_not_trusted(tls_broker: TlsBroker) -> None:
    stranger = Authority(tls_broker.folder, "stranger")
    hub = HubLink(tls_broker.broker, port=tls_broker.port, tls=True, ca_file=str(stranger.file))

    async with running(hub.link.run):
        await eventually(lambda: hub.news)

    assert "certificate was not accepted" in str(hub.link.reason)
    assert "mqtt.ca_file" in str(hub.link.reason)


async def test_a_file_that_is_no_certificate_is_named(tls_broker: TlsBroker) -> None:
    hub = HubLink(
        tls_broker.broker,
        port=tls_broker.port,
        tls=True,
        ca_file=str(tls_broker.broker.log),
    )

    async with running(hub.link.run):
        await eventually(lambda: hub.news)

    assert "mqtt.ca_file" in str(hub.link.reason)
