"""Programs forked from an interpreter that has imported what they need."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from tools.demo.place import ROOT
from tools.processes import ToolError, end
from tools.supervision import Program, Supervisor
from tools.warm import WarmInterpreter

TELL = """
import json, os, sys
print(json.dumps({
    "words": sys.argv[1:], "folder": os.getcwd(), "environment": dict(os.environ),
    "name": __name__, "imported": "tomllib" in sys.modules, "leads": os.getsid(0) == os.getpid(),
    "open": sorted(os.listdir("/proc/self/fd")),
}))
print("a complaint", file=sys.stderr)
sys.exit(3)
"""
WAIT = "import time; print('waiting', flush=True); time.sleep(600)"
WITHIN_S = 30


@pytest.fixture
def warm(tmp_path):
    made = WarmInterpreter(["tomllib"], log=tmp_path / "warm.log", folder=ROOT)
    yield made
    made.close()


@pytest.fixture
def start(warm, tmp_path):
    """Start a script out of the interpreter; its output goes to `said`."""

    def begin(code, *words, **environment):
        script = tmp_path / "program.py"
        script.write_text(code)
        with (tmp_path / "said").open("wb") as output:
            return warm.start(
                [str(script), *words],
                log=tmp_path / "complaints",
                folder=tmp_path,
                environment=environment,
                output=output,
            )

    return begin


def until(condition):
    deadline = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_a_program_runs_as_if_it_had_been_started_alone(start, tmp_path):
    code = start(TELL, "one", "two words", SCENT="of roses").wait(WITHIN_S)

    told = json.loads((tmp_path / "said").read_text())
    assert code == 3
    assert told["words"] == ["one", "two words"]
    assert told["folder"] == str(tmp_path)
    assert told["environment"] == {"SCENT": "of roses"}
    assert (told["name"], told["imported"], told["leads"]) == ("__main__", True, True)
    assert (tmp_path / "complaints").read_text() == "a complaint\n"


def test_a_program_keeps_no_descriptor_of_the_interpreter(start, tmp_path):
    start(TELL).wait(WITHIN_S)

    # Its three, and the one that looks.
    assert len(json.loads((tmp_path / "said").read_text())["open"]) == 4


def test_a_module_is_run_like_python_dash_m(warm, tmp_path):
    (tmp_path / "in.json").write_text("[1]")
    process = warm.start(
        [sys.executable, "-m", "json.tool", "--compact", str(tmp_path / "in.json")],
        log=tmp_path / "log",
        folder=tmp_path,
        environment={},
    )

    assert process.wait(WITHIN_S) == 0
    assert (tmp_path / "log").read_text() == "[1]\n"


def test_a_failure_leaves_its_traceback_in_the_log(start, tmp_path):
    code = start("1 / 0").wait(WITHIN_S)

    assert code == 1
    assert "ZeroDivisionError" in (tmp_path / "complaints").read_text()


def test_a_program_is_asked_to_end_and_made_to_end(start, tmp_path):
    process = start(WAIT)
    until(lambda: "waiting" in (tmp_path / "said").read_text())

    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.05)
    end(process, signal.SIGTERM, WITHIN_S)

    assert process.poll() == -signal.SIGTERM


def test_programs_die_with_the_interpreter(warm, start, tmp_path):
    process = start(WAIT)
    until(lambda: "waiting" in (tmp_path / "said").read_text())

    warm.close()

    until(lambda: not is_alive(process.pid))
    assert process.poll() is not None


def test_an_interpreter_that_cannot_import_says_so_and_is_gone(tmp_path):
    warm = WarmInterpreter(["no_such_module"], log=tmp_path / "log", folder=ROOT)

    until(lambda: warm.is_gone)
    with pytest.raises(ToolError, match="no_such_module"):
        warm.start(["x.py"], log=tmp_path / "x", folder=tmp_path, environment={})

    assert not warm.is_ready
    warm.close()


def test_a_supervisor_forks_what_is_warm_and_spawns_the_rest(warm, tmp_path):
    asks = "import sys; sys.exit(0 if 'tomllib' in sys.modules else 5)"
    (tmp_path / "warm.py").write_text(asks)
    programs = (
        Program("forked", (str(tmp_path / "warm.py"),), once=True, warm="house"),
        Program("spawned", (sys.executable, "-c", "pass"), once=True, warm="elsewhere"),
    )
    said = []
    supervisor = Supervisor(
        programs, logs=tmp_path, folder=tmp_path, say=said.append, interpreters={"house": warm}
    )

    supervisor.start()

    assert sorted(words.split()[0] for words in said) == ["forked", "spawned"]


def test_a_supervisor_spawns_when_the_interpreter_is_gone(tmp_path):
    gone = WarmInterpreter(["no_such_module"], log=tmp_path / "log", folder=ROOT)
    programs = (Program("alone", (sys.executable, "-c", "pass"), once=True, warm="house"),)
    said = []
    supervisor = Supervisor(
        programs, logs=tmp_path, folder=tmp_path, say=said.append, interpreters={"house": gone}
    )

    supervisor.start()

    assert said[0].startswith("alone done")
    gone.close()


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
