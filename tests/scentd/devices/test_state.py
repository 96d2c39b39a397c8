"""What is known of a device: by its reports alone, and whether it is there."""

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.simulator.native import NativeThing
from adapters.simulator.tasmota import TasmotaThing
from scentd.devices.reports import MOST_EXTRAS, fold, hear, shows
from scentd.model.diffuser import Availability, DesiredState, DiffuserState, Mode, ReportedState
from scentd.model.events import StateChanged
from scentd.model.readings import (
    AvailabilityRead,
    EnergyRead,
    ExtraRead,
    FaultRead,
    IntensityRead,
    LevelRead,
    LightRead,
    ModeRead,
    PowerRead,
    SignalRead,
)
from tests.fakes.clock import ManualClock
from tests.fakes.devices import Devices

LAMP = "native-drift-7"
MISTER = "tasmota-5ccf7f1a2b3c"
NOW = ManualClock().now()
readings = st.one_of(
    st.builds(PowerRead, st.booleans()),
    st.builds(IntensityRead, st.integers(0, 100)),
    st.builds(ModeRead, st.sampled_from(Mode)),
    st.builds(LightRead, st.booleans()),
    st.builds(LevelRead, st.integers(1, 3), st.integers(0, 50_000)),
    st.builds(FaultRead, st.sampled_from(["", "empty", "tilt"])),
    st.builds(SignalRead, st.integers(-90, 0)),
    st.builds(EnergyRead, st.none() | st.floats(0, 9), st.none() | st.floats(0, 9)),
)


@given(st.lists(readings, max_size=12))
def test_a_state_tells_the_last_word_on_each_part(said: list) -> None:
    reported = fold(ReportedState(), said)

    powers = [reading.on for reading in said if isinstance(reading, PowerRead)]
    levels = [r.remaining_ul for r in said if isinstance(r, LevelRead) and r.slot_no == 1]
    assert reported.power == (powers[-1] if powers else None)
    assert reported.remaining_ul == (levels[-1] if levels else None)


@given(st.lists(readings, max_size=12))
def test_hearing_the_same_twice_changes_nothing(said: list) -> None:
    once = fold(ReportedState(), said)

    assert fold(once, said) is once or fold(once, said) == once


@given(st.lists(st.tuples(st.sampled_from(["power", "online", "offline"]), st.booleans())))
def test_old_news_never_shows_that_a_device_is_there(said: list[tuple[str, bool]]) -> None:
    words = {
        "power": PowerRead(True),
        "online": AvailabilityRead(Availability.ONLINE, "last_will"),
        "offline": AvailabilityRead(Availability.OFFLINE, "last_will"),
    }
    state = DiffuserState()
    for word, is_retained in said:
        state = hear(state, (words[word],), NOW, is_retained=is_retained)

    live = [word for word, is_retained in said if not is_retained]
    if state.availability is Availability.ONLINE:
        assert live


def energy(*counters_wh: float) -> ReportedState:
    reported = ReportedState()
    for counter_wh in counters_wh:
        reported = fold(reported, [EnergyRead(None, counter_wh)])
    return reported


@given(st.lists(st.floats(0, 9_000), max_size=8))
@example([9_000.0, 0.0, 1.0])
def test_energy_used_never_falls(counters_wh: list[float]) -> None:
    used = [energy(*counters_wh[: n + 1]).energy_wh or 0.0 for n in range(len(counters_wh))]

    assert used == sorted(used)


@pytest.mark.parametrize(
    ("counters_wh", "used_wh"),
    [
        ((100, 130), 130),
        ((100, 2, 5), 105),  # it began anew
        ((100, 130, 110, 131), 131),  # 110 came late
        ((0, 0), 0),
    ],
)
def test_a_counter_that_begins_anew_goes_on_and_a_late_one_is_passed_over(
    counters_wh: tuple[float, ...], used_wh: float
) -> None:
    assert energy(*counters_wh).energy_wh == used_wh


