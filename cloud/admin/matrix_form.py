"""The form of all bottles of a product: its cells, what was seen in them, and what was changed.

A cell's fields are called by the key of its combination ("sku.1a2b…"), which is the same however
the matrix grows, so that what was typed stays when values are added. Only cells that somebody
changed are sent to the service: two people who edit different bottles do not meet.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cloud.admin.forms import Field, Form, FormWrong, Kind
from cloud.catalogue.editing.matrix_axes import Axes, Combination, microlitres
from cloud.catalogue.editing.matrix_shapes import Cell, Proposal
from cloud.foundation.words import N_

# Of a cell that is there: what is compared with what was seen.
_EDITED = ("sku", "price_minor", "is_active", "stock")
_NEEDED = N_("This is needed.")


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of the matrix: a bottle that is there (`cell`), or one that could be."""

    kind: Combination
    cell: Cell | None = None
    proposal: Proposal | None = None
    on_hand: int = 0
    is_wanted: bool = False

    @property
    def key(self) -> str:
        """Return what its fields are called by."""
        return self.kind.key

    @property
    def shown(self) -> dict[str, Any]:
        """Return the values of its fields, by their plain names."""
        if self.cell is not None:
            facts = self.cell.model_dump(include={"sku", "price_minor", "is_active"})
            return facts | {"stock": self.on_hand}
        if self.proposal is not None:
            facts = self.proposal.model_dump(include={"sku", "price_minor", "weight_g"})
            return facts | {"is_active": True, "stock": 0, "made": self.is_wanted}
        return {}

    @property
    def seen(self) -> str:
        """Return what goes along in the form of a bottle that is there."""
        if self.cell is None:
            return ""
        return json.dumps({"version": self.cell.version} | self.shown)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The matrix as it is shown: `rows` are sizes, `columns` the combinations of options."""

    axes: Axes
    slots: Mapping[Combination, Slot]

    @property
    def columns(self) -> Sequence[tuple[tuple[str, str], ...]]:
        """Return the combinations of options, those of all axes last."""
        found = dict.fromkeys(kind.options for kind in self.slots)
        return sorted(found, key=len)

    @property
    def rows(self) -> Sequence[tuple[int, Sequence[Slot | None]]]:
        """Return each size in microlitres with its slot in each column; None where none can be."""
        return [
            (size, [self.slots.get(Combination(size, options)) for options in self.columns])
            for size in self.axes.sizes_ul
        ]


def sheet_form(sheet: Sheet) -> Form:
    """Return the fields of all cells, all optional: what is needed depends on what is ticked."""
    fields: list[Field] = []
    for slot in sheet.slots.values():
        fields += [
            _field(slot, "sku", N_("SKU"), attributes={"maxlength": "40"}),
            _field(slot, "price_minor", N_("Price"), Kind.MONEY),
            _field(slot, "stock", N_("On hand"), Kind.NUMBER),
            _field(slot, "is_active", N_("On sale"), Kind.FLAG),
        ]
        if slot.cell is None:
            weight = N_("Packed weight in grams")
            fields += [
                _field(slot, "made", N_("Make this one"), Kind.FLAG),
                _field(slot, "weight_g", weight, Kind.NUMBER),
            ]
    return Form(tuple(fields))


def sheet_values(sheet: Sheet) -> dict[str, Any]:
    """Return the values of all fields of a sheet."""
    return {
        f"{name}.{slot.key}": value
        for slot in sheet.slots.values()
        for name, value in slot.shown.items()
    }


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody wants of one place: `seen` is what it said before, None for a new bottle."""

    slot: Slot
    values: Mapping[str, Any]
    seen: Mapping[str, Any] | None

    @property
    def is_of_bottle(self) -> bool:
        """Tell whether more than its stock is changed."""
        seen = self.seen
        return seen is None or any(self.values[name] != seen[name] for name in _EDITED[:3])

    @property
    def stock_delta(self) -> int:
        """Return how many bottles more there shall be; below 0 fewer."""
        seen = self.seen["stock"] if self.seen else 0
        return int(self.values["stock"] - seen) if self.values["stock"] is not None else 0


def edits(sheet: Sheet, values: Mapping[str, Any], seen: Mapping[str, str]) -> list[Edit]:
    """Return what was changed and what shall be made; raises FormWrong for what is missing.

    `values` are the form's by field name, `seen` the texts of `Slot.seen` by key.
    """
    found: list[Edit] = []
    problems: dict[str, str] = {}
    for slot in sheet.slots.values():
        own = {name: values.get(f"{name}.{slot.key}") for name in (*_EDITED, "weight_g", "made")}
        before = _read_seen(seen.get(slot.key, ""))
        if before and own["stock"] is None:
            own["stock"] = before["stock"]  # left empty, or not shown to whoever may not book
        is_new = before is None and own["made"]
        if is_new or (before and any(own[name] != before[name] for name in _EDITED)):
            needed = ("sku", "price_minor", "weight_g") if is_new else ("sku", "price_minor")
            problems |= {f"{name}.{slot.key}": _NEEDED for name in needed if own[name] is None}
            found.append(Edit(slot, own, before))
    if problems:
        raise FormWrong(problems)
    return found


def typed_axes(data: Mapping[str, str]) -> Axes:
    """Return the sizes and options that were typed above the matrix.

    `sizes` are millilitres with commas, `axis.N` a name and `values.N` its values; what is no
    number is no size.
    """
    sizes = tuple(size for word in _split(data.get("sizes", "")) if (size := microlitres(word)))
    axes = Axes(sizes)
    for place in range(6):
        name = data.get(f"axis.{place}", "").strip()
        values = tuple(_split(data.get(f"values.{place}", "")))
        if name and values:
            axes = axes.with_more(Axes((), ((name, values),)))
    return axes


def _field(slot: Slot, name: str, title: str, kind: Kind = Kind.TEXT, **more: Any) -> Field:
    return Field(f"{name}.{slot.key}", title, kind, required=False, **more)


def _read_seen(text: str) -> dict[str, Any] | None:
    """Return what went along; None for what no page of ours wrote."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    is_ours = isinstance(found, dict) and isinstance(found.get("stock"), int)
    return found if is_ours and {*_EDITED, "version"} <= set(found) else None


def _split(text: str) -> list[str]:
    return [word[:60] for part in text.split(",")[:31] if (word := part.strip())]
