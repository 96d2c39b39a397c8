"""Running low over random histories: once a refill cycle that evidently runs low, else never.

What is evident is told by `histories.Bottle`: the truth where the device measures it, else what
somebody would believe who sees all that the hub can see.
"""

import random
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.fakes.clock import ManualClock
from tests.fakes.hub_store import open_database
from tests.scentd.cartridges.conftest import Home
from tests.scentd.cartridges.histories import CAPACITY, LOW_UL, History, Told

SAMPLE = 12
PARTS, PART = 20, 500
LONG_FIRST_SEED = 100_000
SURELY_H = 14.0
"""Undisturbed hours after which an evidently low level must have been told: twice the six of the
rule, and the wait for readings after a join."""

SURELY_FULL_UL = LOW_UL + 0.08 * CAPACITY
"""Above this nothing may be told, whatever anybody could believe."""


async def test_in_some_random_histories_each_bottle_is_told_of_once_if_it_runs_low_and_only_then(
    capsys,
) -> None:
    first = random.randrange(10**9)
    with capsys.disabled():
        print(f"\nhistories from seed {first}")

    assert await told_of(range(first, first + SAMPLE)) >= SAMPLE // 2


@pytest.mark.long
@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize("part", range(PARTS))
async def test_in_ten_thousand_too(part: int, capsys) -> None:
    first = LONG_FIRST_SEED + part * PART

    raised = await told_of(range(first, first + PART))

    with capsys.disabled():
        print(f"\n{PART} histories from seed {first}: {raised} told, none wrong")
    assert raised > PART


async def told_of(seeds: Iterable[int]) -> int:
    """Live through these histories and give how many bottles were told of, none of them wrong."""
    wrong, raised = [], 0
    for seed in seeds:
        told = await lived(seed)
        raised += len(told.raised)
        wrong += [(seed, fault) for fault in faults(told)]
    assert wrong == []
    return raised


async def lived(seed: int) -> Told:
    clock = ManualClock()
    with tempfile.TemporaryDirectory() as folder:
        async with open_database(Path(folder), clock) as database:
            clock.settle = nothing
            return await History(Home(database, clock), seed).live(hours=24 * 9)


async def nothing() -> None:
    """No task waits for the clock here."""


def faults(told: Told) -> list[str]:
    """What is wrong with what was raised, in words."""
    counts = Counter(told.names[install_id] for install_id in told.raised)
    found = [f"{name} told {times} times" for name, times in counts.items() if times > 1]
    for bottle in told.bottles:
        if counts[bottle.name] and bottle.least_ul > SURELY_FULL_UL:
            found.append(f"{bottle.name} told at {bottle.least_ul:.0f}")
        if not counts[bottle.name] and bottle.calm_low_h > SURELY_H:
            found.append(f"{bottle.name} not told in {bottle.calm_low_h:.0f} h")
    return found
