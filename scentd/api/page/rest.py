"""Vacations and pauses as forms: what was typed read into values, or what is wrong in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scentd.api.page.resting import resting_now
from scentd.api.page.visit import Form, Visit
from scentd.model.schedule import RestReason, Vacation
from scentd.model.walltime import opening_instant
from scentd.schedules.calendar import FARTHEST

KEPT = timedelta(days=60)
"""For longer than the log goes back, so that the past still says why it rested."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """What is wrong with one field of a form, in the reader's words."""

    field: str
    text: str


def read_vacation(visit: Visit) -> Vacation | Unfit:
    """Read the form of a vacation; both days are needed, and it is not over yet."""
    first, last = read_date(visit.form, "first_day"), read_date(visit.form, "last_day")
    today = visit.formats.local(visit.now).date()
    if first is None:
        return Unfit("first_day", visit.words("rest.date_needed"))
    if last is None:
        return Unfit("last_day", visit.words("rest.date_needed"))
    if last < first:
        return Unfit("last_day", visit.words("rest.ends_before"))
    if last < today:
        return Unfit("last_day", visit.words("rest.is_over"))
    if last > today + FARTHEST:
        return Unfit("last_day", visit.words("rest.too_far"))
    return Vacation(first, last)


def read_pause(visit: Visit) -> datetime | Unfit | None:
    """Read until when the pause lasts, aware UTC; None until somebody goes on."""
    typed = visit.form.get("until", "").strip()
    if not typed:
        return None
    try:
        wall = datetime.fromisoformat(typed).replace(tzinfo=None)
    except ValueError:
        return Unfit("until", visit.words("rest.moment_unfit"))
    if wall.date() > visit.formats.local(visit.now).date() + FARTHEST:
        return Unfit("until", visit.words("rest.too_far"))
    until = opening_instant(wall.date(), wall.time(), visit.formats.zone)
    if until <= visit.now:
        return Unfit("until", visit.words("rest.pause_past"))
    return until


def read_date(form: Form, name: str) -> date | None:
    """Read one date of a form, None when it is none."""
    try:
        return date.fromisoformat(form.get(name, "").strip())
    except ValueError:
        return None


def keep_recent(visit: Visit, vacations: Sequence[Vacation]) -> list[Vacation]:
    """Give the vacations without those that are long over."""
    oldest = visit.formats.local(visit.now).date() - KEPT
    return [one for one in vacations if one.last_day >= oldest]


def away_context(visit: Visit) -> Mapping[str, object]:
    """Give what the line needs that says that the plan rests now; "" when it does not."""
    formats, words = visit.formats, visit.words
    resting = resting_now(visit.house.schedules.rest, formats.zone, visit.now)
    if resting is None:
        return {"away": ""}
    if resting.reason is RestReason.VACATION and resting.last_day is not None:
        day = formats.long_day(resting.last_day, visit.now)
        return {"away": words("rest.on_vacation", day=day)}
    if resting.until is None:
        return {"away": words("rest.paused")}
    when = formats.long_moment(resting.until, visit.now)
    return {"away": words("rest.paused_until", when=when)}


def rest_context(visit: Visit, unfit: Unfit | None = None) -> Mapping[str, object]:
    """Give what the forms of vacation and pause need; what was refused stays as it was typed."""
    wall = visit.formats.local(visit.now)
    vacations = visit.house.schedules.rest.vacations
    return {
        "vacations": [one for one in vacations if one.last_day >= wall.date()],
        "unfit": unfit,
        "typed": visit.form if unfit else {},
        "today_date": wall.date().isoformat(),
        "this_minute": f"{wall:%Y-%m-%dT%H:%M}",
    }
