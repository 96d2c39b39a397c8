"""All of a rule's conditions, with the fact each was judged by: the same live and in a dry run."""

from datetime import datetime

from scentd.automation.armed import ArmedRule
from scentd.automation.conditions import Facts, judge
from scentd.model.rule import TraceStep


def judge_all(
    armed: ArmedRule, facts: Facts, now: datetime, ran_s_ago: float | None
) -> tuple[bool, list[TraceStep]]:
    """Judge every condition, also after one that does not hold: the trace tells of each."""
    all_hold = True
    steps = []
    for asked in armed.asked:
        holds, fact = judge(asked.condition, facts, now, ran_s_ago)
        outcome = f"holds: {fact}" if holds else f"does not hold: {fact}"
        steps.append(TraceStep(asked.words, outcome, now))
        all_hold = all_hold and holds
    return all_hold, steps
