"""No history of wishes, restarts and stepped clocks passes a limit. Checked by our own count."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scentd.devices.dose import SLICE_S, Limit, Meter, judge
from scentd.devices.guard import DoseGuard
from scentd.devices.ledger import KEPT_EVERY_S
from scentd.devices.settings import DeviceSettings
from scentd.model.diffuser import (
    Availability,
    Capabilities,
    Diffuser,
    DiffuserState,
    ReportedState,
)
from scentd.model.safety import Limits, SafetyRules
from tests.fakes.clock import ManualClock

BEGINNING = datetime(2026, 3, 28, 9, 0, tzinfo=UTC)
"""The day before Berlin's clocks go forward."""
BERLIN = ZoneInfo("Europe/Berlin")
CAN = Capabilities(steps=(50, 100), rate_ul_per_h=(600, 1_200))
BATH = tuple(Diffuser(name, "native", name, name, CAN, room="Bath") for name in ("a", "b"))
LIMITS = Limits(
    run_minutes=40,
    session_minutes=60,
    hour_minutes=45,
    day_minutes=90,
    hour_ul=700,
    day_ul=1_000,
    pause_minutes=2,
    rest_minutes=10,
)
ROOM = Limits(session_minutes=90, hour_minutes=70, day_minutes=130, day_ul=1_500, rest_minutes=10)
LOOK_S = 0.5
TOLERANCE_S = 1.0

happenings = st.one_of(
    st.tuples(st.just("wish_on"), st.integers(0, 1), st.sampled_from((50, 100))),
    st.tuples(st.just("wish_off"), st.integers(0, 1)),
    st.tuples(st.just("evening"), st.integers(0, 1), st.sampled_from((50, 100))),
    st.tuples(st.just("press_on"), st.integers(0, 1)),
    st.tuples(st.just("pass"), st.sampled_from((20.0, 200.0, 1_000.0, 4_000.0, 20_000.0))),
    st.tuples(st.just("step"), st.sampled_from((-90_000, -7_200, -45, 45, 3_600, 90_000))),
    st.tuples(st.just("set_clock"), st.booleans()),
    st.tuples(st.just("restart"), st.booleans()),
)


@dataclass
class Truth:
    """What one subject really gave off, by a count that knows nothing of the guard's."""

    runs: list[tuple[float, float, float]] = field(default_factory=list)

    def add(self, begun_s: float, seconds: float, ul: float) -> None:
        self.runs.append((begun_s, seconds, ul))

    def within(self, begun_s: float, end_s: float) -> tuple[float, float]:
        """Seconds and microlitres between two real moments."""
        inside = [
            ((min(at + s, end_s) - max(at, begun_s)) / s, s, ul)
            for at, s, ul in self.runs
            if at < end_s and at + s > begun_s
        ]
        return sum(p * s for p, s, _ in inside), sum(p * ul for p, _, ul in inside)


