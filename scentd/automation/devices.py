"""Changes of devices, and which rules they concern: found by index, never by search."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from scentd.automation.attributes import BUTTON, Value, key_of, value_of
from scentd.model.diffuser import DiffuserState
from scentd.model.reasons import Reason
from scentd.model.trigger import DeviceStateChange

_Key: TypeAlias = tuple[bool, Value] | None


class Change(NamedTuple):
    """A change, and the rules it fires, whose wait it begins, whose wait it ends."""

    trigger: Reason
    fired: list[str]
    begun: list[str]
    ended: list[str]


@dataclass(slots=True)
class _Waiting:
    """Rules that wait for one attribute, by (value it had, value it gets); None for any."""

    at_once: dict[tuple[_Key, _Key], list[str]] = field(default_factory=dict)
    for_long: dict[tuple[_Key, _Key], list[str]] = field(default_factory=dict)
    holding: dict[_Key, list[str]] = field(default_factory=dict)

    def add(self, rule_id: str, trigger: DeviceStateChange) -> None:
        was = None if trigger.was is None else key_of(trigger.was)
        to = None if trigger.to is None else key_of(trigger.to)
        if trigger.for_s is None:
            self.at_once.setdefault((was, to), []).append(rule_id)
        else:
            self.for_long.setdefault((was, to), []).append(rule_id)
            self.holding.setdefault(to, []).append(rule_id)


class DeviceIndex:
    """The rules that wait for devices, by device and attribute."""

    def __init__(self, triggers: Iterable[tuple[str, DeviceStateChange]] = ()) -> None:
        self._waiting: dict[str, dict[str, _Waiting]] = {}
        for rule_id, trigger in triggers:
            attributes = self._waiting.setdefault(trigger.diffuser_id, {})
            attributes.setdefault(trigger.attribute, _Waiting()).add(rule_id, trigger)

    def after_change(
        self, diffuser_id: str, before: DiffuserState, after: DiffuserState
    ) -> Iterator[Change]:
        """Tell what follows from each attribute that changed and that rules wait for.

        Learning what was unknown is no change; forgetting what was known ends a wait.
        """
        for attribute, waiting in self._waiting.get(diffuser_id, _NOBODY).items():
            if attribute == BUTTON:
                continue
            old, new = value_of(before, attribute), value_of(after, attribute)
            if old is None or (new is not None and key_of(old) == key_of(new)):
                continue
            was, to = key_of(old), None if new is None else key_of(new)
            fired = _found(waiting.at_once, was, to) if to else []
            begun = _found(waiting.for_long, was, to) if to else []
            ended = waiting.holding.get(was, [])
            if fired or begun or ended:
                facts = {"diffuser": diffuser_id, "attribute": attribute, "value": str(new)}
                yield Change(Reason("changed", facts), fired, begun, ended)

    def after_press(self, diffuser_id: str, button: str) -> list[str]:
        """Give the rules that a press of a button fires."""
        waiting = self._waiting.get(diffuser_id, _NOBODY).get(BUTTON)
        return _found(waiting.at_once, None, key_of(button)) if waiting else []


def _found(index: dict[tuple[_Key, _Key], list[str]], was: _Key, to: _Key) -> list[str]:
    """Look in the four places where a step from one value to another may be waited for."""
    found: list[str] = []
    if index:
        places = ((None, None), (None, to), (was, None), (was, to))
        for place in dict.fromkeys(places):
            found += index.get(place, ())
    return found


_NOBODY: dict[str, _Waiting] = {}
