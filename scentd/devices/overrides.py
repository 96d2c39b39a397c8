"""What people wished by hand, and until when it holds against schedules and rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from scentd.model.commands import Source, Wish


@dataclass(frozen=True, slots=True)
class Override:
    """A person's wish that holds until `until`; `is_timed` when they named that moment."""

    source: Source
    power: bool | None
    until: datetime
    is_timed: bool


class Overrides:
    """At most one override a device; the later one replaces the earlier.

    Without a moment of its own an override holds until the device's next planned switch, or
    for `default` when none is planned.
    """

    _FACT: TypeAdapter[Override] = TypeAdapter(Override)

    def __init__(self, next_switch: Callable[[str], datetime | None], default: timedelta) -> None:
        self._next_switch = next_switch
        self._default = default
        self._held: dict[str, Override] = {}

    def get(self, diffuser_id: str, now: datetime) -> Override | None:
        """Give the override that holds now."""
        held = self._held.get(diffuser_id)
        return held if held is not None and now < held.until else None

    def begin(self, wish: Wish, now: datetime) -> None:
        """Let a wish hold; one whose moment is past holds nothing."""
        until = wish.until or self._next_switch(wish.diffuser_id) or now + self._default
        override = Override(wish.source, wish.power, until, is_timed=wish.until is not None)
        self._held[wish.diffuser_id] = override

    def end(self, diffuser_id: str) -> bool:
        """Let nothing hold any more; whether something did."""
        return self._held.pop(diffuser_id, None) is not None

    def take_ended(self, now: datetime) -> dict[str, Override]:
        """Give and forget those whose moment has come."""
        ended = {name: held for name, held in self._held.items() if held.until <= now}
        for name in ended:
            del self._held[name]
        return ended

    def facts(self) -> dict[str, str]:
        """Give all as JSON, to be kept."""
        return {name: self._FACT.dump_json(held).decode() for name, held in self._held.items()}

    def recall(self, facts: Mapping[str, str]) -> None:
        """Take up what was kept."""
        self._held = {name: self._FACT.validate_json(fact) for name, fact in facts.items()}
