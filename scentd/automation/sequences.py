"""Firings that take time, run side by side, and what a new one does to those still running."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from scentd.automation.actions import Performer
from scentd.automation.armed import ArmedRule
from scentd.clock import Clock
from scentd.model.reasons import Reason
from scentd.model.rule import RuleMode, TraceStep, Verdict


@dataclass(slots=True)
class Firing:
    """One firing on its way: when, by what, and what has been noted of it so far."""

    armed: ArmedRule
    at: datetime
    trigger: Reason
    noted: list[TraceStep] = field(default_factory=list)


class Sequences:
    """Run firings as tasks of the engine's group; `conclude` hears how each ended."""

    def __init__(
        self,
        performer: Performer,
        clock: Clock,
        conclude: Callable[[Firing, Verdict], None],
        length: int,
    ) -> None:
        self._performer = performer
        self._clock = clock
        self._conclude = conclude
        self._length = length
        self._running: dict[str, list[asyncio.Task[None]]] = {}
        self._waiting: dict[str, deque[Firing]] = {}

    def start(self, firing: Firing, group: asyncio.TaskGroup) -> None:
        """Run a firing as its rule's mode says."""
        rule = firing.armed.rule
        running = self._running.get(rule.id, [])
        if running and rule.mode is RuleMode.RESTART:
            self.stop(rule.id)
        elif running and rule.mode is RuleMode.QUEUED:
            waiting = self._waiting.setdefault(rule.id, deque())
            if len(waiting) < self._length:
                waiting.append(firing)
            else:
                self._conclude(firing, Verdict.BUSY)
            return
        elif running and (rule.mode is RuleMode.SINGLE or len(running) >= self._length):
            self._conclude(firing, Verdict.BUSY)
            return
        self._run(firing, group)

    def stop(self, rule_id: str) -> None:
        """End what runs of a rule, and drop what waits."""
        self._waiting.pop(rule_id, None)
        for task in self._running.pop(rule_id, []):
            task.cancel()

    def _run(self, firing: Firing, group: asyncio.TaskGroup) -> None:
        rule_id = firing.armed.rule.id
        task = group.create_task(self._perform(firing), name=f"rule {rule_id}")
        self._running.setdefault(rule_id, []).append(task)
        task.add_done_callback(lambda done: self._after(rule_id, done, group))

    async def _perform(self, firing: Firing) -> None:
        try:
            verdict = await self._performer.perform(firing.armed, firing.noted)
        except asyncio.CancelledError:
            now = self._clock.now()
            firing.noted.append(TraceStep("", (Reason("stopped_early"),), now))
            self._conclude(firing, Verdict.RAN)
            raise
        self._conclude(firing, verdict)

    def _after(self, rule_id: str, done: asyncio.Task[None], group: asyncio.TaskGroup) -> None:
        running = self._running.get(rule_id, [])
        if done in running:
            running.remove(done)
        if not running:
            self._running.pop(rule_id, None)
        waiting = self._waiting.get(rule_id)
        if waiting and not done.cancelled() and rule_id not in self._running:
            self._run(waiting.popleft(), group)
