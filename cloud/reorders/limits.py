"""How often refills may be asked for."""

from datetime import timedelta

from cloud.foundation.rate_limits import Rate

# Of a member, and of a hub: a handful of bottles in a day; more in an hour is a loop, or a child.
PROPOSALS = Rate(6, timedelta(hours=1))


def proposals_of(user_id: int) -> str:
    """Return what counts the proposals of a member, at whichever door."""
    return f"propose:{user_id}"
