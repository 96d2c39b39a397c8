"""The demo's database, filled once with tables, goods and people, and copied from then on.

The copy is a cleanly stopped cluster below `.venv`, a product of the build like what else is
there: it holds what migrations and seed have written, and nothing of any run. It is made anew
when anything changes that it was made of.
"""

import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.demo.place import ROOT
from tools.postgres_server import PostgresServer, find_programs
from tools.processes import ToolError, last_lines, spawn

DATABASE = "scent"
CATALOGUE = ROOT / "config" / "demo_catalogue.toml"
IMAGES = ROOT / ".venv"
PREFIX = ".demo-stock-"
_FILLS_WITHIN_S = 60.0


def stocked_server(images: Path = IMAGES) -> tuple[PostgresServer, bool]:
    """Return a running server with the demo's database, and whether that is filled already."""
    image = image_path(images)
    if image.is_dir():
        server = PostgresServer(image=image)
        try:
            server.start()
        except (ToolError, OSError):
            # A copy that does not run, for whatever reason, is worth less than a fresh start.
            server.close()
            shutil.rmtree(image, ignore_errors=True)
        else:
            return server, True
    server = PostgresServer()
    server.start()
    server.create_database(DATABASE)
    return server, False


def fill(
    server: PostgresServer, environment: Mapping[str, str], log: Path, images: Path = IMAGES
) -> None:
    """Migrate and seed the database, and keep a copy for the next time."""
    seed = f"seed --catalogue {CATALOGUE}"
    command = [sys.executable, "-m", "tools.in_turn", "cloud.cli:app", "migrate", seed]
    process = spawn(command, log=log, folder=ROOT, environment={**os.environ, **environment})
    if process.wait(_FILLS_WITHIN_S) != 0:
        raise ToolError("The demo's shop could not be filled.", last_lines(log, 12))
    server.stop()
    _keep(server, images)
    server.start()


def image_path(images: Path = IMAGES) -> Path:
    """Return where the copy stands, or will stand, for the project as it is now."""
    return images / f"{PREFIX}{_fingerprint()}"


def _keep(server: PostgresServer, images: Path) -> None:
    # A full disk or a second demo beside this one: the next start is slower, and that is all.
    with contextlib.suppress(OSError):
        target = image_path(images)
        for stale in images.glob(f"{PREFIX}*"):
            if stale != target:
                shutil.rmtree(stale, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=".demo-making-", dir=images) as making:
            server.keep_image(Path(making) / "data")
            (Path(making) / "data").rename(target)


def _fingerprint() -> str:
    programs = find_programs()
    digest = hashlib.sha256(f"{sys.version} {programs} {time.strftime('%G-%V')}".encode())
    for file in made_of():
        digest.update(file.relative_to(ROOT).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:20]


def made_of() -> Iterator[Path]:
    """Yield the files that decide what the copy holds: whatever migrations and seed may read.

    The week counts too (`_fingerprint`): what is new in the shop depends on it.
    """
    yield CATALOGUE
    yield ROOT / "tools" / "demo" / "stock.py"
    files = (ROOT / "cloud").rglob("*")
    yield from sorted(each for each in files if each.is_file() and each.suffix != ".pyc")
