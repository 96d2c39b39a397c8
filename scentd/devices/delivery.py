"""Get a wish to its device and see that it is done, whatever is away in between.

What was sent is believed only when the device reports it. A switching on is never delivered
late; a switching off is never forgotten.
"""

import itertools
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from scentd.bus import Bus
from scentd.clock import Clock
from scentd.devices.attempts import Attempt, Attempts
from scentd.devices.owed import OwedOffs
from scentd.devices.pulsing import RHYTHM
from scentd.devices.registry import Registry
from scentd.devices.reports import shows
from scentd.devices.settings import DeviceSettings
from scentd.devices.state import StateBook
from scentd.devices.wishes import desired_by, is_empty, together
from scentd.model.commands import Answer, Origin, Outcome, Source, Wish
from scentd.model.diffuser import Availability, Diffuser
from scentd.model.events import (
    BrokerLink,
    CommandConfirmed,
    CommandRefused,
    CommandSent,
    CommandUnconfirmed,
    DiffuserFound,
    DiffuserRemoved,
    Reported,
    StateChanged,
)
from scentd.model.readings import AnswerRead
from scentd.model.reasons import Reason
from scentd.ports import NEVER, DiffuserDialect, Publish, Publisher

_HUB = Source(Origin.SAFETY, "refresh")


