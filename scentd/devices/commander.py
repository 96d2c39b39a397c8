"""The one door for commands: who may wish what, and for how long it holds.

A wish is settled at once, without waiting, by the table in `precedence`: safety, a child lock,
what a person wished by hand, everybody away, then schedules and rules, the later of which wins;
a window goes on asking, but not against a rule that stopped it.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from scentd.bus import Bus
from scentd.clock import Clock
from scentd.devices.decisions import Decisions
from scentd.devices.delivery import Delivery
from scentd.devices.guard import DoseGuard
from scentd.devices.holding import Holding
from scentd.devices.ledger import KEPT_EVERY_S
from scentd.devices.memory import CommanderMemory
from scentd.devices.overrides import Override, Overrides
from scentd.devices.precedence import (
    BY_HAND,
    Rank,
    changes_state,
    is_locked_out,
    must_yield,
    rank_of,
)
from scentd.devices.registry import Registry
from scentd.devices.settings import DeviceSettings
from scentd.devices.state import StateBook
from scentd.devices.wishes import possible
from scentd.model.commands import Answer, Origin, Outcome, Source, Wish
from scentd.model.diffuser import Diffuser
from scentd.model.events import (
    CartridgeEmpty,
    ClockStepped,
    CommandRefused,
    CommandUnconfirmed,
    DiffuserFound,
    DiffuserRemoved,
    HouseholdChanged,
    Reported,
    StateChanged,
)
from scentd.model.readings import ButtonRead
from scentd.model.reasons import Reason
from scentd.model.safety import Happened
from scentd.ports import DiffuserDialect, Publisher
from scentd.store.database import Database

TICK_S = 0.5
"""How often deadlines are looked at: far below the 5 s a device has, 30 µs each time."""
_HAND_S = 2.0
"""How soon after a button's press a change of state is that hand's doing."""
_ASK_AGAIN_S = 30.0
"""How often those a limit stopped are looked at: whether the plan may run them again."""
_BUTTON = Source(Origin.MANUAL, "button")
_CHILD_LOCK = Source(Origin.SAFETY, "child_lock")
_HAPPENED = {
    Answer.SENT: Happened.OBEYED,
    Answer.ALREADY_SO: Happened.OBEYED,
    Answer.OVERRIDDEN: Happened.YIELDED,
    Answer.REFUSED: Happened.REFUSED,
    Answer.OFFLINE: Happened.OFFLINE,
}


def _any_slot(_: str, _sku: str | None) -> int | None:
    return None


def _never(_: str) -> None:
    return None


class Commander:
    """Settle wishes and see them through.

    `next_switch` gives when the plan next switches a device, None when it never does; `resume`
    asks the plan to wish anew and says whether it wants the device to run; `away_until` says
    until when plan and rules rest because everybody is away, None while they do not; `slot_for`
    picks the slot of a device to spread a scent from, or any that holds oil.
    """

    def __init__(
        self,
        registry: Registry,
        states: StateBook,
        dialects: Mapping[str, DiffuserDialect],
        publisher: Publisher,
        bus: Bus,
        clock: Clock,
        database: Database,
        settings: DeviceSettings = DeviceSettings(),
        *,
        guard: DoseGuard,
        next_switch: Callable[[str], datetime | None],
        resume: Callable[[str], bool | None] = _never,
        away_until: Callable[[str], datetime | None] = _never,
        slot_for: Callable[[str, str | None], int | None] = _any_slot,
    ) -> None:
        self._registry = registry
        self._states = states
        self._bus = bus
        self._clock = clock
        self._away_until = away_until
        self._slot_for = slot_for
        self._guard = guard
        evening = timedelta(hours=settings.override_hours)
        self._overrides = Overrides(next_switch, evening, clock, guard.time)
        self._delivery = Delivery(
            registry, states, dialects, publisher, bus, clock, settings, self._note_news
        )
        owed, pulsing = self._delivery.owed, registry.pulsing
        self._memory = CommanderMemory(database, clock, self._overrides, owed, guard, pulsing)
        self.decisions = Decisions(database, clock)
        self._holding = Holding(
            registry,
            self._overrides,
            self._delivery,
            self.decisions,
            resume,
            self._note_news,
        )
        self._pressed_s: dict[str, float] = {}
        self._stopped_short: set[str] = set()
        bus.subscribe(Reported, self._on_reported)
        bus.subscribe(StateChanged, self._on_state)
        bus.subscribe(DiffuserFound, self._on_found)
        bus.subscribe(DiffuserRemoved, self._on_removed)
        bus.subscribe(CommandUnconfirmed, self._on_unconfirmed)
        bus.subscribe(CartridgeEmpty, lambda event: guard.ledger.check(event.slot.diffuser_id))
        # A power cut right after a step must not take the step for time that passed.
        bus.subscribe(ClockStepped, lambda _: self._note_news())
        # Zone and place decide when the plan's next switch is.
        bus.subscribe(HouseholdChanged, lambda _: self._holding.ask_anew())

    async def load(self) -> None:
        """Take up what the last life of the hub promised; load registry and states before."""
        await self._memory.load()
        self._guard.ledger.look_at_day()
        for diffuser in self._registry.all():
            self._guard.note(diffuser, self._states.state(diffuser.id), is_retained=True)

    async def run(self) -> None:
        """See commands through, end overrides, keep the limits; until cancelled."""
        # Two tasks: a slow disk must not delay a second try.
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._look(), name="commander looks")
                both.create_task(self._memory.run(), name="commander saves")
        finally:
            self.decisions.flush()

    def override(self, diffuser_id: str) -> Override | None:
        """Give what a person wished for a device and still holds."""
        return self._holding.by_hand(diffuser_id)

    def override_ends_at(self, diffuser_id: str) -> datetime | None:
        """Give when that ends; None when nothing is held."""
        held = self.override(diffuser_id)
        return None if held is None else held.until

    def let_go(self, diffuser_id: str) -> None:
        """End what a person wished for a device; the plan speaks again. Raises DiffuserUnknown."""
        self._holding.let_go(diffuser_id)

    def submit(self, wish: Wish) -> Outcome:
        """Settle a wish at once and say what became of it; raises DiffuserUnknown."""
        diffuser = self._registry.get(wish.diffuser_id)
        if wish.power and wish.slot_no is None and diffuser.capabilities.slot_choice:
            wish = replace(wish, slot_no=self._slot_for(diffuser.id, wish.sku))
        wish = possible(wish, diffuser)
        outcome = self._settle(diffuser, wish)
        if changes_state(wish):
            self._note(wish, outcome)
        if not outcome.is_taken:
            now = self._clock.now()
            self._bus.publish(
                CommandRefused(now, diffuser.id, wish.source, outcome.answer, outcome.reason)
            )
        return outcome

    def stop_all(self, source: Source, *, is_barred: bool = False) -> tuple[Outcome, ...]:
        """Switch every device off, whatever else holds; one outcome a device.

        `is_barred`: nothing may start anyway until somebody says so. Then what was switched off
        before stays as it was, and nothing new is held that would outlast that.

        Devices whose model the household has not chosen are left alone: nobody knows what they
        feed.
        """
        known = [diffuser for diffuser in self._registry.all() if not diffuser.needs_profile]
        return tuple(self._stop(diffuser, source, is_barred=is_barred) for diffuser in known)

    def resume_all(self) -> None:
        """Let the plan wish anew for every device that no hand holds."""
        self._holding.resume_all()

    def _stop(self, diffuser: Diffuser, source: Source, *, is_barred: bool) -> Outcome:
        held = self._holding.get(diffuser.id)
        is_held_off = held is not None and held.power is False
        begins = source.origin in BY_HAND and not is_barred
        if begins or not is_held_off:
            self._holding.end(diffuser.id)
        wish = possible(Wish(diffuser.id, source, power=False), diffuser)
        if begins:
            self._holding.begin(wish)
        outcome = self._delivery.send(diffuser, wish)
        if source.origin is Origin.RULE and not is_held_off:
            self._hold_for_rule(wish, outcome)
        self._note(wish, outcome)
        return outcome

    def _settle(self, diffuser: Diffuser, wish: Wish) -> Outcome:
        if diffuser.needs_profile:
            return Outcome(Answer.REFUSED, Reason("model_unknown"))
        now = self._clock.now()
        if wish.until is not None and wish.until <= now:
            return Outcome(Answer.REFUSED, Reason("past"))
        # Some devices start when a mode is chosen.
        may_start = wish.power or (wish.power is None and wish.mode is not None)
        if may_start and (reason := self._guard.refusal(diffuser, wish.intensity_percent)):
            self._stopped_short.add(diffuser.id)
            return Outcome(Answer.REFUSED, reason)
        if self._is_locked_out(wish):
            return Outcome(Answer.REFUSED, Reason("child_lock"))
        if not changes_state(wish):
            return self._delivery.send(diffuser, wish)
        stands = self._stands_against(diffuser, wish, now)
        if stands is not None:
            answer, reason = stands
            return Outcome(answer, reason)
        outcome = self._delivery.send(diffuser, wish)
        is_kept = outcome.is_taken or wish.power is False
        if is_kept and rank_of(wish.source.origin) is Rank.BY_HAND:
            self._holding.begin(wish)
        elif is_kept and wish.source.origin is Origin.RULE:
            self._hold_for_rule(wish, outcome)
        return outcome

    def _is_locked_out(self, wish: Wish) -> bool:
        return wish.diffuser_id in self._guard.rules.child_locked and is_locked_out(wish)

    def _stands_against(
        self, diffuser: Diffuser, wish: Wish, now: datetime
    ) -> tuple[Answer, Reason] | None:
        """Give what below safety and a child lock has the word over a wish."""
        name, origin = diffuser.id, wish.source.origin
        held = self._overrides.against(origin, name)
        if held is not None and (held.is_by_hand or wish.power is not False):
            return Answer.OVERRIDDEN, held.reason
        if wish.power is not False and must_yield(origin, Rank.AWAY):
            away_until = self._away_until(name)
            if away_until is not None and now < away_until:
                return Answer.OVERRIDDEN, Reason("away", {"until": away_until.isoformat()})
        return None

    def _hold_for_rule(self, wish: Wish, outcome: Outcome) -> None:
        """What a rule stopped stays so for the rest of the window, until a rule starts it again.

        What stood still anyway was not stopped, unless a limit lets it rest and would resume it.
        """
        name = wish.diffuser_id
        was_still = outcome.answer is Answer.ALREADY_SO and name not in self._stopped_short
        if wish.power is False and not was_still:
            self._holding.begin_by_rule(wish)
        elif wish.power:
            self._holding.end(name)

    def _note_news(self) -> None:
        self._memory.note_news()

    def _note(self, wish: Wish, outcome: Outcome) -> None:
        against = None if outcome.is_taken else outcome.reason
        held = self._holding.get(wish.diffuser_id)
        is_own = held is not None and held.source == wish.source
        self.decisions.note(
            wish.diffuser_id,
            _HAPPENED[outcome.answer],
            wish.source,
            power=wish.power,
            percent=wish.intensity_percent,
            code="" if against is None else against.code,
            facts=None if against is None else against.facts,
            until=held.until if held is not None and is_own else None,
        )

    def _on_reported(self, event: Reported) -> None:
        if not event.is_retained and any(isinstance(r, ButtonRead) for r in event.readings):
            self._pressed_s[event.diffuser_id] = self._clock.monotonic()

    def _on_state(self, event: StateChanged) -> None:
        name, before, after = event.diffuser_id, event.before.reported, event.after.reported
        if after is before and event.after.availability is event.before.availability:
            return
        diffuser = self._registry.get(name)
        if self._guard.note(diffuser, event.after, is_retained=event.is_retained):
            self._note_news()
        if after.power is None or after.power == before.power:
            return
        is_hand = not event.is_retained and event.source is None and self._was_pressed(name)
        source = _BUTTON if is_hand else event.source
        self.decisions.note(
            name,
            Happened.RAN if after.power else Happened.RESTED,
            source,
            power=after.power,
            percent=after.intensity_percent,
        )
        if is_hand:
            self._obey_the_button(name, power=after.power)

    def _obey_the_button(self, name: str, *, power: bool) -> None:
        """A hand at the device counts like one in the app, unless its child lock is on."""
        wish = Wish(name, _BUTTON, power=power)
        if not self._is_locked_out(wish):
            self._holding.begin(wish)
            return
        reason = Reason("child_lock")
        self.decisions.note(name, Happened.STOPPED, _CHILD_LOCK, power=False, code=reason.code)
        self._holding.stop_quietly(name, _CHILD_LOCK)
        why = CommandRefused(self._clock.now(), name, _BUTTON, Answer.REFUSED, reason)
        self._bus.publish(why)

    def _was_pressed(self, name: str) -> bool:
        pressed_s = self._pressed_s.get(name)
        return pressed_s is not None and self._clock.monotonic() - pressed_s <= _HAND_S

    def _on_found(self, event: DiffuserFound) -> None:
        if event.diffuser.id in self._guard.ledger.running:
            self._guard.note(event.diffuser, self._states.state(event.diffuser.id))

    def _on_removed(self, event: DiffuserRemoved) -> None:
        self._overrides.end(event.diffuser_id)
        self._guard.forget(event.diffuser_id)
        self._pressed_s.pop(event.diffuser_id, None)
        self._stopped_short.discard(event.diffuser_id)
        self._note_news()

    def _on_unconfirmed(self, event: CommandUnconfirmed) -> None:
        self.decisions.note(event.diffuser_id, Happened.UNCONFIRMED, event.source)

    async def _look(self) -> None:
        kept_s = asked_s = self._clock.monotonic()
        while True:
            self._delivery.look()
            self._holding.look()
            self._look_at_limits()
            now_s = self._clock.monotonic()
            if now_s - kept_s >= KEPT_EVERY_S:
                kept_s = now_s
                if self._guard.ledger.running or self._overrides.has_timers:
                    self._note_news()
            if now_s - asked_s >= _ASK_AGAIN_S:
                asked_s = now_s
                self._ask_again()
                self.decisions.flush()
            await self._clock.sleep(TICK_S)

    def _look_at_limits(self) -> None:
        for name, reason in self._guard.due(self._registry.get):
            if self._delivery.is_stopping(name):
                continue
            self._guard.send_to_rest(name, reason)
            self._overrides.end(name)
            self._stopped_short.add(name)
            self._note_news()
            source = Source(Origin.SAFETY, reason.code)
            self.decisions.note(
                name,
                Happened.STOPPED,
                source,
                power=False,
                code=reason.code,
                facts=reason.facts,
            )
            self._holding.stop_quietly(name, source)

    def _ask_again(self) -> None:
        """Ask the plan anew for devices a limit stopped, as soon as they may run."""
        for name in tuple(self._stopped_short):
            if self._guard.refusal(self._registry.get(name), None) is None:
                self._stopped_short.discard(name)
                self._holding.resume(name)
