"""Hear what happens in the home, and say what follows from it for the rules."""

import logging
from collections.abc import Callable, Mapping

from scentd.automation import named
from scentd.automation.firings import Firings
from scentd.automation.index import Heard, RuleIndex
from scentd.automation.loops import LoopGuard
from scentd.automation.payloads import Unreadable
from scentd.automation.recorder import Recorder
from scentd.automation.waiting import Waits
from scentd.bus import Bus
from scentd.clock import Clock, Throttle
from scentd.model.cartridge import SlotKey
from scentd.model.commands import Origin
from scentd.model.events import (
    AppEventHeard,
    CartridgeEmpty,
    CartridgeFitted,
    CartridgeRunningLow,
    MemberEntered,
    MemberLeft,
    Reported,
    StateChanged,
)
from scentd.model.readings import ButtonRead
from scentd.model.trigger import Scalar
from scentd.ports import Inbound

_log = logging.getLogger(__name__)

_COMPLAIN_EVERY_S = 60.0


class Listening:
    """Turn events and messages into firings and waits."""

    def __init__(
        self,
        index: RuleIndex,
        firings: Firings,
        waits: Waits,
        loops: LoopGuard,
        recorder: Recorder,
        clock: Clock,
    ) -> None:
        self._index = index
        self._firings = firings
        self._waits = waits
        self._loops = loops
        self._recorder = recorder
        self._clock = clock
        self._complaints = Throttle(clock, every_s=_COMPLAIN_EVERY_S)

    def listen(self, bus: Bus) -> list[Callable[[], None]]:
        """Hear the bus from now on; each answer ends one subscription."""
        return [
            bus.subscribe(StateChanged, self._on_state),
            bus.subscribe(Reported, self._on_reported),
            bus.subscribe(AppEventHeard, lambda event: self.happened(event.name, event.data)),
            bus.subscribe(CartridgeFitted, self._on_fitted),
            bus.subscribe(CartridgeRunningLow, self._on_low),
            bus.subscribe(CartridgeEmpty, lambda event: self._on_slot(named.EMPTY, event.slot)),
            bus.subscribe(MemberEntered, self._on_entered),
            bus.subscribe(MemberLeft, self._on_left),
        ]

    def happened(self, name: str, data: Mapping[str, Scalar]) -> None:
        """Something by that name happened."""
        self._recorder.happened(name, data)
        self._follow(self._index.after_event(name, data))

    def on_message(self, message: Inbound) -> None:
        """Take a message of a topic that rules look at."""
        now_s = self._clock.monotonic()
        if not message.is_retained:
            self._recorder.message(message.topic, message.payload)
        try:
            for heard in self._index.after_message(
                message.topic, message.payload, now_s, is_old=message.is_retained
            ):
                cause = self._loops.cause_of(message.topic, now_s) if heard.fired else None
                self._follow(heard, cause)
                if heard.moved:
                    self._waits.note_bounds(heard.moved)
        except Unreadable as error:
            if self._complaints.lets_pass(message.topic):
                _log.warning("a reading on %s fires no rule: %s", message.topic, error)

    def _follow(self, heard: Heard, cause: str | None = None) -> None:
        for rule_id, side in heard.ended:
            self._waits.end(rule_id, side)
        for rule_id, side in heard.begun:
            lasts_s = self._index.lasts_s(rule_id)
            if lasts_s is not None:
                self._waits.begin(rule_id, side, heard.trigger, lasts_s)
        if heard.fired:
            self._firings.fire_all(heard.fired, heard.trigger, cause)

    def _on_state(self, event: StateChanged) -> None:
        if event.is_retained:
            return
        source = event.source
        cause = source.reference if source and source.origin is Origin.RULE else None
        for heard in self._index.after_state(event.diffuser_id, event.before, event.after):
            self._follow(heard, cause)

    def _on_reported(self, event: Reported) -> None:
        if event.is_retained:
            return
        for reading in event.readings:
            if isinstance(reading, ButtonRead):
                self._follow(self._index.after_press(event.diffuser_id, reading.name))

    def _on_entered(self, event: MemberEntered) -> None:
        who, where, is_first = event.member_id, event.zone_id, event.is_first
        self._recorder.entered(who, where, is_first=is_first)
        self._follow(self._index.after_entering(who, where, is_first=is_first))

    def _on_left(self, event: MemberLeft) -> None:
        who, where, is_last = event.member_id, event.zone_id, event.is_last
        self._recorder.left(who, where, is_last=is_last)
        self._follow(self._index.after_leaving(who, where, is_last=is_last))

    def _on_fitted(self, event: CartridgeFitted) -> None:
        self._on_slot(named.REFILLED, event.cartridge.slot)

    def _on_low(self, event: CartridgeRunningLow) -> None:
        self._on_slot(named.RUNNING_LOW, event.cartridge.slot)

    def _on_slot(self, name: str, slot: SlotKey) -> None:
        self.happened(name, {"diffuser_id": slot.diffuser_id, "slot_no": slot.slot_no})
