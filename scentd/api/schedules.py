"""Schedules: see them, change them, and what will run in the next days."""

import secrets
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any

from pydantic import AwareDatetime, Field

from scentd.api.access import Scope
from scentd.api.house import House
from scentd.api.reasonwords import tell_then
from scentd.api.routes import Call, Route, View, route
from scentd.api.views import OutcomeView, view_outcome
from scentd.model.commands import Source, Wish
from scentd.model.schedule import (
    PlannedRest,
    PlannedRun,
    Rest,
    ScentSchedule,
    ScheduleEntry,
    Vacation,
)
from scentd.schedules.reading import read_schedule
from scentd.store.schedules import LogRow, What


class PlannedQuery(View):
    """How far to look ahead."""

    days: int = Field(default=7, ge=1, le=14)
    """Days from now."""


class SkipBody(View):
    """Which skipped window is meant."""

    entry_id: str = Field(min_length=1)
    """Its entry."""
    day: date
    """The date on which it starts."""


class VacationsBody(View):
    """Every vacation of the household."""

    vacations: tuple[Vacation, ...]
    """In any order; both dates are included."""


class PauseBody(View):
    """How long nothing runs by schedule."""

    until: AwareDatetime | None = None
    """When it goes on; null: when somebody says so."""


class LogQuery(View):
    """How far to look back."""

    days: int = Field(default=7, ge=1, le=30)
    """Days until now."""


class LogLineView(View):
    """What became of a window."""

    at: datetime
    """When that was known, UTC."""
    what: What
    """What became of it."""
    diffuser_id: str
    """The diffuser it was for."""
    schedule_id: str
    """The schedule it is of."""
    entry_id: str
    """The entry of the schedule."""
    start: datetime
    """Where the whole window begins, UTC."""
    end: datetime
    """Where it ends, UTC."""
    code: str
    """Why, as a stable code."""
    why: str
    """Why, in the household's language."""


async def list_schedules(call: Call[None]) -> list[ScentSchedule]:
    """Give every schedule."""
    return list(call.house.schedules.all())


async def get_schedule(call: Call[None]) -> ScentSchedule:
    """Give one schedule."""
    return call.house.schedules.get(call.path["schedule_id"])


async def add_schedule(call: Call[dict[str, Any]]) -> ScentSchedule:
    """Keep a new schedule; an id in the body is replaced by a fresh one."""
    return await keep_schedule(call.house, call.asked, new_id())


async def replace_schedule(call: Call[dict[str, Any]]) -> ScentSchedule:
    """Keep a schedule under the id of the address, new or in place of the old one."""
    return await keep_schedule(call.house, call.asked, call.path["schedule_id"])


async def delete_schedule(call: Call[None]) -> None:
    """Forget a schedule."""
    schedule_id = call.house.schedules.get(call.path["schedule_id"]).id
    await call.house.schedules.delete(schedule_id)


async def planned_runs(call: Call[PlannedQuery]) -> list[PlannedRun]:
    """Give what the schedules will run from now on, in order, cut to the asked days."""
    return list(call.house.schedules.planned(call.asked.days))


async def schedule_log(call: Call[LogQuery]) -> list[LogLineView]:
    """Give what became of the plan, and why a window did not run; the oldest first."""
    since = call.house.clock.now() - timedelta(days=call.asked.days)
    return [_view_line(row, call) for row in await call.house.schedules.log(since)]


def _view_line(row: LogRow, call: Call[LogQuery]) -> LogLineView:
    return LogLineView(
        at=row.at,
        what=row.what,
        diffuser_id=row.diffuser_id,
        schedule_id=row.schedule_id,
        entry_id=row.entry_id,
        start=row.start,
        end=row.end,
        code=row.reason.code,
        why=tell_then(row.reason, call.formats, call.now),
    )


async def left_out(call: Call[PlannedQuery]) -> list[PlannedRest]:
    """Give the windows that will not begin in the asked days, and why, in order."""
    return list(call.house.schedules.left_out(call.asked.days))


async def skip_next(call: Call[None]) -> ScentSchedule:
    """Leave out the schedule's next window, once."""
    return await call.house.schedules.skip_next(call.path["schedule_id"])


async def unskip(call: Call[SkipBody]) -> ScentSchedule:
    """Let a skipped window run after all; one that was not skipped changes nothing."""
    asked = call.asked
    schedule_id = call.path["schedule_id"]
    return await call.house.schedules.unskip(schedule_id, asked.entry_id, asked.day)


