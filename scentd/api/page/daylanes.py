"""The coming days as lanes: which turns touch which day, and where they lie in it. Pure.

A day is as long as its clocks make it, 23 or 25 hours included, and everything lies in it where
it lies in real time: the hours that a change of clocks takes away are not drawn.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scentd.model.schedule import PlannedRest, PlannedRun, RestReason
from scentd.model.walltime import opening_instant

DAYS = 7
HOUR = timedelta(hours=1)
USUAL_H = 24
LABEL_EVERY_H = 3
STRENGTHS = 5


@dataclass(frozen=True, slots=True)
class Turn:
    """A window to come: it runs, or with a `reason` rests; `start` and `end` are aware UTC.

    `day` is the date its window belongs to. `intensity_percent` None keeps what the device has.
    """

    diffuser_id: str
    schedule_id: str
    entry_id: str
    day: date
    start: datetime
    end: datetime
    intensity_percent: int | None = None
    reason: RestReason | None = None

    @property
    def strength(self) -> str:
        """The class of the style sheet that tells its intensity, or that it rests."""
        if self.reason is not None:
            return "rests"
        percent = self.intensity_percent
        return f"s{-(-percent * STRENGTHS // 100)}" if percent else "s0"


@dataclass(frozen=True, slots=True)
class Block:
    """The part of a turn that lies in a day, in percent of the day."""

    turn: Turn
    x_percent: float
    width_percent: float


@dataclass(frozen=True, slots=True)
class Lane:
    """One diffuser's part of a day; what rests comes first, so that a run is drawn over it."""

    diffuser_id: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class ComingDay:
    """A date of the household's wall, from `start` until `end`, aware UTC.

    `hours` are (wall hour, percent of the day). `now_percent` is None on all days but today.
    `turns` are all that touch it, by start.
    """

    day: date
    start: datetime
    end: datetime
    hours: tuple[tuple[int, float], ...]
    lanes: tuple[Lane, ...]
    turns: tuple[Turn, ...]
    now_percent: float | None

    @property
    def length_h(self) -> float:
        """How many hours it has."""
        return (self.end - self.start) / HOUR

    @property
    def is_usual(self) -> bool:
        """Whether its clocks are left alone."""
        return self.length_h == USUAL_H


def turns_of(runs: Sequence[PlannedRun], rests: Sequence[PlannedRest]) -> list[Turn]:
    """Give what runs and what rests in one list, by start."""
    running = [
        Turn(
            run.diffuser_id,
            run.schedule_id,
            run.entry_id,
            run.day,
            run.start,
            run.end,
            intensity_percent=run.intensity_percent,
        )
        for run in runs
    ]
    resting = [
        Turn(
            one.diffuser_id,
            one.schedule_id,
            one.entry_id,
            one.day,
            one.start,
            one.end,
            reason=one.reason,
        )
        for one in rests
    ]
    return sorted([*running, *resting], key=lambda turn: (turn.start, turn.diffuser_id))


def lay_out_days(
    turns: Sequence[Turn], diffuser_ids: Sequence[str], zone: ZoneInfo, now: datetime
) -> tuple[ComingDay, ...]:
    """Lay out today and the six days after it; each day has a lane for each of the diffusers."""
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=number) for number in range(DAYS))
    return tuple(_day(day, turns, diffuser_ids, zone, now) for day in days)


def _day(
    day: date, turns: Sequence[Turn], diffuser_ids: Sequence[str], zone: ZoneInfo, now: datetime
) -> ComingDay:
    start = opening_instant(day, time.min, zone)
    end = opening_instant(day + timedelta(days=1), time.min, zone)
    own = tuple(turn for turn in turns if turn.start < end and turn.end > start)

    def percent(moment: datetime) -> float:
        inside = min(max(moment, start), end) - start
        return round(inside / (end - start) * 100, 3) if end > start else 0.0

    def block(turn: Turn) -> Block:
        x = percent(turn.start)
        return Block(turn, x, round(percent(turn.end) - x, 3))

    def lane(diffuser_id: str) -> Lane:
        mine = [turn for turn in own if turn.diffuser_id == diffuser_id]
        mine.sort(key=lambda turn: turn.reason is None)
        return Lane(diffuser_id, tuple(block(turn) for turn in mine))

    return ComingDay(
        day,
        start,
        end,
        hours=tuple((hour, percent(at)) for hour, at in _hours(start, end, zone)),
        lanes=tuple(lane(one) for one in diffuser_ids),
        turns=own,
        now_percent=percent(now) if start <= now < end else None,
    )


def _hours(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[tuple[int, datetime]]:
    """Give every third hour of the wall with its instant; one repeated counts once."""
    seen: set[int] = set()
    at = start
    while at < end:
        wall = at.astimezone(zone)
        if wall.hour % LABEL_EVERY_H == 0 and wall.minute == 0 and wall.hour not in seen:
            seen.add(wall.hour)
            yield wall.hour, at
        at += HOUR / 2
