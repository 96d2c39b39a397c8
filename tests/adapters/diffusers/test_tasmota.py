"""The Tasmota dialect: announcements, reports and commands, for plugs and for TuyaMCU diffusers.

The payloads follow Tasmota's own source (15.x) and, where it says so, a log of a real GD-30W
that its makers' documents print.
"""

import pytest

from scentd.model.diffuser import Availability, DeviceType
from scentd.model.readings import (
    AvailabilityRead,
    ButtonRead,
    EnergyRead,
    ExtraRead,
    Gone,
    LightRead,
    PowerRead,
    SignalRead,
)
from scentd.ports import Malformed
from tests.adapters.tasmota import DIALECT, TOPIC, announced, commands, gone, plug


class TestAnnouncements:
    def test_a_plug_asks_what_it_feeds_before_anything_may_switch_it(self) -> None:
        (diffuser,) = announced()

        assert diffuser.id == "tasmota-5ccf7f49a3bc"
        assert diffuser.address == "cmnd/tasmota_49A3BC/"
        assert (diffuser.name, diffuser.model) == ("Diffuser plug", "Nous A1T")
        assert diffuser.device_type is DeviceType.PLUG_DIFFUSER
        assert diffuser.needs_profile
        assert commands(diffuser, power=True) == []

    def test_a_plug_the_household_chose_needs_no_more(self) -> None:
        diffuser = plug()

        assert not diffuser.needs_profile
        assert diffuser.profile == "plug"

    def test_each_relay_of_a_strip_is_a_device_of_its_own(self) -> None:
        strip = announced(rl=[1, 2, 1], fn=["Left", "Lamp", "Right"])

        assert [(d.id, d.name) for d in strip] == [
            ("tasmota-5ccf7f49a3bc-1", "Left"),
            ("tasmota-5ccf7f49a3bc-3", "Right"),
        ]

    def test_a_lamp_or_a_sensor_is_no_diffuser(self) -> None:
        assert announced(rl=[2, 0]) == []
        assert announced(rl=[]) == []

    @pytest.mark.parametrize(
        ("module", "profile"),
        [
            ("GD-30W", "gd-30w"),
            ("Asakuki", "gd-30w"),
            ("XD800W", "xd800w"),
            ("kcl-m1801c", "kcl-m1801c"),
        ],
    )
    def test_a_known_model_is_recognised_by_its_template(self, module: str, profile: str) -> None:
        (diffuser,) = announced(ty=1, md=module)

        assert diffuser.profile == profile
        assert not diffuser.needs_profile

    def test_an_unknown_tuya_model_needs_a_profile(self) -> None:
        (diffuser,) = announced(ty=1, md="TuyaMCU")

        assert diffuser.needs_profile
        assert diffuser.device_type is DeviceType.AROMA_DIFFUSER

    def test_the_full_topic_may_be_anything(self) -> None:
        for pattern, command_topic in {
            "%topic%/%prefix%/": "tasmota_49A3BC/cmnd/",
            "home//%prefix%/%topic%": "home/cmnd/tasmota_49A3BC/",
            "%hostname%/%id%/%prefix%/": "tasmota-49A3BC-0956/49A3BC/cmnd/",
            "only/%topic%": "only/tasmota_49A3BC/cmnd/",
        }.items():
            assert announced(ft=pattern)[0].address == command_topic

    def test_a_renamed_topic_is_still_the_same_device(self) -> None:
        (before,), (after,) = announced(), announced(t="kitchen")

        assert before.id == after.id
        assert after.address == "cmnd/kitchen/"

    def test_an_empty_announcement_takes_the_device_and_its_relays_away(self) -> None:
        discoveries = DIALECT.discover(TOPIC, b"")

        assert Gone("tasmota-5ccf7f49a3bc") in discoveries
        assert Gone("tasmota-5ccf7f49a3bc-2") in discoveries

    def test_a_device_set_up_anew_with_more_relays_or_fewer_is_there_once(self) -> None:
        alone, first, second = (f"tasmota-5ccf7f49a3bc{end}" for end in ("", "-1", "-2"))

        assert alone in gone(rl=[1, 1])
        assert not gone(rl=[1, 1]) & {first, second}
        assert {first, second} <= gone(rl=[1, 0])
        assert {alone, first} <= gone(rl=[2, 0])
        assert alone in gone(**{"if": 1})

    def test_the_list_of_sensors_adds_nothing(self) -> None:
        topic = "tasmota/discovery/5CCF7F49A3BC/sensors"

        assert DIALECT.discover(topic, b'{"sn":{"ENERGY":{}},"ver":1}') == ()

    @pytest.mark.parametrize(
        "changes",
        [
            {"tp": ["cmnd", "stat"]},
            {"tp": None},
            {"t": ""},
            {"ft": None},
            {"state": []},
            {"t": "all/#"},
            {"rl": "1"},
            {"ty": 7},
        ],
    )
    def test_an_announcement_that_cannot_be_used_is_refused(
        self, changes: dict[str, object]
    ) -> None:
        with pytest.raises(Malformed):
            announced(**changes)

    def test_other_topics_are_no_announcements(self) -> None:
        with pytest.raises(Malformed):
            DIALECT.discover("tasmota/discovery/kitchen/config", b"{}")


