"""A rule made ready to fire: everything that needs no looking up again."""

from dataclasses import dataclass

from scentd.model.commands import Origin, Source, Wish
from scentd.model.rule import (
    Action,
    AutomationRule,
    Cooldown,
    PublishMessage,
    SetDiffuser,
    StopEverything,
    Wait,
)
from scentd.ports import Publish


@dataclass(frozen=True, slots=True)
class Step:
    """One action with its words for the trace, and the wish or message it sends, if any."""

    action: Action
    words: str
    wish: Wish | None = None
    message: Publish | None = None


@dataclass(frozen=True, slots=True)
class ArmedRule:
    """A rule with its steps; `takes_time` when an action has to wait for the clock or the disk."""

    rule: AutomationRule
    source: Source
    steps: tuple[Step, ...]
    takes_time: bool
    has_cooldown: bool


def arm(rule: AutomationRule) -> ArmedRule:
    """Make a rule ready."""
    source = Source(Origin.RULE, rule.id)
    return ArmedRule(
        rule,
        source,
        tuple(_step(action, source) for action in rule.actions),
        takes_time=any(_takes_time(action) for action in rule.actions),
        has_cooldown=any(isinstance(condition, Cooldown) for condition in rule.conditions),
    )


def _takes_time(action: Action) -> bool:
    return isinstance(action, Wait) or (
        isinstance(action, SetDiffuser) and action.for_s is not None
    )


def _step(action: Action, source: Source) -> Step:
    match action:
        case SetDiffuser():
            wish = Wish(
                action.diffuser_id,
                source,
                power=action.power,
                intensity_percent=action.intensity_percent,
                light=action.light,
            )
            return Step(action, _words(action), wish=wish)
        case Wait():
            return Step(action, f"wait {action.seconds} s")
        case StopEverything():
            return Step(action, "stop everything")
        case PublishMessage():
            message = Publish(action.topic, action.payload.encode())
            return Step(action, f"publish on {action.topic}", message=message)


def _words(action: SetDiffuser) -> str:
    parts = []
    if action.power is not None:
        parts.append("on" if action.power else "off")
    if action.intensity_percent is not None:
        parts.append(f"{action.intensity_percent} %")
    if action.light is not None:
        parts.append("light on" if action.light else "light off")
    if action.for_s is not None:
        parts.append(f"for {action.for_s} s")
    return f"set {action.diffuser_id}: {', '.join(parts)}"
