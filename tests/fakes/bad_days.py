"""Days on which everything goes wrong that can: power, clocks, the broker; and what must hold then.

What should be is read off the wall minute by minute, and what devices gave off is counted beside
them in real seconds: only whether a device may rest is asked of the hub.
"""

import random
from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.simulator.native import NativeThing
from adapters.simulator.thing import Message, Vial
from scentd.model.commands import Wish
from tests.fakes.bad_plan import LIMITED, LIMITS, NAMES, device, plan_of, rules
from tests.fakes.clock import ManualClock
from tests.fakes.dose_meter import DoseMeter
from tests.fakes.planned_house import PlannedHouse
from tests.fakes.told_plan import ToldPlan
from tests.fakes.wall_face import DAY, face

TICK_S = 0.5
LEAP_S = 240.0
LEAP_ON_S = 60.0
"""While the device with limits runs: a hub that gets no turn for longer keeps its count late."""
HUB_STATUS = "scent/hub/house/status"
ASKED_WITHIN_S = 35.0
"""After so long a device that may run again was asked to: half a minute, and some ticks."""
HOLD_STEP_S = 5.0
HOLD_S = 905.0
"""How long a hub waits, and a step more, that booted with a clock behind what it had seen."""


class BadDays:
    """A house over a number of days; `live` lets a number of things happen to it."""

    def __init__(self, folder: Path, seed: int, first_day: date, days: int, zone: str) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.days = days
        self.clock = ManualClock(datetime.combine(first_day, time(3, 17), tzinfo=UTC))
        self._begun = self.clock.now() - timedelta(seconds=self.clock.monotonic())
        self.house = PlannedHouse(folder / "hub.db", self.clock, ZoneInfo(zone))
        self.house.rules = rules()
        self.house.on_wish = self._judge_wish
        self.schedules, self.rest = plan_of(first_day)
        first = datetime.combine(first_day - 5 * DAY, time(0), tzinfo=UTC)
        wall = face(zone, first, days + 16)
        dates = [first_day + n * DAY for n in range(-4, days + 5)]
        self.told = ToldPlan(wall, dates, self.schedules, self.rest)
        boundaries = {n for one in self.told.followed.values() for n in one.plan.boundaries}
        self.boundaries = [wall.minutes[n] for n in sorted(boundaries)]
        self.end_at = first + (days + 5) * DAY
        self.things = {name: self._thing(name) for name in NAMES}
        self.meter = DoseMeter(LIMITS)
        self.is_hub_up = self.is_broker_up = False
        self.is_flowing = False
        self.seen: datetime | None = None
        self.happenings = self.boots = 0
        self._was_resting = False
        self._last_row = 0
        self._wrongs: list[str] = []
        self._story: list[str] = []

    async def begin(self) -> None:
        """Let the first life of the hub begin, and learn the plan."""
        for thing in self.things.values():
            self.house.broker.plug_in(thing)
        self.is_broker_up = True
        await self._boot()
        for schedule in self.schedules:
            await self.house.book.save(schedule)
        await self.house.book.set_vacations(self.rest.vacations)
        await self.pass_time(2)

    async def end(self) -> None:
        """Stop the hub."""
        await self.house.end()

    async def live(self, happenings: int) -> None:
        """Let so many things happen, or as many as the days hold, and check after each.

        They come by chance, often close together; no pause is longer than two usual ones, so that
        something happens in every life.

        Raises AssertionError with the seed and the story.
        """
        gap_s = self.days * 86_400 / happenings
        for _ in range(happenings):
            pause_s = self.chance.expovariate(1 / max(1.0, gap_s - 600))
            await self.pass_time(min(pause_s, 2 * gap_s))
            if self.true_now() > self.end_at:
                return
            await self._happen()
            self.happenings += 1
            await self._settle_down()
            await self._check()

    # Time

    def true_now(self) -> datetime:
        """Give what a clock would show that nobody stepped."""
        return self._begun + timedelta(seconds=self.clock.monotonic())

    async def pass_time(self, seconds: float, step_s: float = LEAP_S) -> None:
        """Pass real time, never over a minute in which something should change."""
        end_s = self.clock.monotonic() + seconds
        while (left_s := end_s - self.clock.monotonic()) > 1e-6:
            await self._pass(min(left_s, step_s, self._next_moment_s()))

    def _next_moment_s(self) -> float:
        now = self.clock.now()
        number = bisect_right(self.boundaries, now)
        next_s = LEAP_S
        if number < len(self.boundaries):
            next_s = (self.boundaries[number] - now).total_seconds()
        if not self.things[LIMITED].power:
            return next_s
        return min(next_s, self.meter.slack_s(self.clock.monotonic(), LEAP_ON_S))

    async def _pass(self, seconds: float) -> None:
        was_on = self.things[LIMITED].power
        await self.clock.leap(seconds)
        said: list[Message] = []
        for thing in self.things.values():
            said += thing.pass_time(seconds)
        if self.is_broker_up:
            self.house.broker.let(said)
        is_deaf = not (self.is_hub_up and self.is_broker_up)
        self.meter.note(self.clock.monotonic(), seconds, runs=was_on, is_deaf=is_deaf)
        self._look()

    def _is_ready(self) -> bool:
        """Whether the plan is being followed: the hub is there and believes its clock."""
        return (
            self.is_hub_up
            and self.clock.trusted
            and self.house.turns is None
            and self.house.runner.held_because is None
        )

    def _look(self) -> None:
        if not self._is_ready():
            self.is_flowing = False
            return
        now = self.clock.now()
        if self.seen is not None and not self.is_flowing and now > self.seen:
            self.told.leap(self.seen, now)
        # What runs while nobody can be asked runs by what was asked before.
        runs = {name: one.power and self.is_broker_up for name, one in self.things.items()}
        self.told.see(now, runs)
        self.seen, self.is_flowing = now, True

    # What happens

    async def _happen(self) -> None:
        if self.chance.random() < 0.5:
            await self._go_to_a_boundary()
        if self._lead_s() and self.chance.random() < 0.5:
            await self._step_to(self.true_now(), "ntp")
            return
        kinds = [self._cut] * 5 + [self._restart] * 2 + [self._step] * 3 + [self._lose_broker] * 2
        await self.chance.choice(kinds)()

    async def _go_to_a_boundary(self) -> None:
        now = self.clock.now()
        left_s = (self.boundaries[bisect_right(self.boundaries, now)] - now).total_seconds()
        if left_s < 6 * 3600:
            await self.pass_time(left_s - 0.3)
            if self.chance.random() < 0.5:
                await self.pass_time(0.3 + self.chance.choice([0.0, 0.2, 1.0]), TICK_S)

    async def _cut(self) -> None:
        """Power goes, perhaps amid work, perhaps again as soon as it is back."""
        for number in range(self.chance.choice([1, 1, 1, 2, 3])):
            self.told.perhaps = self.told.perhaps or number > 0
            self.house.turns = self.chance.choice([None, *range(0, 60, 3)])
            if self.house.turns is not None:
                await self._pass(0.3)
                self.told.is_torn = True
            off_s = self.chance.choice([3, 30, 59.7, 60.2, 61, 600, 4000])
            off_s = off_s if self.chance.random() < 0.96 else 40_000
            how = self.chance.choice(["right", "right", "as before", "1970", "stale", "ahead"])
            how = how if self.clock.trusted else "1970"
            self._tell(f"cut after {self.house.turns} turns, off for {off_s} s, then clock {how}")
            lead_s, stale = self._lead_s(), self.clock.now()
            await self._go_dark(off_s)
            self._set_clock_at_boot(how, lead_s, stale)
            self.house.turns = self.chance.choice([None, None, *range(0, 40, 4)])
            await self._boot()
        self.house.turns = None
        await self._pass(0.1)
        if how in {"1970", "stale", "ahead"}:
            await self.pass_time(self.chance.choice([0.5, 5, 20, 300]), 5.0)
            self.clock.trusted = True
            await self._step_to(self.true_now(), "ntp after boot")

    async def _go_dark(self, off_s: float) -> None:
        self.is_hub_up = False
        self.house.broker.forget_watchers()
        await self.house.power_cut()
        self.house.turns = None
        self._announce("offline")
        self.meter.cut(self.clock.monotonic())
        await self._be_dark(off_s)

    async def _be_dark(self, seconds: float) -> None:
        left_s = seconds
        while left_s > 1e-6:
            step_s = min(left_s, 1.0 if seconds < 100 else 60.0)
            await self._pass(step_s)
            left_s -= step_s

    def _set_clock_at_boot(self, how: str, lead_s: float, stale: datetime) -> None:
        """How far the clock leads what it showed before is taken for time that passed."""
        self.clock.trusted = how != "1970"
        shown = {
            "1970": datetime(1970, 1, 1, 0, 0, 20, tzinfo=UTC),
            "as before": self.true_now() + timedelta(seconds=lead_s),
            "stale": stale,
            "ahead": self.true_now() + timedelta(hours=1),
            "right": self.true_now(),
        }[how]
        self.clock.set(shown)
        if how in {"ahead", "right"}:
            self.meter.lead(self.clock.monotonic(), max(0.0, self._lead_s() - lead_s))

    async def _boot(self) -> None:
        self.house.boot = f"boot {self.chance.getrandbits(32)}"
        await self._start()

    async def _start(self) -> None:
        self.boots += 1
        self._announce("online")
        self.is_hub_up, self.is_flowing = True, False
        await self.house.begin()
        self.house.broker.deliver()

    def _announce(self, status: str) -> None:
        self.house.broker.say(HUB_STATUS, f'{{"status":"{status}"}}'.encode(), retain=True)
        self.house.broker.deliver()

    async def _restart(self) -> None:
        off_s = self.chance.choice([1, 5, 20, 70])
        self._tell(f"restart, off for {off_s} s")
        self.is_hub_up = False
        await self.house.end()
        self._announce("stopping")
        await self._be_dark(off_s)
        await self._start()

    async def _step(self) -> None:
        size_s = self.chance.choice([1, 1.9, 30, 61, 600, 3600, 3 * 3600, 86_400])
        to = self.clock.now() + timedelta(seconds=size_s * self.chance.choice([-1, 1]))
        if abs(to - self.true_now()) > 1.5 * DAY:
            to = self.true_now()
        await self._step_to(to, "step")

    async def _step_to(self, to: datetime, what: str) -> None:
        delta_s = (to - self.clock.now()).total_seconds()
        self._tell(f"{what} of {delta_s} s to {to}")
        self.clock.set(to)
        if abs(delta_s) > 2:
            # The hub looks at its clock twice a second; until then nothing is expected of it.
            self.is_hub_up = False
            await self._pass(TICK_S)
            await self._pass(TICK_S)
            self.is_hub_up = True
        await self._pass(0.1)

    async def _lose_broker(self) -> None:
        off_s = self.chance.choice([5, 50, 90, 1500])
        self._tell(f"broker away for {off_s} s")
        self.house.lose_broker()
        self.is_broker_up, self.told.perhaps = False, True
        # A device that lost its broker lost its hub.
        for thing in self.things.values():
            thing.hear(HUB_STATUS, b'{"status":"offline"}')
        await self.pass_time(off_s, 20.0)
        for thing in self.things.values():
            thing.hear(HUB_STATUS, b'{"status":"online"}')
            self.house.broker.plug_in(thing)
        self.is_broker_up = True
        self.house.find_broker()

    def _lead_s(self) -> float:
        return round((self.clock.now() - self.true_now()).total_seconds(), 3)

    def _tell(self, what: str) -> None:
        shown = f"{self.true_now():%m-%d %H:%M:%S} [{self.clock.now():%m-%d %H:%M:%S}]"
        self._story.append(f"{shown} {what}")

    # What must hold

    async def _settle_down(self) -> None:
        """A minute; longer only where the hub says that it waits for its clock."""
        waited_s = 0.0
        while self.house.runner.held_because is not None and waited_s < HOLD_S:
            await self._pass(HOLD_STEP_S)
            waited_s += HOLD_STEP_S
        await self.pass_time(60 - ASKED_WITHIN_S, TICK_S)
        self._was_resting = self._is_resting()
        await self.pass_time(ASKED_WITHIN_S, TICK_S)

    async def _check(self) -> None:
        wrongs, self._wrongs = self._wrongs, []
        if not self._is_ready():
            wrongs.append(f"the plan waits: {self.house.runner.held_because}")
        last = self._last_row
        rows = await self.house.database.read(
            lambda c: c.execute("SELECT * FROM schedule_log WHERE id > ?", (last,)).fetchall()
        )
        self._last_row = max([last, *(row["id"] for row in rows)])
        wrongs += self.told.judge(rows)
        for name in NAMES:
            wrongs += self._state_wrongs(name)
        wrongs += self.meter.wrongs()
        if wrongs:
            raise AssertionError("\n".join([f"seed {self.seed}", *self._story[-12:], *wrongs]))

    def _state_wrongs(self, name: str) -> list[str]:
        thing, state = self.things[name], self.house.state(device(name)).reported
        wanted = self.told.wanted(name, self.clock.now())
        if wanted is not None and not thing.power and self._may_rest(name):
            return []
        percent = None if wanted is None else wanted.entry.intensity_percent
        is_right = thing.power is state.power is (wanted is not None)
        if is_right and percent in {None, thing.intensity}:
            return []
        says = None if wanted is None else wanted.name
        runs = f"{thing.power} at {thing.intensity}, reported {state.power}"
        return [f"{name} runs: {runs}; at {self.clock.now()} the wall says {says}"]

    def _may_rest(self, name: str) -> bool:
        """A device with limits rests by them, and a little longer than it must."""
        now_s = self.clock.monotonic()
        has_just_stopped = self.meter.ran_within(ASKED_WITHIN_S, now_s)
        return name == LIMITED and (has_just_stopped or self._was_resting or self._is_resting())

    def _is_resting(self) -> bool:
        diffuser = self.house.registry.get(device(LIMITED))
        return self.house.guard.refusal(diffuser, 100) is not None

    def _judge_wish(self, wish: Wish) -> None:
        """No window is wished that the wall does not show open, whatever was missed."""
        if not wish.power:
            return
        name, now = wish.diffuser_id.removeprefix("native-"), self.clock.now()
        wanted = self.told.wanted(name, now) if self.clock.trusted else None
        if wanted is None or wanted.schedule.id != wish.source.reference:
            says = None if wanted is None else wanted.name
            wished = f"{wish.source.reference} wished {name} at {now}"
            self._wrongs.append(f"{wished}; the wall says {says}")

    def _thing(self, name: str) -> NativeThing:
        full = 90_000_000
        vial = Vial("CEDBER-50", "Cedar & Bergamot", full, full, "04a1b2c3d4e5f607")
        return NativeThing(name, name, vial, now=self.clock.now, chance=random.Random(1))
