"""Try a rule against what happened: the same index, waits and conditions, but nothing is done.

Pure. Moments of the record stand in for the clock that never jumps, so that after a step of the
wall clock what lasts may be off by that step.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from scentd.automation.armed import ArmedRule, every_condition
from scentd.automation.conditions import Facts
from scentd.automation.holds import Hold, Holds
from scentd.automation.index import Heard, RuleIndex
from scentd.automation.judging import judge_all
from scentd.automation.payloads import Unreadable
from scentd.automation.place import Place
from scentd.automation.timetable import Point, points
from scentd.automation.world import World
from scentd.contracts.moments import moment_of
from scentd.model.action import Wait
from scentd.model.condition import (
    AllOf,
    AnyOf,
    Cooldown,
    DeviceStateIs,
    LevelAbove,
    LevelBelow,
    NotSo,
    OnDays,
    SunElevation,
    SunWindow,
    TimeWindow,
)
from scentd.model.reasons import Reason
from scentd.model.rule import AutomationRule, RuleMode, RuleTrace, TraceStep, Verdict
from scentd.model.trigger import DeviceStateChange
from scentd.store.rule_record import Entry

MOST_SHOWN = 500
_OF_A_DIFFUSER = (DeviceStateChange, DeviceStateIs, LevelAbove, LevelBelow)
_OF_THE_CLOCK = (TimeWindow, OnDays, SunElevation, SunWindow, Cooldown, AllOf, AnyOf, NotSo)


@dataclass(frozen=True, slots=True)
class ConditionTally:
    """How often a condition, in words, held and did not when the rule was set off."""

    words: str
    held: int
    failed: int


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a rule would have done.

    `recorded_since` None: nothing is recorded yet. Before it, only a rule that asks for nothing
    but the time is judged. `set_off` counts every time its trigger came,
    `would_run` those on which it would have acted. `traces` are the last ones, at most 500,
    oldest first; their steps are the conditions. `entries` is how much was looked at.
    """

    since: datetime
    until: datetime
    recorded_since: datetime | None
    entries: int
    set_off: int
    would_run: int
    conditions: tuple[ConditionTally, ...]
    traces: tuple[RuleTrace, ...]


def try_rule(
    rule: AutomationRule,
    record: Iterable[Entry],
    place: Place,
    since: datetime,
    until: datetime,
    recorded_since: datetime | None,
) -> DryRun:
    """Play the record in order and note what the rule would have done, on or not."""
    trial = _Trial(replace(rule, enabled=True), place)
    return trial.play(record, since, until, recorded_since)


