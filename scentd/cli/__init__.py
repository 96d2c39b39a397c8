"""The commands: `scentd run|check|detect|capture|simulate|pair|token|version`."""

import sys

import typer

from scentd.cli.capturing import capture
from scentd.cli.detecting import detect
from scentd.cli.letting_in import tokens
from scentd.cli.pairing import pair
from scentd.cli.running import check, run, simulate, version
from scentd.model.errors import ScentdError

app = typer.Typer(
    name="scentd",
    help="The hub of a scented home.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (run, check, detect, capture, simulate, pair, version):
    app.command()(command)
app.add_typer(tokens, name="token")


def main() -> None:
    """Run the command line; what a person did wrong is told in two lines, without a traceback."""
    try:
        app()
    except ScentdError as error:
        typer.echo(f"error: {error.message}\nhint: {error.hint}", err=True)
        sys.exit(1)
