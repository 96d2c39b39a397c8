"""What every device and room gave off, counted in real time and kept through restarts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from scentd.clock import Clock
from scentd.devices.dose import Meter
from scentd.devices.hubtime import HubTime

LEAST_DAY_S = 22 * 3600.0
"""No two days begin closer together, whatever the wall clock says: the shortest real one has 23 h,
and a clock may have been an hour wrong."""
LONGEST_DAY_S = 26 * 3600.0
"""After this a new day began, even where the wall clock cannot be believed."""
BLIND_AT_MOST_S = 24 * 3600.0
"""A device out of reach for longer was most likely unplugged."""
KEPT_EVERY_S = 300.0
"""While a device runs its count is kept this often; a power cut costs no more of it."""


@dataclass(slots=True)
class Running:
    """One device that runs, as far as anybody knows; `is_blind` while it cannot be heard."""

    at_s: float
    room: str
    ul_per_h: float
    is_blind: bool = False
    check_at_s: float = 0.0


@dataclass(frozen=True, slots=True)
class _KeptMeter:
    run_s: float
    session_s: float
    session_ul: float
    day_s: float
    day_ul: float
    still_since_s: float | None
    rest_until_s: float
    slices: tuple[tuple[int, float, float], ...] = ()
    running: tuple[float, str, float] | None = None


@dataclass(frozen=True, slots=True)
class _KeptDay:
    day: date | None
    begun_s: float


@dataclass(slots=True)
class _Day:
    """Which local date is being counted, and when on the line it began."""

    day: date | None = None
    begun_s: float = 0.0


class Ledger:
    """The meters of all devices and rooms; `rest_s` gives how long a subject rests.

    A subject is a device's id, or a room's name behind `room:`.
    """

    _METER: TypeAdapter[_KeptMeter] = TypeAdapter(_KeptMeter)
    _DAY: TypeAdapter[_KeptDay] = TypeAdapter(_KeptDay)

    def __init__(
        self,
        clock: Clock,
        time: HubTime,
        zone: Callable[[], ZoneInfo],
        rest_s: Callable[[str], float],
    ) -> None:
        self._clock = clock
        self._time = time
        self._zone = zone
        self._rest_s = rest_s
        self._day = _Day()
        self._meters: dict[str, Meter] = {}
        self.running: dict[str, Running] = {}
        self.turns = 0
        """Grows whenever a run begins, changes or ends."""

    @property
    def day_begun_s(self) -> float:
        """When the day being counted began, on the hub's line of time."""
        return self._day.begun_s

    def meter(self, subject: str) -> Meter:
        """Give the meter of a device or room."""
        found = self._meters.get(subject)
        if found is None:
            found = self._meters[subject] = Meter()
        return found

    def begin(self, diffuser_id: str, room: str, ul_per_h: float) -> None:
        """Count a device as running from now on."""
        now_s = self._time.now_s()
        self.meter(diffuser_id).begin(now_s, self._rest_s(diffuser_id))
        self._enter(room, now_s)
        self.running[diffuser_id] = Running(now_s, room, ul_per_h)
        self.check_all()

    def end(self, diffuser_id: str) -> None:
        """Count what it ran until now and no more."""
        self.count(diffuser_id)
        run = self.running.pop(diffuser_id)
        now_s = self._time.now_s()
        self.meter(diffuser_id).end(now_s)
        self._leave(run.room, now_s)
        self.check_all()

    def change(self, diffuser_id: str, room: str, ul_per_h: float) -> None:
        """Go on counting a running device by another rate, or in another room."""
        run = self.running[diffuser_id]
        if not run.is_blind:
            self.count(diffuser_id)
        if room != run.room:
            now_s = self._time.now_s()
            left, run.room = run.room, room
            self._leave(left, now_s)
            self._enter(room, now_s, but=diffuser_id)
        run.ul_per_h = ul_per_h
        self.check_all()

    def lose(self, diffuser_id: str) -> None:
        """Stop counting a device that cannot be heard, until it is found."""
        self.count(diffuser_id)
        self.running[diffuser_id].is_blind = True

    def find(self, diffuser_id: str, *, is_running: bool) -> None:
        """Count what it may have run unheard: all the time if it runs, else as long as a count
        that was not kept may be."""
        run = self.running[diffuser_id]
        most_s = BLIND_AT_MOST_S if is_running else KEPT_EVERY_S
        run.at_s = max(run.at_s, self._time.now_s() - most_s)
        run.is_blind = False
        self.count(diffuser_id)
        run.check_at_s = 0.0

    def count(self, diffuser_id: str) -> None:
        """Count what a device ran until now."""
        run, now_s = self.running[diffuser_id], self._time.now_s()
        seconds = now_s - run.at_s
        if run.is_blind or seconds <= 0:
            return
        run.at_s = now_s
        ul = run.ul_per_h * seconds / 3600
        self.meter(diffuser_id).add(now_s, seconds, ul)
        if run.room:
            self.meter(room_subject(run.room)).add(now_s, seconds, ul)

    def check_all(self) -> None:
        """Judge every running device anew at the next look."""
        self.turns += 1
        for run in self.running.values():
            run.check_at_s = 0.0

    def check(self, diffuser_id: str) -> None:
        """Judge one device anew at the next look, if it runs."""
        run = self.running.get(diffuser_id)
        if run is not None:
            run.check_at_s = 0.0

    def in_room(self, room: str) -> tuple[int, float]:
        """Give how many devices of a room run and what they use together, microlitres an hour."""
        runs = [run for run in self.running.values() if run.room == room]
        return len(runs), sum(run.ul_per_h for run in runs)

    def forget(self, diffuser_id: str) -> None:
        """Forget a device that was taken away; what it gave off stays in its room."""
        if diffuser_id in self.running:
            self.end(diffuser_id)
        self._meters.pop(diffuser_id, None)

    def look_at_day(self) -> bool:
        """Begin a new day where one began; whether it did."""
        now_s = self._time.now_s()
        if not self._clock.is_trusted():
            if now_s - self._day.begun_s < LONGEST_DAY_S:
                return False
            return self._renew(self._day.day, now_s)
        wall = self._clock.now().astimezone(self._zone())
        today = wall.date()
        if self._day.day is None:
            since_midnight_s = wall.hour * 3600 + wall.minute * 60 + wall.second
            self._day = _Day(today, min(now_s - since_midnight_s, self._day.begun_s))
            return False
        if today == self._day.day or now_s - self._day.begun_s < LEAST_DAY_S:
            return False
        return self._renew(today, now_s)

    def facts(self) -> dict[str, str]:
        """Give all as JSON, to be kept; the day under "" ."""
        kept = {name: self._kept(name, meter) for name, meter in self._meters.items()}
        day = self._DAY.dump_json(_KeptDay(self._day.day, self._day.begun_s)).decode()
        return {**kept, "": day}

    def recall(self, facts: Mapping[str, str]) -> None:
        """Take up what was kept; devices that ran are blind until they are heard."""
        for subject, fact in facts.items():
            if subject == "":
                day = self._DAY.validate_json(fact)
                self._day = _Day(day.day, day.begun_s)
                continue
            kept = self._METER.validate_json(fact)
            self._meters[subject] = Meter(
                kept.run_s,
                kept.session_s,
                kept.session_ul,
                kept.day_s,
                kept.day_ul,
                kept.still_since_s,
                kept.rest_until_s,
                list(kept.slices),
            )
            if kept.running is not None:
                at_s, room, ul_per_h = kept.running
                self.running[subject] = Running(at_s, room, ul_per_h, is_blind=True)

    def _kept(self, subject: str, meter: Meter) -> str:
        run = self.running.get(subject)
        kept = _KeptMeter(
            round(meter.run_s, 1),
            round(meter.session_s, 1),
            round(meter.session_ul, 1),
            round(meter.day_s, 1),
            round(meter.day_ul, 1),
            meter.still_since_s,
            meter.rest_until_s,
            tuple((number, round(s, 1), round(ul, 1)) for number, s, ul in meter.slices),
            None if run is None else (run.at_s, run.room, run.ul_per_h),
        )
        return self._METER.dump_json(kept).decode()

    def _renew(self, day: date | None, now_s: float) -> bool:
        for diffuser_id in self.running:
            self.count(diffuser_id)
        for meter in self._meters.values():
            meter.renew_day()
        self._day = _Day(day, now_s)
        self.check_all()
        return True

    def _enter(self, room: str, now_s: float, but: str = "") -> None:
        others = (run for name, run in self.running.items() if name != but)
        if room and all(run.room != room for run in others):
            subject = room_subject(room)
            self.meter(subject).begin(now_s, self._rest_s(subject))

    def _leave(self, room: str, now_s: float) -> None:
        if room and all(run.room != room for run in self.running.values()):
            self.meter(room_subject(room)).end(now_s)


def room_subject(room: str) -> str:
    """Give the name under which a room is counted."""
    return f"room:{room}"