class _Trial:
    def __init__(self, rule: AutomationRule, place: Place) -> None:
        self._place = place
        self._world = World()
        self._index = RuleIndex()
        self._index.follow([rule])
        self._armed: ArmedRule = self._index.armed[rule.id]
        self._diffusers = _diffusers_of(rule)
        self._holds = Holds()
        self._now_s = 0.0
        self._ran_s: float | None = None
        self._busy_until_s = 0.0
        self._entries = 0
        self._would_run = 0
        self._held = [0] * len(self._armed.asked)
        self._traces: list[RuleTrace] = []
        self._set_off = 0
        self._facts = Facts(
            self._world.state,
            self._world.cartridge,
            lambda: place,
            self._world,
            lambda condition: self._index.sensors.standing(condition, self._now_s),
        )

    def play(
        self,
        record: Iterable[Entry],
        since: datetime,
        until: datetime,
        recorded_since: datetime | None,
    ) -> DryRun:
        begin = since
        if recorded_since is not None and _needs_record(self._armed.rule):
            begin = max(since, recorded_since)
        ordered = heapq.merge(self._entries_of(record), self._points(begin, until), key=_moment)
        for at_s, what in ordered:
            self._lasted_until(at_s)
            self._now_s = max(self._now_s, at_s)
            if isinstance(what, Point):
                self._come(what)
            else:
                self._take(what)
        self._lasted_until(until.timestamp())
        tallies = tuple(
            ConditionTally(asked.words, held, self._set_off - held)
            for asked, held in zip(self._armed.asked, self._held, strict=True)
        )
        return DryRun(
            since,
            until,
            recorded_since,
            self._entries,
            self._set_off,
            self._would_run,
            tallies,
            tuple(self._traces[-MOST_SHOWN:]),
        )

    def _entries_of(self, record: Iterable[Entry]) -> Iterator[tuple[float, Entry | Point]]:
        """Give the entries with moments that never go back: a clock set back stands still."""
        last_s = 0.0
        topics, diffusers = self._index.sensors.topics, self._diffusers
        for entry in record:
            self._entries += 1
            kind, about = entry[1], entry[2]
            if (kind == "m" and about not in topics) or (kind in "sSbl" and about not in diffusers):
                continue
            last_s = max(last_s, entry[0] / 1000)
            yield last_s, entry

    def _points(self, since: datetime, until: datetime) -> list[tuple[float, Entry | Point]]:
        trigger = self._index.times.get(self._armed.rule.id)
        if trigger is None:
            return []
        found = points(trigger, self._place, since, until)
        return [(point.at.timestamp(), point) for point in sorted(found)]

    def _come(self, point: Point) -> None:
        local = point.at.astimezone(self._place.zone)
        if point.skipped is not None:
            day = Reason("date", {"date": local.date().isoformat()})
            self._note(day, Verdict.SKIPPED, (TraceStep("", (point.skipped,), point.at),))
        else:
            self._fire(Reason("clock", {"time": f"{local:%H:%M}"}))

    def _take(self, entry: Entry) -> None:
        match entry:
            case [_, "s", diffuser_id, attribute, old, new, is_old]:
                before, after = self._world.change(diffuser_id, attribute, old, new)
                if not is_old:
                    self._follow(self._index.after_state(diffuser_id, before, after))
            case [_, "S", diffuser_id, known]:
                self._world.stand(diffuser_id, known)
            case [_, "b", diffuser_id, button]:
                self._follow([self._index.after_press(diffuser_id, button)])
            case [_, "m", topic, payload]:
                self._follow(self._read(topic, payload))
            case [_, "e", name, data]:
                self._follow([self._index.after_event(name, data)])
            case [at_ms, "l", diffuser_id, slot_no, percent]:
                self._world.level(diffuser_id, slot_no, percent, moment_of(at_ms))
            case [_, "p", "enter", member_id, zone_id, is_first]:
                self._world.move(member_id, zone_id, is_entering=True)
                self._follow([self._index.after_entering(member_id, zone_id, is_first=is_first)])
            case [_, "p", "leave", member_id, zone_id, is_last]:
                self._world.move(member_id, zone_id, is_entering=False)
                self._follow([self._index.after_leaving(member_id, zone_id, is_last=is_last)])
            case _:
                return

    def _read(self, topic: str, payload: str) -> Iterator[Heard]:
        try:
            yield from self._index.after_message(topic, payload.encode(), self._now_s, is_old=False)
        except Unreadable:
            return

    def _follow(self, found: Iterable[Heard]) -> None:
        for heard in found:
            for rule_id, side in heard.ended:
                self._holds.end(rule_id, side)
            for rule_id, side in heard.begun:
                lasts_s = self._index.lasts_s(rule_id)
                if lasts_s is not None and self._holds.get((rule_id, side)) is None:
                    due_s = self._now_s + lasts_s
                    self._holds.add(Hold(rule_id, side, heard.trigger, lasts_s, due_s))
            for _ in heard.fired:
                self._fire(heard.trigger)

    def _lasted_until(self, until_s: float) -> None:
        for hold in self._holds.take_due(until_s):
            self._now_s = max(self._now_s, hold.due_s)
            self._fire(hold.lasted)

    def _fire(self, trigger: Reason) -> None:
        now = datetime.fromtimestamp(self._now_s, UTC)
        ran_s_ago = None if self._ran_s is None else self._now_s - self._ran_s
        holds, steps = judge_all(self._armed, self._facts, now, ran_s_ago)
        self._set_off += 1
        for number, step in enumerate(steps):
            self._held[number] += step.held is True
        if not holds:
            self._note(trigger, Verdict.CONDITION_FAILED, tuple(steps))
        elif self._is_busy():
            self._note(trigger, Verdict.BUSY, tuple(steps))
        else:
            self._ran_s = self._now_s
            self._busy_until_s = self._now_s + _length_s(self._armed.rule)
            self._would_run += 1
            self._note(trigger, Verdict.RAN, tuple(steps))

    def _is_busy(self) -> bool:
        is_single = self._armed.rule.mode is RuleMode.SINGLE
        return is_single and self._now_s < self._busy_until_s

    def _note(self, trigger: Reason, verdict: Verdict, steps: tuple[TraceStep, ...]) -> None:
        at = datetime.fromtimestamp(self._now_s, UTC)
        self._traces.append(RuleTrace(self._armed.rule.id, at, trigger, verdict, steps))
        if len(self._traces) > 2 * MOST_SHOWN:
            del self._traces[:-MOST_SHOWN]


def _moment(found: tuple[float, Entry | Point]) -> float:
    return found[0]


def _diffusers_of(rule: AutomationRule) -> set[str]:
    """Give the diffusers whose past matters to a rule."""
    parts = (rule.trigger, *every_condition(rule.conditions))
    return {part.diffuser_id for part in parts if isinstance(part, _OF_A_DIFFUSER)}


def _needs_record(rule: AutomationRule) -> bool:
    """Say whether a condition asks for more than the clock and the sky can tell."""
    conditions = every_condition(rule.conditions)
    return not all(isinstance(condition, _OF_THE_CLOCK) for condition in conditions)


def _length_s(rule: AutomationRule) -> int:
    """Give how long a rule takes by its own waits; what it waits for may come at once."""
    return sum(action.seconds for action in rule.actions if isinstance(action, Wait))
