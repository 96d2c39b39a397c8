"""The terms of the points, and their arithmetic. Pure.

They stand in code and not in the shop's settings: they are promised to members, who have to be
told before they change.
"""

from calendar import isleap
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

from cloud.foundation.money import exponent_of

# For each whole unit of the currency that was paid for goods.
POINTS_PER_UNIT = 1
# Two years, as long as most shops give; counted from the moment the points came.
POINTS_LAST = timedelta(days=730)
# A member is warned so many days before points go, once each; the widest first.
WARNED_DAYS = (30, 7)
SOON = timedelta(days=WARNED_DAYS[0])

# Once an account, when its address is proven: whoever invents addresses gets none.
SIGN_UP_POINTS = 50
# Once a product, when its review is shown.
REVIEW_POINTS = 25
# Once an account.
QUIZ_POINTS = 50
# Once a calendar month (UTC), on the member's word: worth asking for, not worth cheating for.
SHARE_POINTS = 10
BIRTHDAY_POINTS = 50
# Whoever says today that it is their birthday has said it too late for this year.
BIRTHDAY_KNOWN_FOR = timedelta(days=30)
# A birthday that is moved brings nothing again within about a year: 29 February needs the slack.
BIRTHDAYS_APART = timedelta(days=360)
# A birthday is caught up with after an outage of so long.
BIRTHDAY_LATE_DAYS = 7

INVITER_POINTS = 200
FRIEND_POINTS = 100
# A friend's first order must be worth so many points, and stay bought.
FRIEND_ORDER_POINTS = 20
# An invitation can be named so long after an account was made.
INVITATION_OPEN = timedelta(days=30)

# Points count towards a tier for a year from when they came; then others must have come.
TIER_WINDOW = timedelta(days=365)
PLAIN_RATE_PERCENT = 100


class Ranked(Protocol):
    """A tier, as far as its place among the others goes."""

    @property
    def min_points(self) -> int:
        """Return from how many points on it is reached."""


_Tier = TypeVar("_Tier", bound=Ranked)


def points_of(goods_minor: int, currency: str, *, total_minor: int, refunded_minor: int = 0) -> int:
    """Return the points that a purchase is worth, in whole ones, rounded down.

    `goods_minor` was paid for goods, out of `total_minor`. What went back counts against goods
    and delivery alike, in proportion. Nothing is left of a purchase that was wholly given back.
    """
    if total_minor <= 0:
        return 0
    unit_minor: int = 10 ** exponent_of(currency)
    kept_minor = max(0, total_minor - refunded_minor)
    return goods_minor * kept_minor * POINTS_PER_UNIT // (total_minor * unit_minor)


def at_rate(points: int, rate_percent: int) -> int:
    """Return what a tier makes of points, rounded down."""
    return points * rate_percent // PLAIN_RATE_PERCENT


def tier_of(points: int, tiers: Sequence[_Tier]) -> _Tier | None:
    """Return the highest tier that so many points reach; None below all of them."""
    reached = [one for one in tiers if one.min_points <= points]
    return max(reached, key=lambda one: one.min_points, default=None)


def next_tier(points: int, tiers: Sequence[_Tier]) -> _Tier | None:
    """Return the lowest tier that so many points do not reach; None when all are reached."""
    ahead = [one for one in tiers if one.min_points > points]
    return min(ahead, key=lambda one: one.min_points, default=None)


def holds_until(
    min_points: int, counted: Sequence[tuple[datetime, int]], now: datetime
) -> datetime | None:
    """Return when a tier is lost if nothing more comes; None when it is not held.

    `counted` are the points that count and when they came, the oldest first.
    """
    left = sum(points for at, points in counted if at + TIER_WINDOW > now)
    if left < min_points:
        return None
    for at, points in counted:
        if at + TIER_WINDOW > now:
            left -= points
            if left < min_points:
                return at + TIER_WINDOW
    return None


def birthday_in(year: int, month: int, day: int) -> date:
    """Return the day of a birthday in a year; 29 February is the 28th where there is none."""
    if (month, day) == (2, 29) and not isleap(year):
        day -= 1
    return date(year, month, day)
