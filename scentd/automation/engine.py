"""The rules at work: hear what happens, find whom it concerns, judge, act, and note it all.

A rule whose actions wait for nothing has done them before the message's handler returns. What a
message costs depends on the rules it fires, not on the rules there are.
"""

import asyncio
import logging
from collections.abc import Callable

from scentd.automation.actions import Performer
from scentd.automation.book import RuleBook
from scentd.automation.conditions import Facts, judge, words_of
from scentd.automation.index import RuleIndex
from scentd.automation.loops import LoopGuard
from scentd.automation.sensors import Unreadable
from scentd.automation.sequences import Firing, Sequences
from scentd.automation.settings import AutomationSettings
from scentd.automation.surroundings import Surroundings
from scentd.automation.timekeeper import Timekeeper
from scentd.automation.timers import OffTimers
from scentd.automation.timetable import Point
from scentd.bus import Bus
from scentd.clock import Clock
from scentd.model.commands import Origin
from scentd.model.events import (
    ClockStepped,
    DocumentsChanged,
    HouseholdChanged,
    Reported,
    RuleFired,
    StateChanged,
)
from scentd.model.readings import ButtonRead
from scentd.model.rule import RuleTrace, TraceStep, Verdict
from scentd.ports import Inbound
from scentd.store import rules as rows
from scentd.store.database import Database

_log = logging.getLogger(__name__)

_COMPLAIN_EVERY_S = 60.0


