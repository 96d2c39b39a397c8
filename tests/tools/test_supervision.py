"""Programs that are started in order, kept running and ended quickly."""

import os
import signal
import sys
import threading
import time

import pytest

from tools.ports import free_port
from tools.processes import ToolError
from tools.supervision import Program, Supervisor, answers

SERVER = """
import http.server, sys, time
time.sleep(float(sys.argv[2]))
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])),
                                http.server.SimpleHTTPRequestHandler).serve_forever()
"""
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""


def python(code, *arguments):
    return (sys.executable, "-c", code, *map(str, arguments))


def noting(name, file):
    return python(f"open({str(file)!r}, 'a').write({name!r} + ' ')")


@pytest.fixture
def said():
    return []


@pytest.fixture
def supervise(tmp_path, said):
    made = []

    def make(*programs):
        supervisor = Supervisor(programs, logs=tmp_path, folder=tmp_path, say=said.append)
        made.append(supervisor)
        return supervisor

    yield make
    for supervisor in made:
        supervisor.stop()


def test_programs_start_in_the_order_they_need_each_other(supervise, tmp_path):
    order = tmp_path / "order"

    supervise(
        Program("third", noting("third", order), after=("second",), once=True),
        Program("second", noting("second", order), after=("first",), once=True),
        Program("first", noting("first", order), once=True),
    ).start()

    assert order.read_text().split() == ["first", "second", "third"]


def test_start_returns_when_the_address_answers(supervise):
    port = free_port()
    url = f"http://127.0.0.1:{port}/"

    supervise(Program("page", python(SERVER, port, 0.3), ready_at=url)).start()

    assert answers(url)


def test_what_a_private_program_prints_stands_in_no_file(supervise, tmp_path):
    code = "import sys; print('the key'); print('a complaint', file=sys.stderr)"
    supervisor = supervise(Program("key", python(code), once=True, is_private=True))

    supervisor.start()

    assert supervisor.printed("key") == "the key\n"
    assert [path.read_text() for path in tmp_path.iterdir()] == ["a complaint\n"]


def test_program_that_fails_is_named_with_its_last_words(supervise):
    program = Program("goods", python("raise SystemExit('no such shelf')"), once=True)

    with pytest.raises(ToolError) as refusal:
        supervise(program).start()

    assert refusal.value.message == "goods ended at once (exit code 1)."
    assert "no such shelf" in refusal.value.hint


def test_program_that_never_answers_is_named(supervise):
    url = f"http://127.0.0.1:{free_port()}/"
    slow = Program("page", python("import time; time.sleep(600)"), ready_at=url, within_s=0.2)

    with pytest.raises(ToolError, match="page was not ready within"):
        supervise(slow).start()


def test_named_program_is_started_with_what_it_needs(supervise, tmp_path):
    order = tmp_path / "order"
    supervisor = supervise(
        Program("second", noting("second", order), after=("first",), once=True),
        Program("first", noting("first", order), once=True),
        Program("other", noting("other", order), once=True),
    )

    supervisor.start("second")

    assert order.read_text().split() == ["first", "second"]


def test_program_that_was_ended_can_be_started_again(supervise):
    supervisor = supervise(Program("shop", python("import time; time.sleep(600)")))
    supervisor.start()
    first = supervisor.pid("shop")

    code = supervisor.end("shop", signal.SIGKILL)
    supervisor.start("shop")

    assert code == -signal.SIGKILL
    assert is_alive(supervisor.pid("shop"))
    assert supervisor.pid("shop") != first


def test_deaf_program_is_killed_within_three_seconds(supervise, within):
    supervisor = supervise(Program("deaf", python(DEAF)))
    supervisor.start()
    pid = supervisor.pid("deaf")
    wait_for(lambda: "deaf" in supervisor.log("deaf").read_text())

    began = time.monotonic()
    supervisor.stop()

    assert time.monotonic() - began < within(3)
    assert not is_alive(pid)


def test_killed_program_is_started_again_and_said(supervise, said):
    supervisor = supervise(Program("shop", python("import time; time.sleep(600)")))
    supervisor.start()
    first = supervisor.pid("shop")

    os.kill(first, signal.SIGKILL)
    with pytest.raises(KeyboardInterrupt):
        interrupt_when(lambda: supervisor.pid("shop") != first, supervisor.watch)

    assert is_alive(supervisor.pid("shop"))
    assert any("shop ended (signal 9)" in words for words in said)


def interrupt_when(condition, work):
    main = threading.main_thread().ident

    def look():
        wait_for(condition)
        signal.pthread_kill(main, signal.SIGINT)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        work()
    finally:
        watcher.join()


def wait_for(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
