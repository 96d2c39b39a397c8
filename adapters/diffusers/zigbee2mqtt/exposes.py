"""What Zigbee2MQTT says a device exposes, read once into flat features.

An expose is generic (`binary`, `numeric`, `enum`, `text`, `composite`, `list`) or specific
(`switch`, `light`, `fan`, `cover`, `lock`, `climate`) with features of its own. Its `property` is
the key in the messages, an endpoint's name at its end where the device has several.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntFlag

from adapters.diffusers.payloads import Fields
from scentd.ports import Malformed


class Access(IntFlag):
    """The bits of `access`: it stands in messages, it can be set, it can be asked for."""

    STATE = 1
    SET = 2
    GET = 4


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing a device tells or can be told.

    `key` is its name in messages, `kind` its type, `within` that of the specific expose it stands
    in, "" for none. `on` and `off` are the two values of a binary as JSON, `values` those of an
    enum, `low`, `high` and `step` the range of a number (None where it has none).
    """

    kind: str
    name: str
    key: str
    access: Access
    within: str = ""
    endpoint: str = ""
    unit: str = ""
    values: tuple[str, ...] = ()
    on: str = ""
    off: str = ""
    low: float | None = None
    high: float | None = None
    step: float | None = None

    @property
    def can_set(self) -> bool:
        """Say whether it can be told."""
        return Access.SET in self.access


def features_of(definition: Fields) -> tuple[Feature, ...]:
    """Give the features of a definition; one that is not of the form is passed over."""
    return tuple(_features(definition, "exposes", ""))


def _features(parent: Fields, name: str, within: str) -> Iterator[Feature]:
    for expose in parent.objects(name):
        try:
            kind = expose.text("type") or ""
            if "features" in expose and kind not in {"composite", "list"} and not within:
                yield from _features(expose, "features", kind)
            elif (feature := _feature(expose, kind, within)) is not None:
                yield feature
        except Malformed:
            continue


def _feature(expose: Fields, kind: str, within: str) -> Feature | None:
    name = expose.text("name")
    key = expose.text("property") or name
    if name is None or key is None:
        return None
    values = expose.texts("values") if kind == "enum" else ()
    return Feature(
        kind=kind,
        name=name,
        key=key,
        access=Access(expose.whole("access", 0, 7) or 0),
        within=within,
        endpoint=expose.text("endpoint") or "",
        unit=expose.text("unit") or "",
        values=tuple(value for value in values if value is not None),
        on=_binary(expose, "value_on"),
        off=_binary(expose, "value_off"),
        low=expose.number("value_min"),
        high=expose.number("value_max"),
        step=expose.number("value_step"),
    )


def _binary(expose: Fields, name: str) -> str:
    value = expose.single(name)
    return "" if value is None else json.dumps(value)
