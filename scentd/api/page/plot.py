"""A cartridge's level over time as one picture: what was, with its band, and what is to come.

Pure arithmetic: moments and microlitres in, points of a drawing 720 by 300 out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from scentd.model.cartridge import Cartridge, FanPoint, Fitting, Forecast

WIDTH = 720
HEIGHT = 300
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 18, 30
MOST_POINTS = 240
MOST_TICKS = 7
FEW_DAYS = 3
ROOM = 28
"""Half the width of a tick's words: none is cut off at an end."""

_AHEAD_AT_LEAST = timedelta(days=2)
_FEW_ROWS = 6

Point = tuple[datetime, int, int]
_Any = TypeVar("_Any")


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where it stands, and the percent or moment it stands for.

    `is_minor`: left out where the picture is small.
    """

    at: float
    percent: int = 0
    moment: datetime | None = None
    is_midnight: bool = False
    is_minor: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table that says the same in words; percents of the bottle.

    `low` and `high`: between them the truth lies, nine times in ten for what was and eight for
    what is to come.
    """

    moment: datetime
    percent: int
    low: int
    high: int
    is_ahead: bool = False
    is_fitting: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """Points as SVG writes them; a line and a band for each refill cycle, oldest first.

    Empty texts where there is nothing to draw.
    """

    lines: tuple[str, ...]
    bands: tuple[str, ...]
    forecast: str
    forecast_band: str
    now_x: float
    now_y: float
    low_y: float
    fittings: tuple[Tick, ...]
    days: tuple[Tick, ...]
    percents: tuple[Tick, ...]
    rows: tuple[Row, ...]


