"""The Tasmota dialect: announcements, reports and commands, for plugs and for TuyaMCU diffusers.

The payloads follow Tasmota's own source (15.x) and, where it says so, a log of a real GD-30W
that its makers' documents print.
"""

import json
from datetime import UTC, datetime

import pytest

from adapters.diffusers.tasmota.dialect import TasmotaDialect
from scentd.model.commands import Origin, Source, Wish
from scentd.model.diffuser import Availability, DeviceType, Diffuser, Mode
from scentd.model.readings import (
    AvailabilityRead,
    ButtonRead,
    EnergyRead,
    FaultRead,
    Found,
    Gone,
    IntensityRead,
    LightRead,
    ModeRead,
    PowerRead,
    SignalRead,
)
from scentd.ports import Malformed

DIALECT = TasmotaDialect()
SOON = datetime(2026, 3, 2, 12, 0, 15, tzinfo=UTC)
CONFIG = {
    "ip": "192.0.2.7",
    "dn": "Hall plug",
    "fn": ["Diffuser plug", None, None, None, None, None, None, None],
    "hn": "tasmota-49A3BC-0956",
    "mac": "5CCF7F49A3BC",
    "md": "Nous A1T",
    "ty": 0,
    "if": 0,
    "ofln": "Offline",
    "onln": "Online",
    "state": ["OFF", "ON", "TOGGLE", "HOLD"],
    "sw": "15.5.0",
    "t": "tasmota_49A3BC",
    "ft": "%prefix%/%topic%/",
    "tp": ["cmnd", "stat", "tele"],
    "rl": [1, 0, 0, 0],
    "so": {"4": 0, "11": 0, "114": 0},
    "lt_st": 0,
    "ver": 1,
}
TOPIC = "tasmota/discovery/5CCF7F49A3BC/config"


def announced(**changes: object) -> list[Diffuser]:
    discoveries = DIALECT.discover(TOPIC, json.dumps(CONFIG | changes).encode())
    return [d.diffuser for d in discoveries if isinstance(d, Found)]


def plug(**changes: object) -> Diffuser:
    return DIALECT.with_profile(announced(**changes)[0], "plug")


def tuya(profile: str = "gd-30w", **changes: object) -> Diffuser:
    return DIALECT.with_profile(announced(ty=1, **changes)[0], profile)


def commands(diffuser: Diffuser, **parts: object) -> list[tuple[str, str]]:
    wish = Wish(diffuser.id, Source(Origin.MANUAL), **parts)
    published = DIALECT.encode(diffuser, wish, command_id="k", expires_at=SOON)
    assert not any(p.retain or p.qos for p in published)
    return [(p.topic, p.payload.decode()) for p in published]


def received(data: str, **more: object) -> bytes:
    return json.dumps({"TuyaReceived": {"Data": "", "Cmnd": 7, "CmndData": data, **more}}).encode()


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
        gone = DIALECT.discover(TOPIC, b"")

        assert Gone("tasmota-5ccf7f49a3bc") in gone
        assert Gone("tasmota-5ccf7f49a3bc-2") in gone

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
            EnergyRead(11.0, 1250.0),
        )

    def test_three_phases_are_added_up(self) -> None:
        payload = b'{"StatusSNS":{"ENERGY":{"Total":[1,2,0.5],"Power":[3,4,5]}}}'

        assert DIALECT.decode(plug(), "stat/tasmota_49A3BC/STATUS10", payload) == (
            EnergyRead(12.0, 3500.0),
        )

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
        )

    def test_a_fault_point_means_empty(self) -> None:
        assert DIALECT.decode(tuya(), "tele/tasmota_49A3BC/RESULT", received("0C05000101")) == (
            FaultRead("empty"),
        )

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
        assert commands(tuya("xd800w"), intensity_percent=60) == [
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

    def test_the_household_may_choose_among_all_models(self) -> None:
        keys = [profile.key for profile in DIALECT.profiles()]

        assert keys == ["gd-30w", "kcl-m1801c", "xd800w", "plug"]
        with pytest.raises(KeyError):
            DIALECT.with_profile(announced()[0], "toaster")
