"""The shop under load: one process, a thousand products, real PostgreSQL, payment inside.

What a page costs is the CPU of the shop and of its database for one operation; rates are those of
this machine with the load on it.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from cloud.catalogue.shelf_file import read_shelf_file
from cloud.migrations import applying
from cloud.settings import CloudSettings
from tests.bench.children import load
from tests.bench.cost import children_of, resident_mb
from tests.bench.product_detail import fill, many
from tests.bench.report import Aim, Row, Section
from tests.bench.servers import ROOT, serving
from tools.ports import HOST, free_port
from tools.postgres_server import PostgresServer

CONNECTIONS = 8
_DATABASE = "store"
_WORDS = ("cedar", "lavender", "bergamot", "sea", "orange", "vanilla", "fig", "rose", "mint", "oud")


@dataclass(frozen=True)
class Shop:
    """A shop that runs."""

    folder: Path
    server: PostgresServer
    port: int
    pid: int
    seconds: float

    def gets(self, what: str, paths: list[str]) -> Row:
        """Measure reads of these paths in turn."""
        file = self.folder / "paths"
        file.write_text("\n".join(paths))
        return self._row(what, "http_load", self.port, CONNECTIONS, self.seconds, file)

    def plays(self, what: str, scene: str, variants: Path) -> Row:
        """Measure a scene of buyers."""
        return self._row(what, "buyers", self.port, CONNECTIONS, self.seconds, scene, variants)

    def _row(self, what: str, loader: str, *arguments: object) -> Row:
        def measured() -> tuple[int, ...]:
            return self.pid, *children_of(self.server.pid or 0)

        saw, (own, *backends) = load(loader, *arguments, measured=measured)
        each = max(1, saw["answers"])
        behind = sum(backend.cpu_s for backend in backends) / each * 1e6
        notes = [f"PostgreSQL: {behind:,.0f} µs each"]
        if saw["refused"]:
            notes.append(f"{saw['refused']} refused {saw.get('problem', '')}")
        return Row(
            what=what,
            rate=saw["answers"] / saw["seconds"],
            cpu_us=own.cpu_s / each * 1e6,
            p50_ms=saw["p50_ms"],
            p99_ms=saw["p99_ms"],
            rss_mb=resident_mb(self.pid),
            note="; ".join(notes),
        )


def measure(folder: Path, *, is_quick: bool) -> Section:
    """Measure the shop's five hot paths, its start and its size."""
    seconds = 3.0 if is_quick else 8.0
    shelf = many(read_shelf_file(ROOT / "config" / "demo_catalogue.toml"))
    server = PostgresServer()
    try:
        server.start()
        server.create_database(_DATABASE)
        settings = _settings(server)
        began = time.perf_counter()
        applying.upgrade(settings.database_url.get_secret_value())
        migrated_s = time.perf_counter() - began
        fill(settings, shelf)
        server.execute(
            "UPDATE stock_levels SET on_hand = 1000000, low_stock_at = 0; "
            "INSERT INTO stock_movements (variant_id, delta, on_hand_after, kind, note) "
            "SELECT variant_id, 1000000, 1000000, 'RECEIVED', 'bench' FROM stock_levels",
            _DATABASE,
        )
        server.execute("VACUUM ANALYZE", _DATABASE)
        slugs = [scent.slug for scent in shelf.scents]
        rows, start_s, idle_mb = _under_load(folder, server, settings, slugs, seconds)
    finally:
        server.close()
    title = f"the shop, 1,000 products, one process, {CONNECTIONS} connections"
    return Section(title, rows, _aims(rows, start_s, idle_mb, migrated_s))


def _under_load(
    folder: Path,
    server: PostgresServer,
    settings: CloudSettings,
    slugs: list[str],
    seconds: float,
) -> tuple[tuple[Row, ...], float, float]:
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.shop_server", str(port)]
    environment = {
        "SCENT_DATABASE_URL": settings.database_url.get_secret_value(),
        "SCENT_PUBLIC_URL": settings.public_url,
        "SCENT_SESSION_SECRET": settings.session_secret.get_secret_value(),
    }
    variants = folder / "variants"
    variants.write_text(server.execute("SELECT id FROM variants", _DATABASE))
    began = time.perf_counter()
    with serving(folder, command, f"http://{HOST}:{port}/health", environment) as pid:
        start_s = time.perf_counter() - began
        shop = Shop(folder, server, port, pid, seconds)
        idle_mb = resident_mb(pid)
        measured: tuple[Callable[[], Row], ...] = (
            lambda: shop.gets("product detail (JSON)", [f"/api/v1/products/{s}" for s in slugs]),
            lambda: shop.gets("list of 24 (JSON)", _lists()),
            lambda: shop.gets("search, 24 hits (JSON)", _searches()),
            lambda: shop.gets("product page (HTML)", [f"/products/{s}" for s in slugs]),
            lambda: shop.gets("list page (HTML)", ["/products", "/products?sort=newest"]),
            lambda: shop.plays("add to cart", "cart", variants),
            lambda: shop.plays("whole checkout, 4 requests", "checkout", variants),
        )
        return tuple(one() for one in measured), start_s, idle_mb


def _lists() -> list[str]:
    return [f"/api/v1/products?limit=24&sort={sort}" for sort in ("recommended", "newest", "price")]


def _searches() -> list[str]:
    return [f"/api/v1/products?limit=24&q={quote(word)}" for word in _WORDS]


def _aims(
    rows: tuple[Row, ...], start_s: float, idle_mb: float, migrated_s: float
) -> tuple[Aim, ...]:
    def rate(what: str) -> float:
        return next(row.rate or 0 for row in rows if row.what.startswith(what))

    def cpu_ms(what: str) -> float:
        return next((row.cpu_us or 0) / 1000 for row in rows if row.what.startswith(what))

    a_second = "{:,.0f} a second"
    return (
        Aim("product detail", 2000, rate("product detail"), a_second, is_least=True),
        Aim("product detail, CPU of the shop", 0.6, cpu_ms("product detail"), "{:.2f} ms"),
        Aim("list of 24", 1000, rate("list of 24"), a_second, is_least=True),
        Aim("search", 1000, rate("search"), a_second, is_least=True),
        Aim("add to cart", 800, rate("add to cart"), a_second, is_least=True),
        Aim("whole checkout", 150, rate("whole checkout"), a_second, is_least=True),
        Aim("whole checkout, CPU of the shop", 7, cpu_ms("whole checkout"), "{:.1f} ms"),
        Aim("start of the process", 1.2, start_s, "{:.2f} s"),
        Aim("memory after the start", 110, idle_mb, "{:.0f} MB"),
        Aim("all migrations from empty", 10, migrated_s, "{:.1f} s"),
    )


def _settings(server: PostgresServer) -> CloudSettings:
    return CloudSettings(
        database_url=server.sqlalchemy_url(_DATABASE),
        public_url="http://127.0.0.1",
        session_secret="bench" * 8,
    )
