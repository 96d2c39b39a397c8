"""`scent-cloud`: the cloud's commands."""

import sys

import typer

from cloud.cli.operating import check, migrate, openapi, seed
from cloud.cli.people import customer_link, staff_link
from cloud.cli.running import serve, worker
from cloud.cli.sealing import reseal
from cloud.foundation.errors import CloudError

_COMMANDS = (serve, worker, migrate, seed, check, staff_link, customer_link, openapi, reseal)

app = typer.Typer(
    name="scent-cloud",
    help="The Scent's store: the shop, the staff pages and the hubs' door.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _command in _COMMANDS:
    app.command()(_command)


def main() -> None:
    """Run a command; what is refused is told in two lines, with exit code 2."""
    try:
        app()
    except CloudError as error:
        typer.echo(f"error: {error.message}\nhint: {error.hint}", err=True)
        sys.exit(2)
