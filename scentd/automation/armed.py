"""A rule made ready to fire: everything that needs no looking up again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scentd.automation.wording import action_words, condition_words
from scentd.model.action import Action, PublishMessage, SetDiffuser, SwitchRule, Wait, WaitUntil
from scentd.model.commands import Origin, Source, Wish
from scentd.model.condition import AllOf, AnyOf, Condition, Cooldown, NotSo, SensorIs
from scentd.model.rule import AutomationRule
from scentd.ports import Publish

SLACK_S = 60
"""How much later than a rule's own step its promise to switch off is kept for it."""


@dataclass(slots=True)
class Step:
    """One action, and the wish or message it sends, if any.

    `off_in_s` is after how many seconds what it switches on goes off again, None for not by it.
    """

    action: Action
    wish: Wish | None = None
    message: Publish | None = None
    off_in_s: int | None = None
    _words: str = ""

    @property
    def words(self) -> str:
        """What it does, for the trace; put together when it is first needed."""
        if not self._words:
            self._words = action_words(self.action)
        return self._words


@dataclass(slots=True)
class Asked:
    """One condition."""

    condition: Condition
    _words: str = ""

    @property
    def words(self) -> str:
        """What it asks, for the trace; put together when it is first needed."""
        if not self._words:
            self._words = condition_words(self.condition)
        return self._words


@dataclass(frozen=True, slots=True)
class ArmedRule:
    """A rule with its steps; `takes_time` when an action has to wait for the clock or the disk.

    `asked` are its conditions; `sensors` the sensor conditions anywhere in it.
    """

    rule: AutomationRule
    source: Source
    asked: tuple[Asked, ...]
    steps: tuple[Step, ...]
    sensors: tuple[SensorIs, ...]
    takes_time: bool
    has_cooldown: bool


def arm(rule: AutomationRule) -> ArmedRule:
    """Make a rule ready."""
    source = Source(Origin.RULE, rule.id)
    waited_for = (one.condition for one in rule.actions if isinstance(one, WaitUntil))
    conditions = tuple(every_condition((*rule.conditions, *waited_for)))
    return ArmedRule(
        rule,
        source,
        tuple(Asked(condition) for condition in rule.conditions),
        tuple(
            _step(action, source, _off_in_s(action, rule.actions[number:]))
            for number, action in enumerate(rule.actions, 1)
        ),
        tuple(one for one in conditions if isinstance(one, SensorIs)),
        takes_time=any(_takes_time(action) for action in rule.actions),
        has_cooldown=any(isinstance(one, Cooldown) for one in conditions),
    )


def every_condition(conditions: Iterable[Condition]) -> Iterator[Condition]:
    """Give the conditions and those in their groups, a group before its parts."""
    for condition in conditions:
        yield condition
        if isinstance(condition, AllOf | AnyOf):
            yield from every_condition(condition.conditions)
        elif isinstance(condition, NotSo):
            yield from every_condition((condition.condition,))


def _takes_time(action: Action) -> bool:
    return isinstance(action, Wait | WaitUntil | SwitchRule) or (
        isinstance(action, SetDiffuser) and action.for_s is not None
    )


def _off_in_s(action: Action, later: tuple[Action, ...]) -> int | None:
    """Give when what is switched on goes off: as it says, or surely after a later step should
    have done it. Between the two the hub may restart and somebody may edit the rule.
    """
    if not isinstance(action, SetDiffuser) or not action.power or action.for_s is not None:
        return action.for_s if isinstance(action, SetDiffuser) else None
    waited_s = 0
    for step in later:
        if isinstance(step, Wait):
            waited_s += step.seconds
        elif isinstance(step, WaitUntil) and step.go_on:
            waited_s += step.timeout_s
        elif isinstance(step, WaitUntil):
            return None
        elif isinstance(step, SetDiffuser) and step.diffuser_id == action.diffuser_id:
            is_off_later = step.power is False and waited_s > 0
            return waited_s + SLACK_S if is_off_later else None
    return None


def _step(action: Action, source: Source, off_in_s: int | None) -> Step:
    if isinstance(action, SetDiffuser):
        wish = Wish(
            action.diffuser_id,
            source,
            power=action.power,
            intensity_percent=action.intensity_percent,
            light=action.light,
        )
        return Step(action, wish=wish, off_in_s=off_in_s)
    if isinstance(action, PublishMessage):
        return Step(action, message=Publish(action.topic, action.payload.encode()))
    return Step(action)
