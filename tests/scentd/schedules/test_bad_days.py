"""Whatever happens to power, clock and broker, a minute later the house does what its plan says.

Safety limits hold in real seconds, nothing that was missed is replayed, and the log tells each
beginning once and all that was missed.
"""

import random
from datetime import date
from pathlib import Path

import pytest

from tests.fakes.bad_days import BadDays

ZONE = "Europe/Berlin"
BEFORE_SUMMER, BEFORE_WINTER = date(2026, 3, 20), date(2026, 10, 16)
"""Each nine days before the clocks change, with a vacation right after."""
PARTS = 4
RESTARTS = 10_000 // PARTS


async def lived(folder: Path, seed: int, *, days: int, happenings: int) -> BadDays:
    first_day = random.Random(seed).choice([BEFORE_SUMMER, BEFORE_WINTER])
    house = BadDays(folder, seed, first_day, days, ZONE)
    await house.begin()
    try:
        await house.live(happenings)
    finally:
        await house.end()
    return house


async def test_after_any_restart_and_clock_step_the_plan_is_kept(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    seed = random.Random(pytestconfig.getoption("randomly_seed", 0)).randrange(1 << 32)

    house = await lived(tmp_path, seed, days=11, happenings=7)

    assert house.happenings > 2


@pytest.mark.long
@pytest.mark.timeout(0)
@pytest.mark.parametrize("part", range(PARTS))
async def test_ten_thousand_restarts_of_a_month_keep_the_plan(
    part: int, tmp_path: Path, pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(f"{pytestconfig.getoption('randomly_seed', 0)} {part}")
    months = restarts = happenings = 0

    while restarts < RESTARTS:
        folder = tmp_path / str(months)
        folder.mkdir()
        house = await lived(folder, chance.randrange(1 << 32), days=30, happenings=400)
        months, restarts = months + 1, restarts + house.boots
        happenings += house.happenings
    with capsys.disabled():
        print(f"\n{restarts} restarts, {happenings} happenings in {months} months: all as planned")

    assert restarts >= RESTARTS
