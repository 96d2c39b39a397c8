"""Numbers on MQTT topics, and which rules a new one concerns: found by index, never by search.

A topic's payload is read once however many rules wait for it; of the bounds on a number only
those are touched that it crossed. Moments are seconds of a clock that never jumps.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Literal, TypeAlias

from scentd.automation.payloads import Unreadable, bare_number, content_of, number_at
from scentd.automation.units import convert, convert_span
from scentd.model.condition import SensorIs
from scentd.model.trigger import SensorReading

Side: TypeAlias = Literal["above", "below"]
Owner: TypeAlias = str | SensorIs
"""The rule whose trigger it is, by id, or the condition (equal ones share it)."""
Watcher: TypeAlias = tuple[Owner, SensorReading | SensorIs]
"""Who looks at a number, and at which one."""

_by_enter: Callable[[Any], float] = attrgetter("enter")
_by_leave: Callable[[Any], float] = attrgetter("leave")


@dataclass(slots=True)
class Bound:
    """One side of a trigger or condition, in the sensor's own unit.

    The number is beyond it once past `enter`, and until it is back at `leave`; inside that band
    nothing changes. `is_beyond` None: no number was heard yet. `name` names for good what must
    outlive a restart; "" for a bound of which no history matters.
    """

    owner: Owner
    side: Side
    enter: float
    leave: float
    name: str = ""
    is_beyond: bool | None = None
    since_s: float = 0.0

    def entered_by(self, value: float) -> bool:
        """Say whether a number is past the bound."""
        return value > self.enter if self.side == "above" else value < self.enter

    def left_by(self, value: float) -> bool:
        """Say whether a number is back, past the band."""
        return value <= self.leave if self.side == "above" else value >= self.leave

    @property
    def key(self) -> tuple[Side, float, float]:
        """What bounds of one number share that always stand alike."""
        return (self.side, self.enter, self.leave)


@dataclass(slots=True)
class Moved:
    """What a new number did: rules that wait for every one, bounds it passed, bounds it left.

    `settled` are bounds of which it was the first that was heard.
    """

    value: float
    every: list[str] = field(default_factory=list)
    entered: list[Bound] = field(default_factory=list)
    left: list[Bound] = field(default_factory=list)
    settled: list[Bound] = field(default_factory=list)


def bounds_of(owner: Owner, spec: SensorReading | SensorIs) -> Iterator[Bound]:
    """Give the bounds of a trigger or condition in the unit its sensor speaks."""
    spoken = spec.sensor_unit or spec.unit
    band = convert_span(spec.hysteresis, spec.unit, spoken)
    lasts = spec.for_s is not None or spec.hysteresis > 0
    sides: tuple[tuple[Side, float | None, float], ...] = (
        ("above", spec.above, -band),
        ("below", spec.below, band),
    )
    for side, bound, back in sides:
        if bound is not None:
            enter = float(convert(bound, spec.unit, spoken))
            key = (side, enter, enter + back)
            name = f"{spec.topic}\n{spec.path}\n{key}" if lasts else ""
            yield Bound(owner, *key, name)


class Crossings:
    """The bounds on one number; gives those it passes as it moves.

    The first number heard passes none, unless how a bound stood is remembered: where it came
    from is not known.
    """

    def __init__(self, bounds: Sequence[Bound], every: Sequence[str] = ()) -> None:
        self.bounds = tuple(bounds)
        self._every = list(every)
        above = [bound for bound in bounds if bound.side == "above"]
        below = [bound for bound in bounds if bound.side == "below"]
        self._above_enter = _sorted(above, _by_enter)
        self._above_leave = _sorted(above, _by_leave)
        self._below_enter = _sorted(below, _by_enter)
        self._below_leave = _sorted(below, _by_leave)
        self.last: float | None = None
        self.last_s = 0.0

    def go_on_from(self, earlier: "Crossings") -> None:
        """Take over where the number stood, after rules were edited."""
        self.last, self.last_s = earlier.last, earlier.last_s
        known = {bound.key: bound for bound in earlier.bounds}
        for bound in self.bounds:
            before = known.get(bound.key)
            if before is not None:
                bound.is_beyond, bound.since_s = before.is_beyond, before.since_s
            elif self.last is not None:
                # For how long before that word nobody watched, so it counts from there.
                bound.is_beyond, bound.since_s = bound.entered_by(self.last), self.last_s

    def after(self, value: float, now_s: float, *, is_old: bool) -> Moved:
        """Tell what a new number did; an old one only tells where things stand."""
        before, self.last, self.last_s = self.last, value, now_s
        moved = Moved(value)
        if not is_old:
            moved.every = self._every
        if before is None:
            self._begin(value, now_s, moved)
        elif value > before:
            self._enter(self._above_enter.at_or_over(before, value), now_s, moved)
            self._leave(self._below_leave.over(before, value), moved)
        elif value < before:
            self._enter(self._below_enter.over(value, before), now_s, moved)
            self._leave(self._above_leave.at_or_over(value, before), moved)
        if is_old:
            moved.entered = []
        return moved

    def _begin(self, value: float, now_s: float, moved: Moved) -> None:
        for bound in self.bounds:
            if bound.is_beyond is None:
                bound.is_beyond, bound.since_s = bound.entered_by(value), now_s
                moved.settled.append(bound)
            elif not bound.is_beyond and bound.entered_by(value):
                self._enter([bound], now_s, moved)
            elif bound.is_beyond and bound.left_by(value):
                self._leave([bound], moved)

    @staticmethod
    def _enter(bounds: Iterable[Bound], now_s: float, moved: Moved) -> None:
        for bound in bounds:
            if not bound.is_beyond:
                bound.is_beyond, bound.since_s = True, now_s
                moved.entered.append(bound)

    @staticmethod
    def _leave(bounds: Iterable[Bound], moved: Moved) -> None:
        for bound in bounds:
            if bound.is_beyond:
                bound.is_beyond = False
                moved.left.append(bound)


class _Sorted:
    """Bounds in order of one of their numbers, found by halving."""

    def __init__(self, bounds: Sequence[Bound], key: Callable[[Bound], float]) -> None:
        self._bounds = sorted(bounds, key=key)
        self._numbers = [key(bound) for bound in self._bounds]

    def at_or_over(self, low: float, high: float) -> Sequence[Bound]:
        """Give those within low <= bound < high."""
        numbers = self._numbers
        return self._bounds[bisect_left(numbers, low) : bisect_left(numbers, high)]

    def over(self, low: float, high: float) -> Sequence[Bound]:
        """Give those within low < bound <= high."""
        numbers = self._numbers
        return self._bounds[bisect_right(numbers, low) : bisect_right(numbers, high)]


_NONE = _Sorted((), _by_enter)


def _sorted(bounds: Sequence[Bound], key: Callable[[Bound], float]) -> _Sorted:
    # Most numbers have bounds on one side only, and there are thousands of numbers.
    return _Sorted(bounds, key) if bounds else _NONE


class Topic:
    """All the numbers rules look at on one topic, by their path in the payload."""

    def __init__(self, watchers: Sequence[Watcher]) -> None:
        self.watchers = watchers
        bounds: dict[str, list[Bound]] = {}
        every: dict[str, list[str]] = {}
        for owner, spec in watchers:
            found = list(bounds_of(owner, spec))
            bounds.setdefault(spec.path, []).extend(found)
            if not found and isinstance(owner, str):
                every.setdefault(spec.path, []).append(owner)
        self.numbers = {path: Crossings(bounds[path], every.get(path, ())) for path in bounds}
        self._needs_json = any(self.numbers)

    def go_on_from(self, earlier: "Topic") -> None:
        """Take over where the numbers stood, after rules were edited."""
        for path, crossings in self.numbers.items():
            known = earlier.numbers.get(path)
            if known is not None:
                crossings.go_on_from(known)

    def after(self, payload: bytes, now_s: float, *, is_old: bool) -> Iterator[Moved]:
        """Tell what a message did, for each path that is there.

        Raises Unreadable at the end when a path was not: devices send parts of their state.
        """
        problem: Unreadable | None = None
        content = content_of(payload) if self._needs_json else None
        for path, crossings in self.numbers.items():
            try:
                value = number_at(content, path) if path else bare_number(payload)
            except Unreadable as error:
                problem = error
            else:
                yield crossings.after(value, now_s, is_old=is_old)
        if problem is not None:
            raise problem


def _topic(earlier: Topic | None, watchers: Sequence[Watcher]) -> Topic:
    if earlier is None:
        return Topic(watchers)
    if earlier.watchers == watchers:
        return earlier
    topic = Topic(watchers)
    topic.go_on_from(earlier)
    return topic


@dataclass(frozen=True, slots=True)
class Standing:
    """How a sensor condition stands: the last number, None before the first, and for how long
    every bound has been passed, in seconds; None when one is not.
    """

    last: float | None
    beyond_s: float | None


class Sensors:
    """Every number rules look at, by topic; and how each sensor condition stands.

    Where the numbers stood goes on from `earlier`, as it was before rules were edited. A topic
    of which nothing changed is taken over whole: thousands of rules cost an edit little.
    """

    def __init__(
        self, watchers: Iterable[Watcher] = (), earlier: Mapping[str, Topic] | None = None
    ) -> None:
        by_topic: dict[str, list[Watcher]] = {}
        for watcher in watchers:
            by_topic.setdefault(watcher[1].topic, []).append(watcher)
        known = earlier or {}
        self.topics = {name: _topic(known.get(name), found) for name, found in by_topic.items()}
        self._of_owner: dict[Owner, tuple[Crossings, list[Bound]]] = {}
        self._named: dict[str, list[Bound]] = {}
        for topic in self.topics.values():
            for crossings in topic.numbers.values():
                for bound in crossings.bounds:
                    self._of_owner.setdefault(bound.owner, (crossings, []))[1].append(bound)
                    if bound.name:
                        self._named.setdefault(bound.name, []).append(bound)

    def standing(self, condition: SensorIs, now_s: float) -> Standing:
        """Tell how a condition stands."""
        found = self._of_owner.get(condition)
        if found is None:
            return Standing(None, None)
        crossings, bounds = found
        if not all(bound.is_beyond for bound in bounds):
            return Standing(crossings.last, None)
        return Standing(crossings.last, now_s - max(bound.since_s for bound in bounds))

    def is_beyond(self, rule_id: str, side: str) -> bool:
        """Say whether the number of a rule's trigger is past that side's bound."""
        _, bounds = self._of_owner.get(rule_id, (None, ()))
        return any(bound.is_beyond for bound in bounds if bound.side == side)

    def recall(self, name: str, *, is_beyond: bool, since_s: float) -> None:
        """Take up how the bounds of that name stood in an earlier life."""
        for bound in self._named.get(name, ()):
            bound.is_beyond, bound.since_s = is_beyond, since_s

    def names(self) -> Collection[str]:
        """Give the names of all bounds whose history matters."""
        return self._named.keys()
