"""The measurement of recommendations is the same for the same seed, and nothing leaks into it."""

from dataclasses import replace

import pytest

from tests.bench.recommend import CUT, TOP, alone, ceiling, fit_weights, hits, interval, trial_of
from tests.fakes.tastes import demo_scents, draw_people


@pytest.fixture(scope="module")
def scents():
    return demo_scents()


@pytest.fixture(scope="module")
def people(scents):
    return draw_people(300, 1, scents)


def test_the_same_seed_draws_the_same_people(people, scents):
    assert draw_people(300, 1, scents) == people


def test_nothing_that_comes_after_the_cut_is_learnt_or_known(people, scents):
    blind = [
        replace(one, purchases=tuple(each for each in one.purchases if each.day < CUT))
        for one in people
    ]

    seen, unseen = trial_of(people, scents), trial_of(blind, scents)

    assert seen.shop == unseen.shop
    assert unseen.asked == []


def test_nothing_of_those_who_are_asked_is_learnt(people, scents):
    strangers = draw_people(300, 2, scents)

    trial = trial_of([*people[:210], *strangers[210:]], scents)

    assert trial.shop == trial_of(people, scents).shop
    assert fit_weights(trial) == fit_weights(trial_of(people, scents))


def test_what_was_bought_next_is_never_known_on_the_day(people, scents):
    trial = trial_of(people, scents)

    assert all(one.bought_next not in one.person.known for one in trial.asked)


def test_whoever_knows_every_liking_is_right_more_often_than_chance(people, scents):
    trial = trial_of(people, scents)
    right = ceiling(trial)

    assert sum(right) / len(right) > 2 * TOP / len(scents)
    assert len(hits(trial, alone("loved"))) == len(right)


def test_an_interval_holds_the_mean_and_narrows_with_more_people():
    few, many = interval([0.0, 1.0] * 20), interval([0.0, 1.0] * 500)

    assert few[0] < many[0] < 0.5 < many[1] < few[1]
