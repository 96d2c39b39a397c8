"""Automation rules: one trigger, conditions that must all hold, actions in order."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from scentd.model.action import Action
from scentd.model.condition import Condition
from scentd.model.reasons import Reason
from scentd.model.trigger import Trigger


class RuleMode(StrEnum):
    """What a firing does while an earlier one of the same rule still runs."""

    SINGLE = "single"
    RESTART = "restart"
    QUEUED = "queued"
    PARALLEL = "parallel"


@dataclass(frozen=True, slots=True)
class AutomationRule:
    """When something happens, and all conditions hold, do these things in this order."""

    id: str
    name: str
    trigger: Trigger
    actions: tuple[Action, ...]
    conditions: tuple[Condition, ...] = ()
    mode: RuleMode = RuleMode.SINGLE
    enabled: bool = True


class Verdict(StrEnum):
    """How a firing ended."""

    RAN = "ran"
    CONDITION_FAILED = "condition_failed"
    BUSY = "busy"
    LOOP_STOPPED = "loop_stopped"
    MISSED = "missed"
    FAILED = "failed"
    SKIPPED = "skipped"
    """The trigger did not come about that day: the sun neither rose nor set."""


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One condition or action of a firing: what it was, how it went, when.

    `what` is in English, "" for a line about the firing itself. `held` says of a condition whether
    it did, by the facts of `outcome`.
    """

    what: str
    outcome: tuple[Reason, ...]
    at: datetime
    held: bool | None = None

    @property
    def said(self) -> str:
        """How it went, in English."""
        how = {None: "", True: "holds: ", False: "does not hold: "}[self.held]
        return how + "; ".join(map(str, self.outcome))


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """Everything about one firing, enough to answer “why?” long after."""

    rule_id: str
    at: datetime
    trigger: Reason
    verdict: Verdict
    steps: tuple[TraceStep, ...] = field(default=())
