"""Programs started at once, out of an interpreter that has imported what they need.

The interpreter is `tools.warm_interpreter`, a process of its own; what it forks is met here like
a child started in the ordinary way. Standard library only.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from tools.processes import ToolError, end, last_lines, spawn

_ANSWERS_WITHIN_S = 10.0
_ENDS_WITHIN_S = 2.0
_LOST = -int(signal.SIGKILL)


class WarmInterpreter:
    """One such interpreter. Begins to import when it is made; is used from one thread."""

    def __init__(self, modules: Sequence[str], *, log: Path, folder: Path) -> None:
        self._line, theirs = socket.socketpair()
        self._log = log
        self._unread = b""
        self._is_ready = False
        self._is_gone = False
        self._started: list[int] = []
        self._codes: dict[int, int] = {}
        with theirs:
            self._process = spawn(
                [sys.executable, "-m", "tools.warm_interpreter", str(theirs.fileno()), *modules],
                log=log,
                folder=folder,
                pass_fds=(theirs.fileno(),),
            )

    @property
    def is_ready(self) -> bool:
        """Whether it has imported everything; never becomes so once it is gone."""
        self._listen(0.0)
        return self._is_ready

    @property
    def is_gone(self) -> bool:
        """Whether it has ended by itself, and nothing can be started out of it any more."""
        self._listen(0.0)
        return self._is_gone

    def start(
        self,
        command: Sequence[str],
        *,
        log: Path,
        folder: Path,
        environment: Mapping[str, str],
        farewell: signal.Signals = signal.SIGTERM,
        output: IO[bytes] | None = None,
    ) -> "WarmProcess":
        """Start a Python program in a session of its own; the rest is as in `processes.spawn`.

        `command` is `(python, "-m", module, ...)` or a Python script with its arguments. The
        program gets `farewell` when the interpreter dies, which dies with us. Raises ToolError
        when the interpreter is gone.
        """
        order = {
            "command": list(command),
            "folder": str(folder),
            "environment": dict(environment),
            "farewell": int(farewell),
        }
        with log.open("ab") as complaints:
            descriptors = [(output or complaints).fileno(), complaints.fileno()]
            try:
                socket.send_fds(self._line, [json.dumps(order).encode()], descriptors)
                return WarmProcess(self, self._next_pid())
            except OSError as error:
                raise self._silent() from error

    def code_of(self, pid: int) -> int | None:
        """Return how a program ended; None while it runs."""
        self._listen(0.0)
        if pid not in self._codes and self._is_gone:
            return _LOST
        return self._codes.get(pid)

    def listen(self, within_s: float) -> None:
        """Wait that long at most for any news."""
        self._listen(within_s)

    def close(self) -> None:
        """End it; what it has started must have ended before."""
        self._line.close()
        self._is_gone = True
        end(self._process, signal.SIGTERM, _ENDS_WITHIN_S)

    def _next_pid(self) -> int:
        deadline = time.monotonic() + _ANSWERS_WITHIN_S
        while not self._started and not self._is_gone and time.monotonic() < deadline:
            self._listen(deadline - time.monotonic())
        if not self._started:
            raise self._silent()
        return self._started.pop()

    def _listen(self, within_s: float) -> None:
        while not self._is_gone and select.select([self._line], [], [], within_s)[0]:
            within_s = 0.0
            received = self._line.recv(65536)
            self._is_gone = not received
            *whole, self._unread = (self._unread + received).split(b"\n")
            for said in whole:
                self._note(json.loads(said))

    def _note(self, said: dict[str, Any]) -> None:
        if "ended" in said:
            self._codes[said["ended"]] = said["code"]
        elif "pid" in said:
            self._started.append(said["pid"])
        else:
            self._is_ready = True

    def _silent(self) -> ToolError:
        return ToolError("A warm interpreter is gone.", last_lines(self._log) or "It said nothing.")


class WarmProcess:
    """A program out of a warm interpreter, met like a `subprocess.Popen`."""

    def __init__(self, interpreter: WarmInterpreter, pid: int) -> None:
        self._interpreter = interpreter
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, negative for a killed one; None while it runs."""
        if self.returncode is None:
            self.returncode = self._interpreter.code_of(self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return its code; raises subprocess.TimeoutExpired."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            left_s = 1.0 if deadline is None else deadline - time.monotonic()
            if left_s <= 0:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            self._interpreter.listen(left_s)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Make it end."""
        self.send_signal(signal.SIGKILL)
