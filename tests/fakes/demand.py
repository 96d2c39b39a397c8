"""Two years and more of made-up demand, the same for the same seed.

A bottle's weekly demand is a level (log-normal, some 15 a week) times a yearly pattern (December
is about double, summer a little less, the pattern of each bottle a little its own), times a growth
of a few percent a year, times a slow drift; what is bought is negative binomial around that. A rare
bottle is asked for in every third to tenth week, one or two at a time.

With a fleet, a share of the demand comes from homes. A cartridge lasts its home some eight weeks,
each home its own; all of them go faster or slower together for months (heating, holidays), which
their hubs see and the shop's past does not. New homes come with what the others buy. A hub tells
the day a cartridge will be empty with an error of a seventh of the time that is left.
"""

import math
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from cloud.inventory.forecast.fleet import ORDERED_AHEAD, ComingRefill

FIRST_DAY = date(2024, 1, 1)
_YEAR = 364
_BAND = 1.2816


def _poisson(rng: random.Random, mean: float) -> int:
    if mean > 50:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def _season(day: float, phase: float, depth: float) -> float:
    angle = 2 * math.pi * (day / _YEAR + phase)
    december = math.exp(-(((day % _YEAR) - 340) ** 2) / (2 * 14**2))
    return max(0.2, 1 + 0.15 * depth * math.cos(angle) + depth * december)


def regular(seed: int, weeks: int) -> list[float]:
    """Return the weekly demand of a bottle that sells every week."""
    rng = random.Random(seed)
    level = math.exp(rng.gauss(math.log(15), 0.5))
    growth, phase, depth = rng.gauss(1.08, 0.12), rng.gauss(0, 0.03), rng.uniform(0.6, 1.4)
    drift, series = 0.0, []
    for week in range(weeks):
        drift = 0.97 * drift + rng.gauss(0, 0.03)
        mean = level * _season(week * 7 + 3, phase, depth) * growth ** (week / 52) * math.exp(drift)
        # Gamma times Poisson: a variance of the mean and an eighth of its square more.
        series.append(float(_poisson(rng, mean * rng.gammavariate(16, 1 / 16))))
    return series


def rare(seed: int, weeks: int) -> list[float]:
    """Return the weekly demand of a bottle that sells in few weeks; some are given up on."""
    rng = random.Random(seed)
    odds, given_up = rng.uniform(0.1, 0.35), rng.random() < 0.25
    series = []
    for week in range(weeks):
        fading = 0.4 if given_up and week > weeks * 0.7 else 1.0
        sells = rng.random() < odds * fading
        series.append(float(1 + _poisson(rng, 0.6)) if sells else 0.0)
    return series


@dataclass
class Home:
    """A home with one cartridge: what a full one lasts, when it is empty, when it was filled."""

    cycle: float
    empty: float
    buys_here: bool
    automatic: bool


@dataclass
class FleetHistory:
    """A bottle with homes: its weekly demand, the refills in it, and the fleet as it was seen."""

    series: list[float] = field(default_factory=list)
    refills: list[float] = field(default_factory=list)
    seen: list[list[ComingRefill]] = field(default_factory=list)


def with_fleet(seed: int, weeks: int, share: float) -> FleetHistory:
    """Return a bottle of whose demand about a share (0..1) are refills of homes with hubs."""
    rng = random.Random(seed)
    others = [one * (1 - share) for one in regular(seed, weeks)]
    level = sum(others) / len(others) / (1 - share)
    # A home buys once in eight weeks, and about three of four times here.
    homes = [_home(rng, rng.uniform(0, 56)) for _ in range(round(level * share * 8 / 0.78))]
    pace, told = 0.0, FleetHistory()
    for week in range(weeks):
        pace = 0.93 * pace + rng.gauss(0, 0.07)
        told.seen.append([_seen(rng, home, week * 7, math.exp(pace)) for home in homes])
        bought = 0
        for home in homes:
            # Faster for a week of all homes: the day of emptiness comes nearer.
            home.empty -= 7 * (math.exp(pace) - 1)
            if home.empty - ORDERED_AHEAD.days < week * 7 + 7:
                bought += rng.random() < _odds(home)
                home.empty += home.cycle * rng.uniform(0.9, 1.1)
        fresh = _poisson(rng, others[week])
        for _ in range(_poisson(rng, fresh * 0.012 * share)):
            homes.append(_home(rng, week * 7 + rng.uniform(20, 56)))
        told.series.append(float(fresh + bought))
        told.refills.append(float(bought))
    return told


def _home(rng: random.Random, empty: float) -> Home:
    return Home(
        math.exp(rng.gauss(math.log(56), 0.3)), empty, rng.random() < 0.95, rng.random() < 0.5
    )


def _odds(home: Home) -> float:
    return 0.0 if not home.buys_here else 0.95 if home.automatic else 0.7


def _seen(rng: random.Random, home: Home, today: int, pace: float) -> ComingRefill:
    left = max(0.0, home.empty - today) / pace
    error = max(0.5, left / 7)
    middle = left + rng.gauss(0, error)
    begins = datetime.combine(FIRST_DAY + timedelta(days=today), time(), UTC)
    empty_at = begins + timedelta(days=max(0.0, middle))
    return ComingRefill(
        quantity=1,
        odds=0.9 if home.automatic else 0.5,
        empty_at=empty_at,
        empty_from=empty_at - timedelta(days=error * _BAND),
        empty_until=empty_at + timedelta(days=error * _BAND),
        cycle=timedelta(days=home.cycle / pace),
    )
