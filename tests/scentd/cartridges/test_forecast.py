"""When a cartridge will be empty."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.cartridges.forecast import Draw, Habit, forecast
from scentd.cartridges.level import filled
from scentd.cartridges.rate import Rate

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def daily(hours: float, ul_per_h: float, days: int = 28) -> list[Draw]:
    """The same hours each evening."""
    return [
        Draw(NOW + n * DAY + 18 * HOUR, NOW + n * DAY + (18 + hours) * HOUR, ul_per_h)
        for n in range(days)
    ]


def level(remaining_ul: int, factor: float = 1.0):
    return replace(filled(30_000, remaining_ul, None), rate=Rate(factor))


def test_it_runs_out_in_the_evening_in_which_the_plan_uses_the_last_drop() -> None:
    run_out = forecast(level(5_000), daily(hours=2, ul_per_h=500), Habit(), NOW)

    assert run_out.p50 == NOW + 4 * DAY + 20 * HOUR


def test_beyond_four_weeks_it_goes_on_at_the_mean_pace() -> None:
    run_out = forecast(level(30_000), daily(hours=1, ul_per_h=600), Habit(), NOW)

    assert run_out.p50 is not None
    assert abs(run_out.p50 - (NOW + 50 * DAY)) < DAY


def test_use_by_hand_shortens_it() -> None:
    plan = daily(hours=1, ul_per_h=500)

    alone = forecast(level(6_000), plan, Habit(), NOW)
    by_hand = forecast(level(6_000), plan, Habit.of_days([500.0] * 10), NOW)

    assert alone.p50 is not None
    assert by_hand.p50 is not None
    assert by_hand.p50 - NOW < (alone.p50 - NOW) * 0.6


def test_a_device_that_uses_more_than_its_data_runs_out_sooner() -> None:
    plan = daily(hours=2, ul_per_h=500)

    fast = forecast(level(10_000, factor=10.0), plan, Habit(), NOW)

    assert fast.p50 == NOW + 20 * HOUR


def test_nothing_that_uses_it_means_no_end() -> None:
    run_out = forecast(level(300), [], Habit(), NOW)

    assert (run_out.p10, run_out.p50, run_out.p90) == (None, None, None)


def test_an_empty_cartridge_has_run_out_now() -> None:
    assert forecast(level(0), daily(1, 500), Habit(), NOW).p50 == NOW


def test_the_less_sure_the_wider_the_band() -> None:
    plan = daily(hours=2, ul_per_h=500)
    sure = replace(level(10_000), error_ul=100.0, rate=Rate(spread=0.05))
    unsure = replace(level(10_000), error_ul=3_000.0, rate=Rate(spread=0.3))

    narrow, wide = forecast(sure, plan, Habit(), NOW), forecast(unsure, plan, Habit(), NOW)

    assert width(narrow) < width(wide)


def width(run_out) -> timedelta:
    return run_out.p90 - run_out.p10


@given(
    remaining=st.integers(0, 30_000),
    error=st.floats(0, 30_000),
    rate=st.builds(Rate, st.floats(0.02, 1e4), st.floats(0.05, 0.3)),
    hours=st.floats(0, 24),
    ul_per_h=st.floats(1, 5_000),
    by_hand=st.lists(st.floats(0, 5_000), max_size=28),
)
def test_the_percentiles_are_in_order_and_not_in_the_past(
    remaining: int, error: float, rate: Rate, hours: float, ul_per_h: float, by_hand: list[float]
) -> None:
    unsure = replace(level(remaining), error_ul=error, rate=rate)

    run_out = forecast(unsure, daily(hours, ul_per_h), Habit.of_days(by_hand), NOW)

    far = NOW + timedelta(days=10_000)
    moments = [run_out.p10 or far, run_out.p50 or far, run_out.p90 or far]
    assert NOW <= moments[0] <= moments[1] <= moments[2]


@pytest.mark.parametrize("days", [[], [100.0], [0.0, 200.0]])
def test_a_habit_is_the_mean_of_its_days(days: list[float]) -> None:
    assert Habit.of_days(days).mean_ul == (sum(days) / len(days) if days else 0)
