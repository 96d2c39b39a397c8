"""What is known of one tracker, and how long it must insist before it is believed: pure.

Moments are seconds of the monotonic clock: a step of the wall clock brings nobody home.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from scentd.model.presence import HOME_ZONE_ID


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a tracker must say the same: `arrive_s` to have come, `leave_s` to have gone.

    With `fades`, silence for `leave_s` means gone from home: what is not seen is not there.
    """

    arrive_s: float
    leave_s: float
    fades: bool = False


@dataclass(frozen=True, slots=True)
class TrackerState:
    """Where a tracker is. `claimed` is what it said last, `zones` what is believed.

    `pending` gives for each zone in which the two differ the moment at which the claim counts.
    `heard_s` is its last sign of life, None before the first. `newest` is its latest own stamp.
    """

    claimed: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()
    pending: Mapping[str, float] = field(default_factory=dict)
    heard_s: float | None = None
    newest: datetime | None = None

    def is_live(self, now_s: float, gone_after_s: float) -> bool:
        """Say whether its word still counts."""
        return self.heard_s is not None and now_s - self.heard_s < gone_after_s


def after_claim(
    state: TrackerState, claimed: frozenset[str], now_s: float, patience: Patience
) -> TrackerState:
    """Take in what a tracker says now; a first word is believed at once, there is no other."""
    if state.heard_s is None:
        first = replace(state, claimed=claimed, zones=claimed, pending={}, heard_s=now_s)
        return _with_fading(first, now_s, patience)
    pending = {
        zone_id: min(
            state.pending.get(zone_id, float("inf"))
            if (zone_id in claimed) == (zone_id in state.claimed)
            else float("inf"),
            now_s + (patience.arrive_s if zone_id in claimed else patience.leave_s),
        )
        for zone_id in claimed ^ state.zones
    }
    heard = replace(state, claimed=claimed, pending=pending, heard_s=now_s)
    return settled(_with_fading(heard, now_s, patience), now_s)


def settled(state: TrackerState, now_s: float) -> TrackerState:
    """Believe every claim whose time has come; the same state when there is none."""
    due = frozenset(zone_id for zone_id, due_s in state.pending.items() if due_s <= now_s)
    if not due:
        return state
    zones = state.zones ^ due
    # A faded home was never said to be left: the tracker fell silent.
    claimed = (state.claimed - due) | (due & zones)
    pending = {zone_id: due_s for zone_id, due_s in state.pending.items() if zone_id not in due}
    return replace(state, claimed=claimed, zones=zones, pending=pending)


def without_zones(state: TrackerState, gone: frozenset[str]) -> TrackerState:
    """Forget zones that are no more."""
    pending = {name: due_s for name, due_s in state.pending.items() if name not in gone}
    return replace(state, claimed=state.claimed - gone, zones=state.zones - gone, pending=pending)


def _with_fading(state: TrackerState, now_s: float, patience: Patience) -> TrackerState:
    if not patience.fades or HOME_ZONE_ID not in state.claimed & state.zones:
        return state
    return replace(state, pending={**state.pending, HOME_ZONE_ID: now_s + patience.leave_s})
