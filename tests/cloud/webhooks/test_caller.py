"""Calls never lead into our own network, and say in words why they failed."""

import socket

import pytest

from cloud.webhooks.caller import HttpCaller, NotPublic, require_public
from cloud.webhooks.errors import UnfitAddress
from cloud.webhooks.schemas import EndpointWish


@pytest.fixture
async def caller():
    caller = HttpCaller(allows_private=False)
    yield caller
    await caller.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/hook",
        "http://localhost:{port}/hook",
        "http://[::1]:{port}/hook",
        "http://0.0.0.0:{port}/hook",
        "http://169.254.169.254/latest",
        "http://10.0.0.1/hook",
    ],
)
async def test_private_places_are_not_called(caller, receiver, url):
    port = receiver.url.split(":")[2].split("/")[0]

    answer = await caller.post(url.format(port=port), b"{}", {})

    assert answer.problem == "the address leads into a private network"
    assert receiver.received == []


@pytest.mark.parametrize(
    "address", ["192.168.1.1", "100.64.0.1", "fd00::1", "::ffff:127.0.0.1", "224.0.0.1", "fe80::1"]
)
def test_an_address_of_a_private_network_is_known(address):
    with pytest.raises(NotPublic):
        require_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_an_address_of_the_internet_is_let_through(address):
    require_public(address)


async def test_a_port_that_nobody_listens_on_is_said_in_words():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    caller = HttpCaller(allows_private=True)

    answer = await caller.post(f"http://127.0.0.1:{port}/", b"{}", {})
    await caller.close()

    assert answer.problem == "nobody takes connections there"
    assert not answer.has_arrived


@pytest.mark.parametrize(
    "url", ["ftp://example.org", "https://", "http://example.org", "https://me:pw@example.org", "x"]
)
def test_an_address_that_cannot_be_used_is_refused(url):
    with pytest.raises(UnfitAddress):
        EndpointWish(url=url, kinds=["ping"]).checked(allows_private=False)
