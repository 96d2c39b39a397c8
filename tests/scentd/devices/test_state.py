"""What is known of a device: by its reports alone, and whether it is there."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from adapters.simulator.native import NativeThing
from adapters.simulator.tasmota import TasmotaThing
from scentd.devices.reports import fold, hear
from scentd.model.diffuser import Availability, DiffuserState, Mode, ReportedState
from scentd.model.events import StateChanged
from scentd.model.readings import (
    AvailabilityRead,
    EnergyRead,
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
