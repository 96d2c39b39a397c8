"""The database's history: one linear chain of revisions, applied by Alembic.

`env.py` and `versions/` are loaded by Alembic itself; `applying` drives it. Here is only what a
server asks, which needs no Alembic: importing that takes 0.25 s and 27 MB.
"""

from pathlib import Path

_VERSIONS = Path(__file__).parent / "versions"


def head() -> str:
    """Return the newest revision that this code knows: files are named by revision, in order."""
    return max(file.stem for file in _VERSIONS.glob("[0-9]*.py"))
