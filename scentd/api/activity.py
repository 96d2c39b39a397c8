"""Remember what happened lately: facts of the bus become lines that any language can word.

The newest lines are held in memory and kept in the store, put off like all state, so that a
busy home does not wear the card.
"""

from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType

from scentd.api.names import Names
from scentd.bus import Bus, Unsubscribe
from scentd.model import events
from scentd.model.diffuser import Availability, DiffuserState
from scentd.model.presence import HOME_ZONE_ID
from scentd.model.reasons import Reason
from scentd.model.rule import Verdict
from scentd.store import activity as rows
from scentd.store.activity import ActivityLine
from scentd.store.database import Database

Facts = Mapping[str, str | int]

RULE_TOLD_EVERY = timedelta(minutes=1)
"""A rule that follows a sensor may fire many times a second; its traces tell of each."""

_RULE_LINES = {
    Verdict.RAN: "rule_ran",
    Verdict.LOOP_STOPPED: "rule_loop",
    Verdict.FAILED: "rule_failed",
}


class ActivityLog:
    """Hold the newest `kept` lines. Names are written down as they were when it happened."""

    def __init__(self, database: Database, bus: Bus, names: Names, *, kept: int = 1000) -> None:
        self._database = database
        self._bus = bus
        self._names = names
        self._kept = kept
        self._lines: deque[ActivityLine] = deque(maxlen=kept)
        self._next_id = 1
        self._listeners: tuple[Callable[[], None], ...] = ()
        self._brokers_word: bool | None = None
        self._clouds_word: bool | None = None
        self._rules_told: dict[str, datetime] = {}

    @property
    def names(self) -> Names:
        """What the lines call things."""
        return self._names

    async def load(self) -> None:
        """Read the kept lines."""
        self._lines.extend(await self._database.read(lambda db: rows.newest(db, self._kept)))
        if self._lines:
            self._next_id = self._lines[-1].id + 1

    def start(self) -> None:
        """Listen to the bus from now on."""
        self._names.remember()
        listen = self._bus.subscribe
        listen(events.StateChanged, self._on_state)
        listen(events.DiffuserFound, self._on_found)
        listen(events.DiffuserRemoved, self._on_removed)
        listen(events.CommandUnconfirmed, self._on_unconfirmed)
        listen(events.ScheduleSwitched, self._on_schedule)
        listen(events.ScheduleMissed, self._on_missed)
        listen(events.RuleFired, self._on_rule)
        listen(events.HouseholdNotified, self._on_notice)
        listen(events.CartridgeFitted, self._on_fitted)
        listen(events.CartridgeRunningLow, self._on_low)
        listen(events.CartridgeEmpty, self._on_empty)
        listen(events.CartridgeSuspectedEmpty, self._on_suspected)
        listen(events.LevelRose, self._on_rise)
        listen(events.RefillAsked, self._on_asked)
        listen(events.BrokerLink, self._on_broker)
        listen(events.CloudLink, self._on_cloud)
        listen(events.ClockStepped, self._on_clock)
        listen(events.MemberEntered, self._on_entered)
        listen(events.MemberLeft, self._on_left)

    def newest(self, limit: int) -> list[ActivityLine]:
        """Give at most `limit` lines, the newest first."""
        return [line for line, _ in zip(reversed(self._lines), range(limit), strict=False)]

    def after(self, line_id: int) -> list[ActivityLine]:
        """Give the lines that came after that one, the oldest first."""
        newer = []
        for line in reversed(self._lines):
            if line.id <= line_id:
                break
            newer.append(line)
        return newer[::-1]

    def on_line(self, listener: Callable[[], None]) -> Unsubscribe:
        """Call `listener` after each new line; the answer ends it."""
        self._listeners = (*self._listeners, listener)

        def end() -> None:
            self._listeners = tuple(known for known in self._listeners if known is not listener)

        return end

    def _note(self, event: events.Event, kind: str, facts: Facts) -> None:
        line = ActivityLine(self._next_id, event.at, kind, MappingProxyType(dict(facts)))
        self._next_id += 1
        self._lines.append(line)
        self._database.write_later(partial(rows.keep, line=line, limit=self._kept))
        for listener in self._listeners:
            listener()

    def _on_state(self, event: events.StateChanged) -> None:
        told = _told_by(event.before, event.after, is_retained=event.is_retained)
        if not told:
            return
        facts: dict[str, str | int] = {"diffuser": self._names.diffuser(event.diffuser_id)}
        if event.source is not None:
            facts["by"] = event.source.origin.value
        for kind, more in told:
            self._note(event, kind, {**facts, **more})

    def _on_found(self, event: events.DiffuserFound) -> None:
        self._names.remember()
        if event.is_new:
            self._note(event, "diffuser_found", {"diffuser": event.diffuser.name})

    def _on_removed(self, event: events.DiffuserRemoved) -> None:
        self._note(event, "diffuser_removed", {"diffuser": self._names.diffuser(event.diffuser_id)})

    def _on_unconfirmed(self, event: events.CommandUnconfirmed) -> None:
        self._note(event, "unconfirmed", {"diffuser": self._names.diffuser(event.diffuser_id)})

    def _on_schedule(self, event: events.ScheduleSwitched) -> None:
        kind = "schedule_started" if event.on else "schedule_ended"
        self._note(event, kind, self._of_schedule(event))

    def _on_missed(self, event: events.ScheduleMissed) -> None:
        self._note(event, "schedule_missed", self._of_schedule(event) | _why(event.reason))

    def _of_schedule(
        self, event: events.ScheduleSwitched | events.ScheduleMissed
    ) -> dict[str, str | int]:
        return {
            "diffuser": self._names.diffuser(event.diffuser_id),
            "schedule": self._names.schedule(event.schedule_id),
        }

    def _on_rule(self, event: events.RuleFired) -> None:
        trace = event.trace
        kind = _RULE_LINES.get(trace.verdict)
        told_at = self._rules_told.get(trace.rule_id)
        if kind is None or (told_at and event.at - told_at < RULE_TOLD_EVERY):
            return
        self._rules_told[trace.rule_id] = event.at
        self._note(event, kind, {"rule": self._names.rule(trace.rule_id)})

    def _on_notice(self, event: events.HouseholdNotified) -> None:
        rule = self._names.rule(event.rule_id)
        self._note(event, "notice", {"rule": rule, "text": event.text})

    def _on_fitted(self, event: events.CartridgeFitted) -> None:
        self._note(event, "cartridge_fitted", self._of_cartridge(event))

    def _on_low(self, event: events.CartridgeRunningLow) -> None:
        percent = round(event.cartridge.fraction_left * 100)
        self._note(event, "cartridge_low", self._of_cartridge(event) | {"percent": percent})

    def _of_cartridge(
        self, event: events.CartridgeFitted | events.CartridgeRunningLow
    ) -> dict[str, str | int]:
        cartridge = event.cartridge
        return {
            "diffuser": self._names.diffuser(cartridge.slot.diffuser_id),
            "scent": cartridge.scent_name,
            "ml": round(cartridge.capacity_ul / 1000),
        }

    def _on_empty(self, event: events.CartridgeEmpty) -> None:
        self._note(
            event, "cartridge_empty", {"diffuser": self._names.diffuser(event.slot.diffuser_id)}
        )

    def _on_suspected(self, event: events.CartridgeSuspectedEmpty) -> None:
        diffuser = self._names.diffuser(event.slot.diffuser_id)
        self._note(event, "cartridge_suspected", {"diffuser": diffuser})

    def _on_rise(self, event: events.LevelRose) -> None:
        facts = {"diffuser": self._names.diffuser(event.slot.diffuser_id)}
        self._note(event, "level_rose", facts)

    def _on_asked(self, event: events.RefillAsked) -> None:
        facts = {"diffuser": self._names.diffuser(event.slot.diffuser_id)}
        self._note(event, "refill_asked", facts | {"by": event.source.origin.value})

    def _on_broker(self, event: events.BrokerLink) -> None:
        if event.connected != self._brokers_word:
            self._brokers_word = event.connected
            kind = "broker_back" if event.connected else "broker_lost"
            self._note(event, kind, {} if event.reason is None else _why(event.reason))

    def _on_cloud(self, event: events.CloudLink) -> None:
        if event.connected != self._clouds_word:
            self._clouds_word = event.connected
            kind = "cloud_back" if event.connected else "cloud_lost"
            self._note(event, kind, {"queued": event.queued})

    def _on_clock(self, event: events.ClockStepped) -> None:
        self._note(event, "clock_stepped", {"seconds": round(event.by_s)})

    def _on_entered(self, event: events.MemberEntered) -> None:
        kind = "member_came_home" if event.zone_id == HOME_ZONE_ID else "member_came"
        self._note(event, kind, self._of_member(event))

    def _on_left(self, event: events.MemberLeft) -> None:
        kind = "member_left_home" if event.zone_id == HOME_ZONE_ID else "member_left"
        self._note(event, kind, self._of_member(event))

    def _of_member(self, event: events.MemberEntered | events.MemberLeft) -> dict[str, str | int]:
        return {
            "member": self._names.member(event.member_id),
            "zone": self._names.zone(event.zone_id),
        }


