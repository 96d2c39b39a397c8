"""The shop's product detail on a real server over a real PostgreSQL, beside a bare route."""

import asyncio
import sys
import urllib.request
from pathlib import Path

from cloud.catalogue.shelf_file import ScentEntry, ShelfFile, read_shelf_file
from cloud.composition import build_parts, seed_shop
from cloud.foundation.clock import SystemClock
from cloud.migrations import applying
from cloud.settings import CloudSettings
from tests.bench.children import load
from tests.bench.cost import children_of, resident_mb
from tests.bench.report import Row, Section
from tests.bench.servers import ROOT, serving
from tools.ports import HOST, free_port
from tools.postgres_server import PostgresServer

MANY = 1000
CONNECTIONS = 8
_PATH = "/api/v1/products/"


def measure(folder: Path, *, is_quick: bool) -> Section:
    """Measure with the demo's catalogue and with a thousand products."""
    seconds = 2.0 if is_quick else 6.0
    shelf = read_shelf_file(ROOT / "config" / "demo_catalogue.toml")
    server = PostgresServer()
    try:
        server.start()
        ours = [_ours(folder, server, goods, seconds) for goods in (shelf, many(shelf))]
    finally:
        server.close()
    title = f"product detail, GET {_PATH}{{slug}}, {CONNECTIONS} connections (aim: 800 µs)"
    return Section(title, (_bare(folder, seconds), *ours))


def many(shelf: ShelfFile) -> ShelfFile:
    """Return the shelf with its scents repeated under other names until there are a thousand."""
    scents = tuple(_again(shelf.scents[n % len(shelf.scents)], n) for n in range(MANY))
    return shelf.model_copy(update={"scents": scents})


def _again(scent: ScentEntry, number: int) -> ScentEntry:
    facts = {"slug": f"{scent.slug}-{number}", "code": f"P{number:06}"}
    return scent.model_copy(update=facts)


def _ours(folder: Path, server: PostgresServer, shelf: ShelfFile, seconds: float) -> Row:
    name = f"products_{len(shelf.scents)}"
    server.create_database(name)
    settings = CloudSettings(
        database_url=server.sqlalchemy_url(name),
        public_url="http://127.0.0.1",
        session_secret="bench" * 8,
    )
    applying.upgrade(settings.database_url.get_secret_value())
    fill(settings, shelf)
    server.execute("VACUUM ANALYZE", name)
    what, port = f"our shop, {len(shelf.scents)} products", free_port()
    command = [str(Path(sys.executable).with_name("scent-cloud")), "serve", "--port", str(port)]
    environment = {
        "SCENT_DATABASE_URL": settings.database_url.get_secret_value(),
        "SCENT_PUBLIC_URL": settings.public_url,
        "SCENT_SESSION_SECRET": settings.session_secret.get_secret_value(),
    }
    paths = folder / "paths"
    paths.write_text("\n".join(f"{_PATH}{scent.slug}" for scent in shelf.scents))
    with serving(folder, command, f"http://{HOST}:{port}/health", environment) as pid:
        first = f"http://{HOST}:{port}{_PATH}{shelf.scents[0].slug}"
        (folder / "answer.json").write_bytes(urllib.request.urlopen(first).read())
        return _under_load(what, pid, port, paths, seconds, server)


def fill(settings: CloudSettings, shelf: ShelfFile) -> None:
    """Put a shelf's products into a migrated database."""
    asyncio.run(_fill(settings, shelf))


async def _fill(settings: CloudSettings, shelf: ShelfFile) -> None:
    parts = build_parts(settings, SystemClock(), name="bench")
    try:
        async with parts.database.unit_of_work() as session:
            await seed_shop(session, parts, shelf)
    finally:
        await parts.database.close()


def _bare(folder: Path, seconds: float) -> Row:
    port = free_port()
    paths = folder / "bare-path"
    paths.write_text(f"{_PATH}any")
    answer = str(folder / "answer.json")
    command = [sys.executable, "-m", "tests.bench.bare_route", str(port), answer]
    with serving(folder, command, f"http://{HOST}:{port}{_PATH}any") as pid:
        return _under_load("bare FastAPI, the same JSON from memory", pid, port, paths, seconds)


def _under_load(
    what: str,
    pid: int,
    port: int,
    paths: Path,
    seconds: float,
    server: PostgresServer | None = None,
) -> Row:
    def measured() -> tuple[int, ...]:
        return (pid, *(children_of(server.pid) if server and server.pid else ()))

    saw, (own, *backends) = load("http_load", port, CONNECTIONS, seconds, paths, measured=measured)
    notes = []
    if server:
        behind = sum(backend.cpu_s for backend in backends) / saw["answers"] * 1e6
        notes.append(f"PostgreSQL: {behind:,.0f} µs each")
    if saw["refused"]:
        notes.append(f"{saw['refused']} answers were not 200")
    return Row(
        what=what,
        rate=saw["answers"] / saw["seconds"],
        cpu_us=own.cpu_s / saw["answers"] * 1e6,
        p50_ms=saw["p50_ms"],
        p99_ms=saw["p99_ms"],
        rss_mb=resident_mb(pid),
        note="; ".join(notes),
    )
