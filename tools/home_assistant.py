"""Try our diffusers in a real Home Assistant: install it in a place of its own, run the tests.

Home Assistant needs a newer Python than the hub, and half a gigabyte; neither is asked of anybody
but by `make test-ha`. Standard library only.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.processes import ToolError

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".artifacts" / "home-assistant"
"""Ignored by git, and kept: only the first run installs."""

VERSIONS = ("3.13", "3.12")
"""The Pythons for which there is a Home Assistant that knows device discovery, best first."""

PACKAGES = ("homeassistant", "paho-mqtt>=2,<3")
"""The newest release that takes the Python; what else it needs it installs when it starts."""

_ASKS_ITS_VERSION = "import ensurepip, sys; print('%d.%d' % sys.version_info[:2])"


def main(arguments: list[str]) -> int:
    """Install what is missing, then run pytest; return its exit code."""
    try:
        program = installed(FOLDER, candidates())
    except ToolError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    tests = arguments or ["tests/adapters/home_assistant"]
    words = [sys.executable, "-m", "pytest", "--home-assistant", str(program), *tests]
    return subprocess.run(words, cwd=ROOT, check=False).returncode


def installed(folder: Path, found: Iterable[Path]) -> Path:
    """Return Home Assistant's program, installed first where it is missing.

    `found` are the Pythons to choose from. Raises ToolError.
    """
    done, program = folder / "installed", folder / "bin" / "hass"
    if done.exists() and done.read_text() == " ".join(PACKAGES) and program.exists():
        return program
    python = find_python(found)
    if python is None:
        raise ToolError(
            f"Home Assistant needs Python {' or '.join(VERSIONS)}, and none was found here.",
            f"Put python{VERSIONS[0]} on PATH (or: pyenv install {VERSIONS[0]}), then run again.",
        )
    print(f"installing Home Assistant with {python} (about two minutes, 0.5 GB)", flush=True)
    inside = str(folder / "bin" / "python")
    for words in (
        [str(python), "-m", "venv", "--clear", str(folder)],
        [inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES],
    ):
        if subprocess.run(words, cwd=ROOT, check=False).returncode != 0:
            raise ToolError(f"This failed: {' '.join(words)}", "The lines above say why.")
    done.write_text(" ".join(PACKAGES))
    return program


def find_python(found: Iterable[Path]) -> Path | None:
    """Return the first that is of a wanted version and can make an environment; None: no one."""
    return next((python for python in found if version_of(python) in VERSIONS), None)


def candidates() -> Iterator[Path]:
    """Yield the Pythons of this machine that may do: those on PATH, then pyenv's; best first."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for version in VERSIONS:
        on_path = shutil.which(f"python{version}")
        if on_path:
            yield Path(on_path)
        yield from sorted((root / "versions").glob(f"{version}*/bin/python"), reverse=True)


def version_of(python: Path) -> str:
    """Return such as `3.13`; "" for one that does not start, like a shim of a version not here."""
    try:
        told = subprocess.run(
            [str(python), "-c", _ASKS_ITS_VERSION], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return told.stdout.strip() if told.returncode == 0 else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