def draw(
    cartridge: Cartridge,
    history: Sequence[Point],
    forecast: Forecast,
    now: datetime,
    zone: ZoneInfo,
    *,
    fittings: Sequence[Fitting] = (),
    low_percent: float = 15.0,
) -> Plot:
    """Draw from the first known point to the late end of the forecast, at most 60 days ahead."""
    points = _thinned([*history, (now, cartridge.remaining_ul, cartridge.error_ul)])
    frame = _Frame(points[0][0], _horizon(forecast, now, now - points[0][0]), cartridge.capacity_ul)
    cycles = list(_cycles(points, [fitting.at for fitting in fittings]))
    fan = _inside(forecast.fan, frame.last) if forecast.run_out.p50 is not None else ()
    return Plot(
        lines=tuple(frame.path((at, left) for at, left, _ in cycle) for cycle in cycles),
        bands=tuple(frame.path(_around(cycle)) for cycle in cycles),
        forecast=frame.path(_falling(cartridge, fan)),
        forecast_band=frame.path(
            [
                *((point.at, point.late_ul) for point in fan),
                *((point.at, point.early_ul) for point in reversed(fan)),
            ]
        ),
        now_x=frame.x(now),
        now_y=frame.y(cartridge.remaining_ul),
        low_y=frame.y(cartridge.capacity_ul * low_percent / 100),
        fittings=tuple(
            Tick(frame.x(fitting.at), moment=fitting.at)
            for fitting in fittings
            if frame.first <= fitting.at <= now
        ),
        days=tuple(_time_ticks(frame, zone)),
        percents=tuple(
            Tick(frame.y(cartridge.capacity_ul * part // 100), percent=part)
            for part in (0, 25, 50, 75, 100)
        ),
        rows=tuple(_rows(cartridge, points, fittings, fan)),
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    first: datetime
    last: datetime
    capacity_ul: int

    def x(self, moment: datetime) -> float:
        part = (moment - self.first) / (self.last - self.first)
        return round(LEFT + max(0.0, min(1.0, part)) * (WIDTH - LEFT - RIGHT), 1)

    def y(self, microlitres: float) -> float:
        part = max(0.0, min(1.0, microlitres / self.capacity_ul))
        return round(HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM), 1)

    def path(self, points: Iterable[tuple[datetime, float]]) -> str:
        return " ".join(f"{self.x(at):g},{self.y(left):g}" for at, left in points)


def _horizon(forecast: Forecast, now: datetime, past: timedelta) -> datetime:
    run_out = forecast.run_out
    end = run_out.p90 or run_out.p50 or now + _AHEAD_AT_LEAST
    longest = max(timedelta(days=60), past)
    return min(max(end, now + _AHEAD_AT_LEAST), now + longest)


def _cycles(points: Sequence[Point], began: Sequence[datetime]) -> Iterator[list[Point]]:
    """Give the points of each refill cycle: the level rises between two, and was never between."""
    cycle: list[Point] = []
    starts = list(began)
    for point in points:
        if starts and point[0] >= starts[0]:
            while starts and point[0] >= starts[0]:
                starts.pop(0)
            if cycle:
                yield cycle
            cycle = []
        cycle.append(point)
    yield cycle


def _inside(fan: Sequence[FanPoint], last: datetime) -> tuple[FanPoint, ...]:
    """Cut the fan off where the picture ends, and thin it: the eye sees no more."""
    shown = [point for point in fan if point.at <= last]
    beyond = next((point for point in fan if point.at > last), None)
    if beyond is not None and shown:
        shown.append(_between(shown[-1], beyond, last))
    step = max(1, -(-len(shown) // MOST_POINTS))
    return tuple(shown[:-1:step] + shown[-1:])


def _between(before: FanPoint, after: FanPoint, at: datetime) -> FanPoint:
    part = (at - before.at) / (after.at - before.at)
    return FanPoint(
        at,
        before.early_ul + part * (after.early_ul - before.early_ul),
        before.middle_ul + part * (after.middle_ul - before.middle_ul),
        before.late_ul + part * (after.late_ul - before.late_ul),
    )


def _falling(cartridge: Cartridge, fan: Sequence[FanPoint]) -> Iterator[tuple[datetime, float]]:
    """Give the middle way, from what is told to the moment at which nothing is left."""
    for before, point in zip((None, *fan), fan, strict=False):
        if before is None:
            yield point.at, cartridge.remaining_ul
            continue
        if point.middle_ul <= 0:
            if before.middle_ul > 0:
                part = before.middle_ul / (before.middle_ul - point.middle_ul)
                yield before.at + part * (point.at - before.at), 0.0
            return
        yield point.at, min(point.middle_ul, cartridge.remaining_ul)


def _around(points: Sequence[Point]) -> Iterator[tuple[datetime, int]]:
    for at, left, error in points:
        yield at, left + error
    for at, left, error in reversed(points):
        yield at, left - error


def _rows(
    cartridge: Cartridge,
    points: Sequence[Point],
    fittings: Sequence[Fitting],
    fan: Sequence[FanPoint],
) -> Iterator[Row]:
    """Say a few moments of what was and of what is to come, and every refill, oldest first."""
    whole = cartridge.capacity_ul

    def percent(microlitres: float) -> int:
        return min(100, max(0, round(100 * microlitres / whole)))

    past = [
        Row(at, percent(ul), percent(ul - error), percent(ul + error))
        for at, ul, error in _few(points)
    ]
    refills = [
        Row(fitting.at, 100, 100, 100, is_fitting=True)
        for fitting in fittings
        if fitting.at >= points[0][0]
    ]
    yield from sorted([*past, *refills], key=lambda one: one.moment)
    for point in _few(fan[1:]):
        parts = percent(point.middle_ul), percent(point.early_ul), percent(point.late_ul)
        yield Row(point.at, *parts, is_ahead=True)


def _few(points: Sequence[_Any]) -> list[_Any]:
    if len(points) <= _FEW_ROWS:
        return list(points)
    step = (len(points) - 1) / (_FEW_ROWS - 1)
    return [points[round(number * step)] for number in range(_FEW_ROWS)]


def _thinned(points: Sequence[Point]) -> list[Point]:
    """Keep the first, the last and evenly many between."""
    if len(points) <= MOST_POINTS:
        return list(points)
    step = (len(points) - 1) / (MOST_POINTS - 1)
    return [points[round(number * step)] for number in range(MOST_POINTS)]


def _time_ticks(frame: _Frame, zone: ZoneInfo) -> Iterator[Tick]:
    """Mark local midnights, at most seven; also the noons of a picture of few days."""
    first, last = frame.first.astimezone(zone), frame.last.astimezone(zone)
    days = (last.date() - first.date()).days
    every = 1 + days // MOST_TICKS
    hours = (0, 12) if days <= FEW_DAYS else (0,)
    found = 0
    for number in range(0, days + 1, every):
        day = first.date() + timedelta(days=number)
        for hour in hours:
            moment = datetime.combine(day, time(hour), zone)
            at = frame.x(moment)
            if frame.first < moment < frame.last and LEFT + ROOM < at < WIDTH - RIGHT - ROOM:
                found += 1
                yield Tick(at, moment=moment, is_midnight=hour == 0, is_minor=found % 2 == 0)
