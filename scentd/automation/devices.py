"""Changes of devices, and which rules they concern: found by index, never by search."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scentd.automation.attributes import BUTTON, Value, key_of, value_of
from scentd.model.diffuser import DiffuserState
from scentd.model.rule import DeviceStateChange


@dataclass(slots=True)
class _Waiting:
    """Rules that wait for any change of one attribute, and for a change to a value."""

    any_change: list[str] = field(default_factory=list)
    to: dict[tuple[bool, Value], list[str]] = field(default_factory=dict)

    def concerned(self, value: Value) -> list[str]:
        return [*self.any_change, *self.to.get(key_of(value), ())]


class DeviceIndex:
    """The rules that wait for devices, by device and attribute."""

    def __init__(self, triggers: Iterable[tuple[str, DeviceStateChange]] = ()) -> None:
        self._waiting: dict[str, dict[str, _Waiting]] = {}
        for rule_id, trigger in triggers:
            attributes = self._waiting.setdefault(trigger.diffuser_id, {})
            waiting = attributes.setdefault(trigger.attribute, _Waiting())
            if trigger.to is None:
                waiting.any_change.append(rule_id)
            else:
                waiting.to.setdefault(key_of(trigger.to), []).append(rule_id)

    def after_change(
        self, diffuser_id: str, before: DiffuserState, after: DiffuserState
    ) -> Iterator[tuple[str, list[str]]]:
        """Give (what changed in words, rules to fire) for each attribute that changed.

        Learning what was unknown is no change.
        """
        for attribute, waiting in self._waiting.get(diffuser_id, _NOBODY).items():
            if attribute == BUTTON:
                continue
            old, new = value_of(before, attribute), value_of(after, attribute)
            if old is None or new is None or key_of(old) == key_of(new):
                continue
            concerned = waiting.concerned(new)
            if concerned:
                yield f"{diffuser_id}: {attribute} became {new}", concerned

    def after_press(self, diffuser_id: str, button: str) -> list[str]:
        """Give the rules that a press of a button fires."""
        waiting = self._waiting.get(diffuser_id, _NOBODY).get(BUTTON)
        return waiting.concerned(button) if waiting else []


_NOBODY: dict[str, _Waiting] = {}
