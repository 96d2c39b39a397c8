"""A real hub to measure: `scentd run` on a broker, in a folder of its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.servers import ROOT, serving
from tools.json_api import JsonApi
from tools.ports import HOST, free_port

SCENTD = str(Path(sys.executable).with_name("scentd"))


@dataclass(frozen=True)
class Hub:
    """A hub that runs, and a way in that may do everything."""

    pid: int
    api: JsonApi


@contextmanager
def running_hub(folder: Path, broker_port: int) -> Iterator[Hub]:
    """Run a hub until the block is left."""
    port = free_port()
    file = folder / "hub.toml"
    file.write_text(
        f'store.path = "{folder / "hub.db"}"\n'
        f'sync.key_folder = "{folder / "keys"}"\n'
        f"mqtt.port = {broker_port}\n"
        f'api.host = "{HOST}"\n'
        f"api.port = {port}\n"
    )
    address = f"http://{HOST}:{port}"
    with serving(folder, [SCENTD, "run", "--config", str(file)], f"{address}/health") as pid:
        yield Hub(pid, JsonApi(address, token(file)))


def token(file: Path) -> str:
    """Make an access token with every right the bench needs."""
    scopes = [word for scope in ("read", "configure") for word in ("--scope", scope)]
    command = [SCENTD, "token", "create", "bench", *scopes, "--config", str(file)]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    return made.stdout.split()[-1]
