"""Start programs in the order they need each other, keep them running, end them quickly.

Knows nothing of what the programs are. Standard library only; everything happens in the calling
thread, which must be the main one.
"""

import dataclasses
import os
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO

from tools.processes import Process, ToolError, end, last_lines, spawn
from tools.warm import WarmInterpreter

_POLL_S = 0.02
_RESTART_AFTER_S = 2.0
_SETTLED_AFTER_S = 0.5
_STOP_WITHIN_S = 2.0
_HEALTH_TIMEOUT_S = 0.5
# A proxy of the environment is for the outside; what is asked here is on this machine.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclasses.dataclass(frozen=True)
class Program:
    """One program of a set."""

    name: str
    """Names it in messages, in `after`, and its log file."""
    command: tuple[str, ...]
    """The first word is a full path."""
    after: tuple[str, ...] = ()
    """The programs that must be ready before this one is started."""
    environment: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Added to our own environment."""
    ready_at: str | None = None
    """A URL that answers 200 when it is ready; None: it is ready when it has run for a moment."""
    once: bool = False
    """It does one thing and ends; it is ready when it has ended well."""
    is_private: bool = False
    """What it prints stands in no log and no file with a name; `printed` returns it."""
    within_s: float = 60.0
    """How long it may take to become ready."""
    warm: str | None = None
    """Which warm interpreter it can be started from, where there is one of that name."""


class Supervisor:
    """Runs a set of programs, their logs and working files in one folder."""

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        logs: Path,
        folder: Path,
        say: Callable[[str], None],
        interpreters: Mapping[str, WarmInterpreter] | None = None,
    ) -> None:
        self._programs = {program.name: program for program in programs}
        self._logs = logs
        self._folder = folder
        self._say = say
        self._interpreters = interpreters or {}
        self._running: dict[str, Process] = {}
        self._ready: set[str] = set()
        self._private: dict[str, IO[bytes]] = {}

    def start(self, *names: str) -> None:
        """Start these programs and what they need, or all of them; return when they are ready.

        Raises ToolError, with the end of its log, for a program that ends early or takes too long.
        """
        wanted = self._with_needs(names) if names else set(self._programs)
        wanted -= self._ready
        left = [program for program in self._programs.values() if program.name in wanted]
        began: dict[str, float] = {}
        while not self._ready.issuperset(each.name for each in left):
            for program in left:
                if program.name not in began and self._is_due(program):
                    began[program.name] = time.monotonic()
                    self._launch(program)
            for name, since in began.items():
                if name not in self._ready:
                    self._look_at(self._programs[name], time.monotonic() - since)
            _pause(_POLL_S)

    def end(self, name: str, by: signal.Signals = signal.SIGTERM, within_s: float = 5.0) -> int:
        """End one program and return its exit code; `start` with its name begins it anew."""
        process = self._running.pop(name)
        self._ready.discard(name)
        end(process, by, within_s)
        return process.wait()

    def watch(self) -> None:
        """Start again whatever ends; returns only by an exception such as KeyboardInterrupt."""
        ended: dict[str, float] = {}
        while True:
            now = time.monotonic()
            for name, process in list(self._running.items()):
                if name not in ended and (code := process.poll()) is not None:
                    ended[name] = now
                    self._say(f"{name} ended ({_ending(code)}); it starts again in a moment")
                elif name in ended and now - ended[name] >= _RESTART_AFTER_S:
                    del ended[name]
                    self._launch(self._programs[name])
            _pause(0.1)

    def stop(self) -> None:
        """End everything at once; whatever has not ended after two seconds is killed."""
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + _STOP_WITHIN_S
        for process in self._running.values():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()
        for output in self._private.values():
            output.close()
        self._private.clear()

    def pid(self, name: str) -> int:
        """Return the process id of a running program."""
        return self._running[name].pid

    def log(self, name: str) -> Path:
        """Return the log file of a program."""
        return self._logs / f"{name}.log"

    def printed(self, name: str) -> str:
        """Return what a private program has printed so far."""
        self._private[name].seek(0)
        return self._private[name].read().decode(errors="replace")

    def _with_needs(self, names: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for name in names:
            found |= {name} | self._with_needs(self._programs[name].after)
        return found

    def _is_due(self, program: Program) -> bool:
        warm = self._interpreters.get(program.warm or "")
        is_importing = warm is not None and not (warm.is_ready or warm.is_gone)
        return self._ready.issuperset(program.after) and not is_importing

    def _launch(self, program: Program) -> None:
        if program.is_private:
            self._private[program.name] = tempfile.TemporaryFile()  # noqa: SIM115 - until stop
        warm = self._interpreters.get(program.warm or "")
        begin = spawn if warm is None or warm.is_gone else warm.start
        self._running[program.name] = begin(
            program.command,
            log=self.log(program.name),
            folder=self._folder,
            farewell=signal.SIGTERM,
            environment={**os.environ, **program.environment},
            output=self._private.get(program.name),
        )

    def _look_at(self, program: Program, waited_s: float) -> None:
        code = self._running[program.name].poll()
        if program.once and code == 0:
            del self._running[program.name]
            self._note_ready(program, waited_s)
        elif code is not None:
            self._refuse(program, f"ended at once ({_ending(code)})")
        elif self._is_up(program, waited_s):
            self._note_ready(program, waited_s)
        elif waited_s > program.within_s:
            self._refuse(program, f"was not ready within {program.within_s:.0f} s")

    @staticmethod
    def _is_up(program: Program, waited_s: float) -> bool:
        if program.once:
            return False
        if program.ready_at is None:
            return waited_s > _SETTLED_AFTER_S
        return answers(program.ready_at)

    def _note_ready(self, program: Program, waited_s: float) -> None:
        self._ready.add(program.name)
        self._say(f"{program.name} {'done' if program.once else 'ready'} in {waited_s:.1f} s")

    def _refuse(self, program: Program, what: str) -> None:
        end_of_log = last_lines(self.log(program.name), 12) or "it said nothing"
        raise ToolError(f"{program.name} {what}.", f"its last words:\n{end_of_log}")


def answers(url: str) -> bool:
    """Whether the address answers 200 soon."""
    try:
        with _DIRECT.open(url, timeout=_HEALTH_TIMEOUT_S) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)
