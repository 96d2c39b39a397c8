"""The rules ready to fire, found by what they wait for; what an event costs is what it fires."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from scentd.automation.armed import ArmedRule, arm
from scentd.automation.devices import DeviceIndex
from scentd.automation.named import EventIndex
from scentd.automation.people import Coming, PeopleIndex
from scentd.automation.sensors import Bound, Owner, Sensors
from scentd.automation.spoken import PhraseIndex
from scentd.automation.timetable import Timed
from scentd.model.condition import SensorIs
from scentd.model.diffuser import DiffuserState
from scentd.model.reasons import Reason
from scentd.model.rule import AutomationRule
from scentd.model.trigger import (
    AppEvent,
    DeviceStateChange,
    Scalar,
    SensorReading,
    Sunrise,
    Sunset,
    TimeOfDay,
    UserEntersLocation,
    UserLeavesLocation,
    VoiceCommand,
)

T = TypeVar("T")

Waits = Sequence[tuple[str, str]]
"""(rule, side) of what must last; the side is "" but for the bounds of a sensor."""


class Heard(NamedTuple):
    """What follows from an event: rules that fire, waits that begin, waits that end.

    `moved` are the bounds whose standing must outlive a restart.
    """

    trigger: Reason
    fired: Sequence[str] = ()
    begun: Waits = ()
    ended: Waits = ()
    moved: Sequence[Bound] = ()


class RuleIndex:
    """Hold the enabled rules by id, device, topic, member, phrase, event and time. Pure."""

    def __init__(self) -> None:
        self.armed: dict[str, ArmedRule] = {}
        self.devices = DeviceIndex()
        self.sensors = Sensors()
        self.people = PeopleIndex()
        self.phrases = PhraseIndex()
        self.events = EventIndex()
        self.times: dict[str, Timed] = {}

    def follow(self, rules: Iterable[AutomationRule]) -> set[str]:
        """Hold these from now on; the ids of those held before that changed or went."""
        before = self.armed
        self.armed = {rule.id: _armed(rule, before) for rule in rules if rule.enabled}
        self._sort()
        return {rule_id for rule_id in before if self.armed.get(rule_id) is not before[rule_id]}

    def lasts_s(self, rule_id: str) -> int | None:
        """Give for how long what sets a rule off must last; None when it need not."""
        trigger = self.armed[rule_id].rule.trigger if rule_id in self.armed else None
        return trigger.for_s if isinstance(trigger, DeviceStateChange | SensorReading) else None

    def after_state(
        self, diffuser_id: str, before: DiffuserState, after: DiffuserState
    ) -> Iterator[Heard]:
        """Tell what follows from a device's change."""
        for trigger, fired, begun, ended in self.devices.after_change(diffuser_id, before, after):
            yield Heard(trigger, fired, [(one, "") for one in begun], [(one, "") for one in ended])

    def after_press(self, diffuser_id: str, button: str) -> Heard:
        """Tell what follows from a press of a button."""
        fired = self.devices.after_press(diffuser_id, button)
        return Heard(Reason("button", {"diffuser": diffuser_id, "button": button}), fired)

    def after_message(
        self, topic: str, payload: bytes, now_s: float, *, is_old: bool
    ) -> Iterator[Heard]:
        """Tell what follows from a message; raises Unreadable at the end (see Topic.after)."""
        known = self.sensors.topics.get(topic)
        if known is None:
            return
        for moved in known.after(payload, now_s, is_old=is_old):
            fired, begun = list(moved.every), []
            for bound in moved.entered:
                if isinstance(bound.owner, str):
                    if self.lasts_s(bound.owner) is None:
                        fired.append(bound.owner)
                    else:
                        begun.append((bound.owner, bound.side))
            ended = [(one.owner, one.side) for one in moved.left if isinstance(one.owner, str)]
            news = [bound for bound in (*moved.entered, *moved.left, *moved.settled) if bound.name]
            trigger = Reason("reading", {"topic": topic, "value": f"{moved.value:g}"})
            yield Heard(trigger, fired, begun, ended, news)

    def after_entering(self, member_id: str, zone_id: str, *, is_first: bool) -> Heard:
        """Tell what follows from a member's coming."""
        fired = self.people.after_entering(member_id, zone_id, is_first=is_first)
        return Heard(Reason("came", {"member": member_id, "zone": zone_id}), fired)

    def after_leaving(self, member_id: str, zone_id: str, *, is_last: bool) -> Heard:
        """Tell what follows from a member's leaving."""
        fired = self.people.after_leaving(member_id, zone_id, is_last=is_last)
        return Heard(Reason("went", {"member": member_id, "zone": zone_id}), fired)

    def after_event(self, name: str, data: Mapping[str, Scalar]) -> Heard:
        """Tell what follows from a named event."""
        said = ", ".join(f"{field} {value}" for field, value in data.items())
        trigger = Reason("event", {"name": f"{name}: {said}" if said else name})
        return Heard(trigger, self.events.after(name, data))

    def after_phrase(self, text: str, language: str, room: str) -> Heard:
        """Tell what follows from a sentence somebody said."""
        fired = self.phrases.after(text, language, room)
        return Heard(Reason("phrase", {"text": text}), fired)

    def _sort(self) -> None:
        by_kind: dict[type, list[tuple[str, object]]] = {}
        watchers: list[tuple[Owner, SensorReading | SensorIs]] = []
        conditions: dict[SensorIs, None] = {}
        for rule_id, armed in self.armed.items():
            trigger = armed.rule.trigger
            if isinstance(trigger, SensorReading):
                watchers.append((rule_id, trigger))
            else:
                by_kind.setdefault(type(trigger), []).append((rule_id, trigger))
            conditions.update(dict.fromkeys(armed.sensors))
        self.devices = DeviceIndex(_of(by_kind, DeviceStateChange))
        self.phrases = PhraseIndex(_of(by_kind, VoiceCommand))
        self.events = EventIndex(_of(by_kind, AppEvent))
        coming: list[tuple[str, Coming]] = [*_of(by_kind, UserEntersLocation)]
        self.people = PeopleIndex([*coming, *_of(by_kind, UserLeavesLocation)])
        times: list[tuple[str, Timed]] = [*_of(by_kind, TimeOfDay), *_of(by_kind, Sunrise)]
        self.times = dict([*times, *_of(by_kind, Sunset)])
        watched = [*watchers, *((one, one) for one in conditions)]
        self.sensors = Sensors(watched, self.sensors.topics)


def _of(by_kind: Mapping[type, Sequence[tuple[str, object]]], kind: type[T]) -> list[tuple[str, T]]:
    return [
        (rule_id, trigger)
        for rule_id, trigger in by_kind.get(kind, ())
        if isinstance(trigger, kind)
    ]


def _armed(rule: AutomationRule, before: dict[str, ArmedRule]) -> ArmedRule:
    known = before.get(rule.id)
    if known is not None and (known.rule is rule or known.rule == rule):
        return known
    return arm(rule)
