"""What keeps the whole plan from running now, and until when. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scentd.model.schedule import Pause, Rest, RestReason, Vacation
from scentd.model.walltime import opening_instant

_DAY = timedelta(days=1)
_NEVER = datetime.max.replace(tzinfo=UTC)
_FAR = date.max - 3 * _DAY
"""Further than this no day can be counted on."""


@dataclass(frozen=True, slots=True)
class Resting:
    """The vacation or pause that holds longest: `until` is the moment the plan goes on.

    `until` is aware UTC, None when somebody has to say so. `last_day` is a vacation's last.
    """

    reason: RestReason
    until: datetime | None
    last_day: date | None = None


def resting_now(rest: Rest, zone: ZoneInfo, now: datetime) -> Resting | None:
    """Give what holds now, None when the plan runs as usual."""
    found = [_vacation(rest.vacations, zone, now), _pause(rest.pause, now)]
    held = [one for one in found if one is not None]
    return max(held, key=lambda one: one.until or _NEVER, default=None)


def last_day_away(vacations: Sequence[Vacation], day: date) -> date | None:
    """Give the last of the days away on end from that day on; None when it is none of them."""
    last = None
    while ends := [one.last_day for one in vacations if one.first_day <= day <= one.last_day]:
        last = min(max(ends), _FAR)
        if last == _FAR:
            break
        day = last + _DAY
    return last


def without_today(vacations: Sequence[Vacation], today: date) -> tuple[Vacation, ...]:
    """Give the vacations with those that hold today ended the day before.

    The days that are over stay: what rested on them keeps its reason.
    """
    kept = []
    for one in vacations:
        if not one.first_day <= today <= one.last_day:
            kept.append(one)
        elif one.first_day < today:
            kept.append(Vacation(one.first_day, today - _DAY))
    return tuple(kept)


def _vacation(vacations: Sequence[Vacation], zone: ZoneInfo, now: datetime) -> Resting | None:
    last = last_day_away(vacations, now.astimezone(zone).date())
    if last is None:
        return None
    return Resting(RestReason.VACATION, opening_instant(last + _DAY, time.min, zone), last)


def _pause(pause: Pause | None, now: datetime) -> Resting | None:
    if pause is None or now < pause.since or (pause.until is not None and pause.until <= now):
        return None
    return Resting(RestReason.PAUSE, pause.until)
