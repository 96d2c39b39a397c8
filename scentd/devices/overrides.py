"""What is held: what people wished by hand, and what a rule stopped, and until when.

A hand holds against schedules and rules. A rule's stop holds against the schedule alone, for what
is left of its window: whoever leaves the house switches off more than the plan's next look.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from scentd.devices.precedence import BY_HAND
from scentd.model.commands import UNTIL_I_SAY, Origin, Source, Wish
from scentd.model.reasons import Reason


@dataclass(frozen=True, slots=True)
class Override:
    """A wish that holds until `until`; `is_timed` when a person named that moment."""

    source: Source
    power: bool | None
    until: datetime
    is_timed: bool

    @property
    def is_by_hand(self) -> bool:
        """Whether a person stands behind it."""
        return self.source.origin in BY_HAND

    @property
    def reason(self) -> Reason:
        """Why another wish loses against it."""
        if self.until == UNTIL_I_SAY:
            return Reason("by_hand_for_good")
        code = "by_hand" if self.is_by_hand else "by_rule"
        return Reason(code, {"until": self.until.isoformat()})


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
        """Give what holds now, by hand or by a rule."""
        held = self._held.get(diffuser_id)
        return held if held is not None and now < held.until else None

    def against(self, origin: Origin, diffuser_id: str, now: datetime) -> Override | None:
        """Give what holds now against a wish of that origin.

        What a rule stopped holds while the plan is the one that it interrupted.
        """
        held = self.get(diffuser_id, now)
        if held is None or held.is_by_hand:
            return held if origin not in BY_HAND and origin is not Origin.SAFETY else None
        is_same_plan = held.until == self._next_switch(diffuser_id)
        return held if origin is Origin.SCHEDULE and is_same_plan else None

    def begin(self, wish: Wish, now: datetime) -> None:
        """Let a wish hold; one whose moment is past holds nothing.

        Whoever only turns up or down what a person timed leaves that timer alone.
        """
        held = self.get(wish.diffuser_id, now)
        if held is not None and held.is_timed and wish.power is None and wish.until is None:
            return
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
