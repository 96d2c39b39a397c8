"""Do what a rule says, step by step, and note how each step went."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable

from scentd.automation.armed import ArmedRule, Step
from scentd.automation.conditions import Facts, judge
from scentd.automation.loops import LoopGuard
from scentd.automation.scenes import wishes_of
from scentd.automation.surroundings import Surroundings
from scentd.automation.timers import OffTimers
from scentd.clock import Clock
from scentd.model.action import (
    ActivateScene,
    Notify,
    SetDiffuser,
    SwitchRule,
    Wait,
    WaitUntil,
)
from scentd.model.commands import Wish
from scentd.model.errors import ScentdError
from scentd.model.rule import TraceStep, Verdict

_log = logging.getLogger(__name__)

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
                noted.append(TraceStep(step.words, "waited", self._clock.now()))
            elif isinstance(action, WaitUntil):
                held, fact = await self._wait_until(action)
                outcome = f"it holds: {fact}" if held else f"it did not hold in time: {fact}"
                noted.append(TraceStep(step.words, outcome, self._clock.now()))
                if not (held or action.go_on):
                    return verdict
            elif isinstance(action, SwitchRule):
                verdict = self._note(step, await self._switch(action), verdict, noted)
            else:
                if isinstance(action, SetDiffuser) and action.for_s is not None:
                    # On the disk before the wish: what goes on must go off after a crash.
                    await self._timers.begin(action.diffuser_id, armed.rule.id, action.for_s)
                verdict = self._note(step, self._do(armed, step), verdict, noted)
        return verdict

    async def _wait_until(self, action: WaitUntil) -> tuple[bool, str]:
        until_s = self._clock.monotonic() + action.timeout_s
        while True:
            holds, fact = judge(action.condition, self._facts, self._clock.now(), None)
            left_s = until_s - self._clock.monotonic()
            if holds or left_s <= 0:
                return holds, fact
            await self._clock.sleep(min(LOOK_EVERY_S, left_s))

    async def _switch(self, action: SwitchRule) -> tuple[bool, str]:
        try:
            await self._switch_rule(action.rule_id, action.enabled)
        except ScentdError as error:
            return False, error.message
        return True, "switched on" if action.enabled else "switched off"

    def _note(
        self, step: Step, went: tuple[bool, str], verdict: Verdict, noted: list[TraceStep]
    ) -> Verdict:
        is_well, outcome = went
        noted.append(TraceStep(step.words, outcome, self._clock.now()))
        return verdict if is_well else Verdict.FAILED

    def _do(self, armed: ArmedRule, step: Step) -> tuple[bool, str]:
        try:
            return True, self._act(armed, step)
        except ScentdError as error:
            return False, error.message
        except Exception:  # noqa: BLE001 - a bug behind one step must not stop the house's rules
            _log.exception("a step of rule %s failed: %s", armed.rule.id, step.words)
            return False, "it failed; the log has the details"

    def _act(self, armed: ArmedRule, step: Step) -> str:
        action = step.action
        if step.wish is not None:
            is_bounded = isinstance(action, SetDiffuser) and action.for_s is not None
            return self._submit(step.wish, is_bounded=is_bounded)
        if step.message is not None:
            self._loops.note_publish(armed.rule.id, step.message.topic, self._clock.monotonic())
            is_sent = self._surroundings.publisher.publish(step.message)
            return "sent" if is_sent else "not sent: the broker is away"
        if isinstance(action, ActivateScene):
            return self._activate(armed, action)
        if isinstance(action, Notify):
            self._notify(armed.rule.id, action.text)
            return "told"
        self._surroundings.stop_all(armed.source)
        return "everything was told to stop"

    def _activate(self, armed: ArmedRule, action: ActivateScene) -> str:
        scene = self._surroundings.scene(action.scene_id)
        wishes = wishes_of(scene, armed.source)
        answers = Counter(self._submit_calmly(wish) for wish in wishes)
        return f"{scene.name}: {', '.join(f'{n} {answer}' for answer, n in answers.items())}"

    def _submit_calmly(self, wish: Wish) -> str:
        """One device of a scene that is gone must not keep the others as they are."""
        try:
            return self._submit(wish, is_bounded=False)
        except ScentdError as error:
            return error.message

    def _submit(self, wish: Wish, *, is_bounded: bool) -> str:
        if wish.power is not None and not is_bounded:
            self._timers.cancel(wish.diffuser_id)
        outcome = self._surroundings.submit(wish)
        return f"{outcome.answer.value}: {outcome.why}"
