"""Servers that are measured: started, waited for, and ended."""

import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.processes import ToolError, end, last_lines, spawn, wait_until
from tools.supervision import answers

ROOT = Path(__file__).resolve().parent.parent.parent
_READY_WITHIN_S = 30.0
_STOP_WITHIN_S = 5.0


@contextmanager
def serving(
    folder: Path,
    command: Sequence[str],
    ready_at: str,
    environment: Mapping[str, str] | None = None,
) -> Iterator[int]:
    """Run a server until the block is left; give its process id once the address answers 200."""
    log = folder / "server.log"
    process = spawn(
        command, log=log, folder=ROOT, environment={**os.environ, **(environment or {})}
    )
    try:
        if not wait_until(lambda: answers(ready_at), process, _READY_WITHIN_S):
            raise ToolError(f"{command[0]} did not answer.", last_lines(log, 12))
        yield process.pid
    finally:
        end(process, signal.SIGTERM, _STOP_WITHIN_S)
