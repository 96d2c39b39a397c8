"""Events of apps and of the hub by name, and which rules they concern: found by index."""

import re
from collections.abc import Iterable, Mapping

from scentd.automation.attributes import key_of
from scentd.model.trigger import AppEvent, Scalar

RUNNING_LOW = "cartridge.running_low"
EMPTY = "cartridge.empty"
REFILLED = "cartridge.refilled"
STARTED = "hub.started"

HUBS_OWN = ("cartridge.", "hub.")
"""Names that begin so are the hub's own: no app may say them."""

MAX_DATA = 20

_NAME = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")


def is_name(name: str) -> bool:
    """Say whether it can name an event: lower case words, joined by dots, dashes or underscores."""
    return len(name) <= 80 and _NAME.fullmatch(name) is not None


class EventIndex:
    """The rules that wait for an event, by its name."""

    def __init__(self, triggers: Iterable[tuple[str, AppEvent]] = ()) -> None:
        self._bare: dict[str, list[str]] = {}
        self._choosy: dict[str, dict[tuple[str, object], list[tuple[str, AppEvent]]]] = {}
        for rule_id, trigger in triggers:
            if not trigger.data:
                self._bare.setdefault(trigger.name, []).append(rule_id)
                continue
            field, value = min(trigger.data.items())
            by_value = self._choosy.setdefault(trigger.name, {})
            by_value.setdefault((field, key_of(value)), []).append((rule_id, trigger))

    def after(self, name: str, data: Mapping[str, Scalar]) -> list[str]:
        """Give the rules that an event fires: those of whose data it holds every value."""
        found = list(self._bare.get(name, ()))
        by_value = self._choosy.get(name)
        for field, value in data.items() if by_value else ():
            for rule_id, trigger in by_value.get((field, key_of(value)), ()) if by_value else ():
                if _holds(data, trigger.data):
                    found.append(rule_id)
        return found


def _holds(data: Mapping[str, Scalar], wanted: Mapping[str, Scalar]) -> bool:
    return all(
        field in data and key_of(data[field]) == key_of(value) for field, value in wanted.items()
    )