class TestPlugs:
    def test_power_is_read_from_every_place_the_firmware_tells_it(self) -> None:
        diffuser = plug()

        for topic, payload in {
            "stat/tasmota_49A3BC/RESULT": b'{"POWER":"ON"}',
            "tele/tasmota_49A3BC/STATE": b'{"Time":"2026-03-02T12:00:00","POWER":"ON"}',
            "stat/tasmota_49A3BC/STATUS11": b'{"StatusSTS":{"POWER":"ON"}}',
            "stat/tasmota_49A3BC/POWER": b"ON",
        }.items():
            assert DIALECT.decode(diffuser, topic, payload) == (PowerRead(True),)

    def test_with_option_4_answers_come_on_topics_of_their_own(self) -> None:
        diffuser = plug(so={"4": 1})

        assert "stat/tasmota_49A3BC/POWER" in DIALECT.topics(diffuser)
        assert DIALECT.decode(diffuser, "stat/tasmota_49A3BC/POWER", b'{"POWER":"OFF"}') == (
            PowerRead(False),
        )

    def test_only_the_devices_own_relay_counts(self) -> None:
        strip = announced(rl=[1, 1])
        second = DIALECT.with_profile(strip[1], "plug")

        report = b'{"POWER1":"ON","POWER2":"OFF"}'

        assert DIALECT.decode(second, "tele/tasmota_49A3BC/STATE", report) == (PowerRead(False),)
        assert commands(second, power=True) == [("cmnd/tasmota_49A3BC/POWER2", "ON")]

    def test_a_household_may_have_changed_the_words(self) -> None:
        diffuser = plug(state=["aus", "an", "um", "halt"], onln="da", ofln="weg")

        assert commands(diffuser, power=True) == [("cmnd/tasmota_49A3BC/POWER", "an")]
        assert DIALECT.decode(diffuser, "stat/tasmota_49A3BC/RESULT", b'{"POWER":"aus"}') == (
            PowerRead(False),
        )
        assert DIALECT.decode(diffuser, "tele/tasmota_49A3BC/LWT", b"weg") == (
            AvailabilityRead(Availability.OFFLINE, "last_will"),
        )
        assert DIALECT.decode(diffuser, "tele/tasmota_49A3BC/LWT", b"Online") == ()

    def test_energy_is_told_in_watt_hours(self) -> None:
        payload = b'{"Time":"x","ENERGY":{"Total":1.25,"Power":11,"Voltage":231,"Current":0.06}}'

        assert DIALECT.decode(plug(), "tele/tasmota_49A3BC/SENSOR", payload) == (
            EnergyRead(11.0, 1250.0, 231.0, 0.06),
        )

    def test_three_phases_are_added_up(self) -> None:
        payload = (
            b'{"StatusSNS":{"ENERGY":{"Total":[1,2,0.5],"Power":[3,4,5],'
            b'"Voltage":[230,231,229],"Current":[0.01,0.02,0.03]}}}'
        )

        assert DIALECT.decode(plug(), "stat/tasmota_49A3BC/STATUS10", payload) == (
            EnergyRead(12.0, 3500.0, 231.0, 0.06),
        )

    def test_what_else_it_can_do_is_kept_as_it_says_it(self) -> None:
        state = b'{"Heap":26,"POWER1":"ON","Dimmer":40,"HSBColor":"30,80,40","FanSpeed":2}'

        assert DIALECT.decode(plug(), "tele/tasmota_49A3BC/STATE", state) == (
            PowerRead(True),
            ExtraRead("Dimmer", "40"),
            ExtraRead("HSBColor", "30,80,40"),
            ExtraRead("FanSpeed", "2"),
        )

    def test_a_lamp_beside_its_one_relay_is_read_switched_and_dimmed(self) -> None:
        bowl, at = plug(rl=[1, 2], lt_st=3), "cmnd/tasmota_49A3BC/"
        state = b'{"POWER1":"OFF","POWER2":"ON","Dimmer":40,"HSBColor":"30,80,40"}'

        assert (bowl.capabilities.light, bowl.capabilities.light_dims) == (True, True)
        assert DIALECT.decode(bowl, "tele/tasmota_49A3BC/STATE", state) == (
            PowerRead(False),
            LightRead(True),
            LightRead(None, 40),
            ExtraRead("HSBColor", "30,80,40"),
        )
        assert commands(bowl, light=True, light_percent=7) == [
            (f"{at}POWER2", "ON"),
            (f"{at}Dimmer", "7"),
        ]
        assert commands(bowl, light=False, light_percent=7) == [(f"{at}POWER2", "OFF")]
        assert commands(bowl, power=True) == [(f"{at}POWER1", "ON")]

    def test_with_option_4_the_lamp_answers_on_topics_of_its_own(self) -> None:
        bowl = plug(rl=[1, 2], lt_st=1, so={"4": 1})

        for topic, payload, read in [
            ("stat/tasmota_49A3BC/POWER2", b'{"POWER2":"OFF"}', LightRead(False)),
            ("stat/tasmota_49A3BC/POWER2", b"ON", LightRead(True)),
            ("stat/tasmota_49A3BC/DIMMER", b'{"Dimmer":99}', LightRead(None, 99)),
        ]:
            assert topic in DIALECT.topics(bowl)
            assert DIALECT.decode(bowl, topic, payload) == (read,)

    def test_a_brightness_that_is_none_is_not_read(self) -> None:
        bowl = plug(rl=[1, 2], lt_st=1)

        for said in (b'{"Dimmer":101}', b'{"Dimmer":-1}', b'{"POWER2":"DIM"}'):
            assert DIALECT.decode(bowl, "stat/tasmota_49A3BC/RESULT", said) == ()

    def test_a_lamp_whose_channels_are_apart_is_left_alone(self) -> None:
        assert not plug(rl=[1, 2], lt_st=1, so={"68": 1}).capabilities.light

    def test_a_lamp_beside_several_relays_belongs_to_none(self) -> None:
        for device in announced(rl=[1, 1, 2], lt_st=3):
            assert not device.capabilities.light

    def test_a_ceiling_fan_is_no_diffuser(self) -> None:
        assert announced(**{"if": 1}, rl=[1, 1, 1, 1]) == []

    def test_signal_and_buttons_are_read(self) -> None:
        state = b'{"POWER":"OFF","Wifi":{"AP":1,"SSId":"home","RSSI":64,"Signal":-68}}'

        assert DIALECT.decode(plug(), "tele/tasmota_49A3BC/STATE", state) == (
            PowerRead(False),
            SignalRead(-68),
        )
        assert DIALECT.decode(
            plug(), "stat/tasmota_49A3BC/RESULT", b'{"Button1":{"Action":"SINGLE"}}'
        ) == (ButtonRead("button1 single"),)

    def test_a_refresh_asks_for_state_and_sensors(self) -> None:
        assert commands(plug(), refresh=True) == [
            ("cmnd/tasmota_49A3BC/STATE", ""),
            ("cmnd/tasmota_49A3BC/STATUS", "10"),
        ]
