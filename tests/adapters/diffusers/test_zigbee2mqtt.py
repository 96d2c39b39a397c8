"""What Zigbee2MQTT's words mean to us, and ours to it: the shapes beyond the messages on file."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.model.diffuser import Capabilities, Mode
from scentd.model.readings import (
    ButtonRead,
    EnergyRead,
    ExtraRead,
    FaultRead,
    IntensityRead,
    LightRead,
    LowRead,
    ModeRead,
    PowerRead,
    Reading,
    SensorRead,
    TimerRead,
)
from scentd.ports import Malformed
from tests.adapters.zigbee import (
    DIALECT,
    FAN_STATE,
    ID,
    defined,
    definition,
    diffuser,
    entry,
    enum,
    fan,
    flag,
    found,
    lamp,
    numeric,
    one,
    plugged,
    read,
    sent,
    strengths,
    switch,
)


class TestRead:
    @pytest.mark.parametrize(
        ("expose", "body", "reading"),
        [
            (numeric("power", 1, unit="kW"), {"power": 1.5}, EnergyRead(1500, None)),
            (numeric("voltage", 1, unit="mV"), {"voltage": 230_500}, EnergyRead(None, None, 230.5)),
            (numeric("energy", 1, unit="Wh"), {"energy": 12}, EnergyRead(None, 12)),
            (numeric("energy", 1, unit="kWh"), {"energy": 1.001}, EnergyRead(None, 1001)),
            (numeric("energy", 1), {"energy": 12}, ExtraRead("energy", "12")),
            (numeric("power", 1, unit="W"), {"power": "much"}, ExtraRead("power", "much")),
            (numeric("power", 1, unit="W"), {"power": 1e300}, ExtraRead("power", "1e+300")),
            (numeric("power", 1, unit="W"), {"power": True}, ExtraRead("power", "true")),
            (numeric("countdown", 3, unit="min"), {"countdown": 2.5}, TimerRead(150)),
            (numeric("countdown", 3, unit="s"), {"countdown": -5}, ExtraRead("countdown", "-5")),
            (
                numeric("temperature", 1, unit="°C"),
                {"temperature": 21},
                SensorRead("temperature", 21, "°C"),
            ),
            (flag("water_shortage"), {"water_shortage": True}, FaultRead("empty")),
            (flag("water_shortage", "YES", "NO"), {"water_shortage": "NO"}, FaultRead("")),
            (flag("oil_low"), {"oil_low": True}, LowRead(1, True)),
            (flag("oil_low"), {"oil_low": "maybe"}, ExtraRead("oil_low", "maybe")),
            (numeric("fault", 1), {"fault": 4}, FaultRead("4")),
            (numeric("fault", 1), {"fault": 0}, FaultRead("")),
            (flag("fault"), {"fault": True}, FaultRead("fault")),
            (flag("fault"), {"fault": False}, FaultRead("")),
            (enum("fault", "none", "tilt", access=1), {"fault": "none"}, FaultRead("")),
            (enum("fault", "none", "tilt", access=1), {"fault": "tilt"}, FaultRead("tilt")),
            (enum("action", "single", access=1), {"action": "single"}, ButtonRead("single")),
        ],
    )
    def test_a_key_is_read_by_what_it_exposes(
        self, expose: dict[str, Any], body: dict[str, object], reading: Reading
    ) -> None:
        assert read(diffuser(switch(), expose), **body) == (reading,)

    def test_a_key_nobody_exposes_is_kept_as_it_is(self) -> None:
        assert read(plugged(), power=3, child_lock=True, mood={"x": [1]}, nothing=None) == (
            ExtraRead("power", "3"),
            ExtraRead("child_lock", "true"),
            ExtraRead("mood", '{"x": [1]}'),
        )

    def test_the_bridges_own_affairs_are_passed_over(self) -> None:
        update = {"state": "available", "installed_version": 1}

        assert read(plugged(), update=update, device={"model": "X1"}, last_seen=3, elapsed=2) == ()

    @pytest.mark.parametrize("word", ["OPEN", "on", 1, None, {"a": 1}, ["ON"]])
    def test_a_switch_that_says_neither_on_nor_off_says_nothing_of_power(
        self, word: object
    ) -> None:
        assert not any(isinstance(r, PowerRead) for r in read(plugged(), state=word))

    def test_a_switch_may_have_words_of_its_own(self) -> None:
        thing = DIALECT.with_profile(one(defined(switch(value_on=True, value_off=False))), "plug")

        assert read(thing, state=True) == (PowerRead(True),)
        assert sent(thing, power=False) == {"set": {"state": False}}

    @pytest.mark.parametrize(
        ("colour", "rgb"),
        [
            ({"hue": 0, "saturation": 100}, "ff0000"),
            ({"hue": 360, "saturation": 0}, "ffffff"),
            ({"hue": 240, "saturation": 100, "x": 0.7, "y": 0.3}, "0000ff"),
            ({"x": 0.3127, "y": 0.329}, "ffffff"),
            ({"x": 0.64, "y": 0.33}, "ff0000"),
            ({"x": 0.3, "y": 0.6}, "00ff00"),
        ],
    )
    def test_a_colour_is_read_at_full_brightness(self, colour: dict[str, float], rgb: str) -> None:
        (light,) = read(lamp(), color=colour)

        near = zip(bytes.fromhex(light.rgb), bytes.fromhex(rgb), strict=True)
        assert all(abs(one - other) <= 3 for one, other in near)

    @pytest.mark.parametrize(
        "colour", ["red", 5, {}, {"x": 0.3}, {"x": 0, "y": 0}, {"x": 5, "y": 1e-300}, {"h": 1}]
    )
    def test_a_colour_that_is_none_is_not_read(self, colour: object) -> None:
        assert not any(isinstance(r, LightRead) for r in read(lamp(), color=colour))

    @pytest.mark.parametrize("payload", [b"{", b"[]", b"7", b"\xff", b'{"state":NaN}'])
    def test_a_state_that_is_no_object_is_refused(self, payload: bytes) -> None:
        thing = plugged()

        with pytest.raises(Malformed):
            DIALECT.decode(thing, thing.address, payload)

    @pytest.mark.parametrize("payload", [b"", b"{}", b'{"state":"asleep"}', b'"online"', b"sleepy"])
    @pytest.mark.parametrize("topic", ["zigbee2mqtt/plug/availability", "zigbee2mqtt/bridge/state"])
    def test_a_word_of_availability_that_is_none_says_nothing(
        self, topic: str, payload: bytes
    ) -> None:
        assert DIALECT.decode(plugged(), topic, payload) == ()


class TestCapabilities:
    @pytest.mark.parametrize(
        ("exposes", "can"),
        [
            ((flag("oil_low"),), {"low_flag": True}),
            ((flag("oil_low"), flag("empty")), {"low_flag": True}),
            ((flag("water_shortage"),), {}),
            ((flag("oil_low") | {"value_off": True},), {}),
            ((enum("mist_level", "low", "high", access=1),), {}),
            ((enum("mist_level", "low", "off"),), {}),
            ((enum("work_mode", "timer", access=5),), {}),
            ((numeric("power", 2, unit="W"),), {}),
            (
                ({"type": "light", "features": [numeric("intensity", value_min=0, value_max=9)]},),
                {},
            ),
            (
                ({"type": "light", "features": [numeric("brightness", 5, value_max=254)]},),
                {},
            ),
        ],
    )
    def test_what_cannot_be_told_is_no_capability(
        self, exposes: tuple[Any, ...], can: dict[str, Any]
    ) -> None:
        assert diffuser(switch(), *exposes).capabilities == Capabilities(**can)

    def test_the_first_of_several_strengths_counts(self) -> None:
        speed = numeric("fan_speed", value_min=0, value_max=2)

        thing = diffuser(switch(), speed, enum("mist_level", "low", "medium", "high"))

        assert thing.facts["level"] == "mist_level"
        assert thing.capabilities.steps == (33, 67, 100)
        assert thing.capabilities.rate_ul_per_h == (165, 335, 500)


class TestFans:
    def test_a_strength_alone_switches_a_fan_on(self) -> None:
        thing = one(defined(fan(FAN_STATE, strengths("off", "low", "high"))))

        assert sent(thing, power=True, intensity_percent=100) == {"set": {"fan_mode": "high"}}
        assert sent(thing, power=True) == {"set": {"fan_state": "ON"}}
        assert sent(thing, power=False, intensity_percent=50) == {"set": {"fan_state": "OFF"}}
        assert read(thing, fan_state="ON", fan_mode="low") == (PowerRead(True), IntensityRead(50))
        assert read(thing, fan_state="OFF", fan_mode="off") == (PowerRead(False),)
        assert read(thing, fan_mode="auto") == (ExtraRead("fan_mode", "auto"),)

    def test_a_fan_without_a_switch_is_off_by_its_strength(self) -> None:
        thing = one(defined(fan(strengths("off", "low", "medium", "high"))))

        assert sent(thing, power=False) == {"set": {"fan_mode": "off"}}
        assert sent(thing, power=True) == {"set": {"fan_mode": "medium"}}
        assert sent(thing, intensity_percent=1) == {"set": {"fan_mode": "low"}}
        assert read(thing, fan_mode="off") == (PowerRead(False),)
        assert read(thing, fan_mode="high") == (PowerRead(True), IntensityRead(100))

    def test_a_fan_may_count_its_speed(self) -> None:
        speed = numeric("speed", value_min=0, value_max=254)
        thing = one(defined(fan(speed)))

        assert sent(thing, power=True, intensity_percent=50) == {"set": {"speed": 127}}
        assert sent(thing, power=False) == {"set": {"speed": 0}}
        assert read(thing, speed=0) == (PowerRead(False),)
        assert read(thing, speed=300) == (PowerRead(True), IntensityRead(100))


class TestSent:
    def test_what_is_set_goes_in_one_message(self) -> None:
        thing = diffuser(
            switch(),
            enum("mist_level", "low", "high"),
            enum("mode", "continuous", "interval"),
            numeric("countdown", 3, unit="min", value_min=0, value_max=60),
        )

        assert sent(
            thing, power=True, intensity_percent=90, mode=Mode.INTERVAL, timer_s=90_000
        ) == {"set": {"state": "ON", "mist_level": "high", "mode": "interval", "countdown": 60}}

    def test_what_is_not_wished_is_not_sent(self) -> None:
        assert sent(lamp(), power=True) == {"set": {"state": "ON"}}
        assert sent(lamp(), light=False) == {"set": {"state_lamp": "OFF"}}
        assert sent(lamp(), light_rgb="00c0ff") == {"set": {"color": {"hex": "#00c0ff"}}}

    def test_a_countdown_without_a_limit_ends_within_half_a_day(self) -> None:
        thing = plugged(numeric("countdown", 3, unit="s"))

        assert sent(thing, power=True, timer_s=90_000) == {
            "set": {"state": "ON", "countdown": 43_200}
        }

    def test_off_takes_its_countdown_along(self) -> None:
        thing = plugged(numeric("countdown", 3, unit="s"))

        assert sent(thing, power=False, timer_s=60) == {"set": {"state": "OFF"}}
        assert sent(thing, power=False, timer_s=0) == {"set": {"state": "OFF"}}

    @pytest.mark.parametrize("unit", ["", "h"])
    def test_a_countdown_of_unknown_unit_is_left_alone(self, unit: str) -> None:
        thing = plugged(numeric("countdown", 3, unit=unit))

        assert not thing.capabilities.timer
        assert sent(thing, power=True, timer_s=60) == {"set": {"state": "ON"}}

    def test_only_what_can_be_asked_for_is(self) -> None:
        thing = plugged(numeric("power", 5, unit="W"), numeric("energy", 1, unit="kWh"))

        assert sent(thing, refresh=True) == {"get": {"state": "", "power": ""}}

    def test_what_cannot_be_asked_for_is_not(self) -> None:
        assert sent(one(defined(switch(access=3))), refresh=True) == {}

    @pytest.mark.parametrize(
        ("exposes", "asked"),
        [
            ((enum("identify", "identify", access=2),), {"identify": "identify"}),
            ((enum("effect", "okay", "blink", access=2),), {"effect": "blink"}),
            (
                (enum("effect", "blink", access=2), enum("identify", "identify", access=2)),
                {"identify": "identify"},
            ),
            ((enum("effect", "okay", access=2),), None),
            ((enum("identify", "identify", access=1),), None),
        ],
    )
    def test_a_device_is_asked_to_show_itself_in_its_own_words(
        self, exposes: tuple[Any, ...], asked: object
    ) -> None:
        thing = one(defined(switch(), *exposes))

        assert thing.capabilities.identify == (asked is not None)
        assert sent(thing, identify=True) == ({} if asked is None else {"set": asked})

    def test_the_topics_of_commands_are_those_the_bridge_obeys(self) -> None:
        sockets = found([entry(definition("tuya-ts011f-2-gang-power"), name="strip")])

        assert DIALECT.command_topics(sockets[f"{ID}-left"]) == (
            "zigbee2mqtt/strip/set",
            "zigbee2mqtt/strip/set/state_left",
            "zigbee2mqtt/strip/left/set",
        )


words = st.sampled_from(
    ["off", "low", "medium", "high", "max", "quiet", "1", "2", "3", "level_4", "auto", "interval"]
)
levels = st.one_of(
    st.lists(words, min_size=1, max_size=8, unique=True).map(lambda v: enum("mist_level", *v)),
    st.builds(
        lambda low, more, step: numeric(
            "mist_level", value_min=low, value_max=low + more, value_step=step
        ),
        low=st.integers(-2, 30),
        more=st.integers(0, 300),
        step=st.sampled_from([None, 0.5, 1, 2, 5]),
    ),
)
modes = st.lists(
    st.sampled_from(["continuous", "interval", "intermittent", "timer", "sleep", "party"]),
    max_size=5,
    unique=True,
).map(lambda values: enum("work_mode", *values))


@given(
    level=levels,
    mode=modes,
    has_switch=st.booleans(),
    power=st.none() | st.booleans(),
    percent=st.integers(1, 100),
    wanted=st.sampled_from(Mode),
)
def test_whatever_is_exposed_a_bridge_that_obeys_says_what_was_wished(
    level: dict[str, Any],
    mode: dict[str, Any],
    has_switch: bool,
    power: bool | None,
    percent: int,
    wanted: Mode,
) -> None:
    exposes = [switch(), level, mode] if has_switch else [level, mode]
    for thing in found([entry(defined(*exposes, description="Scent diffuser"))]).values():
        can = thing.capabilities

        obeyed = sent(thing, power=power, intensity_percent=percent, mode=wanted).get("set", {})
        readings = read(thing, **obeyed)

        if power is not None:
            assert PowerRead(power) in readings
        if can.steps and (has_switch or power is not False):
            assert IntensityRead(can.nearest_step(percent)) in readings
        if wanted in can.modes:
            assert ModeRead(wanted) in readings
        assert not any(isinstance(reading, ExtraRead) for reading in readings)
        assert len(can.rate_ul_per_h) == max(1, len(can.steps))
        assert list(can.steps) == sorted(set(can.steps))
