"""What is held: what people wished by hand, and what a rule stopped, and until when.

A hand holds against schedules and rules. A rule's stop holds against the schedule alone, for what
is left of its window: whoever leaves the house switches off more than the plan's next look.

A length of time lasts its real seconds, through stepped clocks and restarts; the plan's next switch
is asked for anew when a step gave it another moment.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from scentd.clock import Clock
from scentd.devices.hubtime import HubTime
from scentd.devices.precedence import BY_HAND
from scentd.model.commands import UNTIL_I_SAY, Origin, Source, Wish
from scentd.model.reasons import Reason

_STEP_S = 1.0
"""Clocks that part by no more are being set right gently."""
_PLANS_WORD = timedelta(seconds=2)
"""How long the plan may take to speak at its own switch: it wakes within half a second."""


@dataclass(frozen=True, slots=True)
class Override:
    """A wish that holds until the wall shows `until`; `is_timed` when a person named that moment.

    `ends_s` is the same end on the hub's own line of time, None when it has none.
    `is_by_plan`: it ends at the plan's next switch, by the wall; any other end, by the line.
    """

    source: Source
    power: bool | None
    until: datetime
    is_timed: bool
    ends_s: float | None = None
    is_by_plan: bool = True

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

    def __init__(
        self,
        next_switch: Callable[[str], datetime | None],
        default: timedelta,
        clock: Clock,
        time: HubTime,
    ) -> None:
        self._next_switch = next_switch
        self._default = default
        self._clock = clock
        self._time = time
        self._held: dict[str, Override] = {}
        self._moved: set[str] = set()

    @property
    def has_timers(self) -> bool:
        """Whether anything ends after a length of time."""
        return any(_is_by_line(held) for held in self._held.values())

    def is_planned(self, diffuser_id: str) -> bool:
        """Say whether the plan will ever switch a device."""
        return self._next_switch(diffuser_id) is not None

    def get(self, diffuser_id: str) -> Override | None:
        """Give what holds now, by hand or by a rule."""
        held = self._set_right(diffuser_id)
        return held if held is not None and not self._is_over(held) else None

    def against(self, origin: Origin, diffuser_id: str) -> Override | None:
        """Give what holds now against a wish of that origin.

        What a rule stopped holds while the plan is the one that it interrupted.
        """
        held = self.get(diffuser_id)
        if held is None or held.is_by_hand:
            return held if origin not in BY_HAND and origin is not Origin.SAFETY else None
        is_same_plan = held.until == self._next_switch(diffuser_id)
        return held if origin is Origin.SCHEDULE and is_same_plan else None

    def begin(self, wish: Wish) -> None:
        """Let a wish hold; one whose moment is past holds nothing.

        Whoever only turns up or down what a person timed leaves that timer alone.
        """
        held = self.get(wish.diffuser_id)
        if held is not None and held.is_timed and wish.power is None and wish.until is None:
            return
        if held is not None and held.is_by_hand and wish.power is None:
            # Who switched it on and then turned it up wants it on.
            wish = replace(wish, power=held.power)
        self._held[wish.diffuser_id] = self._new(wish)

    def end(self, diffuser_id: str) -> bool:
        """Let nothing hold any more; whether something did."""
        return self._held.pop(diffuser_id, None) is not None

    def ask_anew(self) -> None:
        """Let what hands wished until the plan's next switch end where that is now."""
        for name, held in tuple(self._held.items()):
            if held.is_by_plan and held.is_by_hand:
                self._move(name, self._until_next_switch(name, held))

    def take_moved(self) -> dict[str, Override]:
        """Give, once, those whose `until` is another one since clock or zone were set."""
        for name in tuple(self._held):
            self._set_right(name)
        moved = {name: self._held[name] for name in self._moved if name in self._held}
        self._moved.clear()
        return moved

    def take_ended(self) -> dict[str, Override]:
        """Give and forget those whose moment has come.

        One that ended at the plan's own switch comes when the plan has had the word.
        """
        for name in tuple(self._held):
            self._set_right(name)
        ended = {name: held for name, held in self._held.items() if self._is_due(held)}
        for name in ended:
            del self._held[name]
        return ended

    def facts(self) -> dict[str, str]:
        """Give all as JSON, to be kept."""
        return {name: self._FACT.dump_json(held).decode() for name, held in self._held.items()}

    def recall(self, facts: Mapping[str, str]) -> None:
        """Take up what was kept; the line of time must go on before."""
        kept = {name: self._FACT.validate_json(fact) for name, fact in facts.items()}
        self._held = {name: self._with_line(held) for name, held in kept.items()}

    def _new(self, wish: Wish) -> Override:
        held = Override(wish.source, wish.power, UNTIL_I_SAY, is_timed=wish.until is not None)
        if wish.until is None:
            return self._until_next_switch(wish.diffuser_id, held)
        return self._ending(held, wish.until, is_by_plan=False)

    def _until_next_switch(self, name: str, held: Override) -> Override:
        switch_at = self._next_switch(name)
        if switch_at is not None:
            return self._ending(held, switch_at, is_by_plan=True)
        return self._ending(held, self._clock.now() + self._default, is_by_plan=False)

    def _ending(self, held: Override, until: datetime, *, is_by_plan: bool) -> Override:
        left_s = (until - self._clock.now()).total_seconds()
        ends_s = None if until == UNTIL_I_SAY else self._time.now_s() + left_s
        return replace(held, until=until, ends_s=ends_s, is_by_plan=is_by_plan)

    def _with_line(self, held: Override) -> Override:
        """Older hubs kept no line; their wall clock was all they went by."""
        if held.ends_s is not None:
            return held
        return self._ending(held, held.until, is_by_plan=not held.is_timed)

    def _is_over(self, held: Override) -> bool:
        if held.is_by_plan:
            return held.until <= self._clock.now()
        return held.ends_s is not None and held.ends_s <= self._time.now_s()

    def _is_due(self, held: Override) -> bool:
        if held.is_by_plan and held.is_by_hand:
            return held.until + _PLANS_WORD <= self._clock.now()
        return self._is_over(held)

    def _set_right(self, name: str) -> Override | None:
        """Follow a step of the wall clock, at the first look after it: an event may come late."""
        held = self._held.get(name)
        if held is None or held.ends_s is None:
            return held
        now, left_s = self._clock.now(), held.ends_s - self._time.now_s()
        if abs((held.until - now).total_seconds() - left_s) <= _STEP_S:
            return held
        if not held.is_by_plan:
            return self._move(name, replace(held, until=now + timedelta(seconds=left_s)))
        # A rule's stop is of the window it interrupted, and ends with that one.
        return self._move(name, self._until_next_switch(name, held)) if held.is_by_hand else held

    def _move(self, name: str, held: Override) -> Override:
        if held.until != self._held[name].until:
            self._moved.add(name)
        self._held[name] = held
        return held


def _is_by_line(held: Override) -> bool:
    return not held.is_by_plan and held.ends_s is not None
