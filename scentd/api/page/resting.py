"""What keeps the whole plan from running now, and until when. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from scentd.model.schedule import Pause, Rest, RestReason, Vacation
from scentd.schedules.calendar import vacation_ends_at

_DAY = timedelta(days=1)
_NEVER = datetime.max.replace(tzinfo=UTC)


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
    found = [_vacation(rest, zone, now), _pause(rest.pause, now)]
    held = [one for one in found if one is not None]
    return max(held, key=lambda one: one.until or _NEVER, default=None)


def last_day_away(rest: Rest, zone: ZoneInfo, at: datetime) -> date | None:
    """Give the last day of the vacation of that moment; None when there is none."""
    ends_at = vacation_ends_at(rest, zone, at)
    return None if ends_at is None else ends_at.astimezone(zone).date() - _DAY


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


def _vacation(rest: Rest, zone: ZoneInfo, now: datetime) -> Resting | None:
    ends_at = vacation_ends_at(rest, zone, now)
    if ends_at is None:
        return None
    return Resting(RestReason.VACATION, ends_at, last_day_away(rest, zone, now))


def _pause(pause: Pause | None, now: datetime) -> Resting | None:
    if pause is None or now < pause.since or (pause.until is not None and pause.until <= now):
        return None
    return Resting(RestReason.PAUSE, pause.until)
