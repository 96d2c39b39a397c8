"""What a household may have plugged into a switch, whatever the switch speaks."""

import pytest

from adapters.diffusers.plugged import KINDS, PULSED_STEPS, as_plugged, is_plugged, profiles
from scentd.api.words import Languages
from scentd.model.diffuser import Capabilities, DeviceType, Diffuser

SWITCH = Diffuser(
    id="x-1",
    dialect="x",
    address="x/1",
    name="Hall",
    capabilities=Capabilities(energy=True, timer=True, identify=True),
    needs_profile=True,
    facts={"relay": "1"},
)
KEYS = [profile.key for profile in profiles()]


@pytest.mark.parametrize("key", KEYS)
def test_a_plug_keeps_what_it_can_do_itself(key: str) -> None:
    diffuser = as_plugged(SWITCH, key)

    can = diffuser.capabilities
    assert can.energy
    assert can.timer
    assert can.identify
    assert diffuser.facts == SWITCH.facts
    assert (diffuser.profile, diffuser.needs_profile) == (key, False)
    assert diffuser.device_type is DeviceType.PLUG_DIFFUSER
    assert is_plugged(diffuser)
    assert not is_plugged(SWITCH)


@pytest.mark.parametrize("key", KEYS)
def test_a_kind_has_a_rate_for_each_of_its_steps_and_uses_more_at_a_higher_one(key: str) -> None:
    can = as_plugged(SWITCH, key).capabilities

    assert len(can.rate_ul_per_h) == max(1, len(can.steps))
    assert list(can.rate_ul_per_h) == sorted(set(can.rate_ul_per_h))
    assert min(can.rate_ul_per_h) > 0


@pytest.mark.parametrize("key", ["wick-warmer", "wax-warmer", "oil-warmer", "fragrance-lamp"])
def test_what_must_first_grow_warm_is_only_switched(key: str) -> None:
    can = as_plugged(SWITCH, key).capabilities

    assert not can.pulsed
    assert can.steps == ()


@pytest.mark.parametrize("key", ["ultrasonic-small", "ultrasonic-large", "nebuliser", "fan"])
def test_what_starts_at_once_can_be_run_a_part_of_the_time(key: str) -> None:
    can = as_plugged(SWITCH, key).capabilities

    assert can.pulsed
    assert can.steps == PULSED_STEPS
    assert can.rate_at(50) == can.rate_at(100) // 2


def test_the_kind_may_be_changed_to_one_that_only_switches() -> None:
    can = as_plugged(as_plugged(SWITCH, "nebuliser"), "wax-warmer").capabilities

    assert (can.pulsed, can.steps) == (False, ())


def test_what_households_chose_before_there_were_kinds_is_something_else() -> None:
    assert KEYS[-1] == "plug"
    assert as_plugged(SWITCH, "plug").capabilities.rate_ul_per_h == (400,)


def test_a_kind_that_is_not_known_is_refused() -> None:
    with pytest.raises(KeyError):
        as_plugged(SWITCH, "toaster")


@pytest.mark.parametrize("tag", Languages.load().tags)
def test_every_kind_has_a_name_in_every_language(tag: str) -> None:
    words = Languages.load().of(tag)

    assert all(words.has(f"plugged.{kind.key}") for kind in KINDS)
