"""Many tracking numbers at once: what a carrier's file or a pasted list says. Pure."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from cloud.foundation.errors import Invalid
from cloud.foundation.words import N_, Phrase
from cloud.orders.schemas import NewShipment

MOST_LINES = 500
MOST_TRACKING_BYTES = 200_000
_LONGEST = 200


class TrackingUnreadable(Invalid):
    """The list holds nothing, or more than is taken at once."""

    code = "tracking_unreadable"

    def __init__(self) -> None:
        super().__init__(
            N_("Nothing in this list can be read."),
            hint=Phrase(
                "One line an order: its number, the tracking number, the carrier. At most"
                " %(most)s lines.",
                most=MOST_LINES,
            ),
            field="lines",
        )


@dataclass(frozen=True, slots=True)
class TrackingLine:
    """One line: an order's number, its tracking number, its carrier; `problem` marked with N_."""

    number: str
    tracking: str
    carrier: str
    problem: str = ""


def read_tracking(text: str, carrier: str) -> Sequence[TrackingLine]:
    """Return what each line says, in its order; `carrier` is that of lines that name none.

    Fields stand between commas, semicolons or tabs; a line of headings is passed over. An order
    that stands there twice is a problem at the second place. TrackingUnreadable.
    """
    read = csv.reader(io.StringIO(text.replace("\0", "")), _delimiter(text))
    try:
        rows = [row for row in read if row]
    except csv.Error as error:
        raise TrackingUnreadable from error
    if rows and not _is_number(rows[0][0]):
        rows = rows[1:]
    if not 1 <= len(rows) <= MOST_LINES:
        raise TrackingUnreadable
    seen: set[str] = set()
    lines = []
    for row in rows:
        line = _line([cell.strip()[:_LONGEST] for cell in row], carrier.strip(), seen)
        seen.add(line.number)
        lines.append(line)
    return lines


def _line(cells: Sequence[str], carrier: str, seen: set[str]) -> TrackingLine:
    number, tracking, named = (*cells, "", "", "")[:3]
    line = TrackingLine(number.upper(), tracking, named or carrier)
    if not _is_number(number):
        return TrackingLine(number, tracking, line.carrier, N_("This is no order's number."))
    if line.number in seen:
        return TrackingLine(line.number, tracking, line.carrier, N_("It stands here twice."))
    try:
        NewShipment(carrier=line.carrier, tracking=tracking)
    except ValidationError:
        words = N_("The carrier is missing, or something is too long.")
        return TrackingLine(line.number, tracking, line.carrier, words)
    return line


def _delimiter(text: str) -> type[csv.Dialect]:
    first = text.strip().partition("\n")[0]
    counted = {mark: first.count(mark) for mark in (";", "\t", ",")}
    best = max(counted, key=lambda mark: counted[mark])

    class Said(csv.excel):
        delimiter = best
        skipinitialspace = True

    return Said


def _is_number(text: str) -> bool:
    prefix, _, digits = text.strip().upper().partition("-")
    return prefix.isascii() and prefix.isalpha() and bool(digits) and len(text) <= 40
