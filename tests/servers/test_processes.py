"""Child processes that cannot outlive us, and folders for unprivileged accounts."""

import os
import signal
import stat
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from tools.processes import (
    Account,
    end,
    is_reachable,
    make_server_folder,
    spawn,
    unprivileged_account,
    wait_until,
)

SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)")
PARENT = """
import sys
from pathlib import Path
from tools.processes import spawn
folder = Path(sys.argv[1])
sleeper = (sys.executable, "-c", "import time; time.sleep(600)")
child = spawn(sleeper, log=folder / "log", folder=folder)
print(child.pid, flush=True)
child.wait()
"""

DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's tie is Linux's")


@linux_only
def test_child_dies_with_a_parent_that_was_killed(tmp_path):
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PARENT), str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    child = int(parent.stdout.readline())
    # The tie is made just before the child turns into its program.
    wait_for(lambda: "time.sleep" in command_of(child) and "tether" not in command_of(child))

    parent.kill()
    parent.communicate()

    wait_for(lambda: command_of(child) == "")


def test_child_keeps_the_id_that_spawn_returned(tmp_path):
    code = "import os; print(os.getpid())"
    child = spawn((sys.executable, "-c", code), log=tmp_path / "log", folder=tmp_path)

    child.wait(20)

    assert (tmp_path / "log").read_text().strip() == str(child.pid)


def test_child_of_a_thread_outlives_the_thread(tmp_path):
    started = []
    thread = threading.Thread(
        target=lambda: started.append(spawn(SLEEPER, log=tmp_path / "log", folder=tmp_path))
    )
    thread.start()
    thread.join()
    wait_for(lambda: "tether" not in command_of(started[0].pid))

    alive = started[0].poll() is None
    end(started[0], signal.SIGKILL, 5)

    assert alive


@root_only
def test_child_runs_as_the_account_alone(tmp_path):
    account = unprivileged_account()
    folder = make_server_folder("scent-test-", account)
    child = spawn(("/usr/bin/id",), log=tmp_path / "log", folder=folder, account=account)

    child.wait(20)
    folder.rmdir()

    said = (tmp_path / "log").read_text()
    assert f"uid={account.uid}(" in said
    assert "root" not in said


@root_only
def test_folder_belongs_to_the_account_and_is_closed_to_others():
    account = unprivileged_account()

    folder = make_server_folder("scent-test-", account)
    status = folder.stat()
    folder.rmdir()

    assert (status.st_uid, stat.S_IMODE(status.st_mode)) == (account.uid, 0o700)


def test_folder_behind_a_closed_one_is_out_of_reach(tmp_path):
    stranger = Account("stranger", uid=61_234, gid=61_234)
    inner = tmp_path / "closed" / "inner"
    inner.mkdir(parents=True)
    inner.chmod(0o755)
    (tmp_path / "closed").chmod(0o700)

    assert not is_reachable(inner, stranger)


def test_waiting_ends_with_the_process(tmp_path):
    child = spawn((sys.executable, "-c", ""), log=tmp_path / "log", folder=tmp_path)

    assert not wait_until(lambda: False, child, within_s=20)


def test_process_that_does_not_listen_is_killed(tmp_path):
    child = spawn((sys.executable, "-c", DEAF), log=tmp_path / "log", folder=tmp_path)
    wait_for((tmp_path / "log").read_text)

    end(child, signal.SIGTERM, within_s=0.1)

    assert child.returncode == -signal.SIGKILL


def command_of(pid):
    """What a process runs; nothing when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def wait_for(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)
