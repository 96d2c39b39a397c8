"""The rules at work: hear what happens, find whom it concerns, judge, act, and note it all.

A rule whose actions wait for nothing has done them before the message's handler returns. What a
message costs depends on the rules it fires, not on the rules there are.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from scentd.automation import named
from scentd.automation.actions import Performer
from scentd.automation.armed import arm
from scentd.automation.attributes import key_of, value_of
from scentd.automation.book import RuleBook
from scentd.automation.conditions import Facts
from scentd.automation.dryrun import DryRun, try_rule
from scentd.automation.firings import Firings
from scentd.automation.holds import Hold
from scentd.automation.index import RuleIndex
from scentd.automation.listening import Listening
from scentd.automation.loops import LoopGuard
from scentd.automation.recorder import Recorder
from scentd.automation.settings import AutomationSettings
from scentd.automation.surroundings import Surroundings
from scentd.automation.timekeeper import Timekeeper
from scentd.automation.timers import OffTimers
from scentd.automation.timetable import Point
from scentd.automation.topics import TopicWatch
from scentd.automation.waiting import Waits
from scentd.bus import Bus
from scentd.clock import Clock
from scentd.model.errors import ScentdError
from scentd.model.events import (
    ClockStepped,
    DocumentsChanged,
    HouseholdChanged,
    HouseholdNotified,
)
from scentd.model.reasons import Reason
from scentd.model.rule import AutomationRule, Verdict
from scentd.model.trigger import DeviceStateChange
from scentd.store import rule_record, rule_waits
from scentd.store.database import Database

_BY_HAND = Reason("person")


class Engine:
    """Run the household's rules."""

    def __init__(
        self,
        book: RuleBook,
        database: Database,
        bus: Bus,
        clock: Clock,
        surroundings: Surroundings,
        settings: AutomationSettings = AutomationSettings(),
    ) -> None:
        self._book = book
        self._database = database
        self._bus = bus
        self._clock = clock
        self._surroundings = surroundings
        self._index = RuleIndex()
        facts = Facts(
            surroundings.state,
            surroundings.cartridge,
            surroundings.place,
            surroundings.people,
            lambda condition: self._index.sensors.standing(condition, clock.monotonic()),
        )
        self._loops = LoopGuard(settings)
        self._timers = OffTimers(database, clock, surroundings)
        performer = Performer(
            clock, surroundings, facts, self._timers, self._loops, self._switch, self._notify
        )
        self._firings = Firings(
            book, self._index, database, bus, clock, facts, self._loops, performer, settings
        )
        self._waits = Waits(database, clock, self._on_lasted, self._on_late, settings.grace_s)
        self._timekeeper = Timekeeper(
            database, clock, surroundings.place, self._on_time, self._on_missed, settings.grace_s
        )
        self._recorder = Recorder(database, clock, surroundings, settings)
        self._listening = Listening(
            self._index, self._firings, self._waits, self._loops, self._recorder, clock
        )
        self._topics = TopicWatch(surroundings.subscriber, self._listening.on_message)
        self._must_reload = asyncio.Event()
        database.on_full(rule_record.forget_all)

    @property
    def held_because(self) -> str | None:
        """Why no time of day fires at the moment, in plain words; None when all is well."""
        return self._timekeeper.held_because

    def is_stopped(self, rule_id: str) -> bool:
        """Say whether the rule is stopped for a while because it closed a loop."""
        return self._loops.is_held(rule_id, self._clock.monotonic())

    def run_now(self, rule: AutomationRule) -> None:
        """Do at once what a rule does, whatever its conditions, whether it is on or not."""
        self._firings.run_now(arm(rule), _BY_HAND)

    def hear_phrase(self, text: str, language: str = "", room: str = "") -> tuple[str, ...]:
        """Fire the rules that wait for a sentence somebody said; their ids.

        `language` is a BCP 47 tag; "" where it or the room is not known.
        """
        heard = self._index.after_phrase(text, language, room)
        self._firings.fire_all(heard.fired, heard.trigger)
        return tuple(heard.fired)

    async def dry_run(self, rule: AutomationRule, days: int) -> DryRun:
        """Tell what a rule would have done in the last `days`, from what is recorded of them."""
        await self._recorder.flush()
        until = self._clock.now()
        since, place = until - timedelta(days=days), self._surroundings.place()

        blocks, oldest = await self._database.read(
            lambda c: (rule_record.read_blocks(c, since, until), rule_record.oldest(c))
        )
        record = rule_record.entries(blocks, since, until)
        # Beside the loop and beside the store's readers: a month of a busy home takes seconds.
        return await asyncio.to_thread(try_rule, rule, record, place, since, until, oldest)

    async def run(self) -> None:
        """Run the rules until cancelled; what runs then is stopped and noted."""
        await self._timers.load()
        await self._timekeeper.load()
        await self._waits.load()
        self._firings.recall(self._book.all())
        try:
            async with asyncio.TaskGroup() as group:
                self._firings.group = group
                group.create_task(self._timers.run(), name="rule timers")
                group.create_task(self._timekeeper.run(), name="rule times of day")
                group.create_task(self._book.trace_log.run(), name="rule traces")
                await self._follow_edits(group)
        finally:
            self._firings.group = None
            self._book.trace_log.flush_later()

    async def _follow_edits(self, group: asyncio.TaskGroup) -> None:
        self._follow_rules(is_edit=False)
        await self._recall_bounds()
        self._waits.keep_only(self._is_waited_for)
        self._topics.follow(self._index.sensors.topics)
        ends = self._listen()
        group.create_task(self._waits.run(), name="rule waits")
        group.create_task(self._recorder.run(), name="rule record")
        self._listening.happened(named.STARTED, {})
        try:
            while True:
                await self._must_reload.wait()
                self._must_reload.clear()
                await self._book.reload()
        finally:
            self._topics.close()
            for end in ends:
                end()

    def _listen(self) -> list[Callable[[], None]]:
        return [
            *self._recorder.listen(self._bus),
            *self._listening.listen(self._bus),
            self._bus.subscribe(ClockStepped, self._on_clock),
            self._bus.subscribe(HouseholdChanged, lambda _: self._timekeeper.replan()),
            self._bus.subscribe(DocumentsChanged, self._on_documents),
            self._book.on_change(self._on_edit),
        ]

    def _follow_rules(self, *, is_edit: bool) -> None:
        self._firings.release(self._index.follow(self._book.all()))
        self._timekeeper.follow(self._index.times, is_edit=is_edit)

    def _on_edit(self) -> None:
        self._follow_rules(is_edit=True)
        self._waits.keep_only(self._is_waited_for)
        self._topics.follow(self._index.sensors.topics)

    async def _recall_bounds(self) -> None:
        stood = await self._database.read(rule_waits.read_bounds)
        now, now_s = self._clock.now(), self._clock.monotonic()
        for name, row in stood.items():
            since_s = now_s - max(0.0, (now - row.since).total_seconds())
            self._index.sensors.recall(name, is_beyond=row.is_beyond, since_s=since_s)
        if stood.keys() - self._index.sensors.names():
            names = tuple(self._index.sensors.names())
            self._database.write_later(lambda c: rule_waits.keep_only_bounds(c, names))

    def _is_waited_for(self, hold: Hold) -> bool:
        """Say whether a rule still asks for this to last, for as long, and it still does."""
        if self._index.lasts_s(hold.rule_id) != hold.seconds:
            return False
        trigger = self._index.armed[hold.rule_id].rule.trigger
        if not isinstance(trigger, DeviceStateChange):
            return self._index.sensors.is_beyond(hold.rule_id, hold.side)
        try:
            value = value_of(self._surroundings.state(trigger.diffuser_id), trigger.attribute)
        except ScentdError:
            return False
        wanted = trigger.to
        return value is not None and wanted is not None and key_of(value) == key_of(wanted)

    def _on_lasted(self, hold: Hold) -> None:
        if self._is_waited_for(hold):
            self._firings.fire(hold.rule_id, hold.lasted)

    def _on_late(self, hold: Hold) -> None:
        self._firings.miss(hold.rule_id, hold.lasted, Reason("lasted_late"), Verdict.MISSED)

    def _on_clock(self, _: ClockStepped) -> None:
        self._timekeeper.replan()
        self._waits.replan()

    def _on_documents(self, event: DocumentsChanged) -> None:
        if "rule" in event.kinds:
            self._must_reload.set()

    def _on_time(self, rule_id: str, point: Point) -> None:
        local = point.at.astimezone(self._surroundings.place().zone)
        self._firings.fire(rule_id, Reason("clock", {"time": f"{local:%H:%M}"}))

    def _on_missed(self, rule_id: str, point: Point) -> None:
        local = point.at.astimezone(self._surroundings.place().zone)
        if point.skipped is not None:
            day = Reason("date", {"date": local.date().isoformat()})
            self._firings.miss(rule_id, day, point.skipped, Verdict.SKIPPED)
            return
        was = Reason("was_clock", {"time": f"{local:%H:%M}"})
        self._firings.miss(rule_id, was, Reason("hub_late"), Verdict.MISSED)

    async def _switch(self, rule_id: str, enabled: bool) -> None:  # noqa: FBT001 - a port's form
        rule = self._book.get(rule_id)
        if rule.enabled is not enabled:
            await self._book.save(replace(rule, enabled=enabled))

    def _notify(self, rule_id: str, text: str) -> None:
        self._bus.publish(HouseholdNotified(self._clock.now(), rule_id, text))