def _why(reason: Reason) -> dict[str, str | int]:
    """Give a reason's facts with its code, to be put into words by who reads."""
    return {**reason.facts, "code": reason.code}


def _told_by(
    before: DiffuserState, after: DiffuserState, *, is_retained: bool
) -> list[tuple[str, Facts]]:
    """Give the lines a change of state is worth; old news tells only of faults."""
    told: list[tuple[str, Facts]] = []
    was, now = before.reported, after.reported
    if now.fault != was.fault and now.fault:
        told.append(("fault", {"fault": now.fault}))
    if is_retained:
        return told
    if before.availability is not after.availability:
        told += _availability_line(before.availability, after.availability)
    if now.power is not None and was.power is not None and now.power != was.power:
        told.append(_power_line(now.intensity_percent, on=now.power))
    elif now.power and was.intensity_percent not in {None, now.intensity_percent}:
        told.append(("intensity", {"percent": now.intensity_percent or 0}))
    return told


def _availability_line(before: Availability, after: Availability) -> list[tuple[str, Facts]]:
    if after is Availability.OFFLINE:
        return [("went_offline", {})]
    if after is Availability.ONLINE and before is Availability.OFFLINE:
        return [("came_back", {})]
    return []


def _power_line(intensity_percent: int | None, *, on: bool) -> tuple[str, Facts]:
    if not on:
        return "switched_off", {}
    return ("switched_on", {"percent": intensity_percent} if intensity_percent else {})
