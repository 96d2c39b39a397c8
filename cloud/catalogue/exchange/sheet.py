"""Reading the file: its lines, gathered by product, with a complaint for every wrong cell."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cloud.catalogue.errors import SheetUnreadable
from cloud.catalogue.exchange import cells
from cloud.catalogue.exchange.columns import BOTTLE, LINKS, PRODUCT, SKU, SLUG, TEXTS
from cloud.foundation.words import N_

_TRANSLATED = re.compile(r"([a-z_]+):([a-z]{2,3}(?:-[A-Z]{2})?)")
_OF_PRODUCT = frozenset({*PRODUCT, *LINKS})


@dataclass(frozen=True, slots=True)
class Finding:
    """What is said of a line: `text` is marked with N_, `facts` fill it."""

    line: int
    verdict: str
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def wire(self) -> dict[str, Any]:
        """Return the finding as it is stored."""
        return {
            "line": self.line,
            "verdict": self.verdict,
            "text": self.text,
            "facts": dict(self.facts),
        }


@dataclass(slots=True)
class BottleEntry:
    """A bottle as the file says it; `facts` are fields of VariantFields."""

    line: int
    sku: str
    facts: dict[str, Any]


@dataclass(slots=True)
class Entry:
    """A product as the file says it, with what its columns give and nothing else.

    `facts` are fields of ProductFields, `links` slugs by shelf and of related products, `texts`
    those of each language.
    """

    slug: str
    lines: list[int] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
    texts: dict[str, dict[str, str | None]] = field(default_factory=dict)
    bottles: list[BottleEntry] = field(default_factory=list)
    complaints: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole file: products in the order of their first lines."""

    entries: list[Entry]

    @property
    def line_count(self) -> int:
        """Return how many lines hold data."""
        return sum(len(entry.lines) for entry in self.entries)


def read_sheet(body: bytes, currency: str) -> Sheet:
    """Return what a file says; raises SheetUnreadable when it is no such file at all."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetUnreadable("it is not written in UTF-8") from error
    first = text.partition("\n")[0]
    sign = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    try:
        columns = _columns(next(reader, []))
        entries: dict[str, Entry] = {}
        for line, row in _rows(reader):
            if len(row) > len(columns):
                raise SheetUnreadable(f"line {line} has more cells than the first line")
            named = dict(zip(columns, row, strict=False))
            _take(entries, line, named, currency)
    except csv.Error as error:
        raise SheetUnreadable(f"line {reader.line_num}: {error}") from error
    return Sheet(list(entries.values()))


def _columns(first: list[str]) -> list[str]:
    columns = [name.strip() for name in first]
    if SLUG not in columns:
        raise SheetUnreadable(f"its first line names no column “{SLUG}”")
    known = _OF_PRODUCT | {SLUG, SKU, *BOTTLE}
    for name in columns:
        found = _TRANSLATED.fullmatch(name)
        if name not in known and not (found and found[1] in TEXTS):
            raise SheetUnreadable(f"nobody knows its column “{name[:60]}”")
        if columns.count(name) > 1:
            raise SheetUnreadable(f"its column “{name}” is there twice")
    return columns


def _rows(reader: Any) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401 - csv names no type
    line = reader.line_num + 1
    for row in reader:
        if any(cell.strip() for cell in row):
            yield line, row
        line = reader.line_num + 1


def _take(entries: dict[str, Entry], line: int, row: dict[str, str], currency: str) -> None:
    slug = row.pop(SLUG).strip()
    entry = entries.setdefault(slug, Entry(slug))
    entry.lines.append(line)
    said = {name: cell for name, cell in row.items() if name in _OF_PRODUCT or ":" in name}
    if len(entry.lines) == 1:
        _take_product(entry, line, said, currency)
    elif any(said.values()):
        again = Entry(slug)
        _take_product(again, line, said, currency)
        if (again.facts, again.links, again.texts) != (entry.facts, entry.links, entry.texts):
            text = N_("The product is said otherwise in line %(first)d; leave these cells empty.")
            entry.complaints.append(Finding(line, "refused", text, {"first": entry.lines[0]}))
    sku = cells.unshield(row.get(SKU, "").strip())
    bottle = {name: cell for name, cell in row.items() if name in BOTTLE}
    if sku:
        entry.bottles.append(BottleEntry(line, sku, _facts(entry, line, bottle, BOTTLE, currency)))
    elif any(bottle.values()):
        entry.complaints.append(Finding(line, "refused", N_("A bottle needs its SKU.")))


def _take_product(entry: Entry, line: int, said: dict[str, str], currency: str) -> None:
    plain = {name: cell for name, cell in said.items() if name in PRODUCT}
    entry.facts = _facts(entry, line, plain, PRODUCT, currency)
    for name in LINKS:
        if name in said:
            entry.links[name] = cells.read(cells.WORDS, said[name].strip(), currency)
    for name, cell in said.items():
        if found := _TRANSLATED.fullmatch(name):
            text = cells.unshield(cell) or None
            entry.texts.setdefault(found[2], {})[found[1]] = text


def _facts(
    entry: Entry,
    line: int,
    row: dict[str, str],
    columns: Mapping[str, tuple[str, cells.CellKind]],
    currency: str,
) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for column, cell in row.items():
        name, kind = columns[column]
        is_text = kind in (cells.TEXT, cells.MAYBE)
        try:
            facts[name] = cells.read(kind, cell if is_text else cell.strip(), currency)
        except cells.CellWrong as error:
            entry.complaints.append(
                Finding(line, "refused", str(error), {}),
            )
    return facts
