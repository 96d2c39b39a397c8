"""Running low over random histories: once a refill cycle that truly runs low, else never."""

import tempfile
from collections import Counter
from pathlib import Path

import pytest

from tests.fakes.clock import ManualClock
from tests.fakes.hub_store import open_database
from tests.scentd.cartridges.conftest import Home
from tests.scentd.cartridges.histories import CAPACITY, LOW_UL, History, Told

FIRST_SEED = 100_000
SURELY_H = 14.0
"""Undisturbed hours after which a low level must have been told: twice the six of the rule, and
the wait for readings after a join."""

SURELY_FULL_UL = LOW_UL + 0.08 * CAPACITY


@pytest.mark.timeout(4 * 3600)
async def test_over_random_histories_each_bottle_is_told_of_once_if_it_runs_low_and_only_then(
    is_long_run: bool, capsys
) -> None:
    count = 10_000 if is_long_run else 12

    wrong, raised, bottles = [], 0, 0
    for seed in range(FIRST_SEED, FIRST_SEED + count):
        told = await lived(seed)
        raised += len(told.raised)
        bottles += len(told.bottles)
        wrong += [(seed, fault) for fault in faults(told)]

    if is_long_run:
        with capsys.disabled():
            print(f"\n{count} histories, {bottles} bottles, {raised} told; wrong: {len(wrong)}")
    assert wrong == []
    assert raised > count


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
