"""How near the estimate comes to the truth, and how honest its band is, over many households."""

from collections.abc import Sequence

import pytest

from scentd.model.cartridge import RunOut
from scentd.model.diffuser import LevelQuality
from tests.scentd.cartridges.households import CAPACITY, Household, Moment

SENSORS = (None, LevelQuality.DEVICE_ESTIMATE, LevelQuality.MEASURED)
FIRST_SEED = 900_000
"""Far from the seeds the constants were chosen with."""


def lives(count: int, sensor: LevelQuality | None) -> list[list[Moment]]:
    seeds = range(FIRST_SEED, FIRST_SEED + count)
    return [list(Household(seed, sensor=sensor).live(3)) for seed in seeds]


def points_off(moments: Sequence[Moment]) -> list[float]:
    return sorted(100 * abs(m.level.remaining_ul - m.truth_ul) / CAPACITY for m in moments)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("sensor", SENSORS)
def test_after_two_refills_the_level_is_within_five_points_though_rates_are_30_percent_wrong(
    sensor, is_long_run: bool, capsys
) -> None:
    households = lives(1_500 if is_long_run else 20, sensor)
    everything = [moment for life in households for moment in life]

    off = points_off([moment for moment in everything if moment.cycle == 2])
    held = [abs(m.level.believed_ul - m.truth_ul) <= m.level.error_ul for m in everything]

    if is_long_run:
        first = points_off([moment for moment in everything if moment.cycle == 0])
        with capsys.disabled():
            print(
                f"\n{sensor or 'no sensor'}: {len(households)} households from seed {FIRST_SEED};"
                f" points off in the first bottle p95 {first[int(0.95 * len(first))]:.2f},"
                f" in the third p50 {off[len(off) // 2]:.2f}, p95 {off[int(0.95 * len(off))]:.2f},"
                f" most {off[-1]:.2f}, within 5: {sum(o <= 5 for o in off) / len(off):.2%};"
                f" band holds the truth {sum(held) / len(held):.1%}"
            )
    assert off[int(0.95 * len(off))] <= 5
    assert sum(held) / len(held) >= 0.9


@pytest.mark.timeout(3600)
def test_the_band_of_the_forecast_covers_80_percent_of_run_outs(is_long_run: bool, capsys) -> None:
    count = 6_000 if is_long_run else 90

    counts = {"early": 0, "inside": 0, "late": 0}
    for number in range(count):
        found = outcome(number)
        if found is not None:
            counts[found] += 1

    told = sum(counts.values())
    if is_long_run:
        with capsys.disabled():
            print(f"\nforecast: {told} run-outs from seed {FIRST_SEED}, {counts}")
    slack = 0.05 if is_long_run else 0.12
    assert told > 0.9 * count
    assert abs(counts["inside"] / told - 0.8) <= slack


def outcome(number: int) -> str | None:
    """Where the end of a bottle lay in what was foreseen at a random moment of its life."""
    home = Household(FIRST_SEED + number, sensor=SENSORS[number % len(SENSORS)])
    cycle, full = number // len(SENSORS) % 3, 0.1 + 0.85 * (number * 0.618 % 1)
    for moment in home.live(4):
        if moment.cycle == cycle and moment.truth_ul < full * CAPACITY:
            break
    if home.empty_at is not None:
        return None
    run_out = home.forecast().run_out
    return _place(run_out, home.until_empty())


def _place(run_out: RunOut, empty_at) -> str | None:
    if run_out.p10 is None:
        return None
    if empty_at < run_out.p10:
        return "early"
    is_late = run_out.p90 is not None and empty_at > run_out.p90
    return "late" if is_late else "inside"
