"""Read a device's payload into typed values, or say in words why it cannot be read.

What a message does not say is None; what it says in the wrong type or beyond all reason is
Malformed. Nothing else is ever raised, whatever the bytes.
"""

import json
import re
from collections.abc import Container, Iterator, Mapping
from typing import NoReturn

from scentd.model.readings import ExtraRead
from scentd.ports import Malformed

MAX_BYTES = 65_536
"""Longest payload read: 20 times the longest message of any dialect here."""
MAX_TEXT = 120
MAX_NUMBER = 1e15
"""No device measures more of anything: a counter of milliwatt-hours takes a thousand years."""
MAX_NAME = 64
_MAX_INTEGER = 10**100


def text_of(topic: str, payload: bytes, limit: int = MAX_BYTES) -> str:
    """Give a payload as text; raises Malformed when it is over `limit` bytes or not UTF-8."""
    if len(payload) > limit:
        raise Malformed(topic, f"{len(payload)} bytes are too many")
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise Malformed(topic, "it is not UTF-8") from None


def object_of(topic: str, payload: bytes, limit: int = MAX_BYTES) -> "Fields":
    """Give the fields of a JSON object; raises Malformed for anything else."""
    value = _json_of(topic, payload, limit)
    if not isinstance(value, dict):
        raise Malformed(topic, "it is no JSON object")
    return Fields(topic, value)


def objects_of(topic: str, payload: bytes, limit: int = MAX_BYTES) -> tuple["Fields", ...]:
    """Give the objects of a JSON list, whatever else stands in it; raises Malformed without one."""
    value = _json_of(topic, payload, limit)
    if not isinstance(value, list):
        raise Malformed(topic, "it is no JSON list")
    return tuple(Fields(topic, item) for item in value if isinstance(item, dict))


def _json_of(topic: str, payload: bytes, limit: int) -> object:
    text = text_of(topic, payload, limit)
    try:
        value: object = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        # ValueError: bad syntax, NaN, or a number of thousands of digits.
        raise Malformed(topic, "it is not JSON") from None
    return value


def extra_of(name: str, value: str | float) -> ExtraRead:
    """Give something of no meaning to us in printable characters and of bounded length."""
    if isinstance(value, bool):
        value = "true" if value else "false"
    # Longer integers cannot even be written by Python.
    is_huge = isinstance(value, int) and abs(value) > _MAX_INTEGER
    written = "…" if is_huge else str(value)[:MAX_TEXT]
    return ExtraRead(name_of(name), _printable(written))


def name_of(name: str) -> str:
    """Give a device's own name of something in printable characters, 1 to MAX_NAME of them."""
    return _printable(name[:MAX_NAME]) or "�"


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(c if c.isprintable() else "�" for c in text)


class Fields:
    """The fields of one JSON object, read by the type they must have."""

    def __init__(self, topic: str, values: Mapping[str, object]) -> None:
        self._topic = topic
        self._values = values

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def names(self) -> Iterator[str]:
        """Give the names of all fields that say something."""
        return (name for name, value in self._values.items() if value is not None)

    def items(self) -> Iterator[tuple[str, object]]:
        """Give all fields that say something, with what they hold as JSON."""
        return ((name, value) for name, value in self._values.items() if value is not None)

    def boolean(self, name: str) -> bool | None:
        """Give true or false."""
        value = self._values.get(name)
        if value is None or isinstance(value, bool):
            return value
        return self._refuse(name, "true or false")

    def whole(self, name: str, low: int, high: int) -> int | None:
        """Give an integer within low..high, both allowed."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        return self._refuse(name, f"a whole number of {low} to {high}")

    def number(self, name: str) -> float | None:
        """Give a number of MAX_NUMBER at most: sums and other units of it are finite too."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self._refuse(name, "a number")
        # Compared before it is converted: an integer may be longer than a float can be.
        if -MAX_NUMBER <= value <= MAX_NUMBER:
            return float(value)
        return self._refuse(name, "a number of this world")

    def text(self, name: str, limit: int = MAX_TEXT) -> str | None:
        """Give a text of at most `limit` characters."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, str) and len(value) <= limit and value.isprintable():
            return value
        return self._refuse(name, f"a text of at most {limit} characters")

    def matching(self, name: str, form: re.Pattern[str], wanted: str) -> str | None:
        """Give a text of that form; `wanted` says it in words."""
        value = self._values.get(name)
        if value is None or (isinstance(value, str) and form.fullmatch(value)):
            return value
        return self._refuse(name, wanted)

    def extras(self, known: Container[str]) -> tuple[ExtraRead, ...]:
        """Give the single values whose names are not known, as the device writes them."""
        return tuple(
            extra_of(name, value)
            for name, value in self._values.items()
            if name not in known and isinstance(value, str | int | float)
        )

    def part(self, name: str) -> "Fields | None":
        """Give the fields of an object inside this one."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, dict):
            return Fields(self._topic, value)
        return self._refuse(name, "an object")

    def objects(self, name: str) -> "tuple[Fields, ...]":
        """Give the objects in a list of any length, whatever else stands in it; () when absent."""
        value = self._values.get(name)
        if value is None:
            return ()
        if isinstance(value, list):
            return tuple(Fields(self._topic, item) for item in value if isinstance(item, dict))
        return self._refuse(name, "a list")

    def single(self, name: str) -> str | int | float | None:
        """Give a text, a number, true or false, as it is; None for anything else."""
        value = self._values.get(name)
        return value if isinstance(value, str | int | float) else None

    def wholes(self, name: str, low: int, high: int) -> tuple[int, ...]:
        """Give a list of at most 64 integers within low..high; () when absent."""
        items = self._items(name)
        inner = Fields(self._topic, {str(index): item for index, item in enumerate(items)})
        read = (inner.whole(str(index), low, high) for index in range(len(items)))
        return tuple(number for number in read if number is not None)

    def numbers(self, name: str) -> tuple[float, ...]:
        """Give a list of at most 64 finite numbers, a bare one as a list; () when absent."""
        if not isinstance(self._values.get(name), list):
            number = self.number(name)
            return () if number is None else (number,)
        items = self._items(name)
        inner = Fields(self._topic, {str(index): item for index, item in enumerate(items)})
        read = (inner.number(str(index)) for index in range(len(items)))
        return tuple(number for number in read if number is not None)

    def texts(self, name: str) -> tuple[str | None, ...]:
        """Give a list of at most 64 texts, null staying None; () when absent."""
        items = self._items(name)
        inner = Fields(self._topic, {str(index): item for index, item in enumerate(items)})
        return tuple(inner.text(str(index)) for index in range(len(items)))

    def _items(self, name: str) -> list[object]:
        value = self._values.get(name)
        if value is None:
            return []
        if isinstance(value, list) and len(value) <= 64:
            return value
        return self._refuse(name, "a short list")

    def _refuse(self, name: str, wanted: str) -> NoReturn:
        raise Malformed(self._topic, f"{name} is not {wanted}")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
