"""One cell of the file: a value written as text, and read back to the same value.

Lists are parted by "|" and options by "|" and "="; a backslash takes a sign literally. A text that
a spreadsheet would take for a formula gets an apostrophe, which is taken off again.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from cloud.foundation.money import Money, exponent_of
from cloud.foundation.words import N_

_SHIELDED = "=+-@'\t\r"
_NUMBER = re.compile(r"[0-9]{1,18}")
_AMOUNT = re.compile(r"[0-9]{1,13}([.,][0-9]{1,4})?")
_YES = frozenset({"yes", "true", "1", "ja", "sí"})
_NO = frozenset({"no", "false", "0", "nein", ""})


class CellWrong(ValueError):
    """A cell does not say what its column needs; the text is marked with N_."""


@dataclass(frozen=True, slots=True)
class CellKind:
    """How a value is written and read; both take the shop's currency. Empty reads as `empty`."""

    write: Callable[[Any, str], str]
    read: Callable[[str, str], Any]
    empty: Any = None


def shield(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(tuple(_SHIELDED)) else text


def unshield(cell: str) -> str:
    """Return what `shield` was given."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in tuple(_SHIELDED) else cell


def _join(parts: list[str], sign: str) -> str:
    return sign.join(part.replace("\\", "\\\\").replace(sign, f"\\{sign}") for part in parts)


def _split(text: str, sign: str) -> list[str]:
    parts, part, signs = [], "", iter(text)
    for letter in signs:
        if letter == "\\":
            part += next(signs, "")
        elif letter == sign:
            parts.append(part)
            part = ""
        else:
            part += letter
    return [*parts, part]


def _write_options(options: Mapping[str, str], _currency: str) -> str:
    pairs = [_join([axis, value], "=") for axis, value in options.items()]
    return _join(pairs, "|")


def _read_options(text: str, _currency: str) -> dict[str, str]:
    options = {}
    for pair in _split(text, "|"):
        axis, *value = _split(pair, "=")
        if len(value) != 1:
            raise CellWrong(N_("Write options like glass=amber|cap=cork."))
        options[axis] = value[0]
    return options


def _read_number(text: str, _currency: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise CellWrong(N_("This is no whole number."))
    return int(text)


def _write_money(minor: int, currency: str) -> str:
    return f"{Money(minor, currency).major:.{exponent_of(currency)}f}"


def _read_money(text: str, currency: str) -> int:
    if not _AMOUNT.fullmatch(text):
        raise CellWrong(N_("This is no amount like 12.50."))
    try:
        return Money.parse(Decimal(text.replace(",", ".")), currency).minor
    except ValueError as error:
        raise CellWrong(N_("The currency has fewer decimals than that.")) from error


def _read_moment(text: str, _currency: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise CellWrong(N_("Write a moment with its offset, like 2026-12-24T18:00:00+01:00."))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        if isinstance(error, CellWrong):
            raise
        raise CellWrong(N_("This is no moment like 2026-12-24T18:00:00+01:00.")) from error


def _read_flag(text: str, _currency: str) -> bool:
    word = text.lower()
    if word not in _YES | _NO:
        raise CellWrong(N_("Write yes or no."))
    return word in _YES


TEXT = CellKind(lambda value, _currency: str(value), lambda text, _currency: text, "")
MAYBE = CellKind(lambda value, _currency: str(value), lambda text, _currency: text)
NUMBER = CellKind(lambda value, _currency: str(value), _read_number)
MONEY = CellKind(_write_money, _read_money)
MOMENT = CellKind(lambda value, _currency: value.astimezone(UTC).isoformat(), _read_moment)
FLAG = CellKind(lambda value, _currency: "yes" if value else "no", _read_flag, False)  # noqa: FBT003 - the value
WORDS = CellKind(
    lambda value, _currency: _join(list(value), "|"), lambda text, _currency: _split(text, "|"), []
)
OPTIONS = CellKind(_write_options, _read_options, {})


def written(kind: CellKind, value: Any, currency: str) -> str:  # noqa: ANN401 - each kind has its own type
    """Return the cell of a value."""
    if value is None or value in ([], {}):
        return ""
    return shield(kind.write(value, currency))


def read(kind: CellKind, cell: str, currency: str) -> Any:  # noqa: ANN401 - each kind has its own type
    """Return the value of a cell; raises CellWrong."""
    text = unshield(cell)
    return kind.read(text, currency) if text else kind.empty
