"""The shapes the API shows firings and dry runs in, as codes and in the household's language."""

from datetime import datetime

from scentd.api.routes import View
from scentd.api.tracewords import TraceWords
from scentd.automation.dryrun import DryRun
from scentd.model.rule import RuleTrace, TraceStep, Verdict


class TraceStepView(View):
    """One condition or action of a firing."""

    what: str
    """What it was, in words."""
    outcome: str
    """How it went, in words."""
    codes: list[str]
    """How it went, or by what a condition was judged, as stable codes."""
    held: bool | None
    """Whether a condition held; null for what is none."""
    at: datetime
    """When, UTC."""


class TraceView(View):
    """One firing of a rule."""

    rule_id: str
    """Which rule."""
    at: datetime
    """When it was set off, UTC."""
    trigger: str
    """What set it off, in words."""
    code: str
    """What set it off, as a stable code."""
    verdict: Verdict
    """How it ended."""
    steps: list[TraceStepView]
    """Its conditions and actions, in order."""


class ConditionTallyView(View):
    """How often a condition held and did not when the rule was set off."""

    words: str
    """The condition."""
    held: int
    """Times it held."""
    failed: int
    """Times it did not."""


class DryRunView(View):
    """What a rule would have done."""

    since: datetime
    """From when, UTC."""
    until: datetime
    """Until when, UTC."""
    recorded_since: datetime | None
    """Since when anything is recorded; null when nothing is. Only times are judged before it."""
    entries: int
    """How much of the record was looked at."""
    set_off: int
    """Times its trigger came."""
    would_run: int
    """Times it would have acted."""
    conditions: list[ConditionTallyView]
    """Each of its conditions."""
    traces: list[TraceView]
    """The last times, at most 500, the oldest first; their steps are the conditions."""


def view_trace(trace: RuleTrace, say: TraceWords) -> TraceView:
    """Show one firing."""
    return TraceView(
        rule_id=trace.rule_id,
        at=trace.at,
        trigger=say.trigger(trace.trigger),
        code=trace.trigger.code,
        verdict=trace.verdict,
        steps=[_view_step(step, say) for step in trace.steps],
    )


def view_dry_run(found: DryRun, say: TraceWords) -> DryRunView:
    """Show what a rule would have done."""
    tallies = [
        ConditionTallyView(words=say.what(one.words), held=one.held, failed=one.failed)
        for one in found.conditions
    ]
    return DryRunView(
        since=found.since,
        until=found.until,
        recorded_since=found.recorded_since,
        entries=found.entries,
        set_off=found.set_off,
        would_run=found.would_run,
        conditions=tallies,
        traces=[view_trace(trace, say) for trace in found.traces],
    )


def _view_step(step: TraceStep, say: TraceWords) -> TraceStepView:
    return TraceStepView(
        what=say.what(step.what),
        outcome=say.outcome(step),
        codes=[reason.code for reason in step.outcome],
        held=step.held,
        at=step.at,
    )
