"""The page of the next seven days: its turns, and the vacations and pauses they rest for."""

from datetime import date
from http import HTTPStatus

from aiohttp import web

from scentd.api.errors import BodyInvalid
from scentd.api.page.home import check_outcome
from scentd.api.page.nextdays import days_context
from scentd.api.page.rest import (
    Unfit,
    away_context,
    keep_recent,
    read_date,
    read_pause,
    read_vacation,
    rest_context,
)
from scentd.api.page.resting import without_today
from scentd.api.page.visit import Page, Visit
from scentd.api.schedules import begin_now
from scentd.model.reasons import Reason
from scentd.model.schedule import Vacation
from scentd.schedules.errors import NothingToSkip, RestInvalid


async def show_week(visit: Visit) -> web.Response:
    """Show the next days, and what lets them rest."""
    return await _page(visit)


async def change_turn(visit: Visit) -> web.Response:
    """Skip a coming window, let a skipped one run after all, or begin one now.

    Begun now, it is as if a hand had switched: the plan takes over when it next switches.
    """
    schedule = visit.house.schedules.get(visit.form.get("schedule", ""))
    entry = next((one for one in schedule.entries if one.id == visit.form.get("entry")), None)
    if entry is None:
        raise NothingToSkip(schedule.id)
    asked = visit.form.get("do")
    if asked == "skip":
        await visit.house.schedules.skip(schedule.id, entry.id, _day(visit, "day"))
        return visit.done("/week", "turn_skipped")
    if asked == "unskip":
        await visit.house.schedules.unskip(schedule.id, entry.id, _day(visit, "day"))
        return visit.done("/week", "turn_unskipped")
    wish = begin_now(schedule, entry, visit.source)
    check_outcome(visit.house.commands.submit(wish))
    return visit.done("/week", "turn_begun")


async def add_vacation(visit: Visit) -> web.Response:
    """Keep one more vacation."""
    asked = read_vacation(visit)
    if isinstance(asked, Unfit):
        return await _page(visit, asked)
    try:
        await visit.house.schedules.edit_vacations(
            lambda known: [*keep_recent(visit, known), asked]
        )
    except RestInvalid:
        return await _page(visit, Unfit("first_day", visit.words("rest.too_many")))
    return visit.done("/week", "vacation_saved")


async def remove_vacation(visit: Visit) -> web.Response:
    """Forget one vacation; one that is not there changes nothing."""
    gone = Vacation(_day(visit, "first_day"), _day(visit, "last_day"))
    await visit.house.schedules.edit_vacations(lambda known: [one for one in known if one != gone])
    return visit.done("/week", "vacation_removed")


async def pause(visit: Visit) -> web.Response:
    """Let every schedule rest until a moment, or until somebody goes on."""
    until = read_pause(visit)
    if isinstance(until, Unfit):
        return await _page(visit, until)
    await visit.house.schedules.pause(until)
    return visit.done("/week", "paused")


async def go_on(visit: Visit) -> web.Response:
    """End whatever lets the plan rest now: the pause, and the vacation today belongs to."""
    schedules, today = visit.house.schedules, visit.formats.local(visit.now).date()
    await schedules.go_on()
    await schedules.edit_vacations(lambda known: without_today(known, today))
    is_at_home = visit.form.get("back") == "/"
    return visit.done("/" if is_at_home else "/week", "went_on")


async def _page(visit: Visit, unfit: Unfit | None = None) -> web.Response:
    context = {
        **await days_context(visit),
        **rest_context(visit, unfit),
        **away_context(visit),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if unfit else HTTPStatus.OK
    return visit.page("next_days.html", context, at="schedule", status=status)


def _day(visit: Visit, name: str) -> date:
    day = read_date(visit.form, name)
    if day is None:
        because = Reason("no_date")
        raise BodyInvalid("This is no date.", "Write it as 2026-12-24.", because, field=name)
    return day


PAGES: tuple[Page, ...] = (
    Page("GET", "/week", show_week),
    Page("POST", "/week", change_turn),
    Page("POST", "/week/vacations", add_vacation),
    Page("POST", "/week/vacations/remove", remove_vacation),
    Page("POST", "/week/pause", pause),
    Page("POST", "/week/go-on", go_on),
)
