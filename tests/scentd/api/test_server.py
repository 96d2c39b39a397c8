import os
import socket
import subprocess
import sys

import pytest

from scentd.api.errors import PortTaken
from scentd.api.listeners import who_listens
from scentd.api.server import ApiServer
from scentd.api.settings import ApiSettings

LISTEN = """
import socket, sys
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def stranger():
    """Another program that listens on a port: its pid and the port."""
    with subprocess.Popen(
        [sys.executable, "-c", LISTEN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        yield program.pid, int(program.stdout.readline())
        program.stdin.close()
        program.wait(10)


async def test_a_taken_port_is_explained_with_the_pid(rig, stranger):
    pid, port = stranger
    server = ApiServer(ApiSettings(host="127.0.0.1", port=port), rig.house)

    with pytest.raises(PortTaken) as refused:
        await server.start()

    assert str(port) in refused.value.message
    assert f"PID {pid}" in refused.value.message
    assert f"kill {pid}" in refused.value.hint
    assert "api.port" in refused.value.hint


def test_nobody_listens_on_a_free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert who_listens(port)[0] == os.getpid()

    assert who_listens(port) == (None, "")


def test_a_program_nobody_can_see_is_still_explained():
    error = PortTaken("127.0.0.1", 8480, None, "")

    assert "another program" in error.message
    assert "api.port" in error.hint