async def advance(call: Call[None]) -> OutcomeView:
    """Begin the schedule's next window now; it then holds until that window's own end.

    It is a hand's wish, which ends when the plan next switches: at the window's own start, from
    where the plan goes on with the same.
    """
    house, schedule_id = call.house, call.path["schedule_id"]
    entry = house.schedules.next_entry(schedule_id)
    wish = begin_now(house.schedules.get(schedule_id), entry, call.source)
    return view_outcome(house.commands.submit(wish), call.formats, call.now)


def begin_now(schedule: ScentSchedule, entry: ScheduleEntry, source: Source) -> Wish:
    """Give the wish of a hand for what that window would do."""
    return Wish(
        schedule.diffuser_id,
        source,
        power=True,
        intensity_percent=entry.intensity_percent,
        sku=entry.sku,
    )


async def get_rest(call: Call[None]) -> Rest:
    """Give the household's vacations, and the pause asked for last, over or not."""
    return call.house.schedules.rest


async def set_vacations(call: Call[VacationsBody]) -> Rest:
    """Keep these vacations in place of all others."""
    await call.house.schedules.set_vacations(call.asked.vacations)
    return call.house.schedules.rest


async def pause(call: Call[PauseBody]) -> Rest:
    """Let every schedule rest from now on."""
    await call.house.schedules.pause(call.asked.until)
    return call.house.schedules.rest


async def go_on(call: Call[None]) -> Rest:
    """End the pause; a window open now runs for what is left of it."""
    await call.house.schedules.go_on()
    return call.house.schedules.rest


async def keep_schedule(house: House, raw: object, schedule_id: str) -> ScentSchedule:
    """Read, check and keep a schedule; raises ScheduleInvalid."""
    known = {diffuser.id for diffuser in house.diffusers.all()}
    schedule = read_schedule(raw, diffusers=known, schedule_id=schedule_id)
    return await house.schedules.save(schedule)


def new_id() -> str:
    """Mint an id for something the household made."""
    return secrets.token_hex(6)


_ALL = "/api/v1/schedules"
_ONE = "/api/v1/schedules/{schedule_id}"

ROUTES: tuple[Route, ...] = (
    route("GET", _ALL, Scope.READ, list_schedules, answers=list[ScentSchedule]),
    route(
        "GET",
        f"{_ALL}/planned",
        Scope.READ,
        planned_runs,
        asks=PlannedQuery,
        answers=list[PlannedRun],
    ),
    route(
        "GET",
        f"{_ALL}/left-out",
        Scope.READ,
        left_out,
        asks=PlannedQuery,
        answers=list[PlannedRest],
    ),
    route("GET", f"{_ALL}/rest", Scope.READ, get_rest, answers=Rest),
    route(
        "PUT",
        f"{_ALL}/rest/vacations",
        Scope.CONFIGURE,
        set_vacations,
        asks=VacationsBody,
        answers=Rest,
    ),
    route("PUT", f"{_ALL}/rest/pause", Scope.CONTROL, pause, asks=PauseBody, answers=Rest),
    route("DELETE", f"{_ALL}/rest/pause", Scope.CONTROL, go_on, answers=Rest),
    route("GET", f"{_ALL}/log", Scope.READ, schedule_log, asks=LogQuery, answers=list[LogLineView]),
    route(
        "POST",
        _ALL,
        Scope.CONFIGURE,
        add_schedule,
        asks=dict[str, Any],
        answers=ScentSchedule,
        status=HTTPStatus.CREATED,
        schema=ScentSchedule,
    ),
    route("GET", _ONE, Scope.READ, get_schedule, answers=ScentSchedule),
    route(
        "PUT",
        _ONE,
        Scope.CONFIGURE,
        replace_schedule,
        asks=dict[str, Any],
        answers=ScentSchedule,
        schema=ScentSchedule,
    ),
    route("POST", f"{_ONE}/skip", Scope.CONTROL, skip_next, answers=ScentSchedule),
    route("POST", f"{_ONE}/unskip", Scope.CONTROL, unskip, asks=SkipBody, answers=ScentSchedule),
    route("POST", f"{_ONE}/advance", Scope.CONTROL, advance, answers=OutcomeView),
    route("DELETE", _ONE, Scope.CONFIGURE, delete_schedule, status=HTTPStatus.NO_CONTENT),
)
