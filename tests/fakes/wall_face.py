"""What a clock on the wall shows, read minute by minute: the plan without arithmetic of zones."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

from scentd.model.schedule import Rest, ScentSchedule, ScheduleEntry, Weekday

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Face:
    """What a clock on the wall showed at each minute of a stretch of time."""

    minutes: tuple[datetime, ...]
    shown: tuple[datetime, ...]

    def first_at_or_past(self, wall: datetime) -> int:
        known = self._first.get(wall)
        if known is not None:
            return known
        return next(i for i, seen in enumerate(self.shown) if seen > wall)

    def last_at_or_first_past(self, wall: datetime) -> int:
        known = self._last.get(wall)
        if known is not None:
            return known
        return next(i for i, seen in enumerate(self.shown) if seen > wall)

    def number(self, at: datetime) -> int:
        """Give which minute of the stretch a moment lies in."""
        return (at - self.minutes[0]) // MINUTE

    @cached_property
    def _first(self) -> dict[datetime, int]:
        return {seen: i for i, seen in reversed(list(enumerate(self.shown)))}

    @cached_property
    def _last(self) -> dict[datetime, int]:
        return {seen: i for i, seen in enumerate(self.shown)}


@lru_cache(maxsize=32)
def face(zone_name: str, first: datetime, days: int, every: timedelta = MINUTE) -> Face:
    """Give the face in that zone from a moment on, aware UTC, for so many days.

    Looked at less often than every minute it is right where all that happens falls on a look.
    """
    minutes = tuple(first + n * every for n in range(days * DAY // every))
    zone = ZoneInfo(zone_name)
    return Face(minutes, tuple(m.astimezone(zone).replace(tzinfo=None, fold=0) for m in minutes))


def sees(day: date, schedule: ScentSchedule, entry: ScheduleEntry, rest: Rest) -> Weekday | None:
    """Give the weekday a date is for that window, by asking one exception after the other."""
    for away in rest.vacations:
        if away.first_day <= day and day <= away.last_day:
            return None
    seen: Weekday | None = Weekday(day.weekday())
    for exception in schedule.exceptions:
        if exception.day == day and exception.entry_id is None:
            seen = exception.runs_as
    for exception in schedule.exceptions:
        if exception.day == day and exception.entry_id == entry.id:
            seen = None
    return seen


@dataclass(frozen=True, eq=False)
class Layer:
    """One window laid on the face: minutes `first` to before `last`. The greatest order wins."""

    order: tuple[object, ...]
    first: int
    last: int
    schedule: ScentSchedule
    entry: ScheduleEntry

    @property
    def name(self) -> str:
        return f"{self.schedule.id}/{self.entry.id}"


def layers(
    clock: Face, days: Sequence[date], plan: Sequence[ScentSchedule], rest: Rest = Rest()
) -> list[Layer]:
    """Lay every window of these dates on the face, the one that wins last."""
    found = []
    for schedule in plan:
        for entry in schedule.entries:
            for day in days:
                if sees(day, schedule, entry, rest) not in entry.days:
                    continue
                last_day = day if entry.end > entry.start else day + DAY
                first = clock.first_at_or_past(datetime.combine(day, entry.start))
                last = clock.last_at_or_first_past(datetime.combine(last_day, entry.end))
                strength = entry.intensity_percent if entry.intensity_percent is not None else -1
                order = (first, day, entry.start, strength, schedule.id, entry.id)
                if first < last:
                    found.append(Layer(order, first, last, schedule, entry))
    return sorted(found, key=lambda layer: layer.order)


def paused(minute_at: datetime, rest: Rest) -> bool:
    """Say whether everything is paused in that minute."""
    pause = rest.pause
    return pause is not None and (
        minute_at >= pause.since and (pause.until is None or minute_at < pause.until)
    )


class PaintedPlan:
    """What one diffuser should do in every minute of a stretch of time."""

    def __init__(
        self, clock: Face, days: Sequence[date], plan: Sequence[ScentSchedule], rest: Rest = Rest()
    ) -> None:
        self.clock = clock
        self._rest = rest
        self._layers = layers(clock, days, plan, rest)

    @cached_property
    def boundaries(self) -> frozenset[int]:
        """The minutes in which a window begins or has ended."""
        return frozenset(n for layer in self._layers for n in (layer.first, layer.last))

    def at(self, minute: int, *, without: Container[Layer] = ()) -> Layer | None:
        """Give the window that should run in that minute, of those not in `without`."""
        if paused(self.clock.minutes[minute], self._rest):
            return None
        return next(
            (
                layer
                for layer in reversed(self._layers)
                if layer.first <= minute < layer.last and layer not in without
            ),
            None,
        )

    def find(self, name: str, first: int) -> Layer | None:
        """Give the window of that name that begins in that minute."""
        return next((one for one in self._layers if (one.name, one.first) == (name, first)), None)

    def painted(self) -> Iterator[tuple[Layer, datetime, datetime]]:
        """Give what should run in the whole stretch of time, in order; a pause counts for nothing.

        Windows of one entry that touch are one.
        """
        canvas: list[Layer | None] = [None] * len(self.clock.minutes)
        for layer in self._layers:
            canvas[layer.first : layer.last] = [layer] * (layer.last - layer.first)
        begins = 0
        for _, same in groupby(canvas, lambda layer: layer and layer.name):
            layers_of = list(same)
            ends = begins + len(layers_of)
            if layers_of[0] is not None and ends < len(canvas):
                yield layers_of[0], self.clock.minutes[begins], self.clock.minutes[ends]
            begins = ends

    def stretches(self, first: int, last: int) -> Iterator[tuple[Layer, int, int]]:
        """Give what should run from minute `first` to before `last`, in order, cut to it."""
        whole = groupby(range(first, last), self.at)
        for layer, minutes in whole:
            if layer is not None:
                numbers = list(minutes)
                yield layer, numbers[0], numbers[-1] + 1
