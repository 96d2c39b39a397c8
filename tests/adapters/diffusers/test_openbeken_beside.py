"""What an OpenBeken device has beside its switches: a lamp, sensors on channels, other words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.simulator.openbeken import METERING_PLUG, XD800W, Wiring
from scentd.model.commands import Origin, Source, Wish
from scentd.model.diffuser import Diffuser
from scentd.model.readings import (
    EnergyRead,
    ExtraRead,
    LightRead,
    Piece,
    PowerRead,
    SensorRead,
)
from scentd.ports import NEVER
from tests.adapters.openbeken import DIALECT, ID, ask, found, thing

LIT = Wiring({1: "Socket"}, {0: 570}, lamp=True)


def plug(wiring: Wiring = METERING_PLUG) -> Diffuser:
    return DIALECT.with_profile(found(thing(wiring))[ID], "wick-warmer")


def test_a_led_driver_is_the_light_of_the_plug() -> None:
    can = plug(LIT).capabilities

    assert (can.light, can.light_dims, can.light_colours) == (True, True, True)


lamps = st.fixed_dictionaries(
    {"light": st.just(value=True), "light_percent": st.integers(1, 100)},
    optional={"light_rgb": st.integers(0, 0xFFFFFF).map("{:06x}".format)},
)


@given(st.lists(lamps, min_size=1, max_size=4))
def test_the_last_wish_for_the_lamp_is_what_is_read_back(wishes: list[dict[str, object]]) -> None:
    device = thing(LIT)
    diffuser = DIALECT.with_profile(found(device)[ID], "wick-warmer")

    for wish in wishes:
        readings = ask(device, diffuser, **wish)

    lights = [one for one in readings if isinstance(one, LightRead)]
    assert {one.on for one in lights} - {None} == {True}
    assert {one.percent for one in lights} - {None} == {wishes[-1]["light_percent"]}
    assert {one.rgb for one in lights} - {None} == {wishes[-1].get("light_rgb")} - {None}


def test_a_colour_is_sent_once_in_the_words_of_the_firmware() -> None:
    diffuser = plug(LIT)
    wish = Wish(diffuser.id, Source(Origin.MANUAL), light_rgb="0a0bff")

    sent = DIALECT.encode(diffuser, wish, command_id="c", expires_at=NEVER)

    at = f"cmnd/{diffuser.address}/led_basecolor_rgb"
    assert [(one.topic, one.payload) for one in sent] == [(at, b"0a0bff")]


def test_the_lamp_goes_out_and_leaves_the_switch_alone() -> None:
    device = thing(LIT)
    diffuser = DIALECT.with_profile(found(device)[ID], "wick-warmer")
    ask(device, diffuser, power=True, light=True)

    readings = ask(device, diffuser, light=False, light_percent=40, light_rgb="00ff00")

    assert readings == [LightRead(on=False)]
    assert device.is_running


def test_beside_a_lamp_the_words_of_tasmota_are_the_lamps() -> None:
    diffuser = plug(LIT)
    body = b'{"POWER":"ON","Dimmer":20,"Fade":"OFF"}'

    read = DIALECT.decode(diffuser, f"stat/{diffuser.address}/RESULT", body)

    assert read == (LightRead(on=True, percent=20),)


@pytest.mark.parametrize("text", ["", "zz", "12345", "#12"])
def test_a_colour_of_another_form_is_kept_as_it_is(text: str) -> None:
    diffuser = plug(LIT)

    read = DIALECT.decode(diffuser, f"{diffuser.address}/led_basecolor_rgb/get", text.encode())

    assert read == ((ExtraRead("led_basecolor_rgb", text),) if text else ())


def test_a_lamp_on_channels_is_set_and_read_there() -> None:
    device = thing()
    at = device.topic
    lamp = {
        "dev": {"ids": ["OpenBK7231N_42010203"]},
        "name": "Glow",
        "uniq_id": "glow",
        "~": at,
        "avty_t": "~/connected",
        "pl_on": "1",
        "pl_off": "0",
        "bri_scl": 1000,
        "stat_t": "~/2/get",
        "cmd_t": "~/2/set",
        "bri_stat_t": "~/3/get",
        "bri_cmd_t": "~/3/set",
    }
    said = device.hear(f"cmnd/{at}/scheduleHADiscovery", b"1") + device.pass_time(9)
    pieces = {m.topic: m.payload for m in said}
    pieces["homeassistant/light/glow/config"] = json.dumps(lamp).encode()
    pieces[f"{at}/mac"] = b"84:e3:42:01:02:03"
    (one,) = DIALECT.assemble(at, pieces)
    wish = Wish(ID, Source(Origin.MANUAL), light=True, light_percent=40)

    sent = DIALECT.encode(one.diffuser, wish, command_id="c", expires_at=NEVER)

    assert [(m.topic, m.payload) for m in sent] == [(f"{at}/2/set", b"1"), (f"{at}/3/set", b"400")]
    assert DIALECT.decode(one.diffuser, f"{at}/2/get", b"1") == (LightRead(on=True),)
    assert DIALECT.decode(one.diffuser, f"{at}/3/get", b"400") == (LightRead(None, 40),)
    assert not one.diffuser.capabilities.light_colours


def test_a_kept_command_for_the_lamp_would_be_a_ghost() -> None:
    diffuser = plug(LIT)

    commands = {"led_enableAll", "led_dimmer", "led_basecolor_rgb"}
    ghosts = {f"cmnd/{diffuser.address}/{command}" for command in commands}
    assert ghosts < set(DIALECT.command_topics(diffuser))


def test_a_model_has_the_light_of_its_table_and_no_other() -> None:
    device = thing(Wiring(XD800W.switches, XD800W.rates, mist=4, lamp=True))
    diffuser = DIALECT.with_profile(found(device)[f"{ID}-1"], "xd800w")
    at = diffuser.address

    ask(device, diffuser, light=True)

    assert device.channels[5] == 1
    assert device.lamp is not None
    assert not device.lamp.is_on
    assert DIALECT.decode(diffuser, f"{at}/led_enableAll/get", b"1") == ()
    assert DIALECT.decode(diffuser, f"{at}/led_basecolor_rgb/get", b"00FF00") == ()
    assert DIALECT.decode(diffuser, f"tele/{at}/STATE", b'{"POWER":"ON"}') == ()


def test_sensors_on_channels_are_measured_by_the_first_switch_alone() -> None:
    wiring = Wiring({1: "A", 2: "B"}, {0: 570}, measured={7: ("Room warmth", "°C")})
    first, second = found(thing(wiring)).values()
    topic = f"{first.address}/7/get"

    assert DIALECT.decode(first, topic, b"21.5") == (SensorRead("room-warmth", 21.5, "°C"),)
    assert topic not in DIALECT.topics(second)


@pytest.mark.parametrize(("unit", "told", "total_wh"), [("kWh", "1.5", 1500.0), ("Wh", "7", 7.0)])
def test_a_counter_on_a_channel_is_the_counter_of_its_only_switch(
    unit: str, told: str, total_wh: float
) -> None:
    diffuser = plug(Wiring({1: "Socket"}, {0: 570}, measured={7: ("Energy", unit)}))

    read = DIALECT.decode(diffuser, f"{diffuser.address}/7/get", told.encode())

    assert diffuser.capabilities.energy
    assert read == (EnergyRead(None, total_wh),)


def test_the_counter_on_a_channel_of_several_switches_is_only_shown() -> None:
    wiring = Wiring({1: "A", 2: "B"}, {0: 570}, measured={7: ("Energy", "kWh")})
    first = next(iter(found(thing(wiring)).values()))

    read = DIALECT.decode(first, f"{first.address}/7/get", b"1.5")

    assert not first.capabilities.energy
    assert read == (SensorRead("energy", 1.5, "kWh"),)


@pytest.mark.parametrize(
    ("unit", "factor", "told", "value"),
    [
        ("°C", "*0.1", "215", SensorRead("warmth", 21.5, "°C")),
        ("V", "*0.01", "23051", EnergyRead(None, None, volts=230.51)),
        ("Hz", "", "50", SensorRead("warmth", 50.0, "Hz")),
    ],
)
def test_tenths_and_hundredths_on_a_channel_are_read_as_announced(
    unit: str, factor: str, told: str, value: object
) -> None:
    device = thing(Wiring({1: "Socket"}, {0: 570}, measured={7: ("Warmth", unit)}))
    said = device.hear(f"cmnd/{device.topic}/scheduleHADiscovery", b"1") + device.pass_time(9)
    scaled = f"{{{{ '%0.2f'|format(float(value){factor}) }}}}"
    pieces = {
        m.topic: json.dumps({**json.loads(m.payload), "val_tpl": scaled}).encode()
        if "/sensor/" in m.topic
        else m.payload
        for m in said
    }
    pieces[f"{device.topic}/mac"] = b"84:e3:42:01:02:03"
    (one,) = DIALECT.assemble(device.topic, pieces)

    assert DIALECT.decode(one.diffuser, f"{device.topic}/7/get", told.encode()) == (value,)


def test_what_the_meter_tells_of_today_is_not_its_counter() -> None:
    today = (
        '{"dev":{"ids":["OpenBK7231N_42010203"]},"name":"Energy Today","~":"obk42010203",'
        '"avty_t":"~/connected","uniq_id":"today","stat_t":"~/energycounter_today/get",'
        '"unit_of_meas":"kWh","dev_cla":"energy"}'
    )
    device = thing()
    said = device.hear(f"cmnd/{device.topic}/scheduleHADiscovery", b"1") + device.pass_time(9)
    pieces = {m.topic: m.payload for m in said}
    pieces["homeassistant/sensor/today/config"] = today.encode()
    pieces[f"{device.topic}/mac"] = b"84:e3:42:01:02:03"
    (one,) = DIALECT.assemble(device.topic, pieces)

    read = DIALECT.decode(one.diffuser, f"{device.topic}/energycounter_today/get", b"0.25")

    assert read == (SensorRead("energy-today", 0.25, "kWh"),)


def test_what_has_no_meaning_to_us_is_kept() -> None:
    diffuser = plug()
    body = b'{"Time":"1970-01-01T00:00:00","POWER2":"ON","CT":153,"DHT":{"Humidity":40}}'

    read = DIALECT.decode(diffuser, f"tele/{diffuser.address}/SENSOR", body)

    assert read == (ExtraRead("DHT Humidity", "40"), ExtraRead("CT", "153"))


def test_a_channel_that_tells_a_word_of_its_own_is_kept_as_it_is() -> None:
    diffuser, at = plug(), found(thing())[ID].address

    assert DIALECT.decode(diffuser, f"{at}/1/get", b"auto") == (ExtraRead("channel 1", "auto"),)
    assert DIALECT.decode(diffuser, f"{at}/1/get", b"1") == (PowerRead(on=True),)


def test_a_strength_the_table_does_not_know_is_kept_as_it_is() -> None:
    diffuser = DIALECT.with_profile(found(thing(XD800W))[f"{ID}-1"], "xd800w")

    read = DIALECT.decode(diffuser, f"{diffuser.address}/4/get", b"9")

    assert read == (ExtraRead("channel 4", "9"),)


@pytest.mark.parametrize("mac", ["84E342010203", "84-E3-42-01-02-03", "84:e3:42:01:02:03"])
def test_its_mac_may_be_written_in_any_way(mac: str) -> None:
    device = thing()
    said = device.hear(f"cmnd/{device.topic}/scheduleHADiscovery", b"1") + device.pass_time(9)
    pieces = {m.topic: m.payload for m in said} | {f"{device.topic}/mac": mac.encode()}

    assert DIALECT.discover(f"{device.topic}/mac", mac.encode()) == (
        Piece(device.topic, announces=False),
    )
    assert [one.diffuser.id for one in DIALECT.assemble(device.topic, pieces)] == [ID]
