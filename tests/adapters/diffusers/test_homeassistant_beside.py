"""What stands beside the mist of a device that announces itself for Home Assistant."""

import pytest

from scentd.model.readings import (
    ButtonRead,
    EnergyRead,
    ExtraRead,
    FaultRead,
    LevelRead,
    LevelShareRead,
    LightRead,
    LowRead,
    SensorRead,
    SignalRead,
)
from tests.adapters.announcing import decoded, entity, only, sent


class TestBeside:
    """Buttons, flags, measures, and what is only shown."""

    def test_a_button_that_finds_the_device_is_pressed_on_a_wish_to_identify(self) -> None:
        button = entity("button", "where", dev_cla="identify", pl_prs="blink")
        fan = only(entity("fan", "f"), button)

        assert fan.capabilities.identify
        assert sent(fan, identify=True) == [("d/where/set", b"blink")]
        assert sent(only(entity("fan", "f")), identify=True) == []

    def test_a_restart_is_no_way_to_find_a_device(self) -> None:
        fan = only(entity("fan", "f"), entity("button", "restart", dev_cla="restart"))

        assert not fan.capabilities.identify

    @pytest.mark.parametrize(
        ("unit", "text", "reading"),
        [
            ("W", "7.5", EnergyRead(7.5, None)),
            ("kW", "0.2", EnergyRead(200.0, None)),
            ("kWh", "1.234", EnergyRead(None, 1234.0)),
            ("MWh", "0.002", EnergyRead(None, 2000.0)),
            ("Wh", "-3", ExtraRead("wh", "-3")),
            ("V", "231", EnergyRead(None, None, volts=231.0)),
            ("mA", "60", EnergyRead(None, None, amps=0.06)),
            ("dBm", "-61", SignalRead(-61)),
            ("dBm", "5", ExtraRead("signal", "5")),
            ("°C", "21.5", SensorRead("s", 21.5, "°C")),
            ("°C", "warm", ExtraRead("s", "warm")),
        ],
    )
    def test_a_measure_is_read_in_our_units(self, unit: str, text: str, reading: object) -> None:
        fan = only(entity("fan", "f"), entity("sensor", "s", unit_of_meas=unit))

        assert decoded(fan, "d/s", text) == (reading,)

    @pytest.mark.parametrize(
        ("key", "unit", "text", "reading"),
        [
            ("oil_level", "%", "40", LevelShareRead(1, 40.0)),
            ("oil_level", "%", "101", ExtraRead("oil", "101")),
            ("oil_remaining", "mL", "12.5", LevelRead(1, 12_500)),
            ("oil_remaining", "L", "-1", ExtraRead("oil", "-1")),
            ("water_level", "%", "40", SensorRead("water_level", 40.0, "%")),
            ("battery_level", "%", "40", SensorRead("battery_level", 40.0, "%")),
        ],
    )
    def test_only_oil_is_a_level(self, key: str, unit: str, text: str, reading: object) -> None:
        fan = only(entity("fan", "f"), entity("sensor", key, unit_of_meas=unit))

        assert decoded(fan, f"d/{key}", text) == (reading,)

    def test_of_two_counters_that_of_all_days_counts_and_the_days_is_shown(self) -> None:
        fan = only(
            entity("fan", "f"),
            entity("sensor", "energy_today", unit_of_meas="kWh"),
            entity("sensor", "total_energy", unit_of_meas="kWh"),
            entity("sensor", "other_energy", unit_of_meas="Wh"),
        )

        assert decoded(fan, "d/total_energy", "1.5") == (EnergyRead(None, 1500.0),)
        assert decoded(fan, "d/energy_today", "0.2") == (SensorRead("energy_today", 0.2, "kWh"),)
        assert decoded(fan, "d/other_energy", "7") == (SensorRead("other_energy", 7.0, "Wh"),)

    def test_of_two_faults_the_lack_of_oil_is_told_and_the_other_shown(self) -> None:
        fan = only(
            entity("fan", "f"),
            entity("binary_sensor", "tilted", dev_cla="problem"),
            entity("binary_sensor", "tank_empty", dev_cla="problem"),
        )

        assert decoded(fan, "d/tank_empty", "ON") == (FaultRead("empty"),)
        assert decoded(fan, "d/tank_empty", "OFF") == (FaultRead(""),)
        assert decoded(fan, "d/tilted", "ON") == (ExtraRead("tilted", "ON"),)

    def test_one_fault_alone_is_told_by_its_common_word(self) -> None:
        fan = only(entity("fan", "f"), entity("binary_sensor", "has_tilted", dev_cla="problem"))

        assert decoded(fan, "d/has_tilted", "ON") == (FaultRead("tilt"),)

    def test_a_low_battery_is_no_lack_of_oil(self) -> None:
        battery = entity("binary_sensor", "battery_low", dev_cla="battery")
        fan = only(entity("fan", "f"), entity("binary_sensor", "oil_low"), battery)

        assert decoded(fan, "d/oil_low", "ON") == (LowRead(1, True),)
        assert decoded(fan, "d/battery_low", "ON") == (ExtraRead("battery_low", "ON"),)

    def test_what_is_nothing_to_us_is_shown_as_it_is(self) -> None:
        fan = only(
            entity("fan", "f"),
            entity("fan", "second"),
            entity("switch", "beeper"),
            entity("select", "tune", ops=["a", "b"]),
            entity("number", "volume", unit_of_meas="dB"),
        )

        assert decoded(fan, "d/second", "ON") == (ExtraRead("second", "ON"),)
        assert decoded(fan, "d/beeper", "ON") == (ExtraRead("beeper", "ON"),)
        assert decoded(fan, "d/tune", "a") == (ExtraRead("tune", "a"),)
        assert decoded(fan, "d/volume", "3") == (SensorRead("volume", 3.0, "dB"),)

    def test_an_event_that_names_no_kind_is_named_by_its_key(self) -> None:
        fan = only(entity("fan", "f"), entity("event", "knob"))

        assert decoded(fan, "d/knob", '{"event_type": "hold"}') == (ButtonRead("hold"),)
        assert decoded(fan, "d/knob", "{}") == (ButtonRead("knob"),)


