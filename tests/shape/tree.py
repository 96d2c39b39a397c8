"""The project's own files, as a stranger who clones it finds them."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("scentd", "adapters", "cloud")
_NOT_OURS = {
    ".artifacts",
    ".git",
    ".hypothesis",
    ".import_linter_cache",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    "__pycache__",
    "build",
    "dist",
    "node_modules",
    "vendor",
}


def files(folder: Path = ROOT) -> Iterator[Path]:
    """Yield every file that belongs to the project, none that is made by tools."""
    for path in sorted(folder.iterdir()):
        if path.name in _NOT_OURS or path.is_symlink():
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


def python_files(*folders: str) -> list[Path]:
    """Return the Python files below the given folders of the project."""
    return [
        path
        for folder in folders
        if (ROOT / folder).is_dir()
        for path in files(ROOT / folder)
        if path.suffix == ".py"
    ]


def named(path: Path) -> str:
    """Return the path as it is said in the project."""
    return str(path.relative_to(ROOT))
