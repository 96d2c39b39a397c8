"""Read a device's payload into typed values, or say in words why it cannot be read.

What a message does not say is None; what it says in the wrong type or beyond all reason is
Malformed. Nothing else is ever raised, whatever the bytes.
"""

import json
import math
from collections.abc import Iterator, Mapping
from typing import NoReturn

from scentd.ports import Malformed

MAX_BYTES = 65_536
"""Longest payload read: 20 times the longest message of any dialect here."""
MAX_TEXT = 120


def text_of(topic: str, payload: bytes) -> str:
    """Give a payload as text; raises Malformed when it is too long or not UTF-8."""
    if len(payload) > MAX_BYTES:
        raise Malformed(topic, f"{len(payload)} bytes are too many")
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise Malformed(topic, "it is not UTF-8") from None


def object_of(topic: str, payload: bytes) -> "Fields":
    """Give the fields of a JSON object; raises Malformed for anything else."""
    text = text_of(topic, payload)
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        # ValueError: bad syntax, NaN, or a number of thousands of digits.
        raise Malformed(topic, "it is not JSON") from None
    if not isinstance(value, dict):
        raise Malformed(topic, "it is no JSON object")
    return Fields(topic, value)


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
        """Give a finite number."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self._refuse(name, "a number")
        try:
            number = float(value)
        except OverflowError:
            return self._refuse(name, "a number of this world")
        return number if math.isfinite(number) else self._refuse(name, "a finite number")

    def text(self, name: str, limit: int = MAX_TEXT) -> str | None:
        """Give a text of at most `limit` characters."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, str) and len(value) <= limit and value.isprintable():
            return value
        return self._refuse(name, f"a text of at most {limit} characters")

    def part(self, name: str) -> "Fields | None":
        """Give the fields of an object inside this one."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, dict):
            return Fields(self._topic, value)
        return self._refuse(name, "an object")

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
