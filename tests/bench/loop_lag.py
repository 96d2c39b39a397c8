"""How late a hub's event loop is while it answers messages, writes, syncs and shows its page."""

import asyncio
import sqlite3
import threading
import time
import urllib.request
from contextlib import ExitStack
from http.cookiejar import CookieJar
from pathlib import Path

from scentd.clock import SystemClock
from scentd.store.database import Database
from scentd.sync.keys import KeyRing
from tests.bench.children import Child, child
from tests.bench.echoes import EVEN_RATE
from tests.bench.hubs import settings_file, store_of, welcome_link
from tests.bench.report import Aim, Row, Section
from tests.bench.rules import ANSWERING, stock
from tests.fakes.paired_hub import write_pairing
from tools.broker import Broker
from tools.ports import HOST, free_port

_HUB_ID = 7  # the one the scripted cloud knows
_RULES = 1_000
_PAGE_EVERY_S = 0.5


def measure(folder: Path, *, is_quick: bool) -> Section:
    """Watch a paired hub, first at rest and then with everything at once."""
    window_s = 5.0 if is_quick else 20.0
    broker = Broker()
    with ExitStack() as stack:
        stack.callback(broker.close)
        broker.start()
        cloud = stack.enter_context(child("willing_cloud"))
        url = cloud.says()["url"]
        port = free_port()
        file = settings_file(
            folder,
            {
                "mqtt.port": broker.port,
                "mqtt.name": "lag",
                "api.port": port,
                "sync.cloud_url": url,
                "sync.telemetry_delay_s": 1,
            },
        )
        asyncio.run(_prepare(folder, url))
        hub = stack.enter_context(child("lagging_hub", file, window_s))
        hub.says()
        at_rest = hub.says()
        count = int(EVEN_RATE * 10 * window_s)
        topics = ("lag/ask", "lag/answer")
        load = child("echo_load", broker.port, *topics, EVEN_RATE * 4, count, ANSWERING)
        page = _Page(welcome_link(file), f"http://{HOST}:{port}/")
        busy = _with_everything(hub, stack.enter_context(load), folder, page, window_s)
    rows = (
        Row("at rest", p50_ms=at_rest["p50_ms"], p99_ms=at_rest["p99_ms"], note=_most(at_rest)),
        Row("all at once", p50_ms=busy["p50_ms"], p99_ms=busy["p99_ms"], note=_most(busy)),
    )
    aim = Aim("p99 of the loop's lag with all of that", 5.0, busy["p99_ms"], "{:.2f} ms")
    title = (
        f"lateness of the loop; all at once: {EVEN_RATE * 4:.0f} firings a second of {_RULES:,} "
        f"rules, a checkpoint a second, a page each {_PAGE_EVERY_S} s, sync"
    )
    return Section(title, rows, (aim,))


async def _prepare(folder: Path, url: str) -> None:
    await stock(store_of(folder), "lag", _RULES)
    database = Database(store_of(folder), SystemClock())
    await database.open()
    key = KeyRing(folder / "keys").make()
    await database.write(lambda c: write_pairing(c, _HUB_ID, key.name, url, "https://shop.example"))
    await database.close()


def _with_everything(
    hub: Child, load: Child, folder: Path, page: "_Page", window_s: float
) -> dict[str, float]:
    """Show the page and checkpoint while the load runs; what was seen from the next window on."""
    load.says()
    pause = threading.Event()
    ends_s = time.monotonic() + 2 * window_s
    with sqlite3.connect(store_of(folder)) as beside:
        while time.monotonic() < ends_s:
            for _ in range(int(1 / _PAGE_EVERY_S)):
                page.show()
                pause.wait(_PAGE_EVERY_S)
            beside.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    hub.says()  # the window in which it began
    return hub.says()


class _Page:
    """The home page, for somebody who came by a one-time link."""

    def __init__(self, link: str, address: str) -> None:
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )
        self._address = address
        self._opener.open(link, timeout=10).read()

    def show(self) -> None:
        """Load it."""
        with self._opener.open(self._address, timeout=10) as answer:
            answer.read()


def _most(seen: dict[str, float]) -> str:
    return f"most {seen['most_ms']:.1f} ms"
