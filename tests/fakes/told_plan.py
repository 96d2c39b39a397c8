"""What the plan of a house asks for now, read off the wall, and what the log must say of it."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from scentd.model.schedule import Rest, ScentSchedule
from scentd.store.schedules import What
from tests.fakes.bad_plan import LIMITED, NAMES, device
from tests.fakes.wall_face import Face, Layer, PaintedPlan

PUNCTUAL_S = 60.0
"""How late a window may begin unremarked, and how late its end counts as seen."""


@dataclass
class Followed:
    """What one device should do now: the window that wins, less those that ran to their end."""

    plan: PaintedPlan
    held: Layer | None = None
    ran: bool = False
    done: set[Layer] = field(default_factory=set)

    def see(self, minute: int, *, power: bool) -> None:
        held = self.held
        if held is not None and self.ran and minute == held.last:
            self.done.add(held)
        wanted = self.plan.at(minute, without=self.done)
        if wanted is not held:
            self.held, self.ran = wanted, False
        self.ran = self.ran or (power and wanted is not None)


@dataclass(frozen=True)
class Occurrence:
    """A window of one day."""

    diffuser_id: str
    schedule_id: str
    entry_id: str
    start: datetime


class ToldPlan:
    """Follow every device; expect of the log what became of it.

    `perhaps`: something happened by which a window may, rightly, be told as missed.
    """

    def __init__(
        self, wall: Face, dates: list[date], schedules: list[ScentSchedule], rest: Rest
    ) -> None:
        self._wall = wall
        self.followed = {
            name: Followed(
                PaintedPlan(
                    wall, dates, [s for s in schedules if s.diffuser_id == device(name)], rest
                )
            )
            for name in NAMES
        }
        self.perhaps = False
        self.is_torn = False
        """The power went amid work: whether a window had begun is for the log to say."""
        self._missed: list[Occurrence] = []
        self._missed_or_begun: list[Occurrence] = []
        self._unsure: set[Occurrence] = set()
        self._last: dict[tuple[Occurrence, datetime], str] = {}

    def wanted(self, name: str, at: datetime) -> Layer | None:
        """Give the window by which a device should run at that moment."""
        one = self.followed[name]
        return one.plan.at(self._wall.number(at), without=one.done)

    def see(self, now: datetime, power: dict[str, bool]) -> None:
        """Look at the wall, which the hub believes; time went on since the last look."""
        for name, one in self.followed.items():
            one.see(self._wall.number(now), power=power[name])

    def leap(self, before: datetime, now: datetime) -> None:
        """Expect what lies between to be told as missed: nobody was there to run it."""
        self.perhaps = self.perhaps or self.is_torn
        first, last = self._wall.number(before), self._wall.number(now)
        for name, one in self.followed.items():
            for layer, begins, ends in one.plan.stretches(first, last + 1):
                if layer is one.held or layer in one.done:
                    continue
                late_s = (now - max(before, self._wall.minutes[begins])).total_seconds()
                is_over = self._wall.minutes[ends] < now
                if is_over or late_s > PUNCTUAL_S:
                    is_close = not is_over and late_s < PUNCTUAL_S + 2
                    self._expect(self._occurrence(name, layer), is_sure=not is_close)

    def _expect(self, one: Occurrence, *, is_sure: bool) -> None:
        if is_sure and not self.is_torn:
            self._missed.append(one)
            return
        self._missed_or_begun.append(one)
        self._unsure.add(one)

    def judge(self, rows: Iterable[sqlite3.Row]) -> list[str]:
        """Say what is wrong with the new lines of the log, and what is not among them."""
        wrongs: list[str] = []
        for row in rows:
            one = Occurrence(
                row["diffuser_id"], row["schedule_id"], row["entry_id"], _moment(row["start_ms"])
            )
            wrong = self._judge(
                one, What(row["what"]), _moment(row["at_ms"]), _moment(row["end_ms"])
            )
            if wrong:
                wrongs.append(f"log: {row['what']} {one} at {_moment(row['at_ms'])}: {wrong}")
        left = [*self._missed, *self._missed_or_begun]
        wrongs += [f"not told as missed: {one}" for one in left if not _has_limits(one)]
        self._missed, self._missed_or_begun, self._unsure = [], [], set()
        self.perhaps = self.is_torn = False
        return wrongs

    def _judge(self, one: Occurrence, what: What, at: datetime, end: datetime) -> str:
        last = self._last.get((one, end), "never begun")
        if what is What.MISSED:
            return self._judge_missed(one)
        if what is What.STARTED:
            self._last[one, end] = "begun"
            self._missed_or_begun = [other for other in self._missed_or_begun if other != one]
            is_twice = last in {"begun", "over"}
            return f"it was {last}" if is_twice or not one.start <= at < end else ""
        if what is What.ENDED:
            is_seen = 0 <= (at - end).total_seconds() <= PUNCTUAL_S
            self._last[one, end] = "over" if is_seen else "ended"
            if is_seen and self.is_torn:
                self._note_over(one)
            return "" if last == "begun" else f"it was {last}"
        return ""

    def _judge_missed(self, one: Occurrence) -> str:
        if one in self._missed:
            self._missed.remove(one)
            return ""
        self._missed_or_begun = [other for other in self._missed_or_begun if other != one]
        is_right = one in self._unsure or self.perhaps or _has_limits(one)
        return "" if is_right else "it was not"

    def _note_over(self, one: Occurrence) -> None:
        followed = self.followed[one.diffuser_id.removeprefix("native-")]
        name = f"{one.schedule_id}/{one.entry_id}"
        layer = followed.plan.find(name, self._wall.number(one.start))
        if layer is not None:
            followed.done.add(layer)

    def _occurrence(self, name: str, layer: Layer) -> Occurrence:
        start = self._wall.minutes[layer.first]
        return Occurrence(device(name), layer.schedule.id, layer.entry.id, start)


def _has_limits(one: Occurrence) -> bool:
    """A device that rests by its limits is told as missed for reasons of its own."""
    return one.diffuser_id == device(LIMITED)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
