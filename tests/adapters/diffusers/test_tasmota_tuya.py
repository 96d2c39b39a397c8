"""Diffusers whose microcontroller speaks Tuya, behind Tasmota.

Payloads follow Tasmota's own source (15.x) and, where it says so, a log of a real GD-30W that its
makers' documents print.
"""

import pytest

from adapters.diffusers.plugged import profiles
from scentd.model.diffuser import Mode
from scentd.model.readings import (
    ExtraRead,
    FaultRead,
    IntensityRead,
    LightRead,
    ModeRead,
    PowerRead,
    TimerRead,
)
from scentd.ports import Malformed
from tests.adapters.tasmota import DIALECT, announced, commands, read_points, received, tuya


class TestTuyaDiffusers:
    def test_data_points_are_read_whatever_else_the_firmware_adds(self) -> None:
        old_firmware = (
            b'{"TuyaReceived":{"Data":"55AA0007000501010001010F","ChkSum":"0x0F","Cmnd":7,'
            b'"CmndDataLen":5,"CmndData":"0101000101","DpId":1,"DpIdType":1,"DpIdLen":1,'
            b'"DpIdData":"01"}}'
        )
        new_firmware = (
            b'{"TuyaReceived":{"Data":"55AA03070005010100010112","Cmnd":7,"CmndData":"0101000101",'
            b'"DpType1Id1":1,"1":{"DpId":1,"DpIdType":1,"DpIdData":"01"}}}'
        )

        for payload in (old_firmware, new_firmware):
            for topic in ("stat/tasmota_49A3BC/RESULT", "tele/tasmota_49A3BC/RESULT"):
                assert DIALECT.decode(tuya(), topic, payload) == (PowerRead(True),)

    def test_several_points_in_one_frame_are_all_read(self) -> None:
        frame = "0101000101" + "6704000101" + "0B01000100" + "0C05000100" + "0E02000400000078"

        assert DIALECT.decode(tuya(), "tele/tasmota_49A3BC/RESULT", received(frame)) == (
            PowerRead(True),
            IntensityRead(100),
            LightRead(False),
            FaultRead(""),
            TimerRead(7_200),
        )

    def test_brightness_and_colour_of_its_lamp_are_read(self) -> None:
        text = b"ffb060001e9fff".hex()

        assert read_points(tuya(), f"6F02000400000080 6C03000E{text}") == (
            LightRead(None, 50),
            LightRead(None, rgb="ffb060"),
        )

    def test_points_without_a_meaning_are_kept_as_they_are(self) -> None:
        assert read_points(tuya(), "6E04000107 C80300026869 C9000002FF00 6C030002686A") == (
            ExtraRead("dp110", "7"),
            ExtraRead("dp200", "hi"),
            ExtraRead("dp201", "ff00"),
            ExtraRead("dp108", "hj"),
        )

    def test_its_lamp_is_set_by_brightness_and_by_colour(self) -> None:
        prefix = "cmnd/tasmota_49A3BC/"

        assert commands(tuya(), light=True, light_percent=50, light_rgb="ff0000") == [
            (f"{prefix}TuyaSend1", "11,1"),
            (f"{prefix}TuyaSend4", "110,1"),
            (f"{prefix}TuyaSend2", "111,128"),
            (f"{prefix}TuyaSend3", "108,ff0000ffff6464"),
        ]
        assert commands(tuya(), light=False, light_percent=50) == [(f"{prefix}TuyaSend1", "11,0")]

    @pytest.mark.parametrize(
        ("profile", "frame", "read"),
        [
            ("gd-30w", "6E04000100", LightRead(None, effect="cycle")),
            ("kcl-m1801c", "0604000102", LightRead(True, effect="white")),
            ("kcl-m1801c", "0604000100", LightRead(False)),
            ("kcl-m1801c", "07020004000000FF", LightRead(None, 100)),
            ("xd800w", "0604000103", LightRead(None, effect="color")),
            ("xd800w", "0501000101", LightRead(True)),
        ],
    )
    def test_what_the_lamp_shows_is_read(self, profile: str, frame: str, read: LightRead) -> None:
        assert read_points(tuya(profile), frame) == (read,)

    def test_a_lamp_of_one_point_is_lit_by_what_it_shall_show(self) -> None:
        kcl, prefix = tuya("kcl-m1801c"), "cmnd/tasmota_49A3BC/TuyaSend"

        assert commands(kcl, light=True) == [(f"{prefix}4", "6,3")]
        assert commands(kcl, light=True, light_effect="cycle") == [(f"{prefix}4", "6,1")]
        assert commands(kcl, light=False, light_effect="cycle") == [(f"{prefix}4", "6,0")]
        assert commands(kcl, light_effect="disco") == []

    def test_a_timer_of_minutes_is_set_rounded_up_and_taken_back(self) -> None:
        kcl, at = tuya("kcl-m1801c"), "cmnd/tasmota_49A3BC/TuyaSend2"

        assert commands(kcl, timer_s=61) == [(at, "4,2")]
        assert commands(kcl, timer_s=0) == [(at, "4,0")]
        assert commands(kcl, timer_s=99_999) == [(at, "4,180")]
        assert read_points(kcl, "0402000400000002") == (TimerRead(120),)

    def test_a_fault_point_means_empty(self) -> None:
        assert DIALECT.decode(tuya(), "tele/tasmota_49A3BC/RESULT", received("0C05000101")) == (
            FaultRead("empty"),
        )

    @pytest.mark.parametrize(
        ("profile", "frame", "code"),
        [
            ("kcl-m1801c", "0905000146", ""),
            ("kcl-m1801c", "0905000101", "empty"),
            ("gd-30w", "0C05000103", "empty"),
            ("gd-30w", "0C05000104", "code 4"),
        ],
    )
    def test_each_model_has_its_own_word_that_all_is_well(
        self, profile: str, frame: str, code: str
    ) -> None:
        assert read_points(tuya(profile), frame) == (FaultRead(code),)

    def test_one_point_may_switch_and_choose_the_mode(self) -> None:
        diffuser = tuya("kcl-m1801c")

        assert DIALECT.decode(diffuser, "tele/tasmota_49A3BC/RESULT", received("0204000102")) == (
            PowerRead(True),
            ModeRead(Mode.INTERVAL),
        )
        assert commands(diffuser, power=True) == [("cmnd/tasmota_49A3BC/TuyaSend4", "2,1")]
        assert commands(diffuser, power=False) == [("cmnd/tasmota_49A3BC/TuyaSend4", "2,0")]
        assert commands(diffuser, power=True, mode=Mode.INTERVAL) == [
            ("cmnd/tasmota_49A3BC/TuyaSend4", "2,2")
        ]

    def test_its_first_relay_says_nothing_where_it_is_not_the_switch(self) -> None:
        report = b'{"POWER1":"ON","POWER":"ON"}'

        assert DIALECT.decode(tuya("kcl-m1801c"), "tele/tasmota_49A3BC/STATE", report) == ()
        assert DIALECT.decode(tuya("gd-30w"), "tele/tasmota_49A3BC/STATE", b'{"POWER":"ON"}') == (
            PowerRead(True),
        )

    def test_a_wish_is_written_point_by_point_the_switch_first(self) -> None:
        assert commands(tuya(), power=True, intensity_percent=80, light=False) == [
            ("cmnd/tasmota_49A3BC/TuyaSend1", "1,1"),
            ("cmnd/tasmota_49A3BC/TuyaSend4", "103,1"),
            ("cmnd/tasmota_49A3BC/TuyaSend1", "11,0"),
        ]
        assert commands(tuya("xd800w"), intensity_percent=80) == [
            ("cmnd/tasmota_49A3BC/TuyaSend4", "4,1")
        ]

    def test_a_refresh_makes_the_firmware_publish_its_points(self) -> None:
        assert commands(tuya(), refresh=True)[-2:] == [
            ("cmnd/tasmota_49A3BC/SetOption66", "1"),
            ("cmnd/tasmota_49A3BC/TuyaSend0", ""),
        ]

    def test_without_a_profile_only_the_relay_is_understood(self) -> None:
        (diffuser,) = announced(ty=1, md="TuyaMCU")

        topic = "tele/tasmota_49A3BC/RESULT"

        assert DIALECT.decode(diffuser, topic, received("0101000101")) == ()
        assert DIALECT.decode(diffuser, topic, b'{"POWER":"ON"}') == (PowerRead(True),)
        assert commands(diffuser, power=True) == []

    @pytest.mark.parametrize("data", ["01", "0101000201", "01010001", "zz", "0101000101" + "67"])
    def test_a_frame_cut_short_is_refused(self, data: str) -> None:
        with pytest.raises(Malformed):
            DIALECT.decode(tuya(), "tele/tasmota_49A3BC/RESULT", received(data))

    def test_heartbeats_say_nothing(self) -> None:
        heartbeat = b'{"TuyaReceived":{"Data":"55AA000000010101","Cmnd":0,"CmndData":"01"}}'

        assert DIALECT.decode(tuya(), "tele/tasmota_49A3BC/RESULT", heartbeat) == ()

    def test_the_household_says_what_is_plugged_into_a_switch(self) -> None:
        assert DIALECT.profiles(announced()[0]) == profiles()

    def test_a_tuya_device_may_be_any_model_or_a_plug(self) -> None:
        keys = [profile.key for profile in DIALECT.profiles(announced(ty=1)[0])]

        assert keys == ["gd-30w", "kcl-m1801c", "xd800w", *(kind.key for kind in profiles())]

    def test_a_tuya_device_that_is_a_plug_is_switched_by_its_relay(self) -> None:
        assert commands(tuya("fan"), power=True) == [("cmnd/tasmota_49A3BC/POWER", "ON")]

    def test_a_model_nobody_knows_is_refused(self) -> None:
        with pytest.raises(KeyError):
            DIALECT.with_profile(announced()[0], "toaster")
