"""Search, suggestions and lists in a shop of fifty thousand products, on one process."""

import sys
from pathlib import Path
from urllib.parse import quote

from cloud.catalogue.shelf_file import read_shelf_file
from cloud.migrations import applying
from cloud.settings import CloudSettings
from tests.bench.children import load
from tests.bench.cost import children_of, resident_mb
from tests.bench.product_detail import fill
from tests.bench.report import Aim, Row, Section
from tests.bench.servers import ROOT, serving
from tests.bench.shop_goods import add_goods
from tools.ports import HOST, free_port
from tools.postgres_server import PostgresServer

_DATABASE = "big_shop"
_GOODS = 50_000
# Waiting for one's turn is no property of a statement: as many ask as there are cores for it.
_CONNECTIONS = 2
_WORDS = (
    "cedar", "lavender", "golden hearth", "warm milk", "amb", "orange", "fresh", "oakmoss",
    "lavnder", "goldn hearht", "burgamot", "cardamom petrichor", "zzzqqq",
)  # fmt: skip


def measure(folder: Path, *, is_quick: bool) -> Section:
    """Measure what grows with the number of products."""
    seconds = 4.0 if is_quick else 12.0
    server = PostgresServer()
    try:
        server.start()
        server.create_database(_DATABASE)
        settings = CloudSettings(
            database_url=server.sqlalchemy_url(_DATABASE),
            public_url="http://127.0.0.1",
            session_secret="bench" * 8,
        )
        url = settings.database_url.get_secret_value()
        applying.upgrade(url)
        fill(settings, read_shelf_file(ROOT / "config" / "demo_catalogue.toml"))
        add_goods(url, _GOODS)
        rows = _under_load(folder, server, settings, seconds)
    finally:
        server.close()
    aims = (Aim("search, p99", 80, rows[0].p99_ms or 0, "{:.0f} ms"),)
    return Section(f"a shop of {_GOODS:,} products, {_CONNECTIONS} connections", rows, aims)


def _under_load(
    folder: Path, server: PostgresServer, settings: CloudSettings, seconds: float
) -> tuple[Row, ...]:
    port = free_port()
    environment = {
        "SCENT_DATABASE_URL": settings.database_url.get_secret_value(),
        "SCENT_PUBLIC_URL": settings.public_url,
        "SCENT_SESSION_SECRET": settings.session_secret.get_secret_value(),
    }
    command = [sys.executable, "-m", "tests.bench.shop_server", str(port)]
    searches = [f"/api/v1/products?limit=24&q={quote(words)}" for words in _WORDS]
    asked = {
        "search, 24 hits": searches,
        "search in German": [f"{path}&language=de" for path in searches],
        "suggestions": [f"/api/v1/suggestions?q={quote(words[:4])}" for words in _WORDS],
        "list of 24": ["/api/v1/products?limit=24", "/api/v1/products?limit=24&sort=newest"],
        "list of 24 by price": ["/api/v1/products?limit=24&sort=price"],
    }
    with serving(folder, command, f"http://{HOST}:{port}/health", environment) as pid:
        return tuple(
            _row(what, paths, folder, port, seconds, (pid, server.pid or 0))
            for what, paths in asked.items()
        )


def _row(
    what: str, paths: list[str], folder: Path, port: int, seconds: float, pids: tuple[int, int]
) -> Row:
    file = folder / "paths"
    file.write_text("\n".join(paths))
    shop, postgres = pids
    saw, (own, *backends) = load(
        "http_load",
        port,
        _CONNECTIONS,
        seconds,
        file,
        measured=lambda: (shop, *children_of(postgres)),
    )
    each = max(1, saw["answers"])
    behind = sum(backend.cpu_s for backend in backends) / each * 1000
    return Row(
        what=what,
        rate=saw["answers"] / saw["seconds"],
        cpu_us=own.cpu_s / each * 1e6,
        p50_ms=saw["p50_ms"],
        p99_ms=saw["p99_ms"],
        rss_mb=resident_mb(shop),
        note=f"PostgreSQL: {behind:.1f} ms each",
    )
