"""What is known of each device now: what it reported, what was asked of it, whether it is there."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from scentd.bus import Bus
from scentd.clock import Clock
from scentd.devices.oldnews import OldNews
from scentd.devices.reports import fold, hear, moved_towards
from scentd.devices.settings import DeviceSettings
from scentd.model.commands import Source
from scentd.model.diffuser import Availability, DesiredState, DiffuserState
from scentd.model.errors import DiffuserUnknown
from scentd.model.events import (
    BrokerLink,
    DiffuserFound,
    DiffuserRemoved,
    Reported,
    StateChanged,
)
from scentd.store import devices as rows
from scentd.store.database import Database

_log = logging.getLogger(__name__)

_STATE: TypeAdapter[DiffuserState] = TypeAdapter(DiffuserState)
_UNHEARD = DiffuserState()


class StateBook:
    """Keep each device's state by its reports alone; say what changed, and on whose account.

    It listens from the moment it is built: build it before whoever reads it on the same events.
    `is_quiet` says of a device whether its silence means nothing.
    """

    def __init__(
        self,
        bus: Bus,
        clock: Clock,
        database: Database,
        settings: DeviceSettings = DeviceSettings(),
        *,
        is_quiet: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._is_quiet = is_quiet
        self._bus = bus
        self._clock = clock
        self._database = database
        self._settings = settings
        self._states: dict[str, DiffuserState] = {}
        self._wishers: dict[str, Source] = {}
        self._unsaved: set[str] = set()
        self._old_news = OldNews()
        bus.subscribe(Reported, self._on_reported)
        bus.subscribe(DiffuserFound, self._on_found)
        bus.subscribe(DiffuserRemoved, self._on_removed)
        bus.subscribe(BrokerLink, self._on_broker)

    async def load(self) -> None:
        """Take up what was last known; whether a device is there must be heard again."""
        for diffuser_id, text in (await self._database.read(rows.read_states)).items():
            self._states[diffuser_id] = replace(
                _read(diffuser_id, text),
                availability=Availability.UNKNOWN,
                availability_since=None,
                availability_source="",
            )

    async def run(self) -> None:
        """Note who fell silent and save what changed, now and then and at the end."""
        try:
            while True:
                await self._clock.sleep(self._settings.save_every_s)
                self._note_silence()
                self._save()
        finally:
            self._save()

    def state(self, diffuser_id: str) -> DiffuserState:
        """Give everything known of a device; raises DiffuserUnknown."""
        try:
            return self._states[diffuser_id]
        except KeyError:
            raise DiffuserUnknown(diffuser_id) from None

    def expect(self, diffuser_id: str, desired: DesiredState, source: Source) -> None:
        """Note what was asked of a device, and by whom, until it is confirmed or given up."""
        self._wishers[diffuser_id] = source
        self._change(diffuser_id, source, desired=desired, unconfirmed=False)

    def settle(self, diffuser_id: str, *, unconfirmed: bool) -> None:
        """Note how asking ended; what the device changes from now on is its own doing."""
        source = self._wishers.pop(diffuser_id, None)
        self._change(diffuser_id, source, unconfirmed=unconfirmed)

    def _on_reported(self, event: Reported) -> None:
        before = self._states.get(event.diffuser_id, _UNHEARD)
        before = self._without_old_news(event, before)
        after = hear(before, event.readings, event.at, is_retained=event.is_retained)
        wisher = self._wishers.get(event.diffuser_id)
        if wisher is not None and not moved_towards(
            before.reported, after.reported, before.desired
        ):
            wisher = None
        self._put(event.diffuser_id, before, after, event.at, wisher, is_retained=event.is_retained)

    def _without_old_news(self, event: Reported, before: DiffuserState) -> DiffuserState:
        """Give what is known before a message, once old news it takes back is put right.

        That is told as old news too: nobody switched the device.
        """
        name, now_s = event.diffuser_id, self._clock.monotonic()
        if event.is_retained:
            self._old_news.note(name, before.reported, fold(before.reported, event.readings), now_s)
            return before
        reported = self._old_news.taken_back(name, before.reported, event.readings, now_s)
        if reported is before.reported:
            return before
        right = replace(before, reported=reported)
        self._put(name, before, right, event.at, None, is_retained=True)
        return right

    def _on_found(self, event: DiffuserFound) -> None:
        self._states.setdefault(event.diffuser.id, _UNHEARD)

    def _on_removed(self, event: DiffuserRemoved) -> None:
        self._states.pop(event.diffuser_id, None)
        self._wishers.pop(event.diffuser_id, None)
        self._unsaved.discard(event.diffuser_id)
        self._old_news.forget(event.diffuser_id)

    def _on_broker(self, event: BrokerLink) -> None:
        if not event.connected:
            for diffuser_id in tuple(self._states):
                self._doubt(diffuser_id, "bridge", event.at)

    def _note_silence(self) -> None:
        now = self._clock.now()
        limit = timedelta(seconds=self._settings.silent_after_s)
        for diffuser_id, state in tuple(self._states.items()):
            is_late = state.last_message_at is not None and now - state.last_message_at > limit
            if is_late and not self._is_quiet(diffuser_id):
                self._doubt(diffuser_id, "timeout", now)

    def _doubt(self, diffuser_id: str, source: str, at: datetime) -> None:
        before = self._states[diffuser_id]
        if before.availability is Availability.ONLINE:
            after = replace(
                before,
                availability=Availability.UNKNOWN,
                availability_since=at,
                availability_source=source,
            )
            self._put(diffuser_id, before, after, at, None, is_retained=False)

    def _change(self, diffuser_id: str, source: Source | None, **parts: object) -> None:
        before = self.state(diffuser_id)
        after = replace(before, **parts)  # type: ignore[arg-type]  # parts are named by callers
        self._put(diffuser_id, before, after, self._clock.now(), source, is_retained=False)

    def _put(
        self,
        diffuser_id: str,
        before: DiffuserState,
        after: DiffuserState,
        at: datetime,
        source: Source | None,
        *,
        is_retained: bool,
    ) -> None:
        self._states[diffuser_id] = after
        if not _is_news(before, after):
            return
        self._unsaved.add(diffuser_id)
        self._bus.publish(StateChanged(at, diffuser_id, before, after, source, is_retained))

    def _save(self) -> None:
        if not self._unsaved:
            return
        texts = {
            name: _STATE.dump_json(self._states[name]).decode()
            for name in self._unsaved
            if name in self._states
        }
        self._unsaved.clear()
        self._database.write_later(lambda c: rows.keep_states(c, texts))


def _read(diffuser_id: str, text: str | None) -> DiffuserState:
    if text is None:
        return _UNHEARD
    try:
        return _STATE.validate_json(text)
    except ValidationError:
        _log.exception("the stored state of %s cannot be read", diffuser_id)
        return _UNHEARD


def _is_news(before: DiffuserState, after: DiffuserState) -> bool:
    # By identity where folding keeps the object: this runs for every message.
    return not (
        after.reported is before.reported
        and after.desired == before.desired
        and after.availability is before.availability
        and after.unconfirmed == before.unconfirmed
    )
