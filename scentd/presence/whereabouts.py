"""Where the members are: hear trackers and people, decide, tell the house who came and who went.

No position is kept and none is logged: a report is turned into zones and forgotten.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from scentd.bus import Bus
from scentd.clock import Clock
from scentd.model.events import MemberEntered, MemberLeft, PresenceChanged
from scentd.model.presence import HOME_ZONE_ID, Tracker, TrackerKind, Whereabouts
from scentd.presence.facts import read_belief, read_state, write_belief, write_state
from scentd.presence.roster import Roster
from scentd.presence.settings import PresenceSettings
from scentd.presence.sighting import Position, Sighting, zones_after
from scentd.presence.standing import (
    Belief,
    Evidence,
    Standing,
    is_nobody_home,
    is_someone_home,
    steps,
    weigh,
)
from scentd.presence.tracker import TrackerState, after_claim, settled, without_zones
from scentd.store import presence as store
from scentd.store.database import Database

KEEP_EVERY_S = 600.0
"""How stale a tracker's last sign of life may be on the disk: a receiver speaks every second."""

_AHEAD = timedelta(minutes=1)


class Presence:
    """Know where everybody is. Everything is decided at once, on the loop; `run` keeps it."""

    def __init__(
        self,
        roster: Roster,
        database: Database,
        bus: Bus,
        clock: Clock,
        settings: PresenceSettings = PresenceSettings(),
    ) -> None:
        self._roster = roster
        self._database = database
        self._bus = bus
        self._clock = clock
        self._gone_after_s = float(settings.gone_after_s)
        self._patience = settings.patience_by_kind()
        self._states: dict[str, TrackerState] = {}
        self._beliefs: Mapping[str, Belief] = {}
        self._said: dict[str, Whereabouts] = {}
        self._since: dict[str, datetime] = {}
        self._has_guests = False
        self._unkept_members: set[str] = set()
        self._unkept_trackers: set[str] = set()
        self._kept_s: dict[str, float] = {}
        self._news = asyncio.Event()
        roster.on_change(self._review)

    async def load(self) -> None:
        """Take up members, zones, trackers and what was held of them."""
        kept = await self._database.read(store.read_presence)
        now_s, now = self._clock.monotonic(), self._clock.now()
        self._roster.take_up(kept)
        self._has_guests = kept.has_guests
        for tracker in kept.trackers:
            self._states[tracker.id] = read_state(
                kept.states[tracker.id],
                now_s=now_s,
                now=now,
                leave_s=self._patience[tracker.kind].leave_s,
            )
        beliefs = {}
        for member_id, text in kept.beliefs.items():
            beliefs[member_id], said, since = read_belief(text)
            if said is not None:
                self._said[member_id] = Whereabouts(said)
            if since is not None:
                self._since[member_id] = since
        self._beliefs = beliefs

    async def run(self) -> None:
        """Believe what has waited long enough, and keep what changed, until cancelled."""
        try:
            while True:
                self.settle()
                await self._keep()
                await self._rest()
        finally:
            await self._keep()

    @property
    def has_guests(self) -> bool:
        """Whether somebody said that guests are here."""
        return self._has_guests

    def whereabouts(self, member_id: str) -> Whereabouts:
        """Give where a member is; UNKNOWN also for who is no member."""
        return self._beliefs.get(member_id, Belief()).whereabouts

    def is_someone_home(self) -> bool:
        """Say whether at least one member is known to be home, or guests are."""
        return is_someone_home(self._beliefs, has_guests=self._has_guests)

    def is_nobody_home(self) -> bool:
        """Say whether everybody is known to be away: never while one place is unknown."""
        return is_nobody_home(self._beliefs, has_guests=self._has_guests)

    def standing(self, member_id: str) -> Standing:
        """Give what is known of a member; raises MemberUnknown."""
        self._roster.member(member_id)
        belief = self._beliefs.get(member_id, Belief())
        known = {tracker.id: tracker for tracker in self._roster.trackers_of(member_id)}
        return Standing(
            belief.whereabouts,
            belief.zones or frozenset() if belief.is_known else frozenset(),
            self._since.get(member_id),
            known.get(belief.source) if belief.is_known else None,
            self._said.get(member_id),
        )

    def heard_at(self, tracker_id: str) -> datetime | None:
        """Give the last sign of life of a tracker, None before the first."""
        heard_s = self._states.get(tracker_id, TrackerState()).heard_s
        if heard_s is None:
            return None
        return self._clock.now() - timedelta(seconds=self._clock.monotonic() - heard_s)

    def zones_of(self, tracker_id: str) -> frozenset[str]:
        """Give the zones a tracker is believed to be in."""
        return self._states.get(tracker_id, TrackerState()).zones

    def hear(self, sighting: Sighting) -> None:
        """Take in a report; one that is older than what is known says nothing."""
        tracker, forgotten = self._roster.find(
            Tracker(sighting.tracker_id, sighting.kind, sighting.name or sighting.tracker_id)
        )
        for tracker_id in forgotten:
            self._states.pop(tracker_id, None)
        is_new = tracker.id not in self._states
        before = self._states.get(tracker.id, TrackerState())
        after = self._after(sighting, before)
        if after is None:
            return
        self._put(tracker, before, after)
        if tracker.member_id is None:
            if is_new:
                self._bus.publish(PresenceChanged(self._clock.now()))
            return
        is_told = sighting.entered is not None or sighting.left is not None
        self._judge([tracker.member_id], is_told=is_told)

    def settle(self) -> None:
        """Believe what has waited long enough, and no more whoever fell silent."""
        now_s = self._clock.monotonic()
        for tracker in self._roster.trackers():
            before = self._states.get(tracker.id, TrackerState())
            after = settled(before, now_s)
            if after is not before:
                self._put(tracker, before, after)
        self._judge(member.id for member in self._roster.members())

    async def hear_app(
        self,
        member_id: str,
        device: str,
        *,
        position: Position | None = None,
        entered: str | None = None,
        left: str | None = None,
    ) -> None:
        """Take in what a member's own app says; it is their tracker from the first word on.

        Raises MemberUnknown, and ZoneUnknown for an edge of no zone.
        """
        self._roster.member(member_id)
        crossed = entered or left
        if crossed is not None and crossed != HOME_ZONE_ID:
            self._roster.zone(crossed)
        tracker_id = f"app:{member_id}:{device}"
        tracker, _ = self._roster.find(Tracker(tracker_id, TrackerKind.APP, device))
        if tracker.member_id != member_id:
            await self._roster.give(tracker_id, member_id)
        self.hear(
            Sighting(
                tracker_id, TrackerKind.APP, device, position=position, entered=entered, left=left
            )
        )
        await self._keep()

    async def say(self, member_id: str, whereabouts: Whereabouts | None) -> None:
        """Say of a member that they are home or away, until a tracker of theirs comes home or
        leaves it; None takes it back. Durable once it returns. Raises MemberUnknown.
        """
        self._roster.member(member_id)
        if whereabouts in (None, Whereabouts.UNKNOWN):
            self._said.pop(member_id, None)
        else:
            self._said[member_id] = whereabouts
        self._unkept_members.add(member_id)
        self._judge([member_id], is_told=True)
        await self._keep()

    async def set_guests(self, *, has_guests: bool) -> None:
        """Say whether guests are here; they count as somebody who is home."""
        await self._database.write(lambda c: store.write_guests(c, has_guests=has_guests))
        self._has_guests = has_guests
        self._bus.publish(PresenceChanged(self._clock.now()))

    async def give(self, tracker_id: str, member_id: str | None) -> None:
        """Say whose tracker it is; its bearer is then where it is, without coming or going.

        Raises TrackerUnknown and MemberUnknown.
        """
        state = self._states.get(tracker_id, TrackerState())
        text = write_state(state, now_s=self._clock.monotonic(), now=self._clock.now())
        await self._roster.give(tracker_id, member_id, state=text)
        await self._keep()

    def _after(self, sighting: Sighting, before: TrackerState) -> TrackerState | None:
        """Give how a tracker stands after a report, None when it says nothing new."""
        now_s, age_s = self._clock.monotonic(), self._age_s(sighting)
        newest = before.newest
        if age_s >= self._gone_after_s:
            return None
        if sighting.said_at is not None:
            if newest is not None and sighting.said_at < newest:
                return None
            newest = sighting.said_at if self._is_likely(sighting.said_at) else newest
        claimed = zones_after(
            sighting, self._roster.zones(), before.claimed, self._roster.zone_ids_by_name()
        )
        if claimed is None:
            is_old = sighting.is_retained or before.heard_s is None
            return None if is_old else replace(before, heard_s=now_s - age_s, newest=newest)
        if sighting.is_retained and before.heard_s is not None and claimed == before.claimed:
            return None
        after = after_claim(before, claimed, now_s, self._patience[sighting.kind])
        return replace(after, heard_s=now_s - age_s, newest=newest)

    def _age_s(self, sighting: Sighting) -> float:
        if sighting.said_at is None or not self._clock.is_trusted():
            return 0.0
        return max(0.0, (self._clock.now() - sighting.said_at).total_seconds())

    def _is_likely(self, said_at: datetime) -> bool:
        """A phone whose clock runs ahead must not silence itself for as long."""
        return not self._clock.is_trusted() or said_at <= self._clock.now() + _AHEAD

    def _put(self, tracker: Tracker, before: TrackerState, after: TrackerState) -> None:
        self._states[tracker.id] = after
        has_moved = (HOME_ZONE_ID in before.zones) != (HOME_ZONE_ID in after.zones)
        if tracker.member_id is not None and has_moved:
            self._said.pop(tracker.member_id, None)
        now_s = self._clock.monotonic()
        is_only_alive = replace(before, heard_s=None, newest=None) == replace(
            after, heard_s=None, newest=None
        )
        is_kept = now_s - self._kept_s.get(tracker.id, -KEEP_EVERY_S) < KEEP_EVERY_S
        if tracker.member_id is None or (is_only_alive and is_kept):
            return
        # What fades moves its end with each word; that alone is not worth a write.
        if self._patience[tracker.kind].fades and is_kept and before.zones == after.zones:
            return
        self._kept_s[tracker.id] = now_s
        self._unkept_trackers.add(tracker.id)
        self._news.set()

    def _judge(self, member_ids: Iterable[str], *, is_told: bool = False) -> None:
        """Draw the conclusions for these members, and tell of each move."""
        now = self._clock.now()
        evidence = {who: self._evidence(who, is_told=is_told) for who in member_ids}
        earlier = self._beliefs
        for move, held in steps(earlier, evidence, has_guests=self._has_guests):
            self._beliefs = held
            if move is None:
                continue
            if move.is_coming:
                self._bus.publish(
                    MemberEntered(now, move.member_id, move.zone_id, is_first=move.is_only)
                )
            else:
                self._bus.publish(
                    MemberLeft(now, move.member_id, move.zone_id, is_last=move.is_only)
                )
        self._note(earlier, evidence, now)

    def _note(self, earlier: Mapping[str, Belief], members: Iterable[str], now: datetime) -> None:
        changed = [who for who in members if earlier.get(who) != self._beliefs.get(who)]
        for who in changed:
            before, after = earlier.get(who, Belief()), self._beliefs.get(who, Belief())
            if before.whereabouts is not after.whereabouts:
                self._since[who] = now
        self._unkept_members.update(changed)
        if changed:
            self._news.set()
            self._bus.publish(PresenceChanged(now))

    def _evidence(self, member_id: str, *, is_told: bool) -> Evidence | None:
        now_s = self._clock.monotonic()
        live = {
            tracker.id: state
            for tracker in self._roster.trackers_of(member_id)
            if (state := self._states.get(tracker.id)) and state.is_live(now_s, self._gone_after_s)
        }
        return weigh(live, self._said.get(member_id), is_told=is_told)

    def _review(self) -> None:
        """Fit everything to the members, zones and trackers there are now: nobody moves by it."""
        zone_ids = {HOME_ZONE_ID, *(zone.id for zone in self._roster.zones())}
        for tracker_id, state in list(self._states.items()):
            gone = (state.claimed | state.zones) - zone_ids
            self._states[tracker_id] = without_zones(state, gone) if gone else state
        members = [member.id for member in self._roster.members()]
        beliefs: dict[str, Belief] = {}
        for who in members:
            known, said = self._beliefs.get(who, Belief()), self._evidence(who, is_told=False)
            if said is None:
                beliefs[who] = replace(known, is_known=False)
            else:
                beliefs[who] = Belief(said.zones, is_known=True, source=said.source)
        earlier, self._beliefs = self._beliefs, beliefs
        self._said = {who: said for who, said in self._said.items() if who in beliefs}
        self._note(earlier, members, self._clock.now())
        self._bus.publish(PresenceChanged(self._clock.now()))
        self._news.set()

    async def _keep(self) -> None:
        members, self._unkept_members = self._unkept_members, set()
        trackers, self._unkept_trackers = self._unkept_trackers, set()
        if not members and not trackers:
            return
        now_s, now = self._clock.monotonic(), self._clock.now()
        beliefs = {
            who: write_belief(belief, self._said.get(who), self._since.get(who, now))
            for who in members
            if (belief := self._beliefs.get(who)) is not None
        }
        states = {
            tracker_id: write_state(state, now_s=now_s, now=now)
            for tracker_id in trackers
            if (state := self._states.get(tracker_id)) is not None
        }
        try:
            await self._database.write(lambda c: store.write_facts(c, beliefs, states))
        except BaseException:
            self._unkept_members |= members
            self._unkept_trackers |= trackers
            raise

    async def _rest(self) -> None:
        """Return when the next claim or silence is due, or when there is news."""
        now_s = self._clock.monotonic()
        dues = [due_s for state in self._states.values() for due_s in state.pending.values()]
        # Who is gone already must not keep the loop awake.
        ends = [
            state.heard_s + self._gone_after_s
            for state in self._states.values()
            if state.heard_s is not None and state.is_live(now_s, self._gone_after_s)
        ]
        due_s = min([*dues, *ends], default=None)
        async with asyncio.TaskGroup() as group:
            waits: list[asyncio.Task[object]] = [group.create_task(self._news.wait())]
            if due_s is not None:
                waits.append(group.create_task(self._clock.sleep(max(0.0, due_s - now_s))))
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
        self._news.clear()
