"""The demo's own words and choices; the whole of it is driven in the system tests."""

import argparse
import json
import os
import subprocess
import sys

import pytest
import segno

from tools.demo.instance import already_running
from tools.demo.place import PREFERRED_PORTS, Place, choose_ports
from tools.demo.programs import LINKS, programs
from tools.demo.welcome import qr_code, welcome
from tools.processes import ToolError
from tools.supervision import Program


@pytest.fixture
def place(tmp_path):
    ports = {"home": 1001, "shop": 1002, "mail": 1003, "pay": 1004}
    return Place(tmp_path, ports, smtp_port=1005, broker_port=1006, database_url="db")


def arguments(**ports):
    return argparse.Namespace(**{f"{face}_port": ports.get(face) for face in PREFERRED_PORTS})


def test_every_program_waits_for_programs_that_exist(place):
    known = {program.name: program for program in programs(place)}

    assert all(set(program.after) <= set(known) for program in known.values())


def test_programs_can_be_started_in_some_order(place):
    left = list(programs(place))
    ready = set()

    while startable := [program for program in left if ready.issuperset(program.after)]:
        ready |= {program.name for program in startable}
        left = [program for program in left if program not in startable]

    assert left == []


def test_links_come_from_private_programs_that_end(place):
    known = {program.name: program for program in programs(place)}

    assert all(known[name].once and known[name].is_private for name in LINKS)


def test_every_face_with_a_sign_in_has_a_link():
    links = {link for links in LINKS.values() for link in links}

    assert links >= {"home", "shop", "staff"}


def test_no_program_is_told_to_listen_beyond_loopback(place):
    words = [word for program in programs(place) for word in spoken(program)]

    assert not any("0.0.0.0" in word or "::" in word for word in words)


def spoken(program: Program):
    return [*program.command, *program.environment.values()]


def test_secrets_are_made_for_each_run(place, tmp_path):
    other = Place(tmp_path, place.ports, 1, 2, "db")

    assert place.session_secret != other.session_secret
    assert place.webhook_secret != other.webhook_secret


def test_port_that_was_asked_for_and_is_taken_is_refused_with_its_holder(taken_port):
    with pytest.raises(ToolError) as refusal:
        choose_ports(arguments(home=taken_port))

    assert f"Port {taken_port} is taken by process {os.getpid()}" in refusal.value.message
    assert "--home-port" in refusal.value.hint


def test_taken_port_is_one_error_and_one_hint_line_on_the_command_line(taken_port):
    command = [sys.executable, "-m", "tools.demo", "--shop-port", str(taken_port)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert finished.returncode == 1
    assert [line.partition(":")[0] for line in finished.stderr.splitlines()] == ["error", "hint"]


def test_ports_are_free_and_differ():
    ports = choose_ports(arguments())

    assert len(set(ports.values())) == len(PREFERRED_PORTS)


def test_second_instance_is_told_where_the_first_one_is():
    record = json.dumps({"pid": 4711, "home": "http://h", "shop": "http://s"})

    error = already_running(record)

    assert "4711" in error.message
    assert "http://h" in error.hint
    assert "Ctrl-C" in error.hint


def test_second_instance_during_the_start_is_told_so():
    assert "just starting" in already_running("").message


def test_welcome_names_the_three_faces(place):
    words = welcome(place, {"home": "http://a", "shop": "http://b", "staff": "http://c"})

    assert all(address in words for address in ("http://a", "http://b", "http://c"))


def test_qr_code_shows_every_module():
    text = "http://127.0.0.1:18480"
    modules = [list(row) for row in segno.make(text, error="l").matrix_iter(border=2)]

    lines = qr_code(text).splitlines()

    assert len(lines) == (len(modules) + 1) // 2
    assert all(len(line) == len(modules[0]) + 2 for line in lines)
