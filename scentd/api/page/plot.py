"""A cartridge's level over time as one picture: what was, with its band, and what is to come.

Pure arithmetic: moments and microlitres in, points of a drawing 720 by 220 out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from scentd.model.cartridge import Cartridge, RunOut

WIDTH = 720
HEIGHT = 220
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 10, 26
MOST_POINTS = 240
MOST_TICKS = 7
FEW_DAYS = 3
ROOM = 28
"""Half the width of a tick's words: none is cut off at an end."""

_AHEAD_AT_LEAST = timedelta(days=2)

Point = tuple[datetime, int, int]


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where it stands, and the percent or moment it stands for."""

    at: float
    percent: int = 0
    moment: datetime | None = None
    is_midnight: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """Points as SVG writes them; empty texts where there is nothing to draw."""

    line: str
    band: str
    forecast: str
    forecast_band: str
    now_x: float
    now_y: float
    days: tuple[Tick, ...]
    percents: tuple[Tick, ...]


def draw(
    cartridge: Cartridge,
    history: Sequence[Point],
    run_out: RunOut,
    now: datetime,
    zone: ZoneInfo,
) -> Plot:
    """Draw from the first known point to the late end of the forecast, at most 60 days ahead."""
    points = _thinned([*history, (now, cartridge.remaining_ul, cartridge.error_ul)])
    first = points[0][0]
    last = _horizon(run_out, now, now - first)
    frame = _Frame(first, last, cartridge.capacity_ul)
    ahead, ahead_band = _forecast(frame, cartridge, run_out, now)
    return Plot(
        line=frame.path((at, left) for at, left, _ in points),
        band=frame.path(_around(points)),
        forecast=ahead,
        forecast_band=ahead_band,
        now_x=frame.x(now),
        now_y=frame.y(cartridge.remaining_ul),
        days=tuple(_time_ticks(frame, zone)),
        percents=tuple(
            Tick(frame.y(cartridge.capacity_ul * part // 100), percent=part)
            for part in (0, 25, 50, 75, 100)
        ),
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

    def path(self, points: Iterator[tuple[datetime, int]]) -> str:
        return " ".join(f"{self.x(at)},{self.y(left)}" for at, left in points)


def _horizon(run_out: RunOut, now: datetime, past: timedelta) -> datetime:
    end = run_out.p90 or run_out.p50 or now + _AHEAD_AT_LEAST
    longest = max(timedelta(days=60), past)
    return min(max(end, now + _AHEAD_AT_LEAST), now + longest)


def _forecast(
    frame: _Frame, cartridge: Cartridge, run_out: RunOut, now: datetime
) -> tuple[str, str]:
    start = (now, cartridge.remaining_ul)
    if run_out.p50 is None:
        return "", ""
    middle = _falling(frame, start, run_out.p50)
    if run_out.p10 is None or run_out.p90 is None:
        return middle, ""
    early = _falling(frame, start, run_out.p10)
    late = _falling(frame, start, run_out.p90)
    end = min(run_out.p90, frame.last)
    ground = frame.path(iter([(max(end, now), 0)]))
    return middle, f"{early} {ground} {' '.join(reversed(late.split(' ')))}"


def _falling(frame: _Frame, start: tuple[datetime, int], empty_at: datetime) -> str:
    """Draw a straight fall to empty, cut off where the picture ends."""
    now, left = start
    end = min(empty_at, frame.last)
    whole = (empty_at - now).total_seconds()
    part = (end - now).total_seconds() / whole if whole > 0 else 1.0
    return frame.path(iter([start, (end, round(left * (1 - part)))]))


def _around(points: Sequence[Point]) -> Iterator[tuple[datetime, int]]:
    for at, left, error in points:
        yield at, left + error
    for at, left, error in reversed(points):
        yield at, left - error


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
    for number in range(0, days + 1, every):
        day = first.date() + timedelta(days=number)
        for hour in hours:
            moment = datetime.combine(day, time(hour), zone)
            at = frame.x(moment)
            if frame.first < moment < frame.last and LEFT + ROOM < at < WIDTH - RIGHT - ROOM:
                yield Tick(at, moment=moment, is_midnight=hour == 0)
