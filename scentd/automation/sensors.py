"""Numbers on MQTT topics, and which rules a new one concerns: found by index, never by search.

A topic's payload is read once however many rules wait for it; of the rules with a bound only
those are touched whose bound was crossed.
"""

import json
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from scentd.model.rule import SensorReading

Bound = tuple[float, str]
_by_bound = itemgetter(0)


class Unreadable(ValueError):
    """A payload holds no number where a rule looks for one."""


class Crossings:
    """The rules that look at one number; gives those concerned as it moves.

    The first number heard crosses nothing: where it came from is not known.
    """

    def __init__(self, triggers: Iterable[tuple[str, SensorReading]]) -> None:
        above: list[Bound] = []
        below: list[Bound] = []
        every: list[str] = []
        for rule_id, trigger in triggers:
            if trigger.above is not None:
                above.append((trigger.above, rule_id))
            if trigger.below is not None:
                below.append((trigger.below, rule_id))
            if trigger.above is None and trigger.below is None:
                every.append(rule_id)
        self._above = sorted(above, key=_by_bound)
        self._below = sorted(below, key=_by_bound)
        self._every = every
        self.last: float | None = None

    def after(self, value: float, *, is_old: bool) -> list[str]:
        """Give the rules that a new number fires; an old one only tells where things stand."""
        before, self.last = self.last, value
        if is_old:
            return []
        fired = list(self._every)
        if before is None or before == value:
            return fired
        if value > before:
            first = bisect_left(self._above, before, key=_by_bound)
            fired += _ids(self._above, first, bisect_left(self._above, value, key=_by_bound))
        else:
            first = bisect_right(self._below, value, key=_by_bound)
            fired += _ids(self._below, first, bisect_right(self._below, before, key=_by_bound))
        return fired


class Topic:
    """All the numbers rules look at on one topic, by their path in the payload."""

    def __init__(self, triggers: Sequence[tuple[str, SensorReading]]) -> None:
        paths: dict[str, list[tuple[str, SensorReading]]] = {}
        for rule_id, trigger in triggers:
            paths.setdefault(trigger.path, []).append((rule_id, trigger))
        self._crossings = {path: Crossings(found) for path, found in paths.items()}
        self._needs_json = any(paths)

    def go_on_from(self, earlier: "Topic") -> None:
        """Take over where the numbers stood, after rules were edited."""
        for path, crossings in self._crossings.items():
            known = earlier._crossings.get(path)  # noqa: SLF001 - another Topic
            if known is not None:
                crossings.last = known.last

    def after(self, payload: bytes, *, is_old: bool) -> Iterator[tuple[float, list[str]]]:
        """Give (number, rules to fire) for each path that is there.

        Raises Unreadable at the end when a path was not: devices send parts of their state.
        """
        problem: Unreadable | None = None
        content = _from_json(payload) if self._needs_json else None
        for path, crossings in self._crossings.items():
            try:
                value = _number(_walk(content, path)) if path else _bare(payload)
            except Unreadable as error:
                problem = error
            else:
                yield value, crossings.after(value, is_old=is_old)
        if problem is not None:
            raise problem


def _ids(bounds: Sequence[Bound], first: int, last: int) -> list[str]:
    return [rule_id for _, rule_id in bounds[first:last]]


def _bare(payload: bytes) -> float:
    try:
        return _finite(float(payload))
    except ValueError as error:
        raise Unreadable("the payload is not a number") from error


def _from_json(payload: bytes) -> object:
    """Give the content; what is no JSON has no path."""
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        return None


def _walk(content: object, path: str) -> object:
    for part in path.split("."):
        if isinstance(content, dict) and part in content:
            content = content[part]
        elif isinstance(content, list) and part.isdecimal() and int(part) < len(content):
            content = content[int(part)]
        else:
            raise Unreadable(f"there is no JSON with “{path}” in the payload")
    return content


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable("it is not a number")
    try:
        return _finite(float(value))
    except OverflowError as error:
        raise Unreadable("it is too large a number") from error


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise Unreadable("it is not a finite number")
    return value