class Bath:
    """A guard over two devices that obey at once, lived in real seconds."""

    def __init__(self) -> None:
        self.clock = ManualClock(BEGINNING)
        self.real_s = 0.0
        self.days: list[float] = []
        self.day_begun_s: float | None = None
        self.truth = {"a": Truth(), "b": Truth(), "": Truth()}
        self.percent: dict[str, int | None] = {"a": None, "b": None}
        self.boot = "1"
        self.begin({}, None)

    def begin(self, facts, time) -> None:
        self.guard = DoseGuard(self.clock, DeviceSettings(), lambda: BERLIN, boot=self.boot)
        self.guard.obey(SafetyRules(everywhere=LIMITS, rooms={"Bath": ROOM}))
        if time is not None:
            self.guard.time.recall(time)
        self.guard.ledger.recall(facts)
        self.guard.ledger.look_at_day()
        self.note_day()
        for device in BATH:
            self.tell(device)
        self.keep()

    def restart(self, *, is_new_boot: bool) -> None:
        facts, time = self.guard.facts(), self.guard.time.fact()
        if is_new_boot:
            self.boot += "1"
            self.percent = dict.fromkeys(self.percent)
        self.begin(facts, time)

    def kill(self) -> None:
        """End the process without a last word; what was kept at the last turn is all there is."""
        self.begin(*self.kept)

    def keep(self) -> None:
        self.kept = self.guard.facts(), self.guard.time.fact()
        self.kept_s = self.real_s

    def tell(self, device: Diffuser) -> None:
        percent = self.percent[device.id]
        reported = ReportedState(power=percent is not None, intensity_percent=percent)
        state = DiffuserState(reported, availability=Availability.ONLINE)
        if self.guard.note(device, state):
            self.keep()

    def wish_on(self, device: Diffuser, percent: int) -> None:
        may = self.guard.refusal(device, percent) is None
        self.note_day()
        if may:
            self.percent[device.id] = percent
            self.tell(device)

    def switch(self, device: Diffuser, percent: int | None) -> None:
        self.percent[device.id] = percent
        self.tell(device)

    def spend_evening(self, device: Diffuser, percent: int) -> None:
        for _ in range(7):
            self.wish_on(device, percent)
            self.go(1_000.0)
            self.switch(device, None)
            self.go(1_000.0)

    def set_clock(self, *, is_right: bool) -> None:
        self.clock.trusted = is_right
        right = BEGINNING + timedelta(seconds=self.real_s)
        self.clock.set(right if is_right else datetime(1970, 1, 1, tzinfo=UTC))

    def go(self, seconds: float) -> None:
        """Pass time in looks while something runs, at once while nothing does."""
        end_s = self.real_s + seconds
        while self.real_s < end_s:
            self.look()
            spare_s = self.next_look_s()
            self.pass_time(min(end_s - self.real_s, spare_s))
        self.look()

    def note_day(self) -> None:
        """Write down when the guard began to count a new day."""
        begun_s = self.guard.ledger.day_begun_s
        if begun_s != self.day_begun_s:
            self.day_begun_s = begun_s
            self.days.append(self.real_s)

    def next_look_s(self) -> float:
        """Looks at which nothing can be due are left out: the guard says when it will judge."""
        runs = self.guard.ledger.running.values()
        due_s = min((run.check_at_s for run in runs), default=1e9) - self.guard.time.now_s()
        return min(max(due_s, 0.0) // LOOK_S * LOOK_S + LOOK_S, 600.0)

    def look(self) -> None:
        due = self.guard.due({one.id: one for one in BATH}.__getitem__)
        self.note_day()
        for name, reason in due:
            self.guard.send_to_rest(name, reason)
            self.switch(next(one for one in BATH if one.id == name), None)

    def pass_time(self, seconds: float) -> None:
        for name, percent in self.percent.items():
            if percent is not None:
                ul = CAN.rate_at(percent) * seconds / 3600
                self.truth[name].add(self.real_s, seconds, ul)
                self.truth[""].add(self.real_s, seconds, ul)
        self.real_s += seconds
        self.clock._pass(seconds)
        if self.real_s - self.kept_s >= KEPT_EVERY_S:
            self.keep()


def live(bath: Bath, happening: tuple) -> None:
    match happening:
        case ("wish_on", who, percent):
            bath.wish_on(BATH[who], percent)
        case ("evening", who, percent):
            bath.spend_evening(BATH[who], percent)
        case ("wish_off", who):
            bath.switch(BATH[who], None)
        case ("press_on", who):
            # A hand at the device asks nobody: what it does must be ended, and counts.
            bath.switch(BATH[who], bath.percent[BATH[who].id] or 100)
            bath.look()
        case ("pass", seconds):
            bath.go(seconds)
        case ("step", seconds):
            bath.clock.step(timedelta(seconds=seconds))
        case ("set_clock", is_right):
            bath.set_clock(is_right=is_right)
        case ("kill",):
            bath.kill()
        case ("restart", is_new_boot):
            bath.restart(is_new_boot=is_new_boot)


def passed(bath: Bath, subject: str, limits: Limits, devices: int) -> list[Limit]:
    """Which limits were passed by more than the moment a button needs to be noticed."""
    truth, found = bath.truth[subject], []
    slack_s, slack_ul = TOLERANCE_S * devices, devices * 1_200 / 3600
    ends = {begun_s + s for begun_s, s, _ in truth.runs}
    for end_s in ends:
        seconds, ul = truth.within(end_s - 3_600, end_s)
        if limits.hour_minutes and seconds > limits.hour_minutes * 60 + slack_s:
            found.append(Limit.HOUR)
        if limits.hour_ul and ul > limits.hour_ul + slack_ul:
            found.append(Limit.HOUR_OIL)
    for begun_s, end_s in zip(bath.days, [*bath.days[1:], bath.real_s + 1], strict=True):
        seconds, ul = truth.within(begun_s, end_s)
        if limits.day_minutes and seconds > limits.day_minutes * 60 + slack_s:
            found.append(Limit.DAY)
        if limits.day_ul and ul > limits.day_ul + slack_ul:
            found.append(Limit.DAY_OIL)
    return found


@given(st.lists(happenings, max_size=40))
def test_no_history_passes_a_limit(history):
    bath = Bath()

    for happening in history:
        live(bath, happening)

    assert passed(bath, "a", LIMITS, 1) == []
    assert passed(bath, "b", LIMITS, 1) == []
    assert passed(bath, "", ROOM, 2) == []


@given(st.lists(happenings, max_size=40))
def test_no_two_days_begin_within_22_hours(history):
    bath = Bath()

    for happening in history:
        live(bath, happening)

    renewals = bath.days[1:]
    assert all(later - earlier >= 22 * 3600 for earlier, later in pairwise(renewals))


def test_ten_thousand_moments_pass_no_limit(is_long_run):
    """Lives of 400 moments, killed without a last word too; one life where time is short."""
    for seed in range(25 if is_long_run else 1):
        print(f"seed {seed}")
        chance = random.Random(seed)
        bath = Bath()

        for _ in range(400):
            live(bath, happen(chance))

        assert passed(bath, "a", LIMITS, 1) == []
        assert passed(bath, "b", LIMITS, 1) == []
        assert passed(bath, "", ROOM, 2) == []


def happen(chance: random.Random) -> tuple:
    who, percent = chance.randrange(2), chance.choice((50, 100))
    return chance.choice(
        (
            ("wish_on", who, percent),
            ("wish_on", who, percent),
            ("wish_off", who),
            ("press_on", who),
            ("pass", chance.choice((20.0, 200.0, 1_000.0, 4_000.0))),
            ("pass", chance.choice((20.0, 200.0, 1_000.0, 4_000.0))),
            ("step", chance.choice((-90_000, -7_200, -45, 45, 3_600, 90_000))),
            ("set_clock", chance.random() < 0.7),
            ("restart", chance.random() < 0.5),
            ("kill",),
        )
    )


@given(
    st.floats(0, 20_000),
    st.lists(st.tuples(st.floats(1, 4_000), st.floats(0, 1_000)), max_size=20),
)
def test_the_last_hour_is_never_counted_too_small(begun_s, stretches):
    meter, now_s = Meter(), begun_s
    lived: list[tuple[float, float]] = []
    for seconds, pause_s in stretches:
        step_s = min(seconds, SLICE_S)
        now_s += step_s
        meter.add(now_s, step_s, step_s)
        lived.append((now_s - step_s, now_s))
        now_s += pause_s

    true_s = sum(max(0.0, end - max(at, now_s - 3600)) for at, end in lived)

    assert meter.hour(now_s)[0] >= true_s - 1e-6


def test_nothing_is_refused_without_limits():
    verdict = judge(Meter(), Limits(), 0.0, 1, 500.0, is_start=True)

    assert verdict.is_allowed
    assert verdict.ends_by is None


def test_a_run_too_short_for_the_pump_does_not_begin():
    meter = Meter(day_s=59 * 60 + 40)

    verdict = judge(meter, Limits(day_minutes=60, least_run_s=30), 0.0, 1, 0.0, is_start=True)

    assert verdict.forbidden_by is Limit.LEAST_RUN
