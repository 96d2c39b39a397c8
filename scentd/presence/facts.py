"""What must last through a restart, as JSON; moments of the monotonic clock as wall time."""

import json
from datetime import UTC, datetime

from scentd.presence.standing import Belief
from scentd.presence.tracker import TrackerState


def write_state(state: TrackerState, *, now_s: float, now: datetime) -> str:
    """Write how a tracker stands."""
    ahead_s = now.timestamp() - now_s
    return json.dumps(
        {
            "claimed": sorted(state.claimed),
            "zones": sorted(state.zones),
            "due": {zone_id: due_s + ahead_s for zone_id, due_s in state.pending.items()},
            "heard": None if state.heard_s is None else state.heard_s + ahead_s,
            "newest": state.newest.timestamp() if state.newest else None,
        }
    )


def read_state(text: str, *, now_s: float, now: datetime, leave_s: float) -> TrackerState:
    """Read how a tracker stood.

    A clock that lost its time since then makes a report no older than just now and no wait
    longer than a whole one.
    """
    kept = json.loads(text)
    if not kept or kept["heard"] is None:
        return TrackerState()
    wall = now.timestamp()
    heard_ago_s = max(0.0, wall - kept["heard"])
    return TrackerState(
        claimed=frozenset(kept["claimed"]),
        zones=frozenset(kept["zones"]),
        pending={
            zone_id: now_s + min(leave_s, max(0.0, due - wall))
            for zone_id, due in kept["due"].items()
        },
        heard_s=now_s - heard_ago_s,
        newest=datetime.fromtimestamp(kept["newest"], UTC) if kept["newest"] else None,
    )


def write_belief(belief: Belief, said: str | None, since: datetime) -> str:
    """Write what is held of a member; `said` is what a person said of them, if that holds."""
    return json.dumps(
        {
            "zones": None if belief.zones is None else sorted(belief.zones),
            "known": belief.is_known,
            "source": belief.source,
            "said": said,
            "since": since.isoformat(),
        }
    )


def read_belief(text: str) -> tuple[Belief, str | None, datetime | None]:
    """Read what was held of a member, what a person said of them, and since when."""
    kept = json.loads(text)
    if not kept:
        return Belief(), None, None
    zones = None if kept["zones"] is None else frozenset(kept["zones"])
    belief = Belief(zones, is_known=kept["known"], source=kept["source"])
    return belief, kept["said"], datetime.fromisoformat(kept["since"])
