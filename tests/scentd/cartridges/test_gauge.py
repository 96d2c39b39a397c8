"""Run time into oil by data."""

from scentd.cartridges.gauge import Gauge
from scentd.model.diffuser import Availability, Capabilities, DiffuserState, ReportedState

CAN = Capabilities(steps=(30, 60, 100), rate_ul_per_h=(200, 400, 800))


def state(
    *, power: bool, percent: int | None = None, availability: Availability = Availability.ONLINE
) -> DiffuserState:
    reported = ReportedState(power=power, intensity_percent=percent)
    return DiffuserState(reported=reported, availability=availability)


OFFLINE = state(power=True, percent=100, availability=Availability.OFFLINE)


def test_a_running_device_uses_its_rate_at_its_step() -> None:
    gauge = Gauge(0.0)
    gauge.follow(state(power=True, percent=100), CAN)

    assert gauge.read(1800.0).use_ul == 400
    gauge.follow(state(power=True, percent=30), CAN)
    assert gauge.read(3600.0).use_ul == 100


def test_a_device_that_is_off_uses_nothing() -> None:
    gauge = Gauge(0.0)
    gauge.follow(state(power=False, percent=100), CAN)

    assert gauge.read(3600.0).use_ul == 0


def test_an_earlier_moment_adds_nothing() -> None:
    gauge = Gauge(0.0)
    gauge.follow(state(power=True, percent=100), CAN)
    gauge.read(3600.0)

    assert gauge.read(1800.0)[:2] == (0.0, 0.0)
    assert gauge.read(3600.0)[:2] == (0.0, 0.0)


def test_out_of_reach_it_may_have_gone_on_if_it_runs_when_found() -> None:
    gauge = Gauge(0.0)
    gauge.follow(state(power=True, percent=100), CAN)
    gauge.follow(OFFLINE, CAN)

    passed = gauge.read(3600.0)
    blind_ul_per_h = gauge.follow(state(power=True, percent=100), CAN)

    assert passed.use_ul == 0
    assert passed.is_blind
    assert blind_ul_per_h == 800


def test_a_device_already_lost_when_the_hub_begins_may_have_gone_on_too() -> None:
    gauge = Gauge(0.0)
    gauge.follow(OFFLINE, CAN)
    gauge.read(3600.0)

    assert gauge.follow(state(power=True, percent=100), CAN) == 800


def test_found_switched_off_it_is_taken_to_have_stopped() -> None:
    gauge = Gauge(0.0)
    gauge.follow(state(power=True, percent=100), CAN)
    gauge.follow(OFFLINE, CAN)
    gauge.read(3600.0)

    assert gauge.follow(state(power=False), CAN) == 0
