"""Do what a rule says, step by step, and note how each step went."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from scentd.automation.armed import ArmedRule, Step
from scentd.automation.conditions import Facts, Judged, judge
from scentd.automation.loops import LoopGuard
from scentd.automation.scenes import wishes_of
from scentd.automation.surroundings import Surroundings
from scentd.automation.timers import OffTimers
from scentd.clock import Clock
from scentd.model.action import (
    ActivateScene,
    Notify,
    SwitchRule,
    Wait,
    WaitUntil,
)
from scentd.model.commands import Wish
from scentd.model.errors import ScentdError
from scentd.model.reasons import Reason, pack
from scentd.model.rule import TraceStep, Verdict

_log = logging.getLogger(__name__)

Outcomes: TypeAlias = tuple[Reason, ...]
"""How a step went, the same from firing to firing for most."""
Went: TypeAlias = tuple[bool, Outcomes]
"""Whether a step went well, and how."""

_WAITED, _SENT, _NOT_SENT = (Reason("waited"),), (Reason("sent"),), (Reason("not_sent"),)
_TOLD, _ALL_STOPPED, _BROKE = (Reason("told"),), (Reason("all_stopped"),), (Reason("broke"),)

LOOK_EVERY_S = 1.0
"""How often a condition waited for is looked at: sooner than a person would notice."""


class Performer:
    """Perform the steps of rules. One step that fails does not stop those after it.

    `switch_rule` keeps whether a rule is on; `notify` tells the household of a rule's words.
    """

    def __init__(
        self,
        clock: Clock,
        surroundings: Surroundings,
        facts: Facts,
        timers: OffTimers,
        loops: LoopGuard,
        switch_rule: Callable[[str, bool], Awaitable[None]],
        notify: Callable[[str, str], None],
    ) -> None:
        self._clock = clock
        self._surroundings = surroundings
        self._facts = facts
        self._timers = timers
        self._loops = loops
        self._switch_rule = switch_rule
        self._notify = notify

    def perform_now(self, armed: ArmedRule, noted: list[TraceStep]) -> Verdict:
        """Perform a rule that takes no time, before returning; adds a line a step to `noted`."""
        verdict = Verdict.RAN
        for step in armed.steps:
            verdict = self._note(step, self._do(armed, step), verdict, noted)
        return verdict

    async def perform(self, armed: ArmedRule, noted: list[TraceStep]) -> Verdict:
        """Perform a rule whose actions wait; the lines are in `noted` as they happen."""
        verdict = Verdict.RAN
        for step in armed.steps:
            action = step.action
            if isinstance(action, Wait):
                await self._clock.sleep(action.seconds)
                noted.append(TraceStep(step.words, _WAITED, self._clock.now()))
            elif isinstance(action, WaitUntil):
                held, facts = await self._wait_until(action)
                noted.append(TraceStep(step.words, facts, self._clock.now(), held))
                if not (held or action.go_on):
                    return verdict
            elif isinstance(action, SwitchRule):
                verdict = self._note(step, await self._switch(action), verdict, noted)
            else:
                if step.wish is not None and step.off_in_s is not None:
                    # On the disk before the wish: what goes on must go off after a crash.
                    name = step.wish.diffuser_id
                    await self._timers.begin(name, armed.rule.id, step.off_in_s)
                verdict = self._note(step, self._do(armed, step), verdict, noted)
        return verdict

    async def _wait_until(self, action: WaitUntil) -> Judged:
        until_s = self._clock.monotonic() + action.timeout_s
        while True:
            judged = judge(action.condition, self._facts, self._clock.now(), None)
            left_s = until_s - self._clock.monotonic()
            if judged.holds or left_s <= 0:
                return judged
            await self._clock.sleep(min(LOOK_EVERY_S, left_s))

    async def _switch(self, action: SwitchRule) -> Went:
        try:
            await self._switch_rule(action.rule_id, action.enabled)
        except ScentdError as error:
            return False, _said(error)
        return True, (Reason("rule_on" if action.enabled else "rule_off"),)

    def _note(self, step: Step, went: Went, verdict: Verdict, noted: list[TraceStep]) -> Verdict:
        is_well, outcome = went
        noted.append(TraceStep(step.words, outcome, self._clock.now()))
        return verdict if is_well else Verdict.FAILED

    def _do(self, armed: ArmedRule, step: Step) -> Went:
        try:
            return True, self._act(armed, step)
        except ScentdError as error:
            return False, _said(error)
        except Exception:  # noqa: BLE001 - a bug behind one step must not stop the house's rules
            _log.exception("a step of rule %s failed: %s", armed.rule.id, step.words)
            return False, _BROKE

    def _act(self, armed: ArmedRule, step: Step) -> Outcomes:
        action = step.action
        if step.wish is not None:
            return (self._submit(step.wish, is_bounded=step.off_in_s is not None),)
        if step.message is not None:
            self._loops.note_publish(armed.rule.id, step.message.topic, self._clock.monotonic())
            is_sent = self._surroundings.publisher.publish(step.message)
            return _SENT if is_sent else _NOT_SENT
        if isinstance(action, ActivateScene):
            return self._activate(armed, action)
        if isinstance(action, Notify):
            self._notify(armed.rule.id, action.text)
            return _TOLD
        self._surroundings.stop_all(armed.source)
        return _ALL_STOPPED

    def _activate(self, armed: ArmedRule, action: ActivateScene) -> Outcomes:
        scene = self._surroundings.scene(action.scene_id)
        wishes = wishes_of(scene, armed.source)
        answers = {pack((answer,)): answer for answer in map(self._submit_calmly, wishes)}
        return (Reason("scene", {"scene": scene.name}), *answers.values())

    def _submit_calmly(self, wish: Wish) -> Reason:
        """One device of a scene that is gone must not keep the others as they are."""
        try:
            return self._submit(wish, is_bounded=False)
        except ScentdError as error:
            return _said(error)[0]

    def _submit(self, wish: Wish, *, is_bounded: bool) -> Reason:
        if wish.power is not None and not is_bounded:
            self._timers.cancel(wish.diffuser_id)
        return self._surroundings.submit(wish).reason


def _said(error: ScentdError) -> tuple[Reason]:
    return (error.as_reason(),)
