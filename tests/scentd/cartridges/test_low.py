"""When a low level is said: on two looks apart or on a certain one, once a cycle."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scentd.cartridges.low import Alarm, Look, LowWatch
from scentd.cartridges.settings import CartridgeSettings
from scentd.model.diffuser import LevelQuality

NOW = datetime(2026, 3, 2, tzinfo=UTC)
SETTINGS = CartridgeSettings()
ESTIMATED = LevelQuality.HUB_ESTIMATE
MEASURED = LevelQuality.MEASURED


def look(
    percent: float,
    after_h: float = 0.0,
    *,
    band: float = 5.0,
    quality: LevelQuality = ESTIMATED,
    days_left: float | None = None,
    is_witnessed: bool = True,
) -> Look:
    return Look(
        NOW + timedelta(hours=after_h),
        round(percent * 300),
        round(band * 300),
        30_000,
        quality,
        days_left,
        is_witnessed,
    )


def alarms(*looks: Look, watch: LowWatch = LowWatch()) -> list[Alarm]:
    raised = []
    for seen in looks:
        watch, alarm = watch.after_look(seen, SETTINGS)
        if alarm is not None:
            raised.append(alarm)
    return raised


def test_two_low_looks_six_hours_apart_raise_it_with_both_as_evidence() -> None:
    first, second = look(14), look(13.5, after_h=6)

    assert alarms(first, second) == [Alarm("level", (first, second))]


def test_two_low_looks_an_hour_apart_are_one() -> None:
    assert alarms(look(14), look(13.9, after_h=1), look(13.8, after_h=5.9)) == []


def test_a_certain_measured_look_raises_it_at_once() -> None:
    certain = look(12, band=1, quality=MEASURED)

    assert alarms(certain) == [Alarm("level", (certain,))]


def test_a_measured_look_whose_band_reaches_over_the_threshold_is_not_certain() -> None:
    assert alarms(look(14.5, band=1, quality=MEASURED)) == []


def test_an_estimate_is_never_certain() -> None:
    assert alarms(look(5, band=1)) == []


def test_one_reading_since_the_device_joined_is_not_certain() -> None:
    assert alarms(look(5, band=1, quality=MEASURED, is_witnessed=False)) == []


def test_a_level_well_above_the_threshold_takes_the_first_look_back() -> None:
    assert alarms(look(14), look(19, after_h=3), look(14, after_h=6.5)) == []


def test_a_level_well_above_it_takes_the_first_look_back_however_few_days_are_left() -> None:
    tilted, upright = look(1, days_left=0), look(28, after_h=2, days_left=6.5)

    assert alarms(tilted, upright, look(1, after_h=9, days_left=0)) == []


def test_few_days_left_do_not_rest_on_a_low_level_that_passed() -> None:
    tilted, few = look(1, days_left=0), look(28, after_h=6, days_left=5)

    assert alarms(tilted, few) == []
    assert len(alarms(tilted, few, look(27, after_h=12, days_left=4.8))) == 1


def test_a_level_just_above_the_threshold_keeps_the_first_look() -> None:
    assert len(alarms(look(14), look(16, after_h=3), look(14, after_h=6.5))) == 1


def test_it_is_raised_once_whatever_follows() -> None:
    looks = [look(14 - n, after_h=6 * n) for n in range(12)]

    assert len(alarms(*looks)) == 1


def test_only_a_new_cycle_arms_it_again() -> None:
    raised = LowWatch(is_raised=True)

    assert alarms(look(90), look(10, after_h=6), look(9, after_h=12), watch=raised) == []


def test_few_days_left_raise_it_before_the_level_does() -> None:
    first = look(40, days_left=5)
    second = look(38, after_h=6, days_left=4.8)

    assert alarms(first, second) == [Alarm("days_left", (first, second))]


def test_days_left_within_the_slack_keep_the_first_look_and_beyond_it_take_it_back() -> None:
    few, more, many = look(40, days_left=5), look(40, 3, days_left=6.5), look(40, 3, days_left=8)

    assert len(alarms(few, more, look(39, after_h=6, days_left=5))) == 1
    assert alarms(few, many, look(39, after_h=6, days_left=5)) == []


def test_doubt_makes_the_first_look_worthless() -> None:
    watch, _ = LowWatch().after_look(look(14), SETTINGS)

    assert alarms(look(13, after_h=6), watch=watch.after_doubt()) == []


looks = st.builds(
    look,
    percent=st.floats(0, 100),
    after_h=st.floats(0, 10_000),
    band=st.floats(0, 100),
    quality=st.sampled_from(LevelQuality),
    days_left=st.none() | st.floats(0, 400),
    is_witnessed=st.booleans(),
)


@given(st.lists(looks, max_size=60), st.booleans())
def test_a_cycle_is_told_of_at_most_once(life: list[Look], clock_steps_back: bool) -> None:
    ordered = life if clock_steps_back else sorted(life, key=lambda seen: seen.at)

    raised = alarms(*ordered)

    assert len(raised) <= 1
    for alarm in raised:
        last = alarm.looks[-1]
        assert alarm.reason != "level" or last.remaining_ul <= 0.15 * last.capacity_ul
        is_certain = last.quality is MEASURED and last.is_witnessed
        assert is_certain or last.at - alarm.looks[0].at >= timedelta(hours=6)


@given(looks)
def test_the_same_look_twice_is_not_two(seen: Look) -> None:
    uncertain = replace(seen, quality=ESTIMATED)

    assert alarms(uncertain, uncertain) == []
