"""The cloud as a process of its own on a loopback port that stays the same when it is killed."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from tools.ports import accepts_connections, free_port
from tools.processes import last_lines

ROOT = Path(__file__).parents[2]
_READY_WITHIN_S = 60.0


class CloudProcess:
    """`scent-cloud serve` on a database. `kill` is SIGKILL; nothing is given time to tidy up."""

    def __init__(self, database_url: str, folder: Path, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.kills = 0
        self._log = folder / "cloud.log"
        self._environment = {
            **os.environ,
            "SCENT_DATABASE_URL": database_url,
            "SCENT_PUBLIC_URL": self.url,
            "SCENT_SESSION_SECRET": "s" * 40,
            "SCENT_DATABASE_POOL": "5",
            "SCENT_SMTP_PORT": "9",
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "cloud", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            async with asyncio.timeout(_READY_WITHIN_S):
                while not accepts_connections(self.port):
                    assert self._process.poll() is None, last_lines(self._log, 20)
                    await asyncio.sleep(0.02)  # noqa: TID251 - looks until the deadline
        except TimeoutError:
            raise AssertionError(last_lines(self._log, 20)) from None

    def kill(self) -> None:
        """End it as a power cut would."""
        self.kills += 1
        self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """End it as an operator would."""
        await asyncio.to_thread(self._end, signal.SIGTERM)

    def _end(self, by: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.send_signal(by)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
