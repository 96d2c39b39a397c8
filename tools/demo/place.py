"""Where a run of the demo lives: its folder, ports and secrets."""

import argparse
import dataclasses
import secrets
from pathlib import Path

from tools.ports import HOST, free_port, holder, is_free
from tools.processes import ToolError

ROOT = Path(__file__).resolve().parent.parent.parent

# Not a household's 8480: the demo must not stand where a real hub stands.
PREFERRED_PORTS = {"home": 18480, "shop": 18481, "mail": 18482, "pay": 18483}


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

    @property
    def hub_file(self) -> Path:
        """Return where the hub's settings stand."""
        return self.folder / "hub.toml"


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
