"""A rule in a sentence: when this happens, if that holds, do these."""

import json
from collections.abc import Collection, Sequence

from scentd.api.formats import Formats
from scentd.api.names import Names
from scentd.model.action import (
    Action,
    ActivateScene,
    Notify,
    PublishMessage,
    SetDiffuser,
    StopEverything,
    SwitchRule,
    Wait,
    WaitUntil,
)
from scentd.model.condition import (
    AllOf,
    AnyOf,
    Condition,
    Cooldown,
    DeviceStateIs,
    LevelAbove,
    LevelBelow,
    MemberIs,
    NobodyHome,
    NotSo,
    OnDays,
    SensorIs,
    SomeoneHome,
    SunElevation,
    SunWindow,
    TimeWindow,
)
from scentd.model.rule import AutomationRule
from scentd.model.scene import Scene
from scentd.model.schedule import Weekday
from scentd.model.trigger import (
    EVERY_DAY,
    AppEvent,
    DeviceStateChange,
    SensorReading,
    Sunrise,
    Sunset,
    TimeOfDay,
    Trigger,
    UserEntersLocation,
    UserLeavesLocation,
    VoiceCommand,
)
from scentd.presence.roster import Roster

_WORKDAYS = frozenset(Weekday) - {Weekday.SATURDAY, Weekday.SUNDAY}