class Delivery:
    """Send, wait, repeat, give up; keep the switchings off that are owed.

    `on_debt` is called when what is owed changed and should be saved.
    """

    def __init__(
        self,
        registry: Registry,
        states: StateBook,
        dialects: Mapping[str, DiffuserDialect],
        publisher: Publisher,
        bus: Bus,
        clock: Clock,
        settings: DeviceSettings,
        on_debt: Callable[[], None],
    ) -> None:
        self._registry = registry
        self._pulsing = registry.pulsing
        self._states = states
        self._dialects = dialects
        self._publisher = publisher
        self._bus = bus
        self._clock = clock
        self._attempts = Attempts(settings.confirm_s, settings.retries)
        self._lifetime = timedelta(seconds=settings.confirm_s * (settings.retries + 1))
        self._ids = (f"{secrets.token_hex(4)}-{number}" for number in itertools.count(1))
        self.owed = OwedOffs(settings.owed_every_s)
        self._on_debt = on_debt
        bus.subscribe(Reported, self._on_reported)
        bus.subscribe(StateChanged, self._on_state)
        bus.subscribe(DiffuserFound, lambda event: self._refresh(event.diffuser))
        bus.subscribe(DiffuserRemoved, self._on_removed)
        bus.subscribe(BrokerLink, self._on_broker)

    def is_stopping(self, diffuser_id: str) -> bool:
        """Say whether a device was asked to stop and has not shown it."""
        attempt = self._attempts.get(diffuser_id)
        is_asked = attempt is not None and attempt.desired.power is False
        return is_asked or diffuser_id in self.owed

    def send(self, diffuser: Diffuser, wish: Wish) -> Outcome:
        """Ask a device for what it can do of the wish; at once, without waiting."""
        if wish.power is False:
            self._pulsing.end(diffuser.id)
        attempt = self._attempts.get(diffuser.id)
        desired = desired_by(wish)
        if is_empty(desired):
            return self._ask(diffuser, wish)
        if attempt is not None:
            if desired == attempt.desired and wish.timer_s in {None, attempt.wish.timer_s}:
                return _sent(wish, attempt.command_id, "asked_before")
            wish = together(attempt.wish, wish)
            desired = desired_by(wish)
        state = self._states.state(diffuser.id)
        if state.availability is Availability.OFFLINE:
            return self._put_off(wish, "unreachable")
        is_online = state.availability is Availability.ONLINE
        # Of a device that did not answer the last command nobody knows what it did.
        is_told = wish.timer_s is None and not state.unconfirmed
        is_shown = is_told and shows(state.reported, desired)
        if attempt is None and is_online and is_shown:
            self._settle_debt(diffuser.id)
            percent = wish.intensity_percent
            return Outcome(Answer.ALREADY_SO, Reason("already_so"), intensity_percent=percent)
        return self._command(diffuser, wish)

    def look(self) -> None:
        """Repeat or give up what is overdue, pulse plugs; call it every half second or so."""
        for attempt, again in self._attempts.due(self._clock.monotonic()):
            if again:
                diffuser = self._registry.get(attempt.wish.diffuser_id)
                messages = self._encoded(diffuser, attempt.wish, attempt.command_id)
                self._say(diffuser, attempt.wish, messages)
            else:
                self._give_up(attempt)
        self._pulse()

    def _pulse(self) -> None:
        for name in self._pulsing.timed_out():
            self.send(self._registry.get(name), Wish(name, RHYTHM, power=False))
        for diffuser, plain in self._pulsing.due(self._registry.find):
            if not self._publish(self._written(diffuser, plain, next(self._ids))):
                self._pulsing.wait(diffuser.id)
        if self._pulsing.take_news():
            self._on_debt()

    def _command(self, diffuser: Diffuser, wish: Wish) -> Outcome:
        command_id = next(self._ids)
        messages = self._encoded(diffuser, wish, command_id)
        if not messages:
            return Outcome(Answer.REFUSED, Reason("unable"))
        if not self._say(diffuser, wish, messages):
            return self._put_off(wish, "broker")
        if wish.power:
            self._settle_debt(diffuser.id)
        desired = desired_by(wish)
        self._attempts.begin(wish, desired, command_id, self._clock.monotonic())
        self._states.expect(diffuser.id, desired, wish.source)
        self._bus.publish(CommandSent(self._clock.now(), diffuser.id, command_id, wish.source))
        return _sent(wish, command_id, "asked")

    def _ask(self, diffuser: Diffuser, wish: Wish) -> Outcome:
        """Send what changes no state: nothing is waited for."""
        if self._states.state(diffuser.id).availability is Availability.OFFLINE:
            return Outcome(Answer.OFFLINE, Reason("unreachable"))
        command_id = next(self._ids)
        messages = self._encoded(diffuser, wish, command_id)
        if not messages:
            return Outcome(Answer.REFUSED, Reason("unable"))
        if not self._say(diffuser, wish, messages):
            return Outcome(Answer.OFFLINE, Reason("broker"))
        return _sent(wish, command_id, "asked")

    def _put_off(self, wish: Wish, code: str) -> Outcome:
        if self._attempts.end(wish.diffuser_id) is not None:
            self._states.settle(wish.diffuser_id, unconfirmed=False)
        if wish.power is not False:
            return Outcome(Answer.OFFLINE, Reason(code))
        self._owe(wish)
        return Outcome(Answer.OFFLINE, Reason(f"{code}_stops"))

    def _say(self, diffuser: Diffuser, wish: Wish, messages: Iterable[Publish]) -> bool:
        """Send a wish as it was encoded; whether it went out."""
        is_out = self._publish(messages)
        if is_out:
            self._pulsing.obey(diffuser, wish)
        return is_out

    def _encoded(self, diffuser: Diffuser, wish: Wish, command_id: str) -> tuple[Publish, ...]:
        return self._written(diffuser, self._pulsing.plain(diffuser, wish), command_id)

    def _written(self, diffuser: Diffuser, wish: Wish, command_id: str) -> tuple[Publish, ...]:
        # A clock that is not set must not make every command look too old to its device.
        is_set = self._clock.is_trusted()
        expires_at = self._clock.now() + self._lifetime if is_set else NEVER
        return self._dialects[diffuser.dialect].encode(
            diffuser, wish, command_id=command_id, expires_at=expires_at
        )

    def _publish(self, messages: Iterable[Publish]) -> bool:
        return all(self._publisher.publish(message) for message in messages)

    def _on_reported(self, event: Reported) -> None:
        if event.is_retained:
            return
        name = event.diffuser_id
        for reading in event.readings:
            if isinstance(reading, AnswerRead) and reading.error is not None:
                self._on_refusal(name, reading.command_id, reading.error)
        attempt = self._attempts.get(name)
        if attempt is not None:
            if shows(self._states.state(name).reported, attempt.desired):
                self._confirm(attempt)
        elif name in self.owed:
            self._pay_debt(name)

    def _on_refusal(self, name: str, command_id: str, error: str) -> None:
        attempt = self._attempts.get(name)
        if attempt is None or attempt.command_id != command_id:
            return
        self._attempts.end(name)
        self._pulsing.give_up(name)
        self._states.settle(name, unconfirmed=False)
        self._bus.publish(
            CommandRefused(
                self._clock.now(),
                name,
                attempt.wish.source,
                Answer.REFUSED,
                Reason("device_refused", {"error": error}),
            )
        )

    def _confirm(self, attempt: Attempt) -> None:
        name = attempt.wish.diffuser_id
        self._attempts.end(name)
        if attempt.desired.power is False:
            self._settle_debt(name)
        self._states.settle(name, unconfirmed=False)
        self._bus.publish(
            CommandConfirmed(self._clock.now(), name, attempt.command_id, attempt.wish.source)
        )

    def _give_up(self, attempt: Attempt) -> None:
        name = attempt.wish.diffuser_id
        self._attempts.end(name)
        self._pulsing.give_up(name)
        if attempt.desired.power is False:
            self._owe(attempt.wish)
        self._states.settle(name, unconfirmed=True)
        self._bus.publish(
            CommandUnconfirmed(self._clock.now(), name, attempt.command_id, attempt.wish.source)
        )

    def _on_state(self, event: StateChanged) -> None:
        name, now_is = event.diffuser_id, event.after.availability
        if now_is is event.before.availability:
            return
        attempt = self._attempts.get(name)
        if now_is is Availability.OFFLINE and attempt is not None:
            self._give_up(attempt)
        if now_is is Availability.OFFLINE:
            self._pulsing.wait(name)
        elif event.before.availability is Availability.OFFLINE:
            self._pulsing.resume(name)
        if now_is is Availability.ONLINE:
            # What it missed while it was away is said at once, not when patience ends.
            self._attempts.hasten(name, self._clock.monotonic())
            self.owed.forget_turn(name)
        diffuser = self._registry.get(name)
        was_away = event.before.availability is not Availability.ONLINE
        if diffuser.bridge and was_away and now_is is not Availability.OFFLINE:
            # What it said while its bridge was away, nobody heard.
            self._refresh(diffuser)

    def _on_removed(self, event: DiffuserRemoved) -> None:
        self._attempts.end(event.diffuser_id)
        self._pulsing.forget(event.diffuser_id)
        self._settle_debt(event.diffuser_id)

    def _on_broker(self, event: BrokerLink) -> None:
        if not event.connected:
            for attempt in self._attempts.all():
                self._give_up(attempt)
            self._pulsing.wait_all()
            return
        for diffuser in self._registry.all():
            self._refresh(diffuser)
            if self._states.state(diffuser.id).availability is not Availability.OFFLINE:
                self._pulsing.resume(diffuser.id)
        for name in self.owed.diffuser_ids():
            self._pay_debt(name)

    def _refresh(self, diffuser: Diffuser) -> None:
        if diffuser.dialect in self._dialects:
            wish = Wish(diffuser.id, _HUB, refresh=True)
            self._publish(self._encoded(diffuser, wish, next(self._ids)))

    def _owe(self, wish: Wish) -> None:
        self.owed.owe(wish.diffuser_id, wish.source)
        self._on_debt()

    def _settle_debt(self, name: str) -> None:
        if self.owed.settle(name):
            self._on_debt()

    def _pay_debt(self, name: str) -> None:
        state = self._states.state(name)
        if state.availability is Availability.OFFLINE:
            return
        if state.reported.power is False and state.availability is Availability.ONLINE:
            self._settle_debt(name)
            return
        source = self.owed.take_turn(name, self._clock.monotonic())
        if source is not None:
            self.send(self._registry.get(name), Wish(name, source, power=False))


def _sent(wish: Wish, command_id: str, code: str) -> Outcome:
    return Outcome(Answer.SENT, Reason(code), command_id, wish.intensity_percent)
