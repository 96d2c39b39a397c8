"""The level of a cartridge: what it may never do, and what it learns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.cartridges.bottle import filled, recognised
from scentd.cartridges.hearing import Heard, hear, hear_empty
from scentd.cartridges.level import Level
from scentd.model.diffuser import LevelQuality

CAPACITY = 30_000
HOUR = 3600.0

steps = st.one_of(
    st.tuples(st.just("time"), st.floats(0, 1e6)),
    st.tuples(st.just("run"), st.floats(0, 10_000)),
    st.tuples(st.just("blind"), st.floats(0, 10_000)),
    st.tuples(st.just("reading"), st.floats(-1_000, 60_000)),
    st.tuples(st.just("empty"), st.just(0.0)),
)
qualities = st.sampled_from(LevelQuality)


def stepped(level: Level, step: tuple[str, float], quality: LevelQuality) -> Level:
    name, amount = step
    if name == "time":
        return level.after_time(amount)
    if name == "run":
        return level.after_run(amount)
    if name == "blind":
        return level.after_blind_run(amount, is_read=quality is LevelQuality.MEASURED)
    if name == "reading":
        return hear(level, amount, quality)[0]
    return hear_empty(level)


starts = st.one_of(
    st.builds(filled, st.just(CAPACITY), st.none() | st.integers(0, CAPACITY), st.none()),
    st.builds(
        recognised,
        st.just(CAPACITY),
        st.none() | st.integers(0, CAPACITY),
        qualities,
        st.none(),
    ),
)


@given(start=starts, life=st.lists(st.tuples(steps, qualities), max_size=40))
def test_a_level_never_rises_and_never_falls_below_nothing(
    start: Level, life: list[tuple[tuple[str, float], LevelQuality]]
) -> None:
    level = start
    for step, quality in life:
        after = stepped(level, step, quality)

        assert 0 <= after.remaining_ul <= level.remaining_ul
        assert 0 <= after.error_ul <= CAPACITY
        level = after


@given(
    start=starts,
    life=st.lists(st.tuples(steps, qualities), max_size=20),
    reading=st.floats(0, CAPACITY),
    quality=qualities,
)
def test_the_same_message_twice_changes_nothing(
    start: Level,
    life: list[tuple[tuple[str, float], LevelQuality]],
    reading: float,
    quality: LevelQuality,
) -> None:
    level = start
    for step, step_quality in life:
        level = stepped(level, step, step_quality)
    once, _ = hear(level, reading, quality)

    twice, heard = hear(once, reading, quality)

    assert twice == once
    assert heard is Heard.REPEATED


@given(seconds=st.floats(1, 1e7))
def test_the_band_widens_with_time(seconds: float) -> None:
    level = filled(CAPACITY, None, None)

    assert level.after_time(seconds).error_ul > level.error_ul


def test_the_band_widens_with_running_and_narrows_with_evidence() -> None:
    level = filled(CAPACITY, None, None).after_run(5_000)
    measured, _ = hear(level, 25_100, LevelQuality.MEASURED)

    assert level.error_ul > filled(CAPACITY, None, None).error_ul
    assert measured.error_ul < level.error_ul


def test_a_better_reading_weighs_more() -> None:
    level = filled(CAPACITY, None, None).after_run(5_000)

    measured, _ = hear(level, 23_500, LevelQuality.MEASURED)
    claimed, _ = hear(level, 23_500, LevelQuality.DEVICE_ESTIMATE)

    assert 23_500 < measured.remaining_ul < claimed.remaining_ul < 25_000


def test_a_jump_up_without_a_refill_is_noted_and_ignored() -> None:
    level, _ = hear(
        recognised(CAPACITY, 10_000, LevelQuality.MEASURED, None), 9_900, LevelQuality.MEASURED
    )

    after, heard = hear(level.after_time(60), 29_000, LevelQuality.MEASURED)

    assert heard is Heard.RISEN
    assert after.remaining_ul == pytest.approx(level.remaining_ul, abs=1)


def heard_in_turn(
    level: Level, *readings: float, apart_s: float = 600
) -> tuple[Level, list[Heard]]:
    told = []
    for reading in readings:
        level, heard = hear(level.after_time(apart_s), reading, LevelQuality.MEASURED)
        told.append(heard)
    return level, told


def test_a_jump_down_is_believed_when_it_stays() -> None:
    level = recognised(CAPACITY, 20_000, LevelQuality.MEASURED, None)

    soon, doubted = heard_in_turn(level, 100, 110, 90)
    late, taken = heard_in_turn(soon, 95)

    assert (set(doubted), soon.remaining_ul) == ({Heard.DOUBTED}, pytest.approx(20_000, abs=2))
    assert (taken, late.remaining_ul) == ([Heard.TAKEN], 95)
    assert not late.is_witnessed


def test_a_fall_that_goes_on_is_believed_at_its_second_reading() -> None:
    level = recognised(CAPACITY, 20_000, LevelQuality.MEASURED, None)

    level, heard = heard_in_turn(level.after_run(100), 15_000, 10_000)

    assert heard == [Heard.DOUBTED, Heard.TAKEN]
    assert level.remaining_ul == 10_000


def test_a_device_put_upright_again_takes_its_fall_back_and_no_rate_is_learnt_of_it() -> None:
    level = recognised(CAPACITY, 20_000, LevelQuality.MEASURED, None).after_run(500)

    tilted, _ = heard_in_turn(level, *[100] * 6)
    upright, heard = heard_in_turn(tilted, 19_400, 19_390)

    assert tilted.remaining_ul == pytest.approx(100, abs=1)
    assert set(heard) == {Heard.TAKEN}
    assert upright.believed_ul == pytest.approx(19_400, abs=50)
    assert upright.remaining_ul == pytest.approx(100, abs=10)
    assert upright.rate.falls == 0


def test_a_device_put_half_upright_may_still_take_its_fall_back() -> None:
    level = recognised(CAPACITY, 20_000, LevelQuality.MEASURED, None).after_run(500)
    tilted, _ = heard_in_turn(level, *[100] * 6)

    halfway, _ = heard_in_turn(tilted, 1_100)
    upright, heard = heard_in_turn(halfway, 19_400, 19_390)

    assert not halfway.is_witnessed
    assert heard == [Heard.TAKEN, Heard.TAKEN]
    assert upright.is_witnessed
    assert upright.believed_ul == pytest.approx(19_400, abs=50)


def test_a_bad_reading_and_a_tilt_in_a_row_do_not_witness_each_other() -> None:
    level = recognised(CAPACITY, 20_000, LevelQuality.MEASURED, None).after_run(500)

    level, _ = heard_in_turn(level, 9_000, 750, 190, 80, apart_s=HOUR)

    assert not level.is_witnessed


def test_a_bad_reading_between_two_tilted_ones_does_not_witness_them_while_it_runs() -> None:
    level = recognised(CAPACITY, 20_000, LevelQuality.MEASURED, None)

    for reading in (170, 1_790, 110):
        level, _ = heard_in_turn(level.after_run(1_000), reading, apart_s=HOUR)

    assert not level.is_witnessed


def test_a_fall_that_lasted_is_witnessed_and_no_longer_taken_back() -> None:
    level = recognised(CAPACITY, 20_000, LevelQuality.MEASURED, None)
    level, _ = heard_in_turn(level, *[9_000] * 9, apart_s=HOUR)
    lasted, _ = heard_in_turn(level.after_run(700), 8_300)

    _, heard = heard_in_turn(lasted, 19_900)

    assert lasted.is_witnessed
    assert heard == [Heard.RISEN]


def test_one_bad_reading_between_good_ones_is_forgotten() -> None:
    level = recognised(CAPACITY, 20_000, LevelQuality.MEASURED, None)

    for reading in (0, 19_950, 0, 19_900):
        level, _ = hear(level.after_time(60), reading, LevelQuality.MEASURED)

    assert level.remaining_ul > 19_000


@pytest.mark.parametrize("true_factor", [0.5, 1.0, 1.6, 300.0])
def test_the_rate_follows_what_the_device_really_uses(true_factor: float) -> None:
    level = recognised(CAPACITY, CAPACITY, LevelQuality.MEASURED, None)
    remaining = float(CAPACITY)

    while remaining > 2_000:
        use = 300 / true_factor
        remaining -= 300
        level = level.after_time(600).after_run(use)
        level, _ = hear(level, remaining, LevelQuality.MEASURED)

    assert level.rate.overall() == pytest.approx(true_factor, rel=0.1)
    assert level.remaining_ul == pytest.approx(remaining, abs=CAPACITY * 0.02)


@pytest.mark.parametrize("true_factor", [0.7, 1.5])
def test_a_bottle_that_ran_dry_teaches_the_rate_of_the_next(true_factor: float) -> None:
    level: Level | None = None
    for _ in range(2):
        level = filled(CAPACITY, None, level.rate if level else None)
        used = CAPACITY / true_factor
        for _ in range(100):
            level = level.after_run(used / 100)
        at_the_end = level.remaining_ul
        level = hear_empty(level)

    assert level is not None
    assert level.rate.overall() == pytest.approx(true_factor, rel=0.1)
    assert at_the_end < CAPACITY * 0.1


def test_a_measured_level_ages_into_an_estimate() -> None:
    level = recognised(CAPACITY, 10_000, LevelQuality.MEASURED, None)

    assert level.after_time(5 * HOUR).quality is LevelQuality.MEASURED
    assert level.after_time(7 * HOUR).quality is LevelQuality.HUB_ESTIMATE


def test_a_recognised_cartridge_without_a_reading_may_hold_anything() -> None:
    level = recognised(CAPACITY, None, LevelQuality.MEASURED, None)

    told, heard = hear(level, 4_000, LevelQuality.MEASURED)

    assert (level.quality, level.error_ul) == (LevelQuality.INFERRED, CAPACITY)
    assert heard is Heard.TAKEN
    assert told.remaining_ul == pytest.approx(4_000, abs=10)
