"""Libraries that few requests need: imported at their first use, not at the start of a process.

A web process of the shop starts in half the time and is 40 MB smaller without them (November 2026:
joserfc 12 MB, stripe with requests 12, pillow 9, aiohttp 8, typst 7, obstore 6). What that costs:
nobody checks the types of what they give and take, so each is spoken to in one module alone.
"""

from importlib import import_module
from typing import Any, TypeAlias

# A value of such a library.
Foreign: TypeAlias = Any


class _Later:
    """Stands for a module until something is asked of it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:  # noqa: ANN401 - whatever the module has
        return getattr(import_module(self._name), attribute)


def later(name: str) -> Any:  # noqa: ANN401 - a module
    """Return what stands for a module and imports it when an attribute is first asked for."""
    return _Later(name)