class TestLight:
    """A lamp beside the mist, with topics for each part or all in one object."""

    def test_each_part_has_topics_of_its_own(self) -> None:
        lamp = entity(
            "light",
            "l",
            bri_cmd_t="d/b/set",
            bri_stat_t="d/b",
            rgb_cmd_t="d/c/set",
            rgb_stat_t="d/c",
        )
        fan = only(entity("fan", "f"), lamp)

        assert sent(fan, light=True, light_percent=40, light_rgb="00ff80") == [
            ("d/l/set", b"ON"),
            ("d/b/set", b"102"),
            ("d/c/set", b"0,255,128"),
        ]
        assert decoded(fan, "d/c", "0,255,128") == (LightRead(None, rgb="00ff80"),)
        assert decoded(fan, "d/c", "0,256,128") == (ExtraRead("rgb", "0,256,128"),)
        assert decoded(fan, "d/b", "102") == (LightRead(None, 40),)

    def test_what_is_switched_off_is_not_dressed(self) -> None:
        lamp = entity("light", "l", bri_cmd_t="d/b/set")
        fan = only(entity("fan", "f"), lamp)

        assert sent(fan, light=False, light_percent=40) == [("d/l/set", b"OFF")]

    def test_in_one_object_the_state_goes_along(self) -> None:
        lamp = entity("light", "l", schema="json", brightness=True, bri_scl=100)
        fan = only(entity("fan", "f"), lamp)

        assert sent(fan, light_percent=40, light_rgb="ff0000") == [
            ("d/l/set", b'{"state":"ON","brightness":40}')
        ]
        assert sent(fan, light=False, light_percent=40) == [("d/l/set", b'{"state":"OFF"}')]
        assert sent(fan, light_rgb="ff0000") == []

    def test_a_switch_named_a_light_is_the_lamp(self) -> None:
        fan = only(entity("fan", "f"), entity("switch", "night_light"))

        assert sent(fan, light=True) == [("d/night_light/set", b"ON")]

    def test_a_second_lamp_is_only_shown(self) -> None:
        fan = only(entity("fan", "f"), entity("light", "a"), entity("light", "b"))

        assert sent(fan, light=True) == [("d/a/set", b"ON")]
        assert decoded(fan, "d/b", "ON") == (ExtraRead("b", "ON"),)
