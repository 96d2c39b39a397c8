"""Fixtures for the tests of our tools."""

import socket

import pytest


@pytest.fixture
def taken_port():
    """A loopback port on which this very process listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]
