"""A hub at rest, alone and with fifty devices: what it holds and what it uses."""

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.cost import cpu_s, resident_mb
from tests.bench.hubs import SCENTD, Hub, running_hub
from tests.bench.report import Row, Section
from tests.bench.servers import ROOT
from tools.broker import Broker
from tools.ports import HOST
from tools.processes import ToolError, end, last_lines, spawn

_MANY = 50
_SETTLE_S = 5.0
_WATCH_S = 10.0
_ALL_WITHIN_S = 40.0


def measure(folder: Path) -> Section:
    """Measure one hub, first without and then with devices."""
    broker = Broker()
    try:
        broker.start()
        with running_hub(folder, broker.port) as hub:
            alone = _at_rest("hub without devices", hub)
            log = folder / "simulate.log"
            command = [SCENTD, "simulate", "--broker", f"{HOST}:{broker.port}"]
            fleet = spawn([*command, "--count", str(_MANY)], log=log, folder=ROOT)
            try:
                _until(lambda: len(hub.api.get("/api/v1/diffusers")) >= _MANY, log)
                crowded = _at_rest(f"hub with {_MANY} simulated diffusers", hub)
            finally:
                end(fleet, signal.SIGTERM, 5.0)
    finally:
        broker.close()
    return Section(f"hub at rest (aim: 110 MB with {_MANY} diffusers)", (alone, crowded))


def _at_rest(what: str, hub: Hub) -> Row:
    _pause(_SETTLE_S)
    before = cpu_s(hub.pid)
    _pause(_WATCH_S)
    share = (cpu_s(hub.pid) - before) / _WATCH_S
    return Row(what, rss_mb=resident_mb(hub.pid), note=f"{share:.2%} of one core")


def _until(condition: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + _ALL_WITHIN_S
    while not condition():
        if time.monotonic() > deadline:
            raise ToolError("The devices did not all appear.", last_lines(log, 12))
        _pause(0.2)


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)
