"""Import every module of the hub as if only the hub's lock were installed.

Run as `python -m tests.shape.hub_only LOCK`; prints the modules it imported, one a line.
"""

import importlib
import importlib.metadata
import pkgutil
import re
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path

PACKAGES = ("scentd", "adapters")


class OnlyLocked(MetaPathFinder):
    """Refuses every distribution that the lock does not name."""

    def __init__(self, locked: set[str]) -> None:
        self._locked = locked
        self._owners = importlib.metadata.packages_distributions()

    def find_spec(self, name, path=None, target=None):
        """Let the other finders look, unless the module's distribution is not in the lock."""
        top = name.partition(".")[0]
        owners = {normalised(owner) for owner in self._owners.get(top, ())}
        if top in PACKAGES or not owners or owners & self._locked:
            return
        raise ModuleNotFoundError(f"{name} belongs to {owners}, which a hub has not", name=name)


def normalised(name: str) -> str:
    """Return a distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> None:
    """Import everything."""
    lock = Path(sys.argv[1]).read_text()
    locked = {normalised(name) for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}
    sys.meta_path.insert(0, OnlyLocked(locked))
    for package in PACKAGES:
        root = importlib.import_module(package)
        for module in pkgutil.walk_packages(root.__path__, f"{package}."):
            # Running `-m package` is what __main__ is for; importing it would do that here.
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
                print(module.name)


main()
