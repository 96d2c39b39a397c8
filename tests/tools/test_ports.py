"""Loopback ports: free, taken, and by whom."""

import os
from pathlib import Path

import pytest

from tools.ports import accepts_connections, free_port, free_ports, holder, is_free


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
