"""What the cartridges that are out there will ask for: their run-outs, and how far to believe them.

Pure, but for the port `Refills`: homes and refills live in higher tiers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from math import sqrt
from statistics import NormalDist
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.inventory.forecast.series import DAYS

# A refill is ordered so many days before the cartridge is empty: the parcel's, and a few to spare.
ORDERED_AHEAD = timedelta(days=6)
# A cartridge that has been empty for longer is not being refilled.
_STILL_WAITED_FOR = timedelta(days=14)
# The 10th and the 90th percentile of a normal curve are so many standard deviations apart.
_BAND = 2.5631
# How much the length of one refill cycle says about the next: a quarter more or less.
_CYCLE_SPREAD = 0.25
# What the past of a variant must outweigh before the fleet is believed otherwise than by its share.
_PRIOR_WINDOWS = 4


@dataclass(frozen=True, slots=True)
class ComingRefill:
    """A cartridge that will be empty, and what its home then buys.

    `odds` (0..1) that it is this shop's bottles, `quantity` of them. The band is from the 10th to
    the 90th percentile. `cycle` is how long a full cartridge lasts there; None: unknown.
    """

    quantity: int
    odds: float
    empty_at: datetime
    empty_from: datetime
    empty_until: datetime
    cycle: timedelta | None


@dataclass(frozen=True, slots=True)
class VariantFleet:
    """What homes mean for one variant: refills to come, and bottles sold to them by day."""

    coming: Sequence[ComingRefill] = ()
    refilled: Mapping[date, int] = field(default_factory=dict)


class Refills(Protocol):
    """Tells what homes hold of the shop's bottles. Filled by the reorders feature."""

    async def fleet(
        self,
        session: AsyncSession,
        variant_ids: Sequence[int],
        since: datetime,
        now: datetime,
        zone: str,
    ) -> dict[int, VariantFleet]:
        """Return the fleet by variant id; days are those of the zone, from `since` on."""
        ...


@dataclass(frozen=True, slots=True)
class Window:
    """Four weeks that are over: bottles expected by the past, by the fleet, and asked for."""

    base: float
    fleet: float
    came: float


def expected_units(coming: Sequence[ComingRefill], first_day: date, weeks: int) -> list[float]:
    """Return how many bottles are expected to be bought in each week from a day on.

    A cartridge asks again after each further cycle, less and less certainly when. What should
    have been bought already, and no more than two weeks ago, is expected in the first week.
    """
    units = [0.0] * weeks
    begins = datetime.combine(first_day, time(), UTC)
    for one in coming:
        _add(units, one, begins)
    return units


def _add(units: list[float], one: ComingRefill, begins: datetime) -> None:
    horizon = len(units) * DAYS
    middle = (one.empty_at - ORDERED_AHEAD - begins) / timedelta(days=1)
    if one.empty_at + _STILL_WAITED_FOR < begins:
        return
    spread = max(0.5, (one.empty_until - one.empty_from) / timedelta(days=1) / _BAND)
    odds, turn = one.odds, 0
    cycle = one.cycle / timedelta(days=1) if one.cycle else 0.0
    while middle - 2 * spread < horizon and odds > 0.01:
        _spread(units, one.quantity * odds, NormalDist(middle, spread), is_first=turn == 0)
        if cycle < 1:
            return
        turn += 1
        middle, odds = middle + cycle, odds * one.odds
        spread = sqrt(spread**2 + (_CYCLE_SPREAD * cycle) ** 2)


def _spread(units: list[float], bottles: float, when: NormalDist, *, is_first: bool) -> None:
    # What lies before the first day was not bought yet; of a later turn it is hardly anything.
    before = 0.0 if is_first else when.cdf(0)
    for week in range(len(units)):
        until = when.cdf((week + 1) * DAYS)
        units[week] += bottles * (until - before)
        before = until


def refill_share(refilled: float, sold: float) -> float:
    """Return which part of what was sold went to homes with a cartridge of it, 0..1."""
    return min(1.0, refilled / sold) if sold > 0 else 0.0


def conversion(windows: Sequence[Window], share: float) -> float:
    """Return how many bottles were refilled for one that the fleet expected; 1 for want of past.

    What was refilled in a window is `share` of what came.
    """
    expected = sum(one.fleet for one in windows)
    if expected <= 0:
        return 1.0
    refilled = share * sum(one.came for one in windows)
    # As if four windows of the usual size had gone exactly as the fleet said.
    prior = expected / len(windows) * _PRIOR_WINDOWS
    return min(2.0, (refilled + prior) / (expected + prior))


def weight(windows: Sequence[Window], share: float, worth: float) -> float:
    """Return how much of the way to go from the past's forecast to the fleet's, 0..1.

    The least squares of what came, drawn to the share of refills as by four windows of the past's
    own usual error: a fleet that buys little is heard little until it has proved right.
    """
    if not share:
        return 0.0
    ways = [worth * one.fleet - share * one.base for one in windows]
    misses = [one.came - one.base for one in windows]
    usual = sum(miss * miss for miss in misses) / len(misses) if misses else 0.0
    along = sum(way * miss for way, miss in zip(ways, misses, strict=True))
    length = sum(way * way for way in ways)
    prior = usual * _PRIOR_WINDOWS
    if length + prior <= 0:
        return share
    return min(1.0, max(0.0, (along + prior * share) / (length + prior)))


def blend(
    base: Sequence[float], fleet: Sequence[float], share: float, worth: float, weighted: float
) -> list[float]:
    """Return the means of the weeks with the refill part of the past moved towards the fleet's."""
    return [
        max(0.0, past + weighted * (worth * coming - share * past))
        for past, coming in zip(base, fleet, strict=True)
    ]
