"""Schedules: the week, and a plain form for each."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

from aiohttp import web

from scentd.api.house import House
from scentd.api.names import titles
from scentd.api.page.cards import tones_of
from scentd.api.page.home import week_context
from scentd.api.page.refills import read_news
from scentd.api.page.visit import Form, Page, Visit
from scentd.api.page.weekeditor import draw, draw_others, spoken
from scentd.api.reasonwords import tell_then
from scentd.api.schedules import keep_schedule, new_id
from scentd.api.views import slots_of
from scentd.model.schedule import ScentSchedule
from scentd.schedules.errors import ScheduleInvalid
from scentd.schedules.reading import write_schedule

MOST_ROWS = 100
LOOK_BACK = timedelta(days=30)
LINES_SHOWN = 20
_NEW_ROW: Mapping[str, object] = {
    "id": "",
    "start": "",
    "end": "",
    "days": [],
    "intensity_percent": None,
    "sku": None,
}


async def show_schedules(visit: Visit) -> web.Response:
    """Show the week and every schedule."""
    news = await read_news(visit.house)
    return visit.page(
        "schedules.html",
        {
            "schedules": visit.house.schedules.all(),
            "broken": visit.broken(visit.house.schedules.broken),
            **week_context(visit, news),
        },
        at="schedule",
    )


async def show_new(visit: Visit) -> web.Response:
    """Show the form of a new schedule."""
    written = {"name": "", "diffuser_id": "", "enabled": True, "entries": []}
    return await _form(visit, None, written)


async def show_schedule(visit: Visit) -> web.Response:
    """Show the form of a schedule."""
    schedule = _schedule(visit)
    return await _form(visit, schedule, write_schedule(schedule))


async def add(visit: Visit) -> web.Response:
    """Keep a new schedule."""
    return await _save(visit, None, new_id())


async def save(visit: Visit) -> web.Response:
    """Keep a changed schedule."""
    schedule = _schedule(visit)
    return await _save(visit, schedule, schedule.id)


async def toggle(visit: Visit) -> web.Response:
    """Switch a schedule on or off as a whole."""
    on = visit.form.get("enabled") == "on"
    await visit.house.schedules.save(replace(_schedule(visit), enabled=on))
    return visit.done("/schedule", "schedule_saved")


async def delete(visit: Visit) -> web.Response:
    """Forget a schedule."""
    await visit.house.schedules.delete(_schedule(visit).id)
    return visit.done("/schedule", "schedule_deleted")


async def _save(visit: Visit, known: ScentSchedule | None, schedule_id: str) -> web.Response:
    written = read_form(visit.form)
    if known is not None:  # the form is about the week: dates unlike it stay as they are
        written["exceptions"] = write_schedule(known)["exceptions"]
    try:
        await keep_schedule(visit.house, written, schedule_id)
    except ScheduleInvalid as error:
        return await _form(visit, known, written, HTTPStatus.UNPROCESSABLE_ENTITY, error)
    return visit.done("/schedule", "schedule_saved")


def read_form(form: Form) -> dict[str, object]:
    """Give the schedule a form describes, as JSON would hold it.

    Rows without any time and rows marked to go are left out.
    """
    rows = [_row(form, number) for number in range(MOST_ROWS) if f"start-{number}" in form]
    return {
        "name": form.get("name", "").strip(),
        "diffuser_id": form.get("diffuser_id", ""),
        "enabled": "enabled" in form,
        "entries": [row for row in rows if row is not None],
    }


def _row(form: Form, number: int) -> dict[str, object] | None:
    start, end = form.get(f"start-{number}", ""), form.get(f"end-{number}", "")
    if f"remove-{number}" in form or not (start or end):
        return None
    percent = form.get(f"intensity-{number}", "")
    return {
        "id": form.get(f"id-{number}") or new_id(),
        "start": start,
        "end": end,
        "days": sorted({int(day) for day in form.getall(f"days-{number}", []) if day.isdecimal()}),
        "intensity_percent": int(percent) if percent.isdecimal() else None,
        "sku": form.get(f"sku-{number}") or None,
    }


async def _form(
    visit: Visit,
    schedule: ScentSchedule | None,
    written: Mapping[str, object],
    status: HTTPStatus = HTTPStatus.OK,
    problem: ScheduleInvalid | None = None,
) -> web.Response:
    house = visit.house
    entries = written["entries"]
    rows = [*entries, _NEW_ROW] if isinstance(entries, list) else [_NEW_ROW]
    log = await house.schedules.log(visit.now - LOOK_BACK) if schedule else ()
    lines = [line for line in reversed(log) if schedule and line.schedule_id == schedule.id]
    return visit.page(
        "schedule.html",
        {
            "schedule": schedule,
            "written": written,
            "rows": rows,
            "scents": _scents(house, [str(row["sku"]) for row in rows if row["sku"]]),
            "problem": problem and visit.refusal(problem),
            "lines": [
                (line, tell_then(line.reason, visit.formats, visit.now))
                for line in lines[:LINES_SHOWN]
            ],
            "diffusers": titles(house.diffusers.all()),
            "steps": {one.id: one.capabilities.steps for one in house.diffusers.all()},
            "percents": sorted(
                {step for one in house.diffusers.all() for step in one.capabilities.steps}
            ),
            **await _week(visit, schedule),
        },
        at="schedule",
        status=status,
    )


def _scents(house: House, wished: Iterable[str]) -> dict[str, str]:
    """Give the scents that a window may ask for by product; none where no device has a choice.

    They are what sits in devices that can choose among their slots, and what is wished already.
    """
    choosers = [one for one in house.diffusers.all() if one.capabilities.slot_choice]
    fitted = [cartridge for one in choosers for cartridge in slots_of(house, one)]
    names = {one.sku: one.scent_name for one in fitted if one.sku}
    if not names:
        return {}
    names |= {sku: sku for sku in wished if sku not in names}
    return dict(sorted(names.items(), key=lambda scent: scent[1].casefold()))


async def _week(visit: Visit, schedule: ScentSchedule | None) -> dict[str, object]:
    return {
        "drawn": draw([schedule] if schedule else []),
        "others": draw_others(visit.house.schedules.all(), schedule),
        "tones": tones_of(visit.house, await read_news(visit.house)),
        "spoken": spoken(visit.words),
        "today": visit.formats.local(visit.now).weekday(),
    }


def _schedule(visit: Visit) -> ScentSchedule:
    return visit.house.schedules.get(visit.request.match_info["schedule_id"])


_ONE = "/schedules/{schedule_id}"

PAGES: tuple[Page, ...] = (
    Page("GET", "/schedule", show_schedules),
    Page("GET", "/schedule/new", show_new),
    Page("POST", "/schedule/new", add),
    Page("GET", _ONE, show_schedule),
    Page("POST", _ONE, save),
    Page("POST", f"{_ONE}/enabled", toggle),
    Page("POST", f"{_ONE}/delete", delete),
)
