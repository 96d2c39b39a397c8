"""Do what a rule says, step by step, and note how each step went."""

import logging

from scentd.automation.armed import ArmedRule, Step
from scentd.automation.loops import LoopGuard
from scentd.automation.surroundings import Surroundings
from scentd.automation.timers import OffTimers
from scentd.clock import Clock
from scentd.model.errors import ScentdError
from scentd.model.rule import SetDiffuser, TraceStep, Verdict, Wait

_log = logging.getLogger(__name__)


class Performer:
    """Perform the steps of rules. One step that fails does not stop those after it."""

    def __init__(
        self, clock: Clock, surroundings: Surroundings, timers: OffTimers, loops: LoopGuard
    ) -> None:
        self._clock = clock
        self._surroundings = surroundings
        self._timers = timers
        self._loops = loops

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
                continue
            if isinstance(action, SetDiffuser) and action.for_s is not None:
                # On the disk before the wish: what is switched on must go off after a crash.
                await self._timers.begin(action.diffuser_id, armed.rule.id, action.for_s)
            verdict = self._note(step, self._do(armed, step), verdict, noted)
        return verdict

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
        if step.wish is not None:
            is_new_word = step.wish.power is not None
            if is_new_word and isinstance(step.action, SetDiffuser) and step.action.for_s is None:
                self._timers.cancel(step.wish.diffuser_id)
            outcome = self._surroundings.submit(step.wish)
            return f"{outcome.answer.value}: {outcome.why}" if outcome.why else outcome.answer.value
        if step.message is not None:
            self._loops.note_publish(armed.rule.id, step.message.topic, self._clock.monotonic())
            is_sent = self._surroundings.publisher.publish(step.message)
            return "sent" if is_sent else "not sent: the broker is away"
        self._surroundings.stop_all(armed.source)
        return "everything was told to stop"
