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
        holds, found = judge(asked.condition, facts, now, ran_s_ago)
        steps.append(TraceStep(asked.words, found, now, holds))
        all_hold = all_hold and holds
    return all_hold, steps