class RuleWords:
    """Word rules in one language with the household's names."""

    def __init__(self, formats: Formats, names: Names, roster: Roster) -> None:
        self._formats = formats
        self._names = names
        self._members = {member.id: member.name for member in roster.members()}
        self._zones = {zone.id: zone.name for zone in roster.zones()}
        self._t = formats.words

    def rule(self, rule: AutomationRule) -> str:
        """Say the whole rule."""
        conditions = self._conditions(rule.conditions)
        actions = self._t("then").join(self.action(one) for one in rule.actions)
        return f"{self.trigger(rule.trigger)}{conditions}: {actions}."

    def trigger(self, trigger: Trigger) -> str:
        """Say what sets a rule off."""
        match trigger:
            case TimeOfDay():
                at = self._formats.clock(trigger.at)
                return self._t("when.time", at=at, days=self.days(trigger.days))
            case Sunrise() | Sunset():
                return self._sun_trigger(trigger)
            case UserEntersLocation() | UserLeavesLocation():
                return self._person(trigger)
            case DeviceStateChange():
                return self._change(trigger)
            case SensorReading():
                return self._sensor(trigger)
            case VoiceCommand():
                said = self._t("or").join(f"“{phrase}”" for phrase in trigger.phrases)
                return self._t("when.voice", phrases=said)
            case AppEvent():
                data = ", ".join(f"{key} {value}" for key, value in trigger.data.items())
                name = f"{trigger.name} ({data})" if data else trigger.name
                return self._t("when.event", name=name)

    def plain(self, condition: Condition) -> str:
        """Say what must hold, by itself."""
        match condition:
            case AllOf() | AnyOf():
                joint = self._t("and" if isinstance(condition, AllOf) else "or")
                return f"({joint.join(self.plain(part) for part in condition.conditions)})"
            case NotSo():
                return self._t("only.not", what=self.plain(condition.condition))
            case TimeWindow() | OnDays() | SunElevation() | SunWindow():
                return self._moment(condition)
            case SomeoneHome() | NobodyHome() | MemberIs():
                return self._presence(condition)
            case DeviceStateIs():
                return self._t(
                    "only.state",
                    diffuser=self._names.diffuser(condition.diffuser_id),
                    attribute=self.attribute(condition.attribute),
                    value=self.value(condition.attribute, condition.value),
                )
            case SensorIs():
                return self._sensor_is(condition)
            case LevelAbove() | LevelBelow():
                key = "only.level" if isinstance(condition, LevelAbove) else "only.level_below"
                name = self._names.diffuser(condition.diffuser_id)
                return self._t(key, diffuser=name, percent=f"{condition.percent:g}")
            case Cooldown():
                return self._t("only.cooldown", span=self.span(condition.seconds))

    def action(self, action: Action) -> str:
        """Say what is done."""
        match action:
            case SetDiffuser():
                return self._set(action)
            case ActivateScene():
                return self._t("do.scene", scene=self._names.scene(action.scene_id))
            case StopEverything():
                return self._t("do.stop_all")
            case Wait():
                return self._t("do.wait", span=self.span(action.seconds))
            case WaitUntil():
                what, span = self.plain(action.condition), self.span(action.timeout_s)
                return self._t("do.wait_until", what=what, span=span)
            case PublishMessage():
                return self._t("do.publish", topic=action.topic)
            case Notify():
                return self._t("do.notify", text=action.text)
            case SwitchRule():
                key = "do.rule_on" if action.enabled else "do.rule_off"
                return self._t(key, rule=self._names.rule(action.rule_id))

    def scene(self, scene: Scene) -> str:
        """Say what a scene wishes."""
        wishes = (
            SetDiffuser(one.diffuser_id, one.power, one.intensity_percent, one.light)
            for one in scene.states
        )
        return ", ".join(self._set(wish) for wish in wishes)

    def days(self, days: Collection[Weekday]) -> str:
        """Say on which days."""
        if frozenset(days) == EVERY_DAY:
            return self._t("days.every")
        if frozenset(days) == _WORKDAYS:
            return self._t("days.work")
        if frozenset(days) == EVERY_DAY - _WORKDAYS:
            return self._t("days.weekend")
        return ", ".join(self._formats.short_day(day) for day in sorted(days))

    def span(self, seconds: int) -> str:
        """Say how long."""
        if seconds % 3600 == 0 and seconds:
            return self._t("span.hours", count=seconds // 3600)
        if seconds % 60 == 0 and seconds:
            return self._t("span.minutes", count=seconds // 60)
        return self._t("span.seconds", count=seconds)

    def member(self, member_id: str) -> str:
        """Name a member; one that is gone by its id."""
        return self._members.get(member_id, member_id)

    def zone(self, zone_id: str) -> str:
        """Name a place."""
        key = f"place.{zone_id}"
        return self._t(key) if self._t.has(key) else self._zones.get(zone_id, zone_id)

    def attribute(self, name: str) -> str:
        """Name what of a device is meant."""
        key = f"attribute.{name}"
        return self._t(key) if self._t.has(key) else name

    def value(self, attribute: str, value: object) -> str:
        """Say a value of a device."""
        if isinstance(value, bool):
            return self._t("value.on" if value else "value.off")
        if attribute == "intensity_percent":
            return f"{value} %"
        if isinstance(value, str):
            key = f"value.{value}"
            return self._t(key) if self._t.has(key) else value
        return json.dumps(value)

    def _conditions(self, conditions: Sequence[Condition]) -> str:
        """Say what must hold, to stand after a trigger; a group alone needs no brackets."""
        if not conditions:
            return ""
        what = self._t("and").join(self.plain(one) for one in conditions)
        if len(conditions) == 1 and isinstance(conditions[0], AllOf | AnyOf):
            what = what[1:-1]
        return f", {self._t('only.if', what=what)}"

    def _sun_trigger(self, trigger: Sunrise | Sunset) -> str:
        point = self._sun_point(trigger.point, trigger.offset_min)
        said = self._t("when.sun", point=point, days=self.days(trigger.days))
        if trigger.otherwise_at is None:
            return said
        return said + self._t("when.otherwise", at=self._formats.clock(trigger.otherwise_at))

    def _sun_point(self, point: str, offset_min: int) -> str:
        name = self._t(f"sun.{point}")
        if offset_min == 0:
            return name
        key = "sun.later" if offset_min > 0 else "sun.earlier"
        return self._t(key, point=name, span=self.span(abs(offset_min) * 60))

    def _person(self, trigger: UserEntersLocation | UserLeavesLocation) -> str:
        member = trigger.member_id
        who = self._t("anyone") if member is None else self.member(member)
        zone = self.zone(trigger.zone_id)
        if isinstance(trigger, UserEntersLocation):
            return self._t("when.first" if trigger.first else "when.enters", who=who, zone=zone)
        return self._t("when.last" if trigger.last else "when.leaves", who=who, zone=zone)

    def _change(self, trigger: DeviceStateChange) -> str:
        said = self._t(
            "when.changes" if trigger.to is None else "when.becomes",
            diffuser=self._names.diffuser(trigger.diffuser_id),
            attribute=self.attribute(trigger.attribute),
            to=self.value(trigger.attribute, trigger.to),
        )
        if trigger.was is not None:
            said += self._t("when.was", was=self.value(trigger.attribute, trigger.was))
        return said + self._lasting(trigger.for_s)

    def _sensor(self, trigger: SensorReading) -> str:
        what = f"{trigger.topic} {trigger.path}".strip()
        said = []
        for key, bound in (("when.above", trigger.above), ("when.below", trigger.below)):
            if bound is not None:
                said.append(self._t(key, what=what, bound=f"{bound:g} {trigger.unit}".strip()))
        if not said:
            return self._t("when.reading", what=what)
        return self._t("or").join(said) + self._lasting(trigger.for_s)

    def _sensor_is(self, condition: SensorIs) -> str:
        what = f"{condition.topic} {condition.path}".strip()
        said = []
        for key, bound in (("only.above", condition.above), ("only.below", condition.below)):
            if bound is not None:
                said.append(self._t(key, what=what, bound=f"{bound:g} {condition.unit}".strip()))
        return self._t("and").join(said) + self._lasting(condition.for_s)

    def _lasting(self, seconds: int | None) -> str:
        return "" if seconds is None else self._t("when.for", span=self.span(seconds))

    def _moment(self, condition: TimeWindow | OnDays | SunElevation | SunWindow) -> str:
        match condition:
            case TimeWindow():
                return self._t(
                    "only.window",
                    start=self._formats.clock(condition.start),
                    end=self._formats.clock(condition.end),
                    days=self.days(condition.days),
                )
            case OnDays():
                return self._t("only.days", days=self.days(condition.days))
            case SunElevation():
                sides = (("only.sun_above", condition.above), ("only.sun_below", condition.below))
                said = [self._t(key, degrees=f"{of:g}") for key, of in sides if of is not None]
                return self._t("and").join(said)
            case SunWindow():
                said = []
                if condition.after:
                    point = self._sun_point(condition.after, condition.after_offset_min)
                    said.append(self._t("only.sun_after", point=point))
                if condition.before:
                    point = self._sun_point(condition.before, condition.before_offset_min)
                    said.append(self._t("only.sun_before", point=point))
                return self._t("and").join(said)

    def _presence(self, condition: SomeoneHome | NobodyHome | MemberIs) -> str:
        match condition:
            case SomeoneHome():
                return self._t("only.someone")
            case NobodyHome():
                return self._t("only.nobody")
            case MemberIs():
                key = "only.home" if condition.whereabouts == "home" else "only.away"
                return self._t(key, who=self.member(condition.member_id))

    def _set(self, action: SetDiffuser) -> str:
        key = {True: "do.on", False: "do.off", None: "do.set"}[action.power]
        said = self._t(key, diffuser=self._names.diffuser(action.diffuser_id))
        if action.intensity_percent is not None:
            said += " " + self._t("do.at", percent=action.intensity_percent)
        if action.light is not None:
            said += " " + self._t("do.light_on" if action.light else "do.light_off")
        if action.for_s is not None:
            said += " " + self._t("do.for", span=self.span(action.for_s))
        return said