def there(*words: tuple[Availability, str], is_retained: bool = False) -> DiffuserState:
    state = DiffuserState()
    for availability, source in words:
        word = AvailabilityRead(availability, source)
        state = hear(state, (word,), NOW, is_retained=is_retained)
    return state


ONLINE, OFFLINE, UNKNOWN = Availability.ONLINE, Availability.OFFLINE, Availability.UNKNOWN


@pytest.mark.parametrize(
    ("words", "now_is"),
    [
        ([(ONLINE, "last_will"), (UNKNOWN, "bridge")], UNKNOWN),
        ([(ONLINE, "last_will"), (OFFLINE, "bridge")], OFFLINE),
        ([(ONLINE, "last_will"), (UNKNOWN, "bridge"), (ONLINE, "bridge")], ONLINE),
        ([(OFFLINE, "last_will"), (UNKNOWN, "bridge"), (ONLINE, "bridge")], OFFLINE),
        ([(OFFLINE, "last_will"), (ONLINE, "bridge")], OFFLINE),
        ([(ONLINE, "bridge")], UNKNOWN),
        ([(ONLINE, "last_will"), (OFFLINE, "bridge"), (ONLINE, "last_will")], ONLINE),
    ],
)
def test_a_bridge_speaks_for_the_way_and_the_device_for_itself(
    words: list[tuple[Availability, str]], now_is: Availability
) -> None:
    assert there(*words).availability is now_is


def test_an_old_word_of_a_bridge_brings_nobody_back() -> None:
    state = there((ONLINE, "last_will"), (UNKNOWN, "bridge"))

    state = hear(state, (AvailabilityRead(ONLINE, "bridge"),), NOW, is_retained=True)

    assert state.availability is UNKNOWN


PASSED_ON = (PowerRead(True), AvailabilityRead(ONLINE, "bridge"))


@pytest.mark.parametrize(
    ("words", "now_is"),
    [
        ([], ONLINE),
        ([(ONLINE, "last_will")], ONLINE),
        ([(ONLINE, "last_will"), (UNKNOWN, "bridge")], ONLINE),
        ([(OFFLINE, "last_will")], OFFLINE),
        ([(OFFLINE, "last_will"), (UNKNOWN, "bridge")], OFFLINE),
        ([(OFFLINE, "last_will"), (ONLINE, "last_will")], ONLINE),
    ],
)
def test_what_a_bridge_passes_on_shows_that_a_device_is_there_unless_that_said_it_is_not(
    words: list[tuple[Availability, str]], now_is: Availability
) -> None:
    state = hear(there(*words), PASSED_ON, NOW, is_retained=False)

    assert state.availability is now_is
    assert state.reported.power
    assert state.last_message_at is not None


def test_a_bridge_that_falls_away_before_the_device_was_heard_is_remembered() -> None:
    assert there((UNKNOWN, "bridge")).availability_source == "bridge"


def test_a_bridge_that_speaks_is_no_sign_of_life_of_the_device() -> None:
    state = hear(DiffuserState(), (AvailabilityRead(ONLINE, "bridge"),), NOW, is_retained=False)

    assert state.last_message_at is None


def test_what_means_nothing_to_us_is_kept_by_its_own_name_and_bounded() -> None:
    state = DiffuserState()
    for number in range(MOST_EXTRAS + 5):
        state = hear(state, (ExtraRead(f"e{number}", "1"),), NOW, is_retained=False)
    before = state.extras
    state = hear(state, (ExtraRead("e0", "2"), ExtraRead("e1", "1")), NOW, is_retained=False)

    assert len(state.extras) == MOST_EXTRAS
    assert (state.extras["e0"], state.extras["e1"]) == ("2", "1")
    assert before["e0"] == "1"


