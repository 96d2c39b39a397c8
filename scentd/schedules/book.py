"""The household's schedules: at hand at once, kept as shared documents."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scentd.clock import Clock
from scentd.model.reasons import Reason
from scentd.model.schedule import (
    DayException,
    Pause,
    PlannedRest,
    PlannedRun,
    Rest,
    ScentSchedule,
    ScheduleEntry,
    Vacation,
)
from scentd.schedules.calendar import FARTHEST, vacation_ends_at
from scentd.schedules.documents import from_fields, to_fields
from scentd.schedules.errors import NothingToSkip, RestInvalid, ScheduleInvalid, ScheduleUnknown
from scentd.schedules.reading import check_schedule
from scentd.schedules.week import Window, left_out, next_start, next_transition, runs, window_at
from scentd.store import rests
from scentd.store import schedules as rows
from scentd.store.database import Database

MAX_VACATIONS = 50
_SKIPS_KEPT = timedelta(days=60)
"""For longer than the log goes back, so that the past still says what was skipped."""
_TOO_FAR = "This is more than three years ahead."

_log = logging.getLogger(__name__)


class ScheduleBook:
    """Hold every schedule and answer what is planned.

    `zone` gives the household's zone now, `diffusers` the ids of the devices known now.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        zone: Callable[[], ZoneInfo],
        diffusers: Callable[[], Container[str]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._zone = zone
        self._diffusers = diffusers
        self._schedules: dict[str, ScentSchedule] = {}
        self._broken: dict[str, ScheduleInvalid] = {}
        self._rest = Rest()
        self._listeners: tuple[Callable[[], None], ...] = ()
        # Who changes what is there waits for the change before: writing takes a while.
        self._one_at_a_time = asyncio.Lock()

    @property
    def zone(self) -> ZoneInfo:
        """The zone of every wall time."""
        return self._zone()

    @property
    def rest(self) -> Rest:
        """When every schedule rests; its pause may be over."""
        return self._rest

    @property
    def broken(self) -> dict[str, ScheduleInvalid]:
        """Schedules that came from elsewhere and cannot be used here, by id, with the reason."""
        return dict(self._broken)

    async def load(self) -> None:
        """Read all schedules anew; one that cannot be read is set aside alone (see `broken`)."""
        async with self._one_at_a_time:
            rest = await self._database.read(rests.read_rest)
            documents = await self._database.read(rows.read_schedules)
            self._rest = rest
            self._schedules.clear()
            self._broken.clear()
            for schedule_id, fields in documents.items():
                try:
                    self._schedules[schedule_id] = from_fields(schedule_id, fields)
                except ScheduleInvalid as error:
                    _log.warning("schedule %s is not used: %s", schedule_id, error.message)
                    self._broken[schedule_id] = error
        self._tell()

    def all(self) -> tuple[ScentSchedule, ...]:
        """Give every schedule, by name and then by id."""
        return tuple(sorted(self._schedules.values(), key=lambda s: (s.name.casefold(), s.id)))

    def get(self, schedule_id: str) -> ScentSchedule:
        """Give one schedule; raises ScheduleUnknown."""
        try:
            return self._schedules[schedule_id]
        except KeyError:
            raise ScheduleUnknown(schedule_id) from None

    async def save(self, schedule: ScentSchedule) -> ScentSchedule:
        """Keep a new or changed schedule durably and tell the cloud; raises ScheduleInvalid."""
        async with self._one_at_a_time:
            return await self._save(schedule)

    async def edit_exceptions(
        self,
        schedule_id: str,
        edit: Callable[[tuple[DayException, ...]], Iterable[DayException]],
    ) -> ScentSchedule:
        """Keep a schedule's exceptions as `edit` makes them of those there are by then.

        Raises ScheduleUnknown, ScheduleInvalid.
        """
        async with self._one_at_a_time:
            schedule = self.get(schedule_id)
            return await self._save(replace(schedule, exceptions=tuple(edit(schedule.exceptions))))

    async def delete(self, schedule_id: str) -> None:
        """Forget a schedule here and in the account; raises ScheduleUnknown."""
        async with self._one_at_a_time:
            if schedule_id not in self._schedules and schedule_id not in self._broken:
                raise ScheduleUnknown(schedule_id)
            await self._database.write(lambda c: rows.forget_schedule(c, schedule_id))
            self._schedules.pop(schedule_id, None)
            self._broken.pop(schedule_id, None)
        self._tell()

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever a schedule was added, changed or deleted; the answer ends it."""
        self._listeners = (*self._listeners, listener)

        def end() -> None:
            self._listeners = tuple(known for known in self._listeners if known is not listener)

        return end

    def of(self, diffuser_id: str) -> tuple[ScentSchedule, ...]:
        """Give the schedules of one diffuser, disabled ones too."""
        return tuple(s for s in self._schedules.values() if s.diffuser_id == diffuser_id)

    def diffuser_ids(self) -> frozenset[str]:
        """Give the diffusers that have a schedule."""
        return frozenset(schedule.diffuser_id for schedule in self._schedules.values())

    def next_switch(self, diffuser_id: str) -> datetime | None:
        """Give when the plan next switches that diffuser; None when it never does."""
        change = next_transition(self.of(diffuser_id), self.zone, self._clock.now(), self.rest)
        return change.at if change else None

    def away_until(self, diffuser_id: str) -> datetime | None:
        """Give until when a vacation lets that diffuser rest; None while none does.

        A window that began before the vacation ends in its time.
        """
        now = self._clock.now()
        ends_at = vacation_ends_at(self.rest, self.zone, now)
        if ends_at is None or window_at(self.of(diffuser_id), self.zone, now, rest=self.rest):
            return None
        return ends_at

    def runs(self, diffuser_id: str, after: datetime, until: datetime) -> tuple[PlannedRun, ...]:
        """Give what is planned for one diffuser within `after`..`until`, cut to it, in order."""
        return tuple(
            PlannedRun(
                diffuser_id,
                run.window.schedule_id,
                run.window.entry.id,
                run.window.entry.intensity_percent,
                run.start,
                run.end,
                run.window.day,
            )
            for run in runs(self.of(diffuser_id), self.zone, after, until, self.rest)
        )

    def planned(self, days: int) -> tuple[PlannedRun, ...]:
        """Give what will run in the next `days` days on all diffusers, by start."""
        now = self._clock.now()
        found = (
            run
            for diffuser_id in self.diffuser_ids()
            for run in self.runs(diffuser_id, now, now + timedelta(days=days))
        )
        return tuple(sorted(found, key=lambda run: (run.start, run.diffuser_id)))

    def left_out(self, days: int) -> tuple[PlannedRest, ...]:
        """Give which windows will not begin in the next `days` days, and why, by start."""
        now = self._clock.now()
        until = now + timedelta(days=days)
        found = (
            PlannedRest(
                diffuser_id,
                left.window.schedule_id,
                left.window.entry.id,
                left.reason,
                left.window.start,
                left.window.end,
                left.window.day,
            )
            for diffuser_id in self.diffuser_ids()
            for left in left_out(self.of(diffuser_id), self.zone, now, until, self.rest)
        )
        return tuple(sorted(found, key=lambda one: (one.start, one.diffuser_id)))

    def next_window(self, schedule_id: str) -> Window:
        """Give the schedule's next window to begin; raises ScheduleUnknown, NothingToSkip."""
        schedule = self.get(schedule_id)
        window = next_start((schedule,), self.zone, self._clock.now(), self.rest)
        if window is None:
            raise NothingToSkip(schedule_id)
        return window

    def next_entry(self, schedule_id: str) -> ScheduleEntry:
        """Give the entry of that next window; raises ScheduleUnknown, NothingToSkip."""
        return self.next_window(schedule_id).entry

    async def skip_next(self, schedule_id: str) -> ScentSchedule:
        """Leave out the schedule's next window, once; raises ScheduleUnknown, NothingToSkip."""
        window = self.next_window(schedule_id)
        return await self.skip(schedule_id, window.entry.id, window.day)

    async def skip(self, schedule_id: str, entry_id: str, day: date) -> ScentSchedule:
        """Leave that window out of one date; raises ScheduleUnknown. Again changes nothing."""
        skip = DayException(day, entry_id=entry_id)
        oldest = self._clock.now().astimezone(self.zone).date() - _SKIPS_KEPT

        def add(known: tuple[DayException, ...]) -> list[DayException]:
            return [*(one for one in known if one.day >= oldest and one != skip), skip]

        return await self.edit_exceptions(schedule_id, add)

    async def unskip(self, schedule_id: str, entry_id: str, day: date) -> ScentSchedule:
        """Let a skipped window run after all; raises ScheduleUnknown."""
        skip = DayException(day, entry_id=entry_id)

        def remove(known: tuple[DayException, ...]) -> list[DayException]:
            return [one for one in known if one != skip]

        return await self.edit_exceptions(schedule_id, remove)

    async def pause(self, until: datetime | None) -> None:
        """Let every schedule rest from now on; None: until `go_on`. Raises RestInvalid."""
        now = self._clock.now()
        if until is not None and until <= now:
            because = Reason("pause_past")
            said, hint = "A pause ends later than now.", "Choose a later moment."
            raise RestInvalid(said, hint, "until", because)
        if until is not None and until - now > FARTHEST:
            hint = "Leave it out to pause until you go on."
            raise RestInvalid(_TOO_FAR, hint, "until", Reason("pause_too_far"))
        await self._edit_rest(lambda rest: replace(rest, pause=Pause(now, until)))

    async def go_on(self) -> None:
        """End the pause; a window open now runs for what is left of it."""
        now = self._clock.now()

        def end(rest: Rest) -> Rest:
            pause = rest.pause
            if pause is None or (pause.until is not None and pause.until <= now):
                return rest
            # What was paused stays known: the log still has to say why.
            return replace(rest, pause=Pause(pause.since, now))

        await self._edit_rest(end)

    async def set_vacations(self, vacations: Sequence[Vacation]) -> None:
        """Keep these vacations in place of all others; raises RestInvalid."""
        await self.edit_vacations(lambda _: vacations)

    async def edit_vacations(
        self, edit: Callable[[tuple[Vacation, ...]], Iterable[Vacation]]
    ) -> None:
        """Keep the vacations as `edit` makes them of those there are by then.

        Raises RestInvalid.
        """

        def change(rest: Rest) -> Rest:
            vacations = tuple(edit(rest.vacations))
            _check_vacations(vacations, self._clock.now().astimezone(self.zone).date())
            in_order = sorted(set(vacations), key=lambda one: (one.first_day, one.last_day))
            return replace(rest, vacations=tuple(in_order))

        await self._edit_rest(change)

    async def _save(self, schedule: ScentSchedule) -> ScentSchedule:
        known = self._schedules.get(schedule.id)
        is_moved = known is None or known.diffuser_id != schedule.diffuser_id
        # Where its device was taken away it can still be switched off and changed.
        check_schedule(schedule, self._diffusers() if is_moved else None)
        fields = to_fields(schedule)

        def work(connection: sqlite3.Connection) -> None:
            rows.keep_schedule(connection, schedule.id, fields)

        await self._database.write(work)
        self._schedules[schedule.id] = schedule
        self._broken.pop(schedule.id, None)
        self._tell()
        return schedule

    async def _edit_rest(self, edit: Callable[[Rest], Rest]) -> None:
        async with self._one_at_a_time:
            rest = edit(self._rest)
            if rest == self._rest:
                return
            await self._database.write(lambda connection: rests.write_rest(connection, rest))
            self._rest = rest
        self._tell()

    async def log(self, since: datetime) -> tuple[rows.LogRow, ...]:
        """Give what became of the plan from that moment on, and why; oldest first."""
        return tuple(await self._database.read(lambda c: rows.read_log(c, since)))

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


def _check_vacations(vacations: Sequence[Vacation], today: date) -> None:
    for number, away in enumerate(vacations):
        field = f"vacations[{number}].last_day"
        if away.last_day < away.first_day:
            said, hint = "The vacation ends before it begins.", "Swap the two dates."
            raise RestInvalid(said, hint, field, Reason("vacation_backwards"))
        if away.last_day - today > FARTHEST:
            raise RestInvalid(_TOO_FAR, "Choose an earlier day.", field, Reason("vacation_too_far"))
    if len(vacations) > MAX_VACATIONS:
        hint = "Leave out those that are over."
        because = Reason("vacations_too_many", {"most": MAX_VACATIONS})
        raise RestInvalid(f"More than {MAX_VACATIONS} vacations.", hint, "vacations", because)
