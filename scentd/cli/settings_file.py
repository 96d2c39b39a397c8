"""Which settings file the commands read."""

from pathlib import Path
from typing import Annotated

import typer

from scentd.settings import HubSettings, read_settings

USUAL_PLACE = Path("/etc/scentd/hub.toml")

ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        help=f"The settings file. Without it: {USUAL_PLACE} if there is one, else all defaults.",
        show_default=False,
    ),
]


def settings_of(config: Path | None) -> HubSettings:
    """Give the settings of the file named, else of the usual place, else the defaults."""
    if config is None and USUAL_PLACE.exists():
        config = USUAL_PLACE
    return read_settings(config)
