"""What stands on a sheet, and its drawing: values in, the bytes of a PDF out.

A sheet is pure data, words included; it reaches typst as JSON, so that nobody's name is markup.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cloud.foundation.later import later

typst = later("typst")

_FOLDER = Path(__file__).parent / "templates"
_TEMPLATE = _FOLDER / "sheet.typ"

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """What a line is for, and the smaller print under it ("" for none)."""

    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the goods: its name and what stands in the other columns."""

    named: Named
    cells: Row


@dataclass(frozen=True, slots=True)
class Sum:
    """One amount under the goods."""

    label: str
    amount: str
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that is drawn, already in words of one language (`language`, ISO 639-1).

    `facts` are pairs of a label and a value; `columns` names the goods' column and one for each
    of a line's cells; `taxes` are rows for `tax_columns`, none to leave them out.
    """

    language: str
    title: str
    number: str
    subtitle: str
    shop: str
    seller: Row
    buyer_title: str
    buyer: Row
    facts: tuple[tuple[str, str], ...]
    columns: Row
    lines: tuple[Line, ...]
    sums: tuple[Sum, ...]
    tax_columns: Row
    taxes: tuple[Row, ...]
    notes: Row
    footer: str

    def as_json(self) -> dict[str, Any]:
        """Return the form that is stored and that the template reads."""
        return {
            **asdict(self),
            "lines": [[[one.named.name, one.named.detail], *one.cells] for one in self.lines],
            "sums": [[one.label, one.amount, one.is_strong] for one in self.sums],
            "facts": [list(fact) for fact in self.facts],
            "taxes": [list(row) for row in self.taxes],
        }


def draw(sheet: Mapping[str, Any], moment: datetime, *, kind: str = "pdf") -> bytes:
    """Return a stored sheet as a PDF, the same bytes every time; `kind` "png" is its first page.

    Takes tens of milliseconds of CPU: call it in a thread.
    """
    drawn: object = typst.compile(
        _TEMPLATE,
        root=_FOLDER,
        ignore_system_fonts=True,
        format="png" if kind == "png" else "pdf",
        sys_inputs={"sheet": json.dumps(sheet)},
        timestamp=int(moment.timestamp()),
    )
    # Pictures come one a page.
    first = drawn[0] if isinstance(drawn, list) else drawn
    if not isinstance(first, bytes):
        raise TypeError("typst drew nothing")
    return first
