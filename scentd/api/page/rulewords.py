"""A rule in a sentence: when this happens, if that holds, do these."""

import json
from collections.abc import Collection

from scentd.api.names import Names
from scentd.api.page.formats import Formats
from scentd.model.rule import (
    EVERY_DAY,
    Action,
    AutomationRule,
    Condition,
    DeviceStateChange,
    DeviceStateIs,
    LevelAbove,
    PublishMessage,
    SensorReading,
    SetDiffuser,
    StopEverything,
    TimeOfDay,
    TimeWindow,
    Trigger,
)
from scentd.model.schedule import Weekday

_WORKDAYS = frozenset(Weekday) - {Weekday.SATURDAY, Weekday.SUNDAY}


class RuleWords:
    """Word rules in one language with the household's names."""

    def __init__(self, formats: Formats, names: Names) -> None:
        self._formats = formats
        self._names = names
        self._t = formats.words

    def trigger(self, trigger: Trigger) -> str:
        """Say what sets a rule off."""
        if isinstance(trigger, TimeOfDay):
            at = self._formats.clock(trigger.at)
            return self._t("when.time", at=at, days=self.days(trigger.days))
        if isinstance(trigger, DeviceStateChange):
            key = "when.changes" if trigger.to is None else "when.becomes"
            return self._t(
                key,
                diffuser=self._names.diffuser(trigger.diffuser_id),
                attribute=self._attribute(trigger.attribute),
                to=self._value(trigger.attribute, trigger.to),
            )
        return self._sensor(trigger)

    def condition(self, condition: Condition) -> str:
        """Say what must hold."""
        if isinstance(condition, TimeWindow):
            return self._t(
                "only.window",
                start=self._formats.clock(condition.start),
                end=self._formats.clock(condition.end),
                days=self.days(condition.days),
            )
        if isinstance(condition, DeviceStateIs):
            return self._t(
                "only.state",
                diffuser=self._names.diffuser(condition.diffuser_id),
                attribute=self._attribute(condition.attribute),
                value=self._value(condition.attribute, condition.value),
            )
        if isinstance(condition, LevelAbove):
            name = self._names.diffuser(condition.diffuser_id)
            return self._t("only.level", diffuser=name, percent=f"{condition.percent:g}")
        return self._t("only.cooldown", span=self._span(condition.seconds))

    def action(self, action: Action) -> str:
        """Say what is done."""
        if isinstance(action, SetDiffuser):
            return self._set(action)
        if isinstance(action, StopEverything):
            return self._t("do.stop_all")
        if isinstance(action, PublishMessage):
            return self._t("do.publish", topic=action.topic)
        return self._t("do.wait", span=self._span(action.seconds))

    def rule(self, rule: AutomationRule) -> str:
        """Say the whole rule."""
        conditions = "".join(f", {self.condition(one)}" for one in rule.conditions)
        actions = self._t("then").join(self.action(one) for one in rule.actions)
        return f"{self.trigger(rule.trigger)}{conditions}: {actions}."

    def days(self, days: Collection[Weekday]) -> str:
        """Say on which days."""
        if frozenset(days) == EVERY_DAY:
            return self._t("days.every")
        if frozenset(days) == _WORKDAYS:
            return self._t("days.work")
        if frozenset(days) == EVERY_DAY - _WORKDAYS:
            return self._t("days.weekend")
        return ", ".join(self._formats.short_day(day) for day in sorted(days))

    def _sensor(self, trigger: SensorReading) -> str:
        what = f"{trigger.topic} {trigger.path}".strip()
        if trigger.above is not None:
            return self._t("when.above", what=what, bound=f"{trigger.above:g}")
        if trigger.below is not None:
            return self._t("when.below", what=what, bound=f"{trigger.below:g}")
        return self._t("when.reading", what=what)

    def _set(self, action: SetDiffuser) -> str:
        key = {True: "do.on", False: "do.off", None: "do.set"}[action.power]
        said = self._t(key, diffuser=self._names.diffuser(action.diffuser_id))
        if action.intensity_percent is not None:
            said += " " + self._t("do.at", percent=action.intensity_percent)
        if action.light is not None:
            said += " " + self._t("do.light_on" if action.light else "do.light_off")
        if action.for_s is not None:
            said += " " + self._t("do.for", span=self._span(action.for_s))
        return said

    def _attribute(self, name: str) -> str:
        key = f"attribute.{name}"
        return self._t(key) if self._t.has(key) else name

    def _value(self, attribute: str, value: object) -> str:
        if isinstance(value, bool):
            return self._t("value.on" if value else "value.off")
        if attribute == "intensity_percent":
            return f"{value} %"
        return value if isinstance(value, str) else json.dumps(value)

    def _span(self, seconds: int) -> str:
        if seconds % 3600 == 0 and seconds:
            return self._t("span.hours", count=seconds // 3600)
        if seconds % 60 == 0 and seconds:
            return self._t("span.minutes", count=seconds // 60)
        return self._t("span.seconds", count=seconds)
