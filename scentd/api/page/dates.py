"""The dates on which one schedule does not do what its weekday says: listed, added, removed."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus

from aiohttp import web

from scentd.api.page.rest import KEPT, Unfit, read_date
from scentd.api.page.visit import Page, Visit
from scentd.model.schedule import DayException, ScentSchedule, Weekday
from scentd.schedules.calendar import FARTHEST
from scentd.schedules.errors import ScheduleInvalid

NOT_AT_ALL, RUNS_AS, WITHOUT = "off", "as-", "without-"
"""What the form's choice is: nothing runs, as on a weekday by number, all but one window."""


async def show_dates(visit: Visit) -> web.Response:
    """Show the dates of one schedule that are unlike their weekday."""
    return _page(visit, _schedule(visit))


async def add_date(visit: Visit) -> web.Response:
    """Keep one more such date."""
    schedule = _schedule(visit)
    asked = _read(visit, schedule)
    if isinstance(asked, Unfit):
        return _page(visit, schedule, asked)
    oldest = visit.formats.local(visit.now).date() - KEPT
    try:
        await visit.house.schedules.edit_exceptions(
            schedule.id, lambda known: [*(one for one in known if one.day >= oldest), asked]
        )
    except ScheduleInvalid as error:
        is_full = error.problem.field == "exceptions"
        key = "dates.too_many" if is_full else "dates.is_there"
        return _page(visit, schedule, Unfit("day", visit.words(key)))
    return visit.done(_address(visit), "date_saved")


async def remove_date(visit: Visit) -> web.Response:
    """Let a date be like its weekday again; one that is already changes nothing."""
    schedule, form = _schedule(visit), visit.form
    gone = (read_date(form, "day"), form.get("entry") or None)
    await visit.house.schedules.edit_exceptions(
        schedule.id, lambda known: [one for one in known if (one.day, one.entry_id) != gone]
    )
    return visit.done(_address(visit), "date_removed")


def _read(visit: Visit, schedule: ScentSchedule) -> DayException | Unfit:
    day, today = read_date(visit.form, "day"), visit.formats.local(visit.now).date()
    if day is None:
        return Unfit("day", visit.words("rest.date_needed"))
    if day < today:
        return Unfit("day", visit.words("rest.is_over"))
    if day > today + FARTHEST:
        return Unfit("day", visit.words("rest.too_far"))
    asked = _choices(schedule, day).get(visit.form.get("what", ""))
    if asked is None:
        return Unfit("what", visit.words("dates.choose"))
    if (asked.day, asked.entry_id) in {(one.day, one.entry_id) for one in schedule.exceptions}:
        return Unfit("day", visit.words("dates.is_there"))
    if asked.entry_id is not None and not _has_window(schedule, asked.entry_id, day):
        return Unfit("what", visit.words("dates.no_window", day=visit.formats.day(day.weekday())))
    return asked


def _choices(schedule: ScentSchedule, day: date) -> Mapping[str, DayException]:
    """Give what the form may ask for on that date, by the value of its choice."""
    return {
        NOT_AT_ALL: DayException(day),
        **{f"{WITHOUT}{one.id}": DayException(day, entry_id=one.id) for one in schedule.entries},
        **{f"{RUNS_AS}{int(weekday)}": DayException(day, weekday) for weekday in Weekday},
    }


def _has_window(schedule: ScentSchedule, entry_id: str, day: date) -> bool:
    """Tell whether the date has that window at all, as the weekday it runs as."""
    whole = {one.day: one.runs_as for one in schedule.exceptions if one.entry_id is None}
    weekday = whole.get(day, Weekday(day.weekday()))
    return any(one.id == entry_id and weekday in one.days for one in schedule.entries)


def _page(visit: Visit, schedule: ScentSchedule, unfit: Unfit | None = None) -> web.Response:
    today = visit.formats.local(visit.now).date()
    coming = [one for one in schedule.exceptions if one.day >= today]
    return visit.page(
        "dates.html",
        {
            "schedule": schedule,
            "title": visit.house.activity.names.diffuser(schedule.diffuser_id),
            "dates": sorted(coming, key=lambda one: (one.day, one.entry_id or "")),
            "windows": {one.id: one for one in schedule.entries},
            "weekdays": list(Weekday),
            "unfit": unfit,
            "typed": visit.form if unfit else {},
            "today_date": today.isoformat(),
        },
        at="schedule",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if unfit else HTTPStatus.OK,
    )


def _address(visit: Visit) -> str:
    return visit.request.path.removesuffix("/remove")


def _schedule(visit: Visit) -> ScentSchedule:
    return visit.house.schedules.get(visit.request.match_info["schedule_id"])


_ONE = "/schedules/{schedule_id}/dates"

PAGES: tuple[Page, ...] = (
    Page("GET", _ONE, show_dates),
    Page("POST", _ONE, add_date),
    Page("POST", f"{_ONE}/remove", remove_date),
)
