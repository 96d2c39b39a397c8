"""A list for staff, declared: columns, search, filters, order. Paging is by key, never by offset.

Say what the rows are (`Listing`), and hand it to `cloud.admin.lists.show_list`: the page
`admin/list.html` shows it with a search field, filters, links to sort by, the next page and a CSV
of all rows. A page with cells of its own extends that template (see its comment). Some thirty
lines make a staff page.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, RowMapping, Select, or_, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from cloud.foundation.searching import holding

Expression = ColumnElement[Any] | InstrumentedAttribute[Any]
Condition = Callable[[datetime], ColumnElement[bool] | InstrumentedAttribute[bool]]
PAGE = 50
_MOST_WORDS = 200
_FIRST_YEAR, _LAST_YEAR = 1970, 9000


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `name` is a label of the rows, `title` is marked with N_.

    `sort` is the expression that rows are ordered by, never NULL; None: cannot be sorted by.
    `money` names the label that holds the currency of this column's minor units. `link` is an
    address with labels in braces ("/admin/tags/{id}"); the first column is the row's heading.
    """

    name: str
    title: str
    sort: Expression | None = None
    is_number: bool = False
    money: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter with a few options: option key to (words marked with N_, condition at a moment)."""

    name: str
    title: str
    options: Mapping[str, tuple[str, Condition]]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list. `rows` selects the labels of all columns and `id`, without order and limit.

    `order` is the column sorted by at first, with "-" before it for the largest first. `searched`
    are the texts that the search field looks into, `folded` one that is in small letters already
    and has an index for it. `name` is the CSV's file name.
    """

    name: str
    rows: Select[*tuple[Any, ...]]
    id: Expression
    columns: tuple[Column, ...]
    order: str
    searched: tuple[Expression, ...] = ()
    choices: tuple[Choice, ...] = ()
    folded: Expression | None = None

    @property
    def is_searched(self) -> bool:
        """Tell whether there is anything to search in."""
        return bool(self.searched) or self.folded is not None

    def column(self, name: str) -> Column:
        """Return a column that can be sorted by; the list's own for a name that cannot."""
        for column in self.columns:
            if column.name == name and column.sort is not None:
                return column
        return self.column(self.order.lstrip("-"))


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks at a list: `words` searched, `chosen` options by filter, order, mark."""

    words: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    order: str = ""
    after: str = ""

    @classmethod
    def read(cls, listing: Listing, query: Mapping[str, str]) -> "Look":
        """Return what a page's address asks for; what it asks wrongly is left out."""
        order = query.get("order", "")
        return cls(
            words=query.get("q", "").replace("\0", "").strip()[:_MOST_WORDS],
            chosen={
                choice.name: query[choice.name]
                for choice in listing.choices
                if query.get(choice.name) in choice.options
            },
            order=order if listing.column(order.lstrip("-")).name == order.lstrip("-") else "",
            after=query.get("after", ""),
        )

    def address(self, **changes: str) -> str:
        """Return the query of this look with some parts changed ("?q=…"); "?" for none."""
        parts = {"q": self.words, **self.chosen, "order": self.order, **changes}
        return "?" + urlencode({name: value for name, value in parts.items() if value})


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a list, for the template."""

    listing: Listing
    look: Look
    rows: Sequence[RowMapping]
    next: str | None

    @property
    def order(self) -> str:
        """Return the order in force, "-" before the largest first."""
        return self.look.order or self.listing.order

    def sorted_by(self, column: Column) -> str:
        """Return "ascending", "descending" or "" for `aria-sort`."""
        if self.order.lstrip("-") != column.name:
            return ""
        return "descending" if self.order.startswith("-") else "ascending"

    def sort_address(self, column: Column) -> str:
        """Return the address that sorts by a column, the other way round if it already does."""
        turned = self.sorted_by(column) == "ascending"
        return self.look.address(order=f"-{column.name}" if turned else column.name)


def statement(listing: Listing, look: Look, now: datetime, limit: int) -> Select[*tuple[Any, ...]]:
    """Return the statement for one page, with `sort_key` beside the rows' own labels."""
    order = look.order or listing.order
    column = listing.column(order.lstrip("-"))
    key, is_falling = column.sort, order.startswith("-")
    if key is None:
        raise TypeError(f"{listing.name} has no column to be sorted by")
    found = listing.rows.add_columns(key.label("sort_key"))
    if look.words and listing.is_searched:
        found = found.where(or_(*_holding(listing, look.words)))
    for choice in listing.choices:
        if choice.name in look.chosen:
            found = found.where(choice.options[look.chosen[choice.name]][1](now))
    mark = _read_mark(look.after, key) if look.after else None
    if mark is not None:
        place = tuple_(key, listing.id)
        found = found.where(place < mark if is_falling else place > mark)
    if is_falling:
        return found.order_by(key.desc(), listing.id.desc()).limit(limit)
    return found.order_by(key.asc(), listing.id.asc()).limit(limit)


def _holding(listing: Listing, words: str) -> list[ColumnElement[bool]]:
    held = [text.icontains(words, autoescape=True) for text in listing.searched]
    if listing.folded is not None:
        held.append(holding(listing.folded, words))
    return held


def written_mark(row: RowMapping) -> str:
    """Return the mark of the page after a row."""
    key = row["sort_key"]
    text = key.isoformat() if isinstance(key, datetime) else str(key)
    return base64.urlsafe_b64encode(json.dumps([text, row["id"]]).encode()).decode().rstrip("=")


def _read_mark(mark: str, key: Expression) -> tuple[Any, int] | None:
    try:
        text, row_id = json.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
        value = _READERS[key.type.python_type](text)
        return (value, _whole(row_id))
    except (ValueError, TypeError, KeyError, InvalidOperation, binascii.Error):
        return None  # a mark that nobody gave out: the first page


def _whole(number: object) -> int:
    if not isinstance(number, int | str) or not -(2**63) <= int(number) < 2**63:
        raise ValueError("beyond what a row can hold")
    return int(number)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError("beyond what a row can hold")
    return moment


def _text(text: str) -> str:
    if "\0" in text:
        raise ValueError("no text of ours")
    # Half a pair of surrogates is no text of ours either.
    return text.encode().decode()


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    # 9999: as good as never.
    if day.year < _FIRST_YEAR:
        raise ValueError("beyond what a row can hold")
    return day


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError("not a number")
    return number


_READERS: Mapping[type, Callable[[str], Any]] = {
    str: _text,
    int: _whole,
    datetime: _moment,
    date: _day,
    Decimal: _decimal,
    bool: lambda text: text == "True",
}
