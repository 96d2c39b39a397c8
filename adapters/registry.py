"""Which adapters there are: ours, and those that other packages offer.

A package adds a dialect by an entry point in the group `scentd.adapters` that names a class
without constructor arguments.
"""

from importlib.metadata import EntryPoint, entry_points

from adapters.diffusers.native import NativeDialect
from adapters.diffusers.tasmota.dialect import TasmotaDialect
from scentd.ports import AdapterError, DiffuserDialect

GROUP = "scentd.adapters"


class DialectUnusable(AdapterError):
    """A package offers a dialect that cannot be loaded."""

    code = "dialect_unusable"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"The dialect “{name}” of another package cannot be loaded: {reason}.",
            "Update that package, or remove it.",
        )
        self.name = name


def load_dialects() -> dict[str, DiffuserDialect]:
    """Give every dialect by its name; raises DialectUnusable, also for a name used twice."""
    own: tuple[DiffuserDialect, ...] = (NativeDialect(), TasmotaDialect())
    found = {dialect.name: dialect for dialect in own}
    for entry in entry_points(group=GROUP):
        dialect = _load(entry)
        if dialect.name in found:
            raise DialectUnusable(entry.name, f"there is a dialect {dialect.name} already")
        found[dialect.name] = dialect
    return found


def _load(entry: EntryPoint) -> DiffuserDialect:
    try:
        dialect: DiffuserDialect = entry.load()()
    except Exception as error:  # somebody else's code may fail in any way
        raise DialectUnusable(entry.name, str(error)) from error
    return dialect
