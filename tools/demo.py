"""The living demo: a home, its shop and the staff pages, on this machine alone.

Real programs throughout: a broker, PostgreSQL, the cloud with its worker, the hub, and beside them
a stand-in for Stripe, a mailbox and simulated diffusers. Everything listens on loopback, lives in
a throw-away folder and ends with Ctrl-C.
"""

import argparse
import contextlib
import dataclasses
import fcntl
import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn, TextIO

import segno

from tools.broker import Broker
from tools.ports import HOST, free_port, holder, is_free
from tools.postgres_server import PostgresServer
from tools.processes import ToolError
from tools.supervision import Program, Supervisor

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
SCENTD = str(Path(PYTHON).with_name("scentd"))
SCENT_CLOUD = str(Path(PYTHON).with_name("scent-cloud"))
CATALOGUE = ROOT / "config" / "demo_catalogue.toml"
LOCK = ROOT / ".venv" / ".demo-running"

# Not a household's 8480: the demo must not stand where a real hub stands.
PREFERRED_PORTS = {"home": 18480, "shop": 18481, "mail": 18482, "pay": 18483}
OIL_SPEED = 600
"""Simulated oil falls this many times faster; clocks run as always."""


@dataclasses.dataclass(frozen=True)
class Place:
    """Where this run of the demo lives; every secret is made for it."""

    folder: Path
    ports: dict[str, int]
    smtp_port: int
    broker_port: int
    database_url: str
    webhook_secret: str = dataclasses.field(default_factory=lambda: secrets.token_hex(24))
    session_secret: str = dataclasses.field(default_factory=lambda: secrets.token_hex(32))

    def url(self, face: str) -> str:
        """Return the address of one of the demo's faces."""
        return f"http://{HOST}:{self.ports[face]}"


def programs(place: Place) -> tuple[Program, ...]:
    """Return what runs in the demo, beside broker and database, and what waits for what."""
    cloud = cloud_environment(place)
    shop, pay, mail = place.url("shop"), place.url("pay"), place.url("mail")
    hub_file = str(place.folder / "hub.toml")
    return (
        Program(
            name="payments",
            command=(
                *(PYTHON, "-m", "tests.fakes.stripe", "--port", str(place.ports["pay"])),
                *("--webhook-url", f"{shop}/webhooks/stripe"),
                *("--webhook-secret", place.webhook_secret),
            ),
            ready_at=f"{pay}/health",
        ),
        Program(
            name="mailbox",
            command=(
                *(PYTHON, "-m", "tests.fakes.mailbox", "--smtp-port", str(place.smtp_port)),
                *("--http-port", str(place.ports["mail"])),
            ),
            ready_at=f"{mail}/health",
        ),
        Program("tables", (SCENT_CLOUD, "migrate"), environment=cloud, once=True),
        Program(
            name="goods",
            command=(
                *(PYTHON, "-m", "tools.in_turn", "cloud.cli:app"),
                *("seed", "customer-link", "staff-link"),
            ),
            after=("tables",),
            environment=cloud,
            once=True,
            is_private=True,
        ),
        Program(
            name="shop",
            command=(SCENT_CLOUD, "serve", "--host", HOST, "--port", str(place.ports["shop"])),
            after=("tables",),
            environment=cloud,
            ready_at=f"{shop}/health",
        ),
        Program("worker", (SCENT_CLOUD, "worker"), ("tables",), cloud),
        Program(
            "home", (SCENTD, "run", "--config", hub_file), ready_at=f"{place.url('home')}/health"
        ),
        Program(
            name="key",
            command=(SCENTD, "link", "--config", hub_file),
            after=("home",),
            once=True,
            is_private=True,
        ),
        Program(
            name="diffusers",
            command=(
                *(SCENTD, "simulate", "--broker", f"{HOST}:{place.broker_port}"),
                *("--speed", str(OIL_SPEED)),
            ),
        ),
    )


# Which program prints the one-time links into which faces, the last words of what it prints.
LINKS = {"goods": ("shop", "staff"), "key": ("home",)}


def cloud_environment(place: Place) -> dict[str, str]:
    """Return the settings of shop and worker."""
    return {
        "SCENT_DATABASE_URL": place.database_url,
        "SCENT_PUBLIC_URL": place.url("shop"),
        "SCENT_SESSION_SECRET": place.session_secret,
        "SCENT_SMTP_HOST": HOST,
        "SCENT_SMTP_PORT": str(place.smtp_port),
        "SCENT_SMTP_SECURITY": "none",
        "SCENT_STRIPE_API_BASE": place.url("pay"),
        "SCENT_STRIPE_SECRET_KEY": "sk_test_demo",
        "SCENT_STRIPE_WEBHOOK_SECRET": place.webhook_secret,
        "SCENT_DEMO": "true",
    }


def hub_settings(place: Place) -> str:
    """Return the hub's settings file."""
    return "\n".join(
        [
            "demo = true",
            f'store.path = "{place.folder / "hub.db"}"',
            f'mqtt.host = "{HOST}"',
            f"mqtt.port = {place.broker_port}",
            'mqtt.name = "demo"',
            f'api.host = "{HOST}"',
            f"api.port = {place.ports['home']}",
            f'sync.cloud_url = "{place.url("shop")}"',
            "",
        ]
    )


