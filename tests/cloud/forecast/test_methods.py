"""What the methods make of a past: known answers, and what holds for every one."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.inventory.forecast.backtest import choose, origins, try_naive
from cloud.inventory.forecast.intermittent import croston, sba, tsb
from cloud.inventory.forecast.kinds import Method
from cloud.inventory.forecast.methods import naive, project, seasonal_naive, ways_for
from cloud.inventory.forecast.outlook import foresee
from cloud.inventory.forecast.series import Week, demand
from cloud.inventory.forecast.spread import growth, quantile
from tests.fakes.demand import rare, regular

pasts = st.lists(st.floats(0, 500), min_size=1, max_size=120)


def test_a_sold_out_day_is_no_day_without_buyers():
    whole, half, empty = Week(14, 7), Week(6, 3), Week(0, 0)

    assert demand([whole, half]) == [14, 14]
    assert demand([whole, empty, Week(10, 7)]) == [14, 12, 10]
    assert demand([Week(2, 7), empty, empty]) == [2, 2, 2]
    # Sold out within two days, and never on the shelf since: so many at least were asked for.
    assert demand([Week(50, 2), empty, empty]) == [50, 50, 50]
    assert demand([whole, Week(40, 2)]) == [14, 40]
    assert demand([empty]) == [0]
    assert demand([Week(0, 7)]) == [0]


@given(pasts, st.sampled_from(Method), st.integers(1, 60))
def test_every_method_says_as_many_weeks_as_asked_and_never_less_than_nothing(past, method, weeks):
    course = project(method, past, weeks)

    assert len(course.means) == weeks
    assert all(0 <= mean < 1e6 for mean in course.means)
    assert 0 < course.memory <= 1


@given(st.floats(0.5, 500), st.integers(20, 120), st.sampled_from(Method))
def test_what_never_changes_goes_on(level, weeks, method):
    said = project(method, [level] * weeks, 4).means

    bias = 0.95 if method is Method.SBA else 1
    assert said == pytest.approx((level * bias,) * 4, rel=1e-6)


def test_croston_smooths_how_many_and_how_often():
    # Every third week three: sizes and gaps never differ from their start.
    past = [0.0, 0.0, 3.0] * 20

    assert croston(past) == pytest.approx(1)
    assert sba(past) == pytest.approx(0.95)
    assert croston([0.0] * 9) == tsb([0.0] * 9) == 0


def test_tsb_forgets_what_nobody_asks_for_any_more_and_croston_does_not():
    past = [0.0, 2.0] * 20 + [0.0] * 26

    assert croston(past) == pytest.approx(1, abs=0.4)
    assert tsb(past) < 0.1


def test_growth_fades_and_does_not_go_on_for_ever():
    past = [float(week) for week in range(10, 70)]

    near, far = (
        project(Method.DAMPED, past, 60).means[0],
        project(Method.DAMPED, past, 60).means[-1],
    )

    assert past[-1] < near < past[-1] + 3
    assert far < past[-1] + 12


def test_december_is_seen_coming_after_two_years():
    year = [10.0] * 48 + [40.0] * 4
    past = year + year + [10.0] * 46

    said = project(Method.SEASONAL, past, 8).means

    assert max(said) > 25
    assert said[0] < 15
    assert project(Method.DAMPED, past, 8).means[4] == pytest.approx(10, rel=0.2)


def test_a_rare_bottle_and_a_young_one_are_not_asked_for_seasons():
    assert Method.SEASONAL in ways_for([3.0] * 104)
    assert Method.SEASONAL not in ways_for([3.0] * 103)
    assert ways_for([0.0, 0.0, 1.0] * 40) == (Method.MEAN, Method.SBA, Method.CROSTON, Method.TSB)


def test_the_baselines_say_what_they_are_called_for():
    past = [float(week) for week in range(60)]

    assert naive(past, 5) == [56, 57, 58, 59, 56]
    assert seasonal_naive(past, 3) == [8, 9, 10]


def test_a_trial_is_asked_with_what_was_known_then_and_no_more():
    assert origins(40) == [16, 20, 24, 28, 32, 36]
    assert origins(15) == []
    past = [1.0] * 20 + [2.0] * 20

    # Six times four weeks: the ones right after the change were said to be as before.
    assert try_naive(past).said == (4, 4, 8, 8, 8, 8)
    assert try_naive(past).error_share == pytest.approx(4 / 44)


def test_the_back_test_chooses_seasons_where_there_are_some(is_long_run):
    seeds = range(20 if is_long_run else 6)
    chosen = [choose(regular(seed, 124))[0] for seed in seeds]

    assert chosen.count(Method.SEASONAL) > len(seeds) / 2


def test_the_forecast_is_better_than_both_baselines_on_made_up_shops(is_long_run):
    """The measurement of `python -m tests.bench forecast`, in small."""
    seeds = range(30 if is_long_run else 5)
    for kind in (regular, rare):
        errors = {"ours": 0.0, "naive": 0.0, "seasonal": 0.0}
        for seed in seeds:
            past = kind(seed, 116)
            for known in (104, 112):
                before, came = past[:known], sum(past[known : known + 4])
                method = choose(before)[0]
                errors["ours"] += abs(sum(project(method, before, 4).means) - came)
                errors["naive"] += abs(sum(naive(before, 4)) - came)
                errors["seasonal"] += abs(sum(seasonal_naive(before, 4)) - came)

        assert errors["ours"] < min(errors["naive"], errors["seasonal"])


@given(st.floats(0.01, 900), st.floats(1, 8), st.sampled_from([0.05, 0.5, 0.9, 0.95]))
def test_a_quantile_is_the_fewest_that_suffice(mean, dispersion, odds):
    enough = quantile(mean, mean * dispersion, odds)

    assert enough >= 0
    assert quantile(mean, mean * dispersion, min(0.99, odds + 0.04)) >= enough
    assert quantile(mean * 1.5, mean * 1.5 * dispersion, odds) >= enough


def test_quantiles_are_those_of_the_poisson_and_the_negative_binomial():
    # Poisson(4): P(X<=7) = 0.9489, P(X<=8) = 0.9786. Size 2, mean 2: P(X<=4) = 0.8906.
    assert quantile(4, 4, 0.94) == 7
    assert quantile(4, 4, 0.95) == 8
    assert (quantile(2, 4, 0.89), quantile(2, 4, 0.9)) == (4, 5)
    assert quantile(0, 1, 0.9) == 0


def test_quantiles_hold_what_they_promise_for_dice():
    rng = random.Random(7)
    draws = [sum(rng.random() < 0.02 for _ in range(200)) for _ in range(2000)]
    enough = quantile(4, 4, 0.9)

    assert 0.86 < sum(one <= enough for one in draws) / len(draws) < 0.96


@given(st.lists(st.builds(Week, st.integers(0, 60), st.integers(0, 7)), min_size=1, max_size=60))
def test_a_band_widens_around_its_middle_and_a_longer_time_sells_more(weeks):
    outlook = foresee(weeks)

    for band in outlook.bands():
        assert 0 <= band.low <= band.middle <= band.high
    totals = [outlook.over(days)[0] for days in (1, 7, 14, 21, 60, 400)]
    assert totals == sorted(totals)
    assert outlook.over(28)[0] == pytest.approx(4 * outlook.weekly_units)


def test_weeks_that_hang_together_spread_more_than_weeks_that_do_not():
    assert growth(4, 0) == 4
    assert growth(1, 0.7) == 1
    assert growth(4, 0.5) == pytest.approx(4 * (1 + 1.5 + 0.25 * 3.5))