class Engine:
    """Run the household's rules."""

    def __init__(
        self,
        book: RuleBook,
        database: Database,
        bus: Bus,
        clock: Clock,
        surroundings: Surroundings,
        settings: AutomationSettings = AutomationSettings(),
    ) -> None:
        self._book = book
        self._database = database
        self._bus = bus
        self._clock = clock
        self._surroundings = surroundings
        self._facts = Facts(surroundings.state, surroundings.cartridge, surroundings.zone)
        self._loops = LoopGuard(settings)
        self._timers = OffTimers(database, clock, surroundings)
        self._performer = Performer(clock, surroundings, self._timers, self._loops)
        self._sequences = Sequences(self._performer, clock, self._conclude, settings.queue_length)
        self._timekeeper = Timekeeper(
            database, clock, surroundings.zone, self._on_time, self._on_missed, settings.grace_s
        )
        self._index = RuleIndex(surroundings.subscriber, self._on_message)
        self._ran_s: dict[str, float] = {}
        self._complained_s: dict[str, float] = {}
        self._group: asyncio.TaskGroup | None = None
        self._must_reload = asyncio.Event()

    @property
    def held_because(self) -> str | None:
        """Why no time of day fires at the moment, in plain words; None when all is well."""
        return self._timekeeper.held_because

    def is_stopped(self, rule_id: str) -> bool:
        """Say whether the rule is stopped for a while because it closed a loop."""
        return self._loops.is_held(rule_id, self._clock.monotonic())

    async def run(self) -> None:
        """Run the rules until cancelled; what runs then is stopped and noted."""
        await self._timers.load()
        await self._timekeeper.load()
        self._recall_last_runs()
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                group.create_task(self._timers.run(), name="rule timers")
                group.create_task(self._timekeeper.run(), name="rule times of day")
                group.create_task(self._book.trace_log.run(), name="rule traces")
                await self._follow_edits()
        finally:
            self._group = None
            self._book.trace_log.flush_later()

    async def _follow_edits(self) -> None:
        self._follow_rules(is_edit=False)
        ends = self._listen()
        try:
            while True:
                await self._must_reload.wait()
                self._must_reload.clear()
                await self._book.reload()
        finally:
            self._index.close()
            for end in ends:
                end()

    def _listen(self) -> list[Callable[[], None]]:
        return [
            self._bus.subscribe(StateChanged, self._on_state),
            self._bus.subscribe(Reported, self._on_reported),
            self._bus.subscribe(ClockStepped, lambda _: self._timekeeper.replan()),
            self._bus.subscribe(HouseholdChanged, lambda _: self._timekeeper.replan()),
            self._bus.subscribe(DocumentsChanged, self._on_documents),
            self._book.on_change(lambda: self._follow_rules(is_edit=True)),
        ]

    def _follow_rules(self, *, is_edit: bool) -> None:
        for rule_id in self._index.follow(self._book.all()):
            self._loops.release(rule_id)
            if rule_id not in self._index.armed:
                self._sequences.stop(rule_id)
        self._timekeeper.follow(self._index.times, is_edit=is_edit)

    def _recall_last_runs(self) -> None:
        now, now_s = self._clock.now(), self._clock.monotonic()
        for rule in self._book.all():
            ran_at = self._book.last_ran_at(rule.id)
            if ran_at is not None:
                self._ran_s[rule.id] = now_s - max(0.0, (now - ran_at).total_seconds())

    def _on_documents(self, event: DocumentsChanged) -> None:
        if "rule" in event.kinds:
            self._must_reload.set()

    def _on_message(self, message: Inbound) -> None:
        topic = self._index.topics.get(message.topic)
        if topic is None:
            return
        try:
            for value, fired in topic.after(message.payload, is_old=message.is_retained):
                if fired:
                    cause = self._loops.cause_of(message.topic, self._clock.monotonic())
                    self._fire_all(fired, f"{message.topic}: {value:g}", cause)
        except Unreadable as error:
            self._complain(message.topic, error)

    def _on_state(self, event: StateChanged) -> None:
        if event.is_retained:
            return
        source = event.source
        cause = source.reference if source and source.origin is Origin.RULE else None
        changes = self._index.devices.after_change(event.diffuser_id, event.before, event.after)
        for words, fired in changes:
            self._fire_all(fired, words, cause)

    def _on_reported(self, event: Reported) -> None:
        if event.is_retained:
            return
        for reading in event.readings:
            if isinstance(reading, ButtonRead):
                fired = self._index.devices.after_press(event.diffuser_id, reading.name)
                self._fire_all(fired, f"{event.diffuser_id}: button {reading.name}", None)

    def _on_time(self, rule_id: str, point: Point) -> None:
        local = point.at.astimezone(self._surroundings.zone())
        self._fire(rule_id, f"it is {local:%H:%M}", None)

    def _on_missed(self, rule_id: str, point: Point) -> None:
        armed = self._index.armed.get(rule_id)
        if armed is not None:
            now = self._clock.now()
            local = point.at.astimezone(self._surroundings.zone())
            step = TraceStep(f"{local:%d %B, %H:%M}", "the hub came to it too late", now)
            self._conclude(Firing(armed, now, f"it was {local:%H:%M}", [step]), Verdict.MISSED)

    def _fire_all(self, rule_ids: list[str], trigger: str, cause: str | None) -> None:
        for rule_id in rule_ids:
            self._fire(rule_id, trigger, cause)

    def _fire(self, rule_id: str, trigger: str, cause: str | None) -> None:
        armed = self._index.armed.get(rule_id)
        now_s = self._clock.monotonic()
        if armed is None or self._group is None or self._loops.is_held(rule_id, now_s):
            return
        firing = Firing(armed, self._clock.now(), trigger)
        if not self._holds(firing, now_s):
            self._conclude(firing, Verdict.CONDITION_FAILED)
        elif loop := self._loops.after_firing(rule_id, cause, now_s):
            self._note_loop(firing, loop)
        else:
            self._act(firing, self._group, now_s)

    def _holds(self, firing: Firing, now_s: float) -> bool:
        rule = firing.armed.rule
        ran_s = self._ran_s.get(rule.id)
        ran_s_ago = None if ran_s is None else now_s - ran_s
        for condition in rule.conditions:
            holds, fact = judge(condition, self._facts, firing.at, ran_s_ago)
            outcome = f"holds: {fact}" if holds else f"does not hold: {fact}"
            firing.noted.append(TraceStep(words_of(condition), outcome, firing.at))
            if not holds:
                return False
        return True

    def _act(self, firing: Firing, group: asyncio.TaskGroup, now_s: float) -> None:
        armed = firing.armed
        self._ran_s[armed.rule.id] = now_s
        if armed.has_cooldown:
            group.create_task(self._keep_ran(firing), name="rule ran")
        if armed.takes_time:
            self._sequences.start(firing, group)
        else:
            self._conclude(firing, self._performer.perform_now(armed, firing.noted))

    async def _keep_ran(self, firing: Firing) -> None:
        """At once: a cooldown that a crash forgets would let the rule run again too early."""
        ran = {firing.armed.rule.id: firing.at}
        await self._database.write(lambda connection: rows.keep_ran(connection, ran))

    def _note_loop(self, firing: Firing, loop: tuple[str, ...]) -> None:
        names = [
            self._index.armed[rule_id].rule.name for rule_id in loop if rule_id in self._index.armed
        ]
        round_trip = " → ".join(f"“{name}”" for name in names)
        _log.warning("rules fire each other and were stopped: %s", round_trip)
        firing.noted.append(TraceStep("these fire each other", round_trip, firing.at))
        self._conclude(firing, Verdict.LOOP_STOPPED)

    def _conclude(self, firing: Firing, verdict: Verdict) -> None:
        trace = RuleTrace(
            firing.armed.rule.id, firing.at, firing.trigger, verdict, tuple(firing.noted)
        )
        self._book.trace_log.add(trace)
        self._bus.publish(RuleFired(self._clock.now(), trace))

    def _complain(self, topic: str, error: Unreadable) -> None:
        now_s = self._clock.monotonic()
        last_s = self._complained_s.get(topic)
        if last_s is None or now_s - last_s >= _COMPLAIN_EVERY_S:
            self._complained_s[topic] = now_s
            _log.warning("a reading on %s fires no rule: %s", topic, error)
