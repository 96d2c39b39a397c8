"""The OpenBeken dialect beside the row: what is asked, what is passed over, what is sent."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.diffusers.openbeken.models import MODELS
from adapters.simulator.openbeken import XD800W, OpenBekenThing, Wiring
from scentd.model.commands import Origin, Source, Wish
from scentd.model.diffuser import Diffuser
from scentd.model.readings import Ask, IntensityRead, LightRead, Piece, PowerRead
from scentd.ports import NEVER, Malformed
from tests.adapters.openbeken import DIALECT, ID, ask, found, thing


def plug() -> Diffuser:
    return DIALECT.with_profile(found(thing())[ID], "plug")


@given(st.lists(st.booleans(), min_size=1, max_size=6))
def test_the_last_wish_is_what_is_read_back(wishes: list[bool]) -> None:
    device = thing()
    diffuser = DIALECT.with_profile(found(device)[ID], "plug")

    for power in wishes:
        readings = ask(device, diffuser, power=power)

    assert {one.on for one in readings if isinstance(one, PowerRead)} == {wishes[-1]}


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 100)), min_size=1, max_size=6))
def test_the_last_strength_is_what_is_read_back(wishes: list[tuple[bool, int]]) -> None:
    device = thing(XD800W)
    diffuser = DIALECT.with_profile(found(device)[f"{ID}-1"], "xd800w")

    for power, percent in wishes:
        readings = ask(device, diffuser, power=power, intensity_percent=percent)

    step = diffuser.capabilities.nearest_step(wishes[-1][1])
    assert IntensityRead(step) in readings
    assert {one.on for one in readings if isinstance(one, PowerRead)} == {wishes[-1][0]}


@pytest.mark.parametrize("key", MODELS)
def test_a_model_has_a_value_for_each_step_and_no_channel_twice(key: str) -> None:
    model = MODELS[key]

    assert tuple(model.mist_steps) == model.capabilities.steps
    assert len(set(model.channels())) == len(model.channels())
    assert all(0 <= channel < 64 for channel in model.channels())


def test_a_device_that_is_there_is_asked_who_it_is_and_to_announce_itself() -> None:
    asks = DIALECT.discover("flat/study/connected", b"online")

    assert asks == (
        Ask("cmnd/flat/study/publishAll", b"", 1),
        Ask("cmnd/flat/study/scheduleHADiscovery", b"1", 1),
    )


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("x/connected", b"offline"),
        ("x/connected", b"2"),
        ("x/mac", b"unknown"),
        ("x/build", b"42"),
        ("x/host", b""),
        ("x/host", b"\xff"),
        ("homeassistant/switch/x/config", b""),
        ("homeassistant/switch/x/config", b'{"stat_t":"x/connected'),
        ("homeassistant/switch/x/config", b'{"stat_t":"x","cmd_t":"y","avty_t":"x/status"}'),
    ],
)
def test_what_others_say_on_such_topics_is_passed_over(topic: str, payload: bytes) -> None:
    assert DIALECT.discover(topic, payload) == ()


def test_other_topics_are_malformed() -> None:
    with pytest.raises(Malformed):
        DIALECT.discover("elsewhere", b"online")


def test_its_mac_is_a_piece_and_without_it_nothing_is_found() -> None:
    device = thing()
    said = device.hear(f"cmnd/{device.topic}/scheduleHADiscovery", b"1") + device.pass_time(20)
    pieces = {m.topic: m.payload for m in said}
    mac = f"{device.topic}/mac"

    assert DIALECT.discover(mac, b"84:e3:42:01:02:03") == (Piece(device.topic, announces=False),)
    assert DIALECT.assemble(device.topic, pieces) == ()
    assert len(DIALECT.assemble(device.topic, {**pieces, mac: b"84:e3:42:01:02:03"})) == 1


def test_each_switch_has_a_name_of_its_own() -> None:
    names = {key: one.name for key, one in found(thing(XD800W)).items()}

    assert names == {f"{ID}-1": "Den Mist", f"{ID}-5": "Den Light"}


def test_switches_that_count_from_channel_0_are_counted_on_in_tasmotas_words() -> None:
    diffusers = found(thing(Wiring({0: "A", 1: "B"}, {0: 570})))

    body = b'{"POWER1":"ON","POWER2":"OFF"}'
    read = [DIALECT.decode(one, f"stat/{one.address}/RESULT", body) for one in diffusers.values()]

    assert read == [(PowerRead(True),), (PowerRead(False),)]


def test_our_own_question_is_no_answer() -> None:
    diffuser = plug()

    assert DIALECT.decode(diffuser, f"{diffuser.address}/1/get", b"") == ()


@pytest.mark.parametrize(("on", "off"), [("1", "0"), ("0", "1")])
def test_a_switch_is_told_and_read_in_the_words_it_announced(on: str, off: str) -> None:
    device = thing(Wiring({1: "Socket"}, {0: 570}))
    said = device.hear(f"cmnd/{device.topic}/scheduleHADiscovery", b"1") + device.pass_time(9)
    (announcement,) = said
    body = {**json.loads(announcement.payload), "pl_on": on, "pl_off": off}
    pieces = {
        announcement.topic: json.dumps(body).encode(),
        f"{device.topic}/mac": b"84:e3:42:01:02:03",
    }
    (one,) = DIALECT.assemble(device.topic, pieces)
    diffuser = DIALECT.with_profile(one.diffuser, "plug")
    wish = Wish(diffuser.id, Source(Origin.MANUAL), power=True)

    (sent,) = DIALECT.encode(diffuser, wish, command_id="c", expires_at=NEVER)

    assert sent.payload == on.encode()
    assert DIALECT.decode(diffuser, f"{device.topic}/1/get", off.encode()) == (PowerRead(False),)


def test_a_relay_set_to_any_number_but_0_is_on() -> None:
    diffuser = plug()

    assert DIALECT.decode(diffuser, f"{diffuser.address}/1/get", b"10") == (PowerRead(True),)


def test_a_plug_is_not_switched_before_the_household_said_what_it_feeds() -> None:
    assert ask(thing(), found(thing())[ID], power=True) == []


def announced(device: OpenBekenThing, **changes: object) -> Diffuser:
    said = device.hear(f"cmnd/{device.topic}/scheduleHADiscovery", b"1") + device.pass_time(9)
    pieces = {
        m.topic: json.dumps({**json.loads(m.payload), **changes}).encode()
        for m in said
        if m.topic.startswith("homeassistant/switch/")
    }
    mac = {f"{device.topic}/mac": b"84:e3:42:01:02:03"}
    (one,) = DIALECT.assemble(device.topic, {**pieces, **mac})
    return DIALECT.with_profile(one.diffuser, "plug")


def test_a_command_goes_in_the_syntax_that_was_announced() -> None:
    device = thing()
    diffuser = announced(device, cmd_t=f"cmnd/{device.topic}/POWER", pl_on="ON", pl_off="OFF")

    readings = ask(device, diffuser, power=True)

    assert device.is_running
    assert {one.on for one in readings if isinstance(one, PowerRead)} == {True}


@pytest.mark.parametrize("changes", [{"stat_t": "~/relay/get"}, {"ent_cat": "config"}])
def test_a_switch_that_is_no_channel_or_a_setting_is_no_diffuser(changes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="not enough values"):
        announced(thing(), **changes)


def test_a_kept_command_in_either_syntax_would_be_a_ghost() -> None:
    diffuser = plug()
    at = diffuser.address

    assert set(DIALECT.command_topics(diffuser)) == {f"{at}/1/set", f"cmnd/{at}/POWER"}


@given(st.booleans())
def test_the_light_of_a_model_is_read_back_as_wished(is_on: bool) -> None:
    device = thing(XD800W)
    diffuser = DIALECT.with_profile(found(device)[f"{ID}-1"], "xd800w")

    assert LightRead(is_on) in ask(device, diffuser, light=is_on)


@pytest.mark.parametrize("text", ["nan", "inf", "1e400", " ", "--1", "1" * 40])
def test_a_meter_that_tells_no_number_is_malformed(text: str) -> None:
    diffuser = plug()

    with pytest.raises(Malformed):
        DIALECT.decode(diffuser, f"{diffuser.address}/power/get", text.encode())
