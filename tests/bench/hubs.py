"""A real hub to measure: `scentd run` on a broker, in a folder of its own."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.bench.servers import ROOT, serving
from tools.json_api import JsonApi
from tools.ports import HOST, free_port

SCENTD = str(Path(sys.executable).with_name("scentd"))


@dataclass(frozen=True)
class Hub:
    """A hub that runs; its settings stand in `file`."""

    pid: int
    file: Path
    address: str

    @cached_property
    def api(self) -> JsonApi:
        """A way in that may do everything the bench needs."""
        return JsonApi(self.address, token(self.file))


@contextmanager
def running_hub(
    folder: Path,
    broker_port: int,
    name: str = "hub",
    environment: Mapping[str, str] | None = None,
) -> Iterator[Hub]:
    """Run a hub until the block is left; `environment` is added to ours."""
    port = free_port()
    file = settings_file(
        folder,
        {
            "mqtt.port": broker_port,
            "mqtt.name": name,
            "api.port": port,
            # One rule fires many thousand times here; in a home that would be a loop.
            "automation.runs_per_minute": 0,
        },
    )
    address = f"http://{HOST}:{port}"
    command = [SCENTD, "run", "--config", str(file)]
    with serving(folder, command, f"{address}/health", environment) as pid:
        yield Hub(pid, file, address)


def settings_file(folder: Path, settings: Mapping[str, object]) -> Path:
    """Write a hub's settings: these, and all files in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    everything = {
        "store.path": store_of(folder),
        "sync.key_folder": folder / "keys",
        "api.host": HOST,
        **settings,
    }
    lines = [
        f"{key} = {value}" if isinstance(value, int | float) else f'{key} = "{value}"'
        for key, value in everything.items()
    ]
    file = folder / "hub.toml"
    file.write_text("\n".join(lines) + "\n")
    return file


def store_of(folder: Path) -> Path:
    """Return where the hub of a folder keeps what it knows."""
    return folder / "hub.db"


def token(file: Path) -> str:
    """Make an access token with every right the bench needs."""
    scopes = [word for scope in ("read", "configure") for word in ("--scope", scope)]
    return _told("token", "create", "bench", *scopes, "--config", str(file))


def welcome_link(file: Path) -> str:
    """Make a one-time link into the hub's page."""
    return _told("token", "link", "--config", str(file))


def _told(*words: str) -> str:
    made = subprocess.run(
        [SCENTD, *words], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    return made.stdout.split()[-1]
