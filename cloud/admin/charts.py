"""Charts as shapes in a drawing of 480 by 240, made by the server; `admin/charts.html` draws them.

Pure: numbers in, positions out. Whoever makes a chart shows the same numbers in a table beside it.
Colours are classes of the style sheet, so that themes change them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, log10

WIDTH, HEIGHT = 480, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 8, 12, 26
_STEPS = (1, 2, 2.5, 5, 10)
_MOST_LINES = 5
_MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class Shape:
    """A path with the class of its colour; a bar's `hint` is read out on it."""

    path: str
    look: str


@dataclass(frozen=True, slots=True)
class Key:
    """What a colour stands for: a class, and words marked with N_ or names."""

    look: str
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing: `name` is unique on its page, `title` and `summary` say what is to be seen.

    `lines` are (y, label) of the scale, `names` (x, label, anchor) of what stands along the bottom.
    """

    name: str
    title: str
    summary: str
    shapes: tuple[Shape, ...]
    lines: tuple[tuple[float, str], ...]
    names: tuple[tuple[float, str, str], ...]
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A range for each place; None where there is none."""

    ranges: Sequence[tuple[float, float] | None]
    look: str


@dataclass(frozen=True, slots=True)
class Line:
    """A value for each place; None breaks the line."""

    values: Sequence[float | None]
    look: str


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar for each place, from 0; None for none."""

    values: Sequence[float | None]
    look: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One value all along: a limit, an average."""

    value: float
    look: str


Series = Band | Line | Bars | Mark


def draw(
    name: str,
    title: str,
    summary: str,
    names: Sequence[str],
    series: Sequence[Series],
    *,
    label: Callable[[float], str],
    keys: Sequence[Key] = (),
    least: int = 1,
) -> Chart:
    """Return a chart of series of as many places as there are `names`, one or more.

    `label` writes a value of the scale. The scale holds 0 and all values; its steps are whole
    multiples of `least`: 1 for counts, 100 for cents whose scale says whole euros.
    """
    lowest, highest = _extent(series)
    step = least * _step((highest - lowest) / least)
    bottom, top = floor(lowest / step) * step, -floor(-highest / step) * step
    space = _Space(len(names), bottom, top if top > bottom else bottom + step)
    rules = round((space.top - bottom) / step)
    values = [bottom + step * place for place in range(rules + 1)]
    return Chart(
        name,
        title,
        summary,
        tuple(shape for one in series for shape in space.shapes(one)),
        tuple((space.y(value), label(value)) for value in values),
        tuple(_named(space, names)),
        tuple(keys),
    )


@dataclass(frozen=True, slots=True)
class _Space:
    places: int
    bottom: float
    top: float

    @property
    def slot(self) -> float:
        return (WIDTH - _LEFT - _RIGHT) / self.places

    def x(self, place: float) -> float:
        return round(_LEFT + self.slot * (place + 0.5), 1)

    def y(self, value: float) -> float:
        share = (value - self.bottom) / (self.top - self.bottom)
        return round(HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM), 1)

    def shapes(self, series: Series) -> list[Shape]:
        if isinstance(series, Mark):
            return [Shape(f"M{_LEFT} {self.y(series.value)}H{WIDTH - _RIGHT}", series.look)]
        if isinstance(series, Bars):
            return [Shape(self._bars(series.values), series.look)]
        if isinstance(series, Line):
            return [Shape(self._line(series.values), series.look)]
        return [Shape(path, series.look) for path in self._bands(series.ranges)]

    def _bars(self, values: Sequence[float | None]) -> str:
        half, ground = max(0.5, self.slot * 0.36), self.y(0)
        return "".join(
            f"M{round(self.x(place) - half, 1)} {ground}V{self.y(value)}h{round(2 * half, 1)}"
            f"V{ground}Z"
            for place, value in enumerate(values)
            if value
        )

    def _line(self, values: Sequence[float | None]) -> str:
        path, is_down = "", False
        for place, value in enumerate(values):
            if value is not None:
                path += f"{'L' if is_down else 'M'}{self.x(place)} {self.y(value)}"
            is_down = value is not None
        return path

    def _bands(self, ranges: Sequence[tuple[float, float] | None]) -> list[str]:
        found: list[list[tuple[float, float, float]]] = [[]]
        for place, one in enumerate(ranges):
            if one is None:
                found.append([])
            else:
                found[-1].append((self.x(place), self.y(one[0]), self.y(one[1])))
        return [
            "M"
            + "L".join(f"{x} {high}" for x, _, high in part)
            + "L"
            + "L".join(f"{x} {low}" for x, low, _ in reversed(part))
            + "Z"
            for part in found
            if part
        ]


def _extent(series: Sequence[Series]) -> tuple[float, float]:
    values = [0.0]
    for one in series:
        if isinstance(one, Mark):
            values.append(one.value)
        elif isinstance(one, Band):
            values += [value for pair in one.ranges if pair for value in pair]
        else:
            values += [value for value in one.values if value is not None]
    return min(values), max(values)


def _step(extent: float) -> float:
    """Return a round and whole step that needs no more than five lines."""
    size = 10.0 ** floor(log10(max(1, extent)))
    steps = [step * scale for scale in (size / 10, size) for step in _STEPS]
    return next(one for one in steps if one.is_integer() and extent / one <= _MOST_LINES)


def _named(space: _Space, names: Sequence[str]) -> list[tuple[float, str, str]]:
    """Return at most five names along the bottom, the first and the last among them."""
    last = len(names) - 1
    count = min(_MOST_NAMES, len(names))
    places = sorted({round(last * one / max(1, count - 1)) for one in range(count)})
    return [
        (
            space.x(place),
            names[place],
            "start" if place == 0 and last else "end" if place == last and last else "middle",
        )
        for place in places
    ]