def main() -> int:
    """Run the demo until it is stopped; the exit code is 0 after Ctrl-C or SIGTERM."""
    arguments = read_arguments()
    # Compiled modules, beside their sources in this clone, are what makes the second start quick.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        ports = choose_ports(arguments)
        with only_instance() as record:
            run(ports, record)
    except ToolError as error:
        print(f"error: {error.message}\nhint: {error.hint}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def run(ports: dict[str, int], record: TextIO) -> None:
    """Start everything, say where it is, and keep it running."""
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="scent-demo-"))
    broker, database = Broker(), PostgresServer()
    try:
        broker.start()
        say(f"broker ({broker.kind}) ready")
        database.start()
        database.create_database("scent")
        say("database ready")
        place = Place(
            folder=folder,
            ports=ports,
            smtp_port=free_port(),
            broker_port=broker.port,
            database_url=database.sqlalchemy_url("scent"),
        )
        (folder / "hub.toml").write_text(hub_settings(place))
        supervisor = Supervisor(programs(place), logs=folder, folder=ROOT, say=say)
        try:
            supervisor.start()
            addresses = read_links(supervisor)
            write_record(record, place)
            say(f"all is up after {time.monotonic() - began:.1f} s; logs are in {folder}")
            print(welcome(place, addresses), flush=True)
            supervisor.watch()
        finally:
            _ignore_further_signals()
            supervisor.stop()
    finally:
        _ignore_further_signals()
        broker.close()
        database.close()
        shutil.rmtree(folder, ignore_errors=True)
        say("stopped; nothing is left behind")


def welcome(place: Place, addresses: dict[str, str]) -> str:
    """Return what is shown when all is up; sign-in links appear here and in no log."""
    lines = [
        "",
        f"  Home page   {addresses['home']}",
        f"  Shop        {addresses['shop']}",
        f"  Staff       {addresses['staff']}",
        "",
        f"  Letters that the demo sends arrive at {place.url('mail')}",
        "  Each link signs in once, within 30 minutes. Oil runs fast here: wait a minute, and one",
        "  cartridge runs low. Ctrl-C ends everything.",
        "",
    ]
    if sys.stdout.isatty():
        lines.insert(0, qr_code(place.url("home")))
    return "\n".join(lines)


def qr_code(text: str) -> str:
    """Return a QR code in characters of a terminal."""
    matrix = [list(row) for row in segno.make(text, error="l").matrix_iter(border=2)]
    if len(matrix) % 2:
        matrix.append([0] * len(matrix[0]))
    # Two modules in one character: dark ones are left out of the light ground.
    blocks = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
    return "\n".join(
        "  " + "".join(blocks[bool(top), bool(bottom)] for top, bottom in zip(*pair, strict=True))
        for pair in zip(matrix[::2], matrix[1::2], strict=True)
    )


def read_arguments() -> argparse.Namespace:
    """Read the command line: a port for each face."""
    parser = argparse.ArgumentParser(prog="make run", description="The living demo.")
    for face, port in PREFERRED_PORTS.items():
        words = f"port of the {face} page (default: {port}, or a free one when that is taken)"
        parser.add_argument(f"--{face}-port", type=int, metavar="N", help=words)
    return parser.parse_args()


def choose_ports(arguments: argparse.Namespace) -> dict[str, int]:
    """Return a port for each face; refuse one that was asked for and is taken."""
    ports = {}
    for face, preferred in PREFERRED_PORTS.items():
        wanted = getattr(arguments, f"{face}_port")
        if wanted is not None and not is_free(wanted):
            pid = holder(wanted)
            raise ToolError(
                f"Port {wanted} is taken{f' by process {pid}' if pid else ''}.",
                f"End that program, or choose another port: --{face}-port {free_port()}",
            )
        ports[face] = wanted or (preferred if is_free(preferred) else free_port())
    return ports


@contextlib.contextmanager
def only_instance() -> Iterator[TextIO]:
    """Hold the lock of this clone's demo; refuse, in words, when it is running already."""
    with LOCK.open("a+") as record:
        try:
            fcntl.flock(record, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            record.seek(0)
            raise already_running(record.read()) from None
        record.truncate(0)
        try:
            yield record
        finally:
            LOCK.unlink(missing_ok=True)


def write_record(record: TextIO, place: Place) -> None:
    """Leave word for a second instance."""
    json.dump({"pid": os.getpid(), "home": place.url("home"), "shop": place.url("shop")}, record)
    record.flush()


def already_running(record: str) -> ToolError:
    """Return the words for a second instance."""
    try:
        said = json.loads(record)
    except json.JSONDecodeError:
        return ToolError("The demo is just starting elsewhere.", "Look at the other terminal.")
    return ToolError(
        f"The demo is running already (process {said['pid']}).",
        f"Open {said['home']} or {said['shop']}, or end it with Ctrl-C in its terminal.",
    )


def read_links(supervisor: Supervisor) -> dict[str, str]:
    """Return the one-time link into each face."""
    addresses: dict[str, str] = {}
    for name, faces in LINKS.items():
        words = supervisor.printed(name).split()
        if len(words) < len(faces):
            raise ToolError(f"{name} printed no link.", "It ended well, but said nothing.")
        addresses.update(zip(faces, words[-len(faces) :], strict=True))
    return addresses


def say(words: str) -> None:
    """Tell how far the demo is."""
    print(f"  {words}", flush=True)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _ignore_further_signals() -> None:
    # Ending takes a second or two; an impatient second Ctrl-C would leave something behind.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
