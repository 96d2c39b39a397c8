"""Loopback ports: free, taken, and by whom."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.ports import accepts_connections, free_port, free_ports, holder, is_free

EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


def test_free_port_is_free():
    assert is_free(free_port())


def test_taken_port_is_taken_and_answers(taken_port):
    assert not is_free(taken_port)
    assert accepts_connections(taken_port)


def test_silent_port_does_not_answer():
    assert not accepts_connections(free_port())


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux tells who listens")
def test_holder_of_a_port_is_found(taken_port):
    assert holder(taken_port) == os.getpid()


def test_free_port_has_no_holder():
    assert holder(free_port()) is None


def test_several_free_ports_are_all_different():
    assert len(set(free_ports(200))) == 200


@pytest.mark.skipif(not EPHEMERAL.exists(), reason="only Linux tells its ephemeral ports")
def test_ports_are_none_that_the_system_gives_to_a_connection():
    first, last = (int(word) for word in EPHEMERAL.read_text().split())

    assert not [port for port in free_ports(200) if first <= port <= last]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere chance keeps apart")
def test_two_processes_are_never_given_the_same_ports():
    ask = "import tools.ports; print(*tools.ports.free_ports(300), flush=True); input()"
    words = [sys.executable, "-c", ask]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}

    with subprocess.Popen(words, **pipes) as one, subprocess.Popen(words, **pipes) as other:
        theirs = [set(process.stdout.readline().split()) for process in (one, other)]
        for process in (one, other):
            process.communicate("\n")

    assert [len(ports) for ports in theirs] == [300, 300]
    assert not theirs[0] & theirs[1]


def test_a_port_is_given_again_late():
    given = [free_port() for _ in range(100)]

    assert len(set(given)) == len(given)
