"""The living demo: a home, its shop and the staff pages, on this machine alone.

Real programs throughout: a broker, PostgreSQL, the cloud with its worker, the hub, and beside them
a stand-in for Stripe, a mailbox and simulated diffusers. Everything listens on loopback, lives in
a throw-away folder and ends with Ctrl-C.
"""

import argparse
import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import NoReturn, TextIO

from tools.broker import Broker
from tools.demo.instance import only_instance, write_record
from tools.demo.moving_in import MovingIn
from tools.demo.place import PREFERRED_PORTS, ROOT, Place, choose_ports
from tools.demo.programs import (
    LINKS,
    WARM_MODULES,
    as_toml,
    cloud_environment,
    hub_settings,
    programs,
)
from tools.demo.stock import DATABASE, fill, stocked_server
from tools.demo.welcome import welcome
from tools.ports import free_port
from tools.processes import ToolError
from tools.supervision import Supervisor
from tools.warm import WarmInterpreter


def main() -> int:
    """Run the demo until it is stopped; the exit code is 0 after Ctrl-C or SIGTERM."""
    arguments = read_arguments()
    # Compiled modules, beside their sources in this clone, are what makes the second start quick.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        ports = choose_ports(arguments)
        has_own_ports = None not in vars(arguments).values()
        with only_instance(has_own_ports=has_own_ports) as record:
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
    say("starting a broker, a database, a shop, a home and its diffusers")
    with contextlib.ExitStack() as ends:
        ends.callback(say, "stopped; nothing is left behind")
        ends.callback(shutil.rmtree, folder, ignore_errors=True)
        # They import while broker and database start.
        interpreters = {
            name: WarmInterpreter(modules, log=folder / f"{name}-python.log", folder=ROOT)
            for name, modules in WARM_MODULES.items()
        }
        for interpreter in interpreters.values():
            ends.callback(interpreter.close)
        broker = Broker()
        ends.callback(broker.close)
        broker.start()
        say(f"broker ({broker.kind}) ready")
        database, is_filled = stocked_server()
        ends.callback(database.close)
        place = Place(
            folder=folder,
            ports=ports,
            smtp_port=free_port(),
            broker_port=broker.port,
            database_url=database.sqlalchemy_url(DATABASE),
        )
        if not is_filled:
            say("the shop is filled with goods; this is done once")
            fill(database, cloud_environment(place), folder / "goods.log")
        say("database ready")
        place.hub_file.write_text(as_toml(hub_settings(place)))
        supervisor = Supervisor(
            programs(place), logs=folder, folder=ROOT, say=say, interpreters=interpreters
        )
        ends.callback(supervisor.stop)
        ends.callback(_ignore_further_signals)
        supervisor.start()
        links = read_links(supervisor)
        write_record(record, place)
        say(f"all is up after {time.monotonic() - began:.1f} s; logs are in {folder}")
        print(welcome(place, links), flush=True)
        live(place, links, supervisor)


def live(place: Place, links: dict[str, str], supervisor: Supervisor) -> None:
    """Furnish the home while everything runs; returns only by an exception."""
    moving_in = MovingIn(place, token=links["token"], link=links["household"], say=say)
    moving_in.start()
    try:
        supervisor.watch()
    finally:
        moving_in.stop()


def read_arguments() -> argparse.Namespace:
    """Read the command line: a port for each face."""
    parser = argparse.ArgumentParser(prog="make run", description="The living demo.")
    for face, port in PREFERRED_PORTS.items():
        words = f"port of the {face} page (default: {port}, or a free one when that is taken)"
        parser.add_argument(f"--{face}-port", type=int, metavar="N", help=words)
    return parser.parse_args()


def read_links(supervisor: Supervisor) -> dict[str, str]:
    """Return the one-time links and the token that the programs printed, by name."""
    links: dict[str, str] = {}
    for name, wanted in LINKS.items():
        words = supervisor.printed(name).split()
        if len(words) < len(wanted):
            raise ToolError(f"{name} printed no link.", "It ended well, but said nothing.")
        links.update(zip(wanted, words[-len(wanted) :], strict=True))
    return links


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
