"""Child processes that cannot outlive us, and folders that an unprivileged account may own.

Knows nothing of what it starts. Standard library only.
"""

import dataclasses
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

_TETHER = Path(__file__).with_name("tether.py")
_POLL_S = 0.02
# Linux's file system in memory; containers often have a small one.
_MEMORY = "/dev/shm"


class ToolError(Exception):
    """Something a developer can put right: what is wrong, and what to do about it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(f"{message}\nhint: {hint}")
        self.message = message
        self.hint = hint


class Process(Protocol):
    """A program we started, as `subprocess.Popen` has it."""

    @property
    def pid(self) -> int:
        """The process id."""
        ...

    def poll(self) -> int | None:
        """Return the exit code, negative for a killed one; None while it runs."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return its code; raises subprocess.TimeoutExpired."""
        ...

    def send_signal(self, number: int, /) -> None:
        """Send a signal, unless it has ended."""
        ...

    def terminate(self) -> None:
        """Ask it to end."""
        ...

    def kill(self) -> None:
        """Make it end."""
        ...


@dataclasses.dataclass(frozen=True)
class Account:
    """An account of this machine that a server can run as."""

    name: str
    uid: int
    gid: int


def unprivileged_account() -> Account | None:
    """Return the account that servers drop to, or None when we are not root and need none.

    Only accounts that already exist are taken; none is ever made.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise ToolError(
        "There is no unprivileged account on this machine to run a server as.",
        "Run this as an ordinary user instead of root.",
    )


def make_server_folder(
    prefix: str, account: Account | None, *, memory_bytes: int | None = None
) -> Path:
    """Make an empty folder that only `account` (None: we ourselves) and root can enter.

    Its path is short enough for a unix socket. No other folder's owner or mode changes. With
    `memory_bytes` it lies in memory where that much is free there, else on disk.
    """
    in_memory = [_MEMORY] if memory_bytes and _free_bytes(_MEMORY) >= memory_bytes else []
    for parent in (*in_memory, tempfile.gettempdir(), "/tmp", "/var/tmp"):
        if Path(parent).is_dir() and is_reachable(Path(parent), account):
            folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
            if account is not None:
                os.chown(folder, account.uid, account.gid)
            return folder
    raise ToolError(
        f"No temporary folder can be reached by the account {account.name if account else ''!r}.",
        "Set TMPDIR to a folder that every account may enter, for example /tmp.",
    )


def _free_bytes(folder: str) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


def is_reachable(path: Path, account: Account | None) -> bool:
    """Whether the account (None: we ourselves) may enter every folder down to `path`."""
    if account is None:
        return os.access(path, os.X_OK)
    return all(_may_enter(folder, account) for folder in (path, *path.resolve().parents))


def _may_enter(folder: Path, account: Account) -> bool:
    status = folder.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & 0o100)
    if status.st_gid == account.gid:
        return bool(status.st_mode & 0o010)
    return bool(status.st_mode & 0o001)


def spawn(
    program: Sequence[str],
    *,
    log: Path,
    folder: Path,
    account: Account | None = None,
    farewell: signal.Signals = signal.SIGTERM,
    environment: Mapping[str, str] | None = None,
    output: IO[bytes] | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, its output appended to `log`.

    `output` takes what it prints instead, and the log its complaints alone. `pass_fds` are
    descriptors that it inherits.
    `program[0]` is a full path. On Linux the program gets `farewell` when this process dies by any
    means; only when called from the main thread, because the kernel ties it to the thread.
    """
    tied = threading.current_thread() is threading.main_thread()
    uid, gid = (account.uid, account.gid) if account else (-1, -1)
    words = [int(farewell) if tied else 0, os.getpid(), uid, gid]
    tether = [sys.executable, "-I", "-S", str(_TETHER), *map(str, words), "--"]
    with log.open("ab") as complaints:
        return subprocess.Popen(
            [*tether, *program],
            stdin=subprocess.DEVNULL,
            stdout=output or complaints,
            stderr=complaints,
            cwd=folder,
            env=dict(environment) if environment is not None else None,
            start_new_session=True,
            pass_fds=pass_fds,
        )


def end(process: Process, by: signal.Signals, within_s: float) -> None:
    """End a process we started, by its id: ask with `by`, insist with SIGKILL after `within_s`."""
    if process.poll() is not None:
        return
    process.send_signal(by)
    try:
        process.wait(within_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until(
    is_ready: Callable[[], bool], process: subprocess.Popen[bytes], within_s: float
) -> bool:
    """Wait for a condition; False when the process ended first or the time ran out."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if is_ready():
            return True
        try:
            process.wait(_POLL_S)
        except subprocess.TimeoutExpired:
            continue
        return False
    return False


def last_lines(log: Path, count: int = 5) -> str:
    """Return the end of a log file, to show with an error."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
