"""When a cartridge will be empty."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.cartridges.bottle import filled
from scentd.cartridges.forecast import Draw, forecast
from scentd.cartridges.habit import Habit
from scentd.cartridges.rate import Rate
from scentd.model.cartridge import RunOut

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def daily(hours: float, ul_per_h: float, days: int = 28) -> list[Draw]:
    """The same hours each evening."""
    return [
        Draw(NOW + n * DAY + 18 * HOUR, NOW + n * DAY + (18 + hours) * HOUR, ul_per_h)
        for n in range(days)
    ]


def foreseen(*facts) -> RunOut:
    return forecast(*facts).run_out


def days_of(*amounts: float) -> list[tuple[date, float]]:
    """So much beside the plan on each of the days before NOW."""
    return [((NOW - (n + 1) * DAY).date(), ul) for n, ul in enumerate(amounts)]


def level(remaining_ul: int, factor: float = 1.0):
    return replace(filled(30_000, remaining_ul, None), rate=Rate(factor))


def test_it_runs_out_in_the_evening_in_which_the_plan_uses_the_last_drop() -> None:
    run_out = foreseen(level(5_000), daily(hours=2, ul_per_h=500), Habit(), NOW)

    assert run_out.p50 is not None
    assert NOW + 4 * DAY + 19 * HOUR < run_out.p50 <= NOW + 4 * DAY + 20 * HOUR


def test_beyond_four_weeks_it_goes_on_at_the_mean_pace() -> None:
    run_out = foreseen(level(30_000), daily(hours=1, ul_per_h=600), Habit(), NOW)

    assert run_out.p50 is not None
    assert abs(run_out.p50 - (NOW + 47.6 * DAY)) < DAY


def test_use_by_hand_shortens_it() -> None:
    plan = daily(hours=1, ul_per_h=500)

    alone = foreseen(level(6_000), plan, Habit(), NOW)
    by_hand = foreseen(level(6_000), plan, Habit.of_days(days_of(*[500.0] * 10)), NOW)

    assert alone.p50 is not None
    assert by_hand.p50 is not None
    assert by_hand.p50 - NOW < (alone.p50 - NOW) * 0.6


def test_a_device_that_uses_more_than_its_data_runs_out_sooner() -> None:
    plan = daily(hours=2, ul_per_h=500)

    fast = foreseen(level(10_000, factor=10.0), plan, Habit(), NOW)

    assert fast.p50 is not None
    assert NOW + 19 * HOUR < fast.p50 <= NOW + 20 * HOUR


def test_nothing_that_uses_it_means_no_end() -> None:
    run_out = foreseen(level(300), [], Habit(), NOW)

    assert (run_out.p10, run_out.p50, run_out.p90) == (None, None, None)


def test_an_empty_cartridge_has_run_out_now() -> None:
    assert foreseen(level(0), daily(1, 500), Habit(), NOW).p50 == NOW


def test_the_less_sure_the_wider_the_band() -> None:
    plan = daily(hours=2, ul_per_h=500)
    sure = replace(level(10_000), sure_error_ul=100.0, rate=Rate(spread=0.05))
    unsure = replace(level(10_000), sure_error_ul=3_000.0, rate=Rate(spread=0.3))

    narrow, wide = foreseen(sure, plan, Habit(), NOW), foreseen(unsure, plan, Habit(), NOW)

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
    unsure = replace(level(remaining), sure_error_ul=error, rate=rate)

    run_out = foreseen(unsure, daily(hours, ul_per_h), Habit.of_days(days_of(*by_hand)), NOW)

    far = NOW + timedelta(days=10_000)
    moments = [run_out.p10 or far, run_out.p50 or far, run_out.p90 or far]
    assert NOW <= moments[0] <= moments[1] <= moments[2]


@pytest.mark.parametrize("days", [[], [100.0], [-50.0, 150.0], [70.0] * 28])
def test_a_habit_is_the_mean_of_its_days(days: list[float]) -> None:
    mean = sum(days) / len(days) if days else 0.0

    assert Habit.of_days(days_of(*days)).mean_ul == pytest.approx(mean, abs=15)


def test_a_habit_knows_its_weekdays() -> None:
    weekends = [700.0 if n % 7 < 2 else 0.0 for n in range(28)]

    habit = Habit.of_days(days_of(*weekends))

    assert habit.weekdays_ul[6] > 450 > 150 > habit.weekdays_ul[2]


def test_the_more_days_were_seen_the_surer_the_habit() -> None:
    few, many = Habit.of_days(days_of(0, 400)), Habit.of_days(days_of(*[0, 400] * 14))

    assert many.doubt_ul(500) < few.doubt_ul(500)


def test_plans_cut_short_by_hand_make_it_last() -> None:
    plan = daily(hours=2, ul_per_h=500)

    as_planned = foreseen(level(10_000), plan, Habit(), NOW)
    cut_short = foreseen(level(10_000), plan, Habit.of_days(days_of(*[-500.0] * 28)), NOW)

    assert as_planned.p50 is not None
    assert cut_short.p50 is not None
    assert cut_short.p50 - NOW > 1.7 * (as_planned.p50 - NOW)


def test_a_week_without_plan_lies_flat_in_the_fan() -> None:
    plan = [draw for draw in daily(2, 500) if not 3 <= (draw.start - NOW).days < 10]

    fan = forecast(level(20_000), plan, Habit(), NOW).fan

    fall_ul = middle(fan, NOW + 4 * DAY) - middle(fan, NOW + 9 * DAY)
    assert 0 <= fall_ul < 200
    assert middle(fan, NOW) - middle(fan, NOW + 3 * DAY) > 2_900


def middle(fan, at) -> float:
    return next(point.middle_ul for point in fan if point.at >= at)


def test_it_says_how_many_hours_of_running_are_left() -> None:
    found = forecast(level(10_000), daily(hours=2, ul_per_h=500), Habit(), NOW)

    assert found.running_hours_left == pytest.approx(20)
    assert found.planned_ul_a_day == pytest.approx(1_000)
    assert found.evaporated_ul_a_day == pytest.approx(30)
