"""Where members are, from what their trackers and people say; who came and who went: pure.

A member is in a zone as long as one of their trackers that still lives says so. What a person
says of home overrules them until one of the trackers comes home or leaves it. Without any word
the member's place is unknown; where they were last believed to be is remembered, so that a
tracker's return is neither a coming nor a leaving of somebody who never moved.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from scentd.model.presence import HOME_ZONE_ID, Tracker, Whereabouts
from scentd.presence.tracker import TrackerState


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is said of a member now: the zones, and who says so (`source`: a tracker's id, or
    "person"). `is_told` when a person said it just now.
    """

    zones: frozenset[str]
    source: str
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class Belief:
    """What the hub holds of a member; `zones` None: nothing was ever known."""

    zones: frozenset[str] | None = None
    is_known: bool = False
    source: str = ""

    @property
    def whereabouts(self) -> Whereabouts:
        """Where the member is, seen from home."""
        if not self.is_known or self.zones is None:
            return Whereabouts.UNKNOWN
        return Whereabouts.HOME if HOME_ZONE_ID in self.zones else Whereabouts.AWAY

    def is_in(self, zone_id: str) -> bool:
        """Say whether the member is known to be in a zone."""
        return self.is_known and self.zones is not None and zone_id in self.zones

    def is_surely_out_of(self, zone_id: str) -> bool:
        """Say whether the member is known not to be in a zone."""
        return self.is_known and self.zones is not None and zone_id not in self.zones


@dataclass(frozen=True, slots=True)
class Move:
    """A member came into a zone or left it; `is_only`: as the first, or as the last."""

    member_id: str
    zone_id: str
    is_coming: bool
    is_only: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one member is: the zones, since when, and who says so.

    `source` is the tracker that counts, None when a person said it or nothing is known; `said`
    is what a person said of them, while that holds.
    """

    whereabouts: Whereabouts
    zone_ids: frozenset[str]
    since: datetime | None
    source: Tracker | None
    said: Whereabouts | None


def weigh(
    live: Mapping[str, TrackerState], said: Whereabouts | None, *, is_told: bool
) -> Evidence | None:
    """Give what a member's living trackers, by id, and a person's word come to; None: nothing."""
    if not live and said is None:
        return None
    zones = frozenset[str]().union(*(state.zones for state in live.values()))
    if said is not None:
        home = frozenset({HOME_ZONE_ID})
        zones = zones | home if said is Whereabouts.HOME else zones - home
        return Evidence(zones, "person", is_told)
    # Of those that say what counts, the one heard last.
    counts = [name for name, state in live.items() if HOME_ZONE_ID in state.zones] or list(live)
    return Evidence(zones, max(counts, key=lambda name: (live[name].heard_s or 0.0, name)), is_told)


def steps(
    beliefs: Mapping[str, Belief],
    evidence: Mapping[str, Evidence | None],
    *,
    has_guests: bool,
) -> Iterator[tuple[Move | None, Mapping[str, Belief]]]:
    """Lead from what was held to what the evidence says: each move with what is held after it,
    before them (None) what changes without a move.

    Those who come do so before others leave: a house that two people pass in the door is never
    empty. Only the members of `evidence` move.
    """
    held = {**beliefs, **{who: _placed(beliefs, who, said) for who, said in evidence.items()}}
    yield None, dict(held)
    for is_coming in (True, False):
        for who, said in evidence.items():
            before = held[who].zones or frozenset()
            wanted = before if said is None else said.zones
            for zone_id in sorted(wanted - before if is_coming else before - wanted):
                zones = (held[who].zones or frozenset()) ^ {zone_id}
                held[who] = replace(held[who], zones=zones)
                others = [one for name, one in held.items() if name != who]
                is_only = _is_only(others, zone_id, is_coming=is_coming, has_guests=has_guests)
                yield Move(who, zone_id, is_coming, is_only), dict(held)


def _placed(beliefs: Mapping[str, Belief], who: str, said: Evidence | None) -> Belief:
    """Give what is held of a member before they move: a first word only says where they are."""
    known = beliefs.get(who, Belief())
    if said is None:
        return replace(known, is_known=False)
    first = frozenset() if said.is_told else said.zones
    zones = first if known.zones is None else known.zones
    return Belief(zones, is_known=True, source=said.source)


def _is_only(others: list[Belief], zone_id: str, *, is_coming: bool, has_guests: bool) -> bool:
    if has_guests and zone_id == HOME_ZONE_ID:
        return False
    if is_coming:
        return not any(one.is_in(zone_id) for one in others)
    return all(one.is_surely_out_of(zone_id) for one in others)


def is_someone_home(beliefs: Mapping[str, Belief], *, has_guests: bool) -> bool:
    """Say whether at least one member is known to be home, or guests are."""
    return has_guests or any(one.whereabouts is Whereabouts.HOME for one in beliefs.values())


def is_nobody_home(beliefs: Mapping[str, Belief], *, has_guests: bool) -> bool:
    """Say whether every member is known to be away and no guest is there; no when nobody is a
    member.
    """
    away = [one.whereabouts is Whereabouts.AWAY for one in beliefs.values()]
    return bool(away) and all(away) and not has_guests
