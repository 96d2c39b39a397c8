"""Name code that nothing reaches: vulture, without its findings about arguments.

An argument may be there because a protocol asks for it; ruff's ARG rules know that, vulture does
not. Reads vulture's own table in pyproject.toml. Run as `python -m tools.dead_code`.
"""

import sys
import tomllib
from pathlib import Path

from vulture.core import Vulture

ROOT = Path(__file__).resolve().parent.parent
_CERTAIN = 100


def main() -> int:
    """Print each finding; 1 when there is any."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["vulture"]
    vulture = Vulture(
        ignore_names=settings.get("ignore_names", []),
        ignore_decorators=settings.get("ignore_decorators", []),
    )
    vulture.scavenge([str(ROOT / path) for path in settings["paths"]])
    found = [
        item
        for item in vulture.get_unused_code(min_confidence=settings["min_confidence"])
        if not (item.typ == "variable" and item.confidence == _CERTAIN)
    ]
    for item in found:
        print(item.get_report())
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
