"""What a rule that is set off does: judge, guard against loops, act, and note it all."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from scentd.automation.actions import Performer
from scentd.automation.armed import ArmedRule
from scentd.automation.book import RuleBook
from scentd.automation.conditions import Facts
from scentd.automation.index import RuleIndex
from scentd.automation.judging import judge_all
from scentd.automation.loops import LoopGuard
from scentd.automation.sequences import Firing, Sequences
from scentd.automation.settings import AutomationSettings
from scentd.bus import Bus
from scentd.clock import Clock
from scentd.model.events import RuleFired
from scentd.model.reasons import Reason
from scentd.model.rule import AutomationRule, RuleTrace, TraceStep, Verdict
from scentd.store import rules as rows
from scentd.store.database import Database

_log = logging.getLogger(__name__)


class Firings:
    """Carry out firings. A rule whose actions wait for nothing is done before `fire` returns."""

    def __init__(
        self,
        book: RuleBook,
        index: RuleIndex,
        database: Database,
        bus: Bus,
        clock: Clock,
        facts: Facts,
        loops: LoopGuard,
        performer: Performer,
        settings: AutomationSettings,
    ) -> None:
        self._book = book
        self._index = index
        self._database = database
        self._bus = bus
        self._clock = clock
        self._facts = facts
        self._loops = loops
        self._performer = performer
        self._sequences = Sequences(performer, clock, self._conclude, settings.queue_length)
        self._ran_s: dict[str, float] = {}
        self.group: asyncio.TaskGroup | None = None
        """Where what takes time runs; nothing fires while there is none."""

    def recall(self, rules: Iterable[AutomationRule]) -> None:
        """Take up when each rule last ran."""
        now, now_s = self._clock.now(), self._clock.monotonic()
        for rule in rules:
            ran_at = self._book.last_ran_at(rule.id)
            if ran_at is not None:
                self._ran_s[rule.id] = now_s - max(0.0, (now - ran_at).total_seconds())

    def release(self, rule_ids: Iterable[str]) -> None:
        """Let rules that were edited begin anew; those that went are stopped."""
        for rule_id in rule_ids:
            self._loops.release(rule_id)
            if rule_id not in self._index.armed:
                self._sequences.stop(rule_id)

    def fire_all(self, rule_ids: Sequence[str], trigger: Reason, cause: str | None = None) -> None:
        """Fire each; `cause` is the rule behind what happened."""
        for rule_id in rule_ids:
            self.fire(rule_id, trigger, cause)

    def fire(self, rule_id: str, trigger: Reason, cause: str | None = None) -> None:
        """Set a rule off, if it is there and not held."""
        armed = self._index.armed.get(rule_id)
        now_s = self._clock.monotonic()
        if armed is None or self.group is None or self._loops.is_held(rule_id, now_s):
            return
        firing = Firing(armed, self._clock.now(), trigger)
        if armed.asked and not self._holds(firing, now_s):
            self._conclude(firing, Verdict.CONDITION_FAILED)
        elif loop := self._loops.after_firing(rule_id, cause, now_s):
            self._note_loop(firing, loop)
        else:
            self._act(firing, self.group, now_s)

    def run_now(self, armed: ArmedRule, trigger: Reason) -> None:
        """Do what a rule does, whatever its conditions: a person asked for it."""
        if self.group is not None:
            firing = Firing(armed, self._clock.now(), trigger)
            self._act(firing, self.group, self._clock.monotonic())

    def miss(self, rule_id: str, trigger: Reason, why: Reason, verdict: Verdict) -> None:
        """Note that a rule was not set off, and why."""
        armed = self._index.armed.get(rule_id)
        if armed is not None:
            now = self._clock.now()
            self._conclude(Firing(armed, now, trigger, [TraceStep("", (why,), now)]), verdict)

    def _holds(self, firing: Firing, now_s: float) -> bool:
        ran_s = self._ran_s.get(firing.armed.rule.id)
        ran_s_ago = None if ran_s is None else now_s - ran_s
        holds, steps = judge_all(firing.armed, self._facts, firing.at, ran_s_ago)
        firing.noted.extend(steps)
        return holds

    def _act(self, firing: Firing, group: asyncio.TaskGroup, now_s: float) -> None:
        armed = firing.armed
        self._ran_s[armed.rule.id] = now_s
        if armed.has_cooldown:
            group.create_task(self._keep_ran(armed.rule.id, firing.at), name="rule ran")
        if armed.takes_time:
            self._sequences.start(firing, group)
        else:
            self._conclude(firing, self._performer.perform_now(armed, firing.noted))

    async def _keep_ran(self, rule_id: str, at: datetime) -> None:
        """At once: a cooldown that a crash forgets would let the rule run again too early."""
        await self._database.write(lambda connection: rows.keep_ran(connection, {rule_id: at}))

    def _note_loop(self, firing: Firing, loop: tuple[str, ...]) -> None:
        names = [
            self._index.armed[rule_id].rule.name for rule_id in loop if rule_id in self._index.armed
        ]
        round_trip = " → ".join(f"“{name}”" for name in names)
        _log.warning("rules fire each other and were stopped: %s", round_trip)
        why = Reason("loop" if len(loop) > 1 else "too_often", {"rules": round_trip})
        firing.noted.append(TraceStep("", (why,), firing.at))
        self._conclude(firing, Verdict.LOOP_STOPPED)

    def _conclude(self, firing: Firing, verdict: Verdict) -> None:
        trace = RuleTrace(
            firing.armed.rule.id, firing.at, firing.trigger, verdict, tuple(firing.noted)
        )
        self._book.trace_log.add(trace)
        self._bus.publish(RuleFired(self._clock.now(), trace))
