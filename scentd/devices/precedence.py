"""Who has the last word about a device: one table, highest first. Pure.

Safety comes before all; then a child lock; then what a person set by hand, the later hand
replacing the earlier; then everybody being away; then plan and rules, the later wish winning. What
a rule stopped within a window of the plan holds against the rest of that window (see `overrides`).
"""

from enum import IntEnum

from scentd.model.commands import Origin, Source, Wish

BY_HAND = frozenset({Origin.MANUAL, Origin.VOICE, Origin.PLATFORM, Origin.CLOUD})
"""The origins behind which a person stands."""
MEMBERS_PAGE = "page"
"""The reference of a member who signed in; anybody else's hand may be a child's."""


class Rank(IntEnum):
    """Where a voice stands; the lower number has the last word."""

    SAFETY = 0
    CHILD_LOCK = 1
    BY_HAND = 2
    AWAY = 3
    PLAN = 4


_RANKS = {
    Origin.SAFETY: Rank.SAFETY,
    Origin.SCHEDULE: Rank.PLAN,
    Origin.RULE: Rank.PLAN,
    **dict.fromkeys(BY_HAND, Rank.BY_HAND),
}


def rank_of(origin: Origin) -> Rank:
    """Give where who wishes stands."""
    return _RANKS[origin]


def must_yield(origin: Origin, to: Rank) -> bool:
    """Say whether a wish loses against what holds; between equals the later one wins."""
    return _RANKS[origin] > to


def is_locked_out(wish: Wish) -> bool:
    """Say whether a child lock refuses a wish: any hand's but a signed-in member's.

    Switching off is always let through, and so is the light, which spreads no scent. The device's
    own timer is not: to take it back lets the device run on.
    """
    if wish.source.origin not in BY_HAND or wish.source == _MEMBER:
        return False
    return wish.power is not False and (changes_state(wish) or wish.timer_s is not None)


def changes_state(wish: Wish) -> bool:
    """Say whether a wish asks how the device should run."""
    asked = (wish.power, wish.intensity_percent, wish.mode, wish.slot_no)
    return any(part is not None for part in asked)


_MEMBER = Source(Origin.MANUAL, MEMBERS_PAGE)
