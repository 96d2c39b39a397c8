"""Short words for rules in tests."""

from scentd.model.action import Action, PublishMessage, SetDiffuser
from scentd.model.condition import Condition
from scentd.model.rule import AutomationRule, RuleMode
from scentd.model.trigger import Trigger

LAMP_ON = SetDiffuser("lamp", power=True)
LAMP_OFF = SetDiffuser("lamp", power=False)


def rule(
    trigger: Trigger,
    *actions: Action,
    name: str = "r",
    conditions: tuple[Condition, ...] = (),
    mode: RuleMode = RuleMode.SINGLE,
    enabled: bool = True,
) -> AutomationRule:
    return AutomationRule(name, name, trigger, actions or (LAMP_ON,), conditions, mode, enabled)


def say(topic: str, payload: str = "") -> PublishMessage:
    return PublishMessage(topic, payload)
