"""A hub that starts beside a broker full of announcements: how soon it knows every device."""

import threading
import time
from pathlib import Path

from adapters.simulator.household import things
from scentd.clock import SystemClock
from tests.bench.cost import cpu_s, resident_mb
from tests.bench.hubs import SCENTD, settings_file, token
from tests.bench.report import Aim, Row, Section
from tests.bench.servers import serving
from tests.fakes.said import say_retained
from tools.broker import Broker
from tools.json_api import JsonApi
from tools.ports import HOST, free_port
from tools.processes import ToolError

_MANY = 500
_WITHIN_S = 60.0
_LOOK_EVERY_S = 0.2
_SETTLE_S = 5.0


def measure(folder: Path, *, is_quick: bool) -> Section:
    """Fill a broker, start a hub, and look until it knows them all."""
    count = 100 if is_quick else _MANY
    broker = Broker()
    try:
        broker.start()
        fleet = things(count, now=SystemClock().now, speed=1.0, seed=1)
        said = [message for thing in fleet for message in thing.connected() if message.retain]
        say_retained(broker, [(message.topic, message.payload) for message in said])
        port = free_port()
        file = settings_file(folder, {"mqtt.port": broker.port, "api.port": port})
        api = JsonApi(f"http://{HOST}:{port}", token(file))
        command = [SCENTD, "run", "--config", str(file)]
        began_s = time.monotonic()
        with serving(folder, command, f"http://{HOST}:{port}/health") as pid:
            ready_s = time.monotonic() - began_s
            found = _until_found(api, count)
            known_s = time.monotonic() - began_s
            used_s = cpu_s(pid)
            threading.Event().wait(_SETTLE_S)
            rss_mb = resident_mb(pid)
    finally:
        broker.close()
    note = f"page after {ready_s:.2f} s, all known after {known_s:.2f} s, {used_s:.2f} s of CPU"
    rows = (Row(f"{found} devices in {len(said):,} retained messages", rss_mb=rss_mb, note=note),)
    aims = (
        Aim(f"{count} devices known, from the start of the process", 3.0, known_s, "{:.2f} s"),
        Aim(f"memory with {count} devices", 140, rss_mb, "{:,.0f} MB"),
    )
    return Section(f"finding {count} devices over {broker.kind}", rows, aims)


def _until_found(api: JsonApi, count: int) -> int:
    deadline_s = time.monotonic() + _WITHIN_S
    while (found := len(api.get("/api/v1/diffusers"))) < count:
        if time.monotonic() > deadline_s:
            raise ToolError(f"Only {found} of {count} devices appeared.", "See the hub's log.")
        threading.Event().wait(_LOOK_EVERY_S)
    return found
