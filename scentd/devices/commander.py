"""The one door for commands: who may wish what, and for how long it holds.

A wish is settled at once, without waiting, in this order: safety, what a person wished by hand,
then schedules and rules, the later of which wins.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from scentd.bus import Bus
from scentd.clock import Clock
from scentd.devices.delivery import Delivery
from scentd.devices.guard import RunGuard
from scentd.devices.overrides import BY_HAND, Override, Overrides
from scentd.devices.registry import Registry
from scentd.devices.settings import DeviceSettings
from scentd.devices.state import StateBook
from scentd.devices.wishes import possible
from scentd.model.commands import Answer, Origin, Outcome, Source, Wish
from scentd.model.diffuser import Diffuser
from scentd.model.events import CommandRefused, DiffuserRemoved, Reported, StateChanged
from scentd.model.readings import ButtonRead
from scentd.ports import DiffuserDialect, Publisher
from scentd.store import devices as rows
from scentd.store.database import Database
from scentd.store.errors import StoreFull

_log = logging.getLogger(__name__)

TICK_S = 0.5
"""How often deadlines are looked at: far below the 5 s a device has, 30 µs each time."""
_SAVE_AGAIN_S = 10.0
_HAND_S = 2.0
"""How soon after a button's press a change of state is that hand's doing."""
_SAFETY = Source(Origin.SAFETY, "max_run")
_TAKEN = frozenset({Answer.SENT, Answer.ALREADY_SO})


def _nobody_resumes(_: str) -> bool:
    return False


class Commander:
    """Settle wishes and see them through.

    `next_switch` gives when the plan next switches a device, None when it never does; `resume`
    asks the plan to wish anew and says whether it wants the device to run.
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
        next_switch: Callable[[str], datetime | None],
        resume: Callable[[str], bool] = _nobody_resumes,
    ) -> None:
        self._registry = registry
        self._states = states
        self._bus = bus
        self._clock = clock
        self._database = database
        self._resume = resume
        self._overrides = Overrides(next_switch, timedelta(hours=settings.override_hours))
        self._guard = RunGuard(clock, settings)
        self._unsaved = asyncio.Event()
        self._delivery = Delivery(
            registry, states, dialects, publisher, bus, clock, settings, self._unsaved.set
        )
        self._pressed_s: dict[str, float] = {}
        bus.subscribe(Reported, self._on_reported)
        bus.subscribe(StateChanged, self._on_state)
        bus.subscribe(DiffuserRemoved, self._on_removed)

    async def load(self) -> None:
        """Take up what the last life of the hub promised; load registry and states before."""
        self._overrides.recall(await self._recalled("override"))
        self._delivery.owed.recall(await self._recalled("owed"))
        self._guard.recall(await self._recalled("run"))
        for diffuser in self._registry.all():
            if self._states.state(diffuser.id).reported.power:
                self._guard.note(diffuser.id, is_running=True)

    async def run(self) -> None:
        """See commands through, end overrides, keep the limits; until cancelled."""
        # Two tasks: a slow disk must not delay a second try.
        async with asyncio.TaskGroup() as both:
            both.create_task(self._look(), name="commander looks")
            both.create_task(self._keep_saved(), name="commander saves")

    def override(self, diffuser_id: str) -> Override | None:
        """Give what a person wished for a device and still holds."""
        return self._overrides.get(diffuser_id, self._clock.now())

    def override_ends_at(self, diffuser_id: str) -> datetime | None:
        """Give when that ends; None when nothing is held."""
        held = self.override(diffuser_id)
        return None if held is None else held.until

    def submit(self, wish: Wish) -> Outcome:
        """Settle a wish at once and say what became of it; raises DiffuserUnknown."""
        diffuser = self._registry.get(wish.diffuser_id)
        outcome = self._settle(diffuser, possible(wish, diffuser))
        if outcome.answer not in _TAKEN:
            now = self._clock.now()
            self._bus.publish(
                CommandRefused(now, diffuser.id, wish.source, outcome.answer, outcome.why)
            )
        return outcome

    def stop_all(self, source: Source) -> tuple[Outcome, ...]:
        """Switch every device off, whatever else holds; one outcome a device.

        Devices whose model the household has not chosen are left alone: nobody knows what they
        feed.
        """
        known = [diffuser for diffuser in self._registry.all() if not diffuser.needs_profile]
        return tuple(self._stop(diffuser, source) for diffuser in known)

    def _stop(self, diffuser: Diffuser, source: Source) -> Outcome:
        if self._overrides.end(diffuser.id):
            self._unsaved.set()
        wish = possible(Wish(diffuser.id, source, power=False), diffuser)
        if source.origin in BY_HAND:
            self._hold(wish)
        return self._delivery.send(diffuser, wish)

    def _settle(self, diffuser: Diffuser, wish: Wish) -> Outcome:
        if diffuser.needs_profile:
            why = "Its model is not known yet; choose it on the devices page."
            return Outcome(Answer.REFUSED, why)
        if wish.until is not None and wish.until <= self._clock.now():
            return Outcome(Answer.REFUSED, "The moment until which it should hold is past.")
        if wish.power and (why_not := self._guard.refusal(diffuser.id)) is not None:
            return Outcome(Answer.REFUSED, why_not)
        is_by_hand = wish.source.origin in BY_HAND
        held = None if is_by_hand else self.override(diffuser.id)
        if held is not None and wish.source.origin is not Origin.SAFETY and _is_a_state(wish):
            return Outcome(Answer.OVERRIDDEN, _why_held(held))
        outcome = self._delivery.send(diffuser, wish)
        is_kept = outcome.answer in _TAKEN or wish.power is False
        if is_by_hand and is_kept and _is_a_state(wish):
            self._hold(wish)
        return outcome

    def _hold(self, wish: Wish) -> None:
        self._overrides.begin(wish, self._clock.now())
        self._unsaved.set()

    def _on_reported(self, event: Reported) -> None:
        if not event.is_retained and any(isinstance(r, ButtonRead) for r in event.readings):
            self._pressed_s[event.diffuser_id] = self._clock.monotonic()

    def _on_state(self, event: StateChanged) -> None:
        power = event.after.reported.power
        if power is None or power == event.before.reported.power:
            return
        if self._guard.note(event.diffuser_id, is_running=power):
            self._unsaved.set()
        if not event.is_retained and event.source is None and self._was_pressed(event.diffuser_id):
            # A hand at the device counts like one in the app.
            self._hold(Wish(event.diffuser_id, Source(Origin.MANUAL, "button"), power=power))

    def _was_pressed(self, name: str) -> bool:
        pressed_s = self._pressed_s.get(name)
        return pressed_s is not None and self._clock.monotonic() - pressed_s <= _HAND_S

    def _on_removed(self, event: DiffuserRemoved) -> None:
        self._overrides.end(event.diffuser_id)
        self._guard.forget(event.diffuser_id)
        self._pressed_s.pop(event.diffuser_id, None)
        self._unsaved.set()

    async def _look(self) -> None:
        while True:
            self._delivery.look()
            self._look_at_overrides()
            self._look_at_limits()
            await self._clock.sleep(TICK_S)

    async def _keep_saved(self) -> None:
        try:
            while True:
                await self._unsaved.wait()
                self._unsaved.clear()
                await self._save()
        finally:
            self._database.write_later(self._saving())

    def _look_at_overrides(self) -> None:
        for name, held in self._overrides.take_ended(self._clock.now()).items():
            self._unsaved.set()
            # A time somebody named is a timer; without one the next switch speaks for itself.
            if held.is_timed and not self._resume(name) and held.power:
                self._stop_quietly(name, held.source)

    def _look_at_limits(self) -> None:
        for name in self._guard.overdue():
            if not self._delivery.is_busy(name):
                self._guard.send_to_rest(name)
                self._overrides.end(name)
                self._unsaved.set()
                self._stop_quietly(name, _SAFETY)

    def _stop_quietly(self, name: str, source: Source) -> None:
        self._delivery.send(self._registry.get(name), Wish(name, source, power=False))

    async def _recalled(self, what: rows.Memory) -> dict[str, str]:
        return await self._database.read(lambda c: rows.read_memory(c, what))

    async def _save(self) -> None:
        try:
            await self._database.write(self._saving())
        except StoreFull:
            _log.exception("what the commander promised could not be kept")
            await self._clock.sleep(_SAVE_AGAIN_S)
            self._unsaved.set()

    def _saving(self) -> Callable[[sqlite3.Connection], None]:
        facts: dict[rows.Memory, Mapping[str, str]] = {
            "override": self._overrides.facts(),
            "owed": self._delivery.owed.facts(),
            "run": self._guard.facts(),
        }

        def save(connection: sqlite3.Connection) -> None:
            for what, kept in facts.items():
                rows.keep_memory(connection, what, kept)

        return save


def _is_a_state(wish: Wish) -> bool:
    return wish.power is not None or wish.intensity_percent is not None or wish.mode is not None


def _why_held(held: Override) -> str:
    return f"Somebody set it by hand; that holds until {held.until:%d %B, %H:%M} UTC."