@pytest.mark.parametrize(
    ("wanted", "told", "is_shown"),
    [
        ({"light_percent": 50}, {"light_percent": 51}, True),
        ({"light_percent": 50}, {"light_percent": 60}, False),
        ({"light_percent": 50}, {}, False),
        ({"light_rgb": "ff8000"}, {"light_rgb": "fa8405"}, True),
        ({"light_rgb": "ff8000"}, {"light_rgb": "00ff00"}, False),
        ({"light_effect": "rainbow"}, {"light_effect": "steady"}, False),
    ],
)
def test_a_lamp_shows_what_was_asked_within_its_own_rounding(
    wanted: dict[str, object], told: dict[str, object], is_shown: bool
) -> None:
    assert shows(ReportedState(**told), DesiredState(**wanted)) is is_shown


async def test_a_will_says_offline_and_any_live_word_online(
    devices: Devices, lamp: NativeThing
) -> None:
    devices.plug_in(lamp)
    assert devices.state(LAMP).availability is Availability.ONLINE

    devices.broker.pull_out(lamp)
    devices.broker.deliver()

    assert devices.state(LAMP).availability is Availability.OFFLINE
    assert devices.state(LAMP).availability_source == "last_will"
    assert devices.state(LAMP).availability_since == devices.clock.now()
    devices.broker.let([lamp.connected()[-1]])
    assert devices.state(LAMP).availability is Availability.ONLINE
    assert devices.state(LAMP).availability_source == "message"


async def test_without_a_broker_nobody_knows_who_is_there(
    devices: Devices, lamp: NativeThing
) -> None:
    devices.plug_in(lamp)

    devices.lose_broker()

    assert devices.state(LAMP).availability is Availability.UNKNOWN
    assert devices.state(LAMP).availability_source == "bridge"
    devices.find_broker()
    assert devices.state(LAMP).availability is Availability.ONLINE


async def test_after_a_restart_the_state_is_remembered_but_not_believed_to_be_there(
    devices: Devices, mister: TasmotaThing
) -> None:
    devices.plug_in(mister)
    devices.ask(MISTER, power=True, intensity_percent=100)
    devices.broker.silence(mister)

    await devices.restart()

    state = devices.state(MISTER)
    assert (state.reported.power, state.reported.intensity_percent) == (True, 100)
    assert state.availability is Availability.UNKNOWN


async def test_a_retained_state_fills_in_and_is_marked_as_old(
    devices: Devices, lamp: NativeThing
) -> None:
    devices.plug_in(lamp)
    devices.broker.let(lamp.press())
    devices.broker.silence(lamp)
    await devices.end()
    await devices.clock.advance(timedelta(hours=1))
    await devices.begin()

    changes = [e for e in devices.told(StateChanged) if e.diffuser_id == LAMP]

    assert devices.state(LAMP).reported.power is True
    assert all(e.is_retained for e in changes)
    assert devices.state(LAMP).availability is Availability.UNKNOWN


async def test_a_device_that_falls_silent_is_not_believed_to_be_there(
    devices: Devices, lamp: NativeThing
) -> None:
    devices.plug_in(lamp)

    await devices.clock.advance(899)
    assert devices.state(LAMP).availability is Availability.ONLINE
    await devices.clock.advance(32)

    assert devices.state(LAMP).availability is Availability.UNKNOWN
    assert devices.state(LAMP).availability_source == "timeout"


async def test_saying_the_same_again_is_no_news(devices: Devices, lamp: NativeThing) -> None:
    devices.plug_in(lamp)
    devices.heard.clear()

    devices.broker.say("scent/1/drift-7/state", b'{"power":false}')
    devices.broker.say("scent/1/drift-7/state", b'{"power":false}')
    devices.broker.deliver()

    assert devices.told(StateChanged) == []
    assert devices.state(LAMP).last_message_at == devices.clock.now()


async def test_reports_shuffled_or_doubled_end_in_the_last_word(
    devices: Devices, lamp: NativeThing
) -> None:
    devices.plug_in(lamp)

    for power in (b"true", b"true", b"false", b"true", b"true"):
        devices.broker.say("scent/1/drift-7/state", b'{"power":%s}' % power)
    devices.broker.deliver()

    assert devices.state(LAMP).reported.power is True
