"""The rules ready to fire, found by what they wait for."""

from collections.abc import Callable, Iterable

from scentd.automation.armed import ArmedRule, arm
from scentd.automation.devices import DeviceIndex
from scentd.automation.sensors import Topic
from scentd.model.rule import AutomationRule, DeviceStateChange, SensorReading, TimeOfDay
from scentd.ports import Inbound, Subscriber


class RuleIndex:
    """Hold the enabled rules by id, device, topic and time; watch the topics they name."""

    def __init__(self, subscriber: Subscriber, on_message: Callable[[Inbound], None]) -> None:
        self._subscriber = subscriber
        self._on_message = on_message
        self._unwatch: dict[str, Callable[[], None]] = {}
        self.armed: dict[str, ArmedRule] = {}
        self.devices = DeviceIndex()
        self.topics: dict[str, Topic] = {}
        self.times: dict[str, TimeOfDay] = {}

    def follow(self, rules: Iterable[AutomationRule]) -> set[str]:
        """Hold these from now on; the ids of those held before that changed or went."""
        before = self.armed
        self.armed = {rule.id: _armed(rule, before) for rule in rules if rule.enabled}
        self._sort()
        return {rule_id for rule_id in before if self.armed.get(rule_id) is not before[rule_id]}

    def close(self) -> None:
        """Watch no topic any more."""
        for end in self._unwatch.values():
            end()
        self._unwatch.clear()

    def _sort(self) -> None:
        devices: list[tuple[str, DeviceStateChange]] = []
        topics: dict[str, list[tuple[str, SensorReading]]] = {}
        self.times = {}
        for rule_id, armed in self.armed.items():
            match armed.rule.trigger:
                case DeviceStateChange() as trigger:
                    devices.append((rule_id, trigger))
                case SensorReading() as trigger:
                    topics.setdefault(trigger.topic, []).append((rule_id, trigger))
                case TimeOfDay() as trigger:
                    self.times[rule_id] = trigger
        self.devices = DeviceIndex(devices)
        self._watch(topics)

    def _watch(self, triggers: dict[str, list[tuple[str, SensorReading]]]) -> None:
        before, self.topics = self.topics, {}
        for name, found in triggers.items():
            self.topics[name] = topic = Topic(found)
            if name in before:
                topic.go_on_from(before[name])
        for name in self._unwatch.keys() - self.topics.keys():
            self._unwatch.pop(name)()
        for name in self.topics.keys() - self._unwatch.keys():
            self._unwatch[name] = self._subscriber.watch(name, self._on_message)


def _armed(rule: AutomationRule, before: dict[str, ArmedRule]) -> ArmedRule:
    known = before.get(rule.id)
    return known if known is not None and known.rule == rule else arm(rule)
