"""Any day of any household: what is told fits what is held, and nobody is away by ignorance."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from scentd.bus import Bus
from scentd.model.events import MemberEntered, MemberLeft
from scentd.model.presence import Member, Tracker, TrackerKind, Whereabouts
from scentd.presence.roster import Roster
from scentd.presence.sighting import Sighting
from scentd.presence.whereabouts import Presence
from scentd.store.database import Database
from scentd.store.presence import KeptPresence
from tests.fakes.clock import ManualClock
from tests.scentd.presence.conftest import LINDENWEG

TRACKERS = {
    "app:ada": "ada",
    "router:ada": "ada",
    "owntracks:ben": "ben",
    "room:cleo": "cleo",
}
PEOPLE = ("ada", "ben", "cleo")
LEAVE_S = {"app": 300, "router": 300, "owntracks": 300, "room": 600}


@dataclass
class Day:
    """A household over no store, and what was told of it."""

    clock: ManualClock = field(default_factory=ManualClock)
    told: list[MemberEntered | MemberLeft] = field(default_factory=list)
    home_said_s: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        bus = Bus()
        bus.subscribe(MemberEntered, self._hear)
        bus.subscribe(MemberLeft, self._hear)
        database = Database(Path("never-opened.db"), self.clock)
        roster = Roster(database, lambda: LINDENWEG)
        self.presence = Presence(roster, database, bus, self.clock)
        roster.take_up(
            KeptPresence(
                members=tuple(Member(who, who) for who in PEOPLE),
                beliefs={},
                zones=(),
                trackers=tuple(
                    Tracker(name, TrackerKind(name.partition(":")[0]), name, who)
                    for name, who in TRACKERS.items()
                ),
                states={},
                home_radius_m=100,
                has_guests=False,
            )
        )
        self.presence.settle()
        self.known: dict[str, bool] = {}

    def live(self, step: tuple[str, str, bool, float]) -> None:
        what, name, is_home, seconds = step
        if what == "wait":
            self.clock._pass(seconds)
            self.presence.settle()
        elif what == "step":
            self.clock.step(timedelta(seconds=seconds * (1 if is_home else -1)))
        else:
            kind = TrackerKind(name.partition(":")[0])
            if is_home:
                self.home_said_s[name] = self.clock.monotonic()
            self.presence.hear(Sighting(name, kind, is_home=is_home))
        self.place_silently()

    def place_silently(self) -> None:
        for who in PEOPLE:
            where = self.presence.whereabouts(who)
            if who not in self.known and where is not Whereabouts.UNKNOWN:
                self.known[who] = where is Whereabouts.HOME

    def at_home_by_events(self, who: str) -> bool:
        return self.known[who]

    def _hear(self, event: MemberEntered | MemberLeft) -> None:
        self.told.append(event)
        is_coming = isinstance(event, MemberEntered)
        others = [self.presence.whereabouts(who) for who in PEOPLE if who != event.member_id]
        assert self.known[event.member_id] is not is_coming
        self.known[event.member_id] = is_coming
        if is_coming:
            assert event.is_first == (Whereabouts.HOME not in others)
            return
        assert event.is_last == (set(others) == {Whereabouts.AWAY})
        assert not self.said_home_lately(event.member_id)

    def said_home_lately(self, who: str) -> bool:
        return any(
            self.clock.monotonic() - self.home_said_s[name] < LEAVE_S[name.partition(":")[0]]
            for name, bearer in TRACKERS.items()
            if bearer == who and name in self.home_said_s
        )


STEP = st.one_of(
    st.tuples(st.just("say"), st.sampled_from(list(TRACKERS)), st.booleans(), st.just(0.0)),
    st.tuples(st.just("wait"), st.just(""), st.just(True), st.floats(0, 700)),
    st.tuples(st.just("wait"), st.just(""), st.just(True), st.floats(0, 200_000)),
    st.tuples(st.just("step"), st.just(""), st.booleans(), st.floats(0, 1_000_000)),
)


@given(st.lists(STEP, max_size=60))
def test_what_is_told_fits_what_is_held_on_any_day(steps):
    day = Day()

    for step in steps:
        day.live(step)
        where = {who: day.presence.whereabouts(who) for who in PEOPLE}
        for who in PEOPLE:
            if where[who] is not Whereabouts.UNKNOWN:
                assert day.at_home_by_events(who) == (where[who] is Whereabouts.HOME)
        assert day.presence.is_nobody_home() == (set(where.values()) == {Whereabouts.AWAY})
        assert day.presence.is_someone_home() == (Whereabouts.HOME in where.values())


@given(
    st.sampled_from(list(TRACKERS)),
    st.lists(st.tuples(st.floats(1, 290), st.integers(0, 5)), max_size=60),
)
def test_who_says_home_within_five_minutes_never_leaves(name, flaps):
    day = Day()
    day.live(("say", name, True, 0))

    for gap_s, aways in flaps:
        for _ in range(aways):
            day.live(("say", name, False, 0))
            day.live(("wait", "", True, gap_s / (aways + 1)))
        day.live(("say", name, True, 0))

    assert day.told == []
