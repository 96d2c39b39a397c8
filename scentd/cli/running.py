"""The daemon itself, its settings checked, and simulated devices to try it with."""

import asyncio
import contextlib
import signal
from typing import Annotated

import typer

from adapters.simulator.fleet import FleetOptions, run_fleet
from scentd.cli.settings_file import ConfigFile, settings_of
from scentd.daemon import VERSION, run_daemon
from scentd.logs import start_logging
from scentd.model.errors import ScentdError


class AddressUnreadable(ScentdError):
    """The broker's address is not host:port."""

    code = "address_unreadable"

    def __init__(self, written: str) -> None:
        super().__init__(f"“{written}” is no broker address.", "Write it as host:port.")
        self.written = written


def run(config: ConfigFile = None) -> None:
    """Run the hub until SIGTERM or Ctrl-C."""
    settings = settings_of(config)
    start_logging(settings.log_level)
    asyncio.run(run_daemon(settings))


def check(config: ConfigFile = None) -> None:
    """Read the settings file and say what is wrong in it: file, line, key and how to mend it."""
    settings = settings_of(config)
    typer.echo(
        f"The settings are fine. Page: port {settings.api.port}; broker: "
        f"{settings.mqtt.host}:{settings.mqtt.port}; cloud: {settings.sync.cloud_url or 'none'}."
    )


def simulate(
    broker: Annotated[str, typer.Option(help="The broker, as host:port.")] = "127.0.0.1:1883",
    count: Annotated[int, typer.Option(min=1, max=1000, help="How many devices.")] = 4,
    speed: Annotated[
        float, typer.Option(min=0.0, help="How many times faster oil falls; clocks stay true.")
    ] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same devices.")] = 0,
    drop_offs: Annotated[
        float, typer.Option(min=0.0, help="Losses of the network per device and hour.")
    ] = 0.0,
    buttons: Annotated[
        float, typer.Option(min=0.0, help="Presses of a button per device and hour.")
    ] = 0.0,
) -> None:
    """Put simulated diffusers on a broker until Ctrl-C."""
    host, _, port = broker.rpartition(":")
    if not host or not port.isdecimal():
        raise AddressUnreadable(broker)
    start_logging("INFO")
    options = FleetOptions(
        host=host,
        port=int(port),
        count=count,
        speed=speed,
        seed=seed,
        drop_offs_per_hour=drop_offs,
        buttons_per_hour=buttons,
    )
    asyncio.run(_until_told(options))


def version() -> None:
    """Print the version."""
    typer.echo(VERSION)


async def _until_told(options: FleetOptions) -> None:
    fleet = asyncio.create_task(run_fleet(options), name="simulated fleet")
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, fleet.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await fleet
