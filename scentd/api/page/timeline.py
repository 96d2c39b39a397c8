"""Thirty days as a picture: each time a rule was set off, by day and hour. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scentd.api.formats import Formats
from scentd.automation.dryrun import DryRun
from scentd.model.rule import Verdict

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720, 170, 46, 22, 8
LABEL_EVERY_DAYS = 7


@dataclass(frozen=True, slots=True)
class Dot:
    """One time the rule was set off: right of it later days, below it later hours."""

    x: float
    y: float
    ran: bool


@dataclass(frozen=True, slots=True)
class Label:
    """A word at a place of an axis."""

    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The picture, in units of its own."""

    dots: tuple[Dot, ...]
    hours: tuple[Label, ...]
    days: tuple[Label, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


def draw(trial: DryRun, formats: Formats) -> Timeline:
    """Draw a dry run in the home's wall time; what ran lies over what did not."""
    first = formats.local(trial.since).date()
    last = formats.local(trial.until).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    dots = sorted(
        (_dot(trace.at, trace.verdict, days, formats) for trace in trial.traces), key=_ran
    )
    return Timeline(
        tuple(sorted(dots, key=_ran)),
        tuple(Label(0, _y(hour * 60), f"{hour:02}:00") for hour in (0, 6, 12, 18, 24)),
        tuple(
            Label(_x(number, len(days)), 0, formats.date_of(day))
            for number, day in enumerate(days)
            if (len(days) - 1 - number) % LABEL_EVERY_DAYS == LABEL_EVERY_DAYS // 2
        ),
    )


def _dot(at: datetime, verdict: Verdict, days: Sequence[date], formats: Formats) -> Dot:
    local = formats.local(at)
    number = (local.date() - days[0]).days
    return Dot(_x(number, len(days)), _y(local.hour * 60 + local.minute), verdict is Verdict.RAN)


def _x(number: int, days: int) -> float:
    """Give the middle of a day's column."""
    return round(LEFT + (WIDTH - LEFT) * (number + 0.5) / days, 1)


def _y(minute: int) -> float:
    """Give the height of a minute of the day; midnight is at the top."""
    return round(TOP + (HEIGHT - BOTTOM - TOP) * minute / 1440, 1)


def _ran(dot: Dot) -> bool:
    return dot.ran
