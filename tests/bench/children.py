"""Child processes of a measurement: those that are measured and those that make the load.

A child tells of itself by one JSON object a line on its standard output. One that makes load says
`{"now": "begin"}` after its warm-up and `{"now": "end", ...}` with what it saw at the end.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.bench.cost import Stretch, cpu_s
from tools.processes import ToolError


class Child:
    """One running child."""

    def __init__(self, process: "subprocess.Popen[str]", name: str) -> None:
        self._process = process
        self._name = name

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def says(self) -> dict[str, Any]:
        """Wait for its next line; raises ToolError when it has ended instead."""
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            self._process.wait()
            raise ToolError(
                f"{self._name} ended too early (exit code {self._process.returncode}).",
                "The lines above say why.",
            )
        said: dict[str, Any] = json.loads(line)
        return said


@contextmanager
def child(module: str, *arguments: object, **environment: str) -> Iterator[Child]:
    """Run a module of this package as a child; leaving ends it."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"tests.bench.{module}", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env=environment or None,
    )
    try:
        yield Child(process, module)
    finally:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()


def load(
    module: str, *arguments: object, measured: Callable[[], Sequence[int]]
) -> tuple[dict[str, Any], list[Stretch]]:
    """Let a child make load; return what it saw and what each measured process used meanwhile.

    `measured` is asked for the process ids once the load runs.
    """
    with child(module, *arguments) as loader:
        loader.says()
        pids = measured()
        began, used = time.perf_counter(), [cpu_s(pid) for pid in pids]
        saw = loader.says()
        seconds = time.perf_counter() - began
        return saw, [
            Stretch(seconds, cpu_s(pid) - before) for pid, before in zip(pids, used, strict=True)
        ]


def tell(**facts: object) -> None:
    """Say one line to the parent (called in the child)."""
    print(json.dumps(facts), flush=True)
