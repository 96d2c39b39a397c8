"""Schedules: see them, change them, and what will run in the next days."""

import secrets
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from pydantic import Field

from scentd.api.access import Scope
from scentd.api.house import House
from scentd.api.routes import Call, Route, View, route
from scentd.model.schedule import PlannedRun, ScentSchedule
from scentd.schedules.reading import read_schedule
from scentd.store.schedules import LogRow


class PlannedQuery(View):
    """How far to look ahead."""

    days: int = Field(default=7, ge=1, le=14)
    """Days from now."""


class LogQuery(View):
    """How far to look back."""

    days: int = Field(default=7, ge=1, le=30)
    """Days until now."""


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


async def schedule_log(call: Call[LogQuery]) -> list[LogRow]:
    """Give what became of the plan, and why a window did not run; the oldest first."""
    since = call.house.clock.now() - timedelta(days=call.asked.days)
    return list(await call.house.schedules.log(since))


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
    route("GET", f"{_ALL}/log", Scope.READ, schedule_log, asks=LogQuery, answers=list[LogRow]),
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
    route("DELETE", _ONE, Scope.CONFIGURE, delete_schedule, status=HTTPStatus.NO_CONTENT),
)
