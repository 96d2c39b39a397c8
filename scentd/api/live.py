"""Tell open pages and streams what changed, without ever queueing: what is dirty is a set.

A slow reader misses steps in between, never the last state, and costs no memory.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from scentd.api.activity import ActivityLog
from scentd.api.house import Schedules
from scentd.api.presses import Presses
from scentd.api.programs import Rules
from scentd.bus import Bus
from scentd.model import events

COALESCE_S = 0.1
"""Changes within a tenth of a second reach a page together: below what an eye can tell apart."""

DEVICES = "devices"
SCHEDULES = "schedules"
RULES = "rules"
LINKS = "links"
REORDERS = "reorders"
ACTIVITY = "activity"
HOUSEHOLD = "household"
PRESENCE = "presence"


def diffuser_topic(diffuser_id: str) -> str:
    """Name what is told when anything of one diffuser, its state or its cartridge, changes."""
    return f"diffuser/{diffuser_id}"


class StreamEnded(Exception):
    """The hub is stopping: open streams end."""


class Watcher:
    """One reader: collects what changed until it is asked."""

    def __init__(self) -> None:
        self._dirty: set[str] = set()
        self._ready = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._ended = False

    def mark(self, topic: str) -> None:
        """Note a change."""
        self._dirty.add(topic)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(COALESCE_S, self._ready.set)

    def end(self) -> None:
        """Make the waiting and every later wait raise StreamEnded."""
        self._ended = True
        self._ready.set()

    async def changes(self, wait_s: float) -> frozenset[str]:
        """Give what changed since the last call, empty when nothing did for `wait_s` seconds."""
        try:
            async with asyncio.timeout(wait_s):
                await self._ready.wait()
        except TimeoutError:
            return frozenset()
        if self._ended:
            raise StreamEnded
        self._ready.clear()
        self._timer = None
        changed, self._dirty = frozenset(self._dirty), set()
        return changed

    def forget(self) -> None:
        """Let go of the timer."""
        if self._timer is not None:
            self._timer.cancel()


class Live:
    """Spread the bus's facts to the readers as topics."""

    def __init__(
        self,
        bus: Bus,
        activity: ActivityLog,
        presses: Presses,
        schedules: Schedules,
        rules: Rules,
    ) -> None:
        self._bus = bus
        self._activity = activity
        self._presses = presses
        self._schedules = schedules
        self._rules = rules
        self._watchers: set[Watcher] = set()
        self._boot = secrets.token_hex(4)
        self._count = 0
        self._ends: list[Callable[[], None]] = []

    @property
    def revision(self) -> str:
        """Name the state everything is in now; differs after every change and every start."""
        return f"{self._boot}.{self._count}"

    def start(self) -> None:
        """Listen from now on."""
        listen = self._bus.subscribe
        self._ends = [
            listen(events.StateChanged, self._on_diffuser),
            listen(events.CommandUnconfirmed, self._on_diffuser),
            listen(events.ScheduleSwitched, self._on_diffuser),
            listen(events.CartridgeFitted, self._on_cartridge),
            listen(events.LevelChanged, self._on_cartridge),
            listen(events.CartridgeRunningLow, self._on_cartridge),
            listen(events.CartridgeEmpty, self._on_slot),
            listen(events.CartridgeSuspectedEmpty, self._on_slot),
            listen(events.LevelRose, self._on_slot),
            listen(events.RefillAsked, self._on_slot),
            listen(events.RefillAnswered, self._on_slot),
            listen(events.DiffuserFound, lambda _: self.mark(DEVICES)),
            listen(events.DiffuserRemoved, lambda _: self.mark(DEVICES)),
            listen(events.RuleFired, lambda _: self.mark(RULES)),
            listen(events.BrokerLink, lambda _: self.mark(LINKS)),
            listen(events.CloudLink, lambda _: self.mark(LINKS)),
            listen(events.ClockStepped, lambda _: self.mark(HOUSEHOLD)),
            listen(events.HouseholdChanged, lambda _: self.mark(HOUSEHOLD)),
            listen(events.DocumentsChanged, self._on_documents),
            listen(events.PresenceChanged, lambda _: self.mark(PRESENCE)),
            self._presses.on_press(lambda one: self.mark(diffuser_topic(one))),
            self._activity.on_line(lambda: self.mark(ACTIVITY)),
            self._schedules.on_change(lambda: self.mark(SCHEDULES)),
            self._rules.on_change(lambda: self.mark(RULES)),
        ]

    def stop(self) -> None:
        """End every open stream and listen no more."""
        for end in self._ends:
            end()
        self._ends = []
        for watcher in self._watchers:
            watcher.end()

    def mark(self, topic: str) -> None:
        """Tell every reader that this changed."""
        self._count += 1
        for watcher in self._watchers:
            watcher.mark(topic)

    @contextmanager
    def watch(self) -> Iterator[Watcher]:
        """Open a reader that hears every change from now on."""
        watcher = Watcher()
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)
            watcher.forget()

    def _on_diffuser(
        self, event: events.StateChanged | events.CommandUnconfirmed | events.ScheduleSwitched
    ) -> None:
        self.mark(diffuser_topic(event.diffuser_id))

    def _on_cartridge(
        self, event: events.CartridgeFitted | events.LevelChanged | events.CartridgeRunningLow
    ) -> None:
        self.mark(diffuser_topic(event.cartridge.slot.diffuser_id))

    def _on_slot(
        self,
        event: events.CartridgeEmpty
        | events.CartridgeSuspectedEmpty
        | events.LevelRose
        | events.RefillAsked
        | events.RefillAnswered,
    ) -> None:
        self.mark(diffuser_topic(event.slot.diffuser_id))

    def _on_documents(self, event: events.DocumentsChanged) -> None:
        if event.kinds & {"reorder", "catalogue"}:
            self.mark(REORDERS)
