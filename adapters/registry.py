"""Which adapters there are: ours, and those that other packages offer.

A package adds a dialect by an entry point in the group `scentd.adapters` that names a class
without constructor arguments. One that cannot be loaded stops nobody else: it is left out and told
in words.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from adapters.diffusers.esphome.dialect import EsphomeDialect
from adapters.diffusers.homeassistant.dialect import HomeAssistantDialect
from adapters.diffusers.homie.dialect import HomieDialect
from adapters.diffusers.native import NativeDialect
from adapters.diffusers.openbeken.dialect import OpenBekenDialect
from adapters.diffusers.shelly.dialect import ShellyDialect
from adapters.diffusers.tasmota.dialect import TasmotaDialect
from adapters.diffusers.zigbee2mqtt.dialect import Zigbee2mqttDialect
from adapters.foreign import DialectUnusable, ForeignDialect
from scentd.ports import DiffuserDialect

_log = logging.getLogger(__name__)

GROUP = "scentd.adapters"
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
"""How a dialect may be called: ids of devices begin with it, and a hyphen ends it there."""


@dataclass(frozen=True)
class Adapters:
    """Every dialect by its name, and what could not be loaded."""

    dialects: Mapping[str, DiffuserDialect]
    unusable: tuple[DialectUnusable, ...] = ()

    def troubles(self) -> tuple[DialectUnusable, ...]:
        """Give what is wrong with dialects of other packages now, one for each of them."""
        foreign = (one for one in self.dialects.values() if isinstance(one, ForeignDialect))
        failing = (one.trouble for one in foreign if one.trouble is not None)
        return (*self.unusable, *failing)


def load_adapters(entries: Iterable[EntryPoint] | None = None) -> Adapters:
    """Give ours and those of other packages; `entries` None: whatever is installed."""
    dialects: dict[str, DiffuserDialect] = {dialect.name: dialect for dialect in _own()}
    unusable: list[DialectUnusable] = []
    for entry in entry_points(group=GROUP) if entries is None else entries:
        try:
            foreign = _load(entry)
            if foreign.name in dialects:
                raise _unusable(entry, f"there is a dialect “{foreign.name}” already")
        except DialectUnusable as error:
            _log.warning("%s %s", error.message, error.hint)
            unusable.append(error)
        else:
            dialects[foreign.name] = foreign
    return Adapters(dialects, tuple(unusable))


def load_dialects() -> dict[str, DiffuserDialect]:
    """Give every dialect that can be used, by its name."""
    return dict(load_adapters().dialects)


def load_bare(name: str, entries: Iterable[EntryPoint] | None = None) -> DiffuserDialect:
    """Give one dialect as it is, not held back by anything; raises DialectUnusable.

    `name` is a dialect's own, or that of an entry point.
    """
    for dialect in _own():
        if dialect.name == name:
            return dialect
    found: list[str] = []
    for entry in entry_points(group=GROUP) if entries is None else entries:
        found.append(entry.name)
        if entry.name == name:
            return _made(entry)
    known = ", ".join([*(dialect.name for dialect in _own()), *found])
    raise DialectUnusable(name, "that offers it", f"no package offers it; there are {known}")


def _own() -> tuple[DiffuserDialect, ...]:
    return (
        NativeDialect(),
        TasmotaDialect(),
        Zigbee2mqttDialect(),
        HomieDialect(),
        ShellyDialect(),
        EsphomeDialect(),
        HomeAssistantDialect(),
        OpenBekenDialect(),
    )


def _load(entry: EntryPoint) -> ForeignDialect:
    inner = _made(entry)
    try:
        name: object = inner.name
    except Exception as error:
        raise _unusable(entry, f"its name cannot be told ({error})") from error
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise _unusable(entry, f"its name {name!r:.40} is not a-z, 0-9 and _, 32 at most")
    return ForeignDialect(inner, name, _package(entry))


def _made(entry: EntryPoint) -> DiffuserDialect:
    try:
        dialect: DiffuserDialect = entry.load()()
    except Exception as error:  # somebody else's code may fail in any way
        said = f"{type(error).__name__} {error}".strip()
        raise _unusable(entry, f"it does not load ({said})") from error
    return dialect


def _unusable(entry: EntryPoint, reason: str) -> DialectUnusable:
    return DialectUnusable(entry.name, _package(entry), reason)


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else entry.value.partition(":")[0]
