"""Who lives here, which zones there are, whose tracker is whose: kept durably, at hand at once."""

from collections.abc import Callable
from dataclasses import replace

from scentd.model.household import Household
from scentd.model.presence import HOME_ZONE_ID, Member, Tracker, Zone
from scentd.presence.errors import (
    HomeZoneFixed,
    MemberUnknown,
    TooManyPlaces,
    TrackerUnknown,
    ZoneUnknown,
)
from scentd.store import presence as store
from scentd.store.database import Database

MOST_MEMBERS = 50
MOST_ZONES = 100
MOST_FOUND = 200
"""In a block of flats a receiver sees every neighbour's phone; the oldest are forgotten."""


class Roster:
    """Hold members, zones and trackers; `household` gives the home's own place."""

    def __init__(self, database: Database, household: Callable[[], Household]) -> None:
        self._database = database
        self._household = household
        self._members: dict[str, Member] = {}
        self._zones: dict[str, Zone] = {}
        self._trackers: dict[str, Tracker] = {}
        self._home_radius_m = 100
        self._listeners: tuple[Callable[[], None], ...] = ()

    def take_up(self, kept: store.KeptPresence) -> None:
        """Take up what was kept."""
        self._members = {member.id: member for member in kept.members}
        self._zones = {zone.id: zone for zone in kept.zones}
        self._trackers = {tracker.id: tracker for tracker in kept.trackers}
        self._home_radius_m = kept.home_radius_m

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever a member, a zone or a tracker's owner changed."""
        self._listeners = (*self._listeners, listener)

    @property
    def home_radius_m(self) -> int:
        """How wide home is, also while nobody has said where it is."""
        return self._home_radius_m

    def members(self) -> tuple[Member, ...]:
        """Give every member, by name and then by id."""
        return tuple(sorted(self._members.values(), key=lambda m: (m.name.casefold(), m.id)))

    def member(self, member_id: str) -> Member:
        """Give one member; raises MemberUnknown."""
        if member_id not in self._members:
            raise MemberUnknown(member_id)
        return self._members[member_id]

    async def save_member(self, member: Member) -> Member:
        """Keep a new or changed member; raises TooManyPlaces."""
        if member.id not in self._members and len(self._members) >= MOST_MEMBERS:
            raise TooManyPlaces(MOST_MEMBERS)
        await self._database.write(lambda c: store.write_member(c, member))
        self._members[member.id] = member
        self._tell()
        return member

    async def delete_member(self, member_id: str) -> None:
        """Forget a member; their trackers are nobody's again. Raises MemberUnknown."""
        self.member(member_id)
        await self._database.write(lambda c: store.delete_member(c, member_id))
        self._members.pop(member_id, None)
        for tracker in [t for t in self._trackers.values() if t.member_id == member_id]:
            self._trackers[tracker.id] = replace(tracker, member_id=None)
        self._tell()

    def home(self) -> Zone | None:
        """Give the home's zone; None while nobody has said where the home is."""
        house = self._household()
        if house.latitude is None or house.longitude is None:
            return None
        return Zone(HOME_ZONE_ID, house.name, house.latitude, house.longitude, self._home_radius_m)

    def zones(self) -> tuple[Zone, ...]:
        """Give every zone that has a place: home, then the others by name and id."""
        others = sorted(self._zones.values(), key=lambda z: (z.name.casefold(), z.id))
        home = self.home()
        return (home, *others) if home else tuple(others)

    def zone_ids_by_name(self) -> dict[str, str]:
        """Give the id of each zone by its id and by its name, in lower case."""
        named = {zone.name.casefold(): zone.id for zone in self.zones()}
        own = {zone_id.casefold(): zone_id for zone_id in (HOME_ZONE_ID, *self._zones)}
        return named | own

    def zone(self, zone_id: str) -> Zone:
        """Give one zone; raises ZoneUnknown."""
        found = self.home() if zone_id == HOME_ZONE_ID else self._zones.get(zone_id)
        if found is None:
            raise ZoneUnknown(zone_id)
        return found

    async def save_zone(self, zone: Zone) -> Zone:
        """Keep a new or changed zone; raises HomeZoneFixed and TooManyPlaces."""
        if zone.id == HOME_ZONE_ID:
            raise HomeZoneFixed
        if zone.id not in self._zones and len(self._zones) >= MOST_ZONES:
            raise TooManyPlaces(MOST_ZONES)
        await self._database.write(lambda c: store.write_zone(c, zone))
        self._zones[zone.id] = zone
        self._tell()
        return zone

    async def set_home_radius(self, radius_m: int) -> None:
        """Say how wide home is."""
        await self._database.write(lambda c: store.write_home_radius(c, radius_m))
        self._home_radius_m = radius_m
        self._tell()

    async def delete_zone(self, zone_id: str) -> None:
        """Forget a zone; raises ZoneUnknown and HomeZoneFixed."""
        if zone_id == HOME_ZONE_ID:
            raise HomeZoneFixed
        self.zone(zone_id)
        await self._database.write(lambda c: store.delete_zone(c, zone_id))
        self._zones.pop(zone_id, None)
        self._tell()

    def trackers(self) -> tuple[Tracker, ...]:
        """Give every tracker: those of members first, each by name and id."""
        return tuple(
            sorted(
                self._trackers.values(),
                key=lambda t: (t.member_id is None, t.name.casefold(), t.id),
            )
        )

    def trackers_of(self, member_id: str) -> tuple[Tracker, ...]:
        """Give a member's trackers."""
        return tuple(t for t in self._trackers.values() if t.member_id == member_id)

    def tracker(self, tracker_id: str) -> Tracker:
        """Give one tracker; raises TrackerUnknown."""
        if tracker_id not in self._trackers:
            raise TrackerUnknown(tracker_id)
        return self._trackers[tracker_id]

    def find(self, tracker: Tracker) -> tuple[Tracker, frozenset[str]]:
        """Give the tracker as it is known, which it is from now on, and the ids that were
        forgotten for it.
        """
        if tracker.id in self._trackers:
            return self._trackers[tracker.id], frozenset()
        found = [t.id for t in self._trackers.values() if t.member_id is None]
        forgotten = frozenset(found[: max(0, len(found) + 1 - MOST_FOUND)])
        for tracker_id in forgotten:
            del self._trackers[tracker_id]
        self._trackers[tracker.id] = tracker
        return tracker, forgotten

    async def give(self, tracker_id: str, member_id: str | None, *, state: str = "{}") -> Tracker:
        """Say whose tracker it is, None for nobody's; `state` is how it stands, to be kept.

        Raises TrackerUnknown and MemberUnknown.
        """
        if member_id is not None:
            self.member(member_id)
        given = replace(self.tracker(tracker_id), member_id=member_id)
        await self._database.write(lambda c: store.write_tracker(c, given, state))
        self._trackers[tracker_id] = given
        self._tell()
        return given

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
