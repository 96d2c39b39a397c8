"""A hub at rest, alone and with fifty devices: what it holds and what it uses."""

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.cost import cpu_s, resident_mb, written_bytes
from tests.bench.hubs import SCENTD, Hub, running_hub
from tests.bench.report import Aim, Row, Section
from tests.bench.servers import ROOT
from tools.broker import Broker
from tools.ports import HOST
from tools.processes import ToolError, end, last_lines, spawn

_MANY = 50
_SETTLE_S = 5.0
_PUT_OFF_S = 70.0
"""What a start leaves to be written is on the disk by then; a quick run does not wait for it."""
_ALL_WITHIN_S = 40.0


def measure(folder: Path, *, is_quick: bool) -> Section:
    """Measure one hub, first without and then with devices."""
    settle_s, watch_s = (_SETTLE_S, 5.0) if is_quick else (_PUT_OFF_S, 60.0)
    broker = Broker()
    try:
        broker.start()
        with running_hub(folder, broker.port) as hub:
            alone = _at_rest("hub without devices", hub, settle_s, watch_s)
            log = folder / "simulate.log"
            command = [SCENTD, "simulate", "--broker", f"{HOST}:{broker.port}"]
            fleet = spawn([*command, "--count", str(_MANY)], log=log, folder=ROOT)
            try:
                _until(lambda: len(hub.api.get("/api/v1/diffusers")) >= _MANY, log)
                crowded = _at_rest(f"hub with {_MANY} simulated diffusers", hub, settle_s, watch_s)
            finally:
                end(fleet, signal.SIGTERM, 5.0)
    finally:
        broker.close()
    aims = (
        Aim("CPU of a hub at rest, of one core", 0.1, alone.share * 100, "{:.2f} %"),
        Aim("written to the disk in a minute at rest", 0, alone.written_a_minute, "{:,.0f} B"),
        Aim(f"memory with {_MANY} diffusers", 110, crowded.rss_mb, "{:,.0f} MB"),
    )
    return Section("hub at rest", (alone.row(), crowded.row()), aims)


@dataclass(frozen=True)
class _Rest:
    what: str
    share: float
    rss_mb: float
    written_a_minute: float

    def row(self) -> Row:
        written = f"{self.written_a_minute:,.0f} B written a minute"
        return Row(self.what, rss_mb=self.rss_mb, note=f"{self.share:.2%} of one core, {written}")


def _at_rest(what: str, hub: Hub, settle_s: float, watch_s: float) -> _Rest:
    _pause(settle_s)
    before_s, before_bytes = cpu_s(hub.pid), written_bytes(hub.pid)
    _pause(watch_s)
    share = (cpu_s(hub.pid) - before_s) / watch_s
    written = (written_bytes(hub.pid) - before_bytes) * 60 / watch_s
    return _Rest(what, share, resident_mb(hub.pid), written)


def _until(condition: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + _ALL_WITHIN_S
    while not condition():
        if time.monotonic() > deadline:
            raise ToolError("The devices did not all appear.", last_lines(log, 12))
        _pause(0.2)


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)
