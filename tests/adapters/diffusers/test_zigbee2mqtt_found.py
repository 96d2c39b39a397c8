"""What of a Zigbee2MQTT bridge's list is found, as what, and what makes no sense in it."""

from typing import Any

import pytest

from adapters.diffusers.zigbee2mqtt.dialect import MAX_LIST_BYTES
from scentd.model.diffuser import Availability, Capabilities, DeviceType
from scentd.model.readings import AvailabilityRead, Children, EnergyRead, Piece
from scentd.ports import Malformed
from tests.adapters.zigbee import (
    DIALECT,
    FAN_STATE,
    ID,
    defined,
    devices,
    diffuser,
    entry,
    enum,
    fan,
    flag,
    found,
    hear,
    info,
    numeric,
    one,
    read,
    switch,
)


class TestFound:
    @pytest.mark.parametrize(
        "exposes",
        [
            (),
            (numeric("temperature", 1, unit="°C"),),
            (enum("mist_level", "low", "high"),),  # nothing switches it
            ({"type": "light", "features": [flag("state", "ON", "OFF") | {"access": 7}]},),
            (switch(access=1),),  # it can only be read
            (switch(value_on=None),),
            (switch(), {"type": "climate", "features": [numeric("local_temperature", 1)]}),
            (switch(), {"type": "cover", "features": [numeric("position")]}),
            ({"type": "switch", "features": [FAN_STATE | {"property": "window_detection"}]},),
        ],
    )
    def test_what_cannot_spread_scent_is_not_found(self, exposes: tuple[Any, ...]) -> None:
        assert found([entry(defined(*exposes))]) == {}

    @pytest.mark.parametrize(
        ("exposes", "description", "kind"),
        [
            ((switch(),), "Smart plug", DeviceType.PLUG_DIFFUSER),
            ((switch(),), "LED with incandescent look", DeviceType.PLUG_DIFFUSER),
            ((switch(),), "Dehumidifier", DeviceType.PLUG_DIFFUSER),
            ((switch(),), "Aroma diffuser", DeviceType.AROMA_DIFFUSER),
            ((switch(),), "Humidifier", DeviceType.AROMA_DIFFUSER),
            ((switch(), enum("mist_level", "low", "high")), "X", DeviceType.AROMA_DIFFUSER),
            ((fan(FAN_STATE),), "Ceiling fan", DeviceType.OTHER),
            ((fan(FAN_STATE),), "Air purifier", DeviceType.AIR_PURIFIER),
        ],
    )
    def test_it_is_what_its_definition_calls_it(
        self, exposes: tuple[Any, ...], description: str, kind: DeviceType
    ) -> None:
        thing = one(defined(*exposes, description=description))

        assert thing.device_type is kind
        assert thing.needs_profile == (kind is DeviceType.PLUG_DIFFUSER)
        assert bool(DIALECT.profiles(thing)) == thing.needs_profile

    @pytest.mark.parametrize(
        ("name", "called"),
        [
            ("kitchen/plug", "kitchen/plug"),
            ("0xa4c1380102030405", "Nobody X1"),
            (" ", "Nobody X1"),
            ("Ü" * 120, "Ü" * 90),
        ],
    )
    def test_it_is_called_by_its_friendly_name_or_else_by_its_model(
        self, name: str, called: str
    ) -> None:
        assert one(defined(switch()), name=name).name == called

    @pytest.mark.parametrize(
        "about",
        [
            {"ieee_address": "plug"},
            {"ieee_address": None},
            {"friendly_name": "a/+"},
            {"friendly_name": "#"},
            {"friendly_name": None},
            {"friendly_name": 7},
            {"definition": "none"},
            {"disabled": True},
        ],
    )
    def test_an_entry_that_makes_no_sense_costs_the_others_nothing(
        self, about: dict[str, object]
    ) -> None:
        good = entry(defined(switch()), ieee_address="0x00158D0001825510", friendly_name="good")

        read = found([entry(defined(switch()), **about), "rubbish", good])

        assert list(read) == ["zigbee2mqtt-00158d0001825510"]

    def test_an_expose_that_makes_no_sense_costs_the_others_nothing(self) -> None:
        made = defined(
            {"type": 5}, {"features": "x"}, switch(), numeric("power", unit="W") | {"name": 3}
        )

        assert one(made).capabilities == Capabilities()

    @pytest.mark.parametrize(
        "payload", [b"{", b"{}", b"[]", b'{"config":7}', b'{"config":{"devices":1}}']
    )
    def test_settings_that_cannot_be_read_cost_no_device(self, payload: bytes) -> None:
        listed = devices(entry(defined(switch())))

        announced = hear(listed, ("zigbee2mqtt/bridge/info", payload))

        assert announced.diffusers[ID].advice == ()

    @pytest.mark.parametrize(
        ("config", "is_marked"),
        [
            ({"availability": {"enabled": True}}, True),
            ({"availability": {"enabled": False}}, False),
            ({"device_options": {"availability": True}}, True),
            ({"devices": {"0xa4c1380102030405": {"availability": True}}}, True),
            (
                {"availability": True, "devices": {"0xa4c1380102030405": {"availability": False}}},
                False,
            ),
        ],
    )
    def test_a_state_is_passed_on_where_the_bridge_tells_who_is_there(
        self, config: dict[str, object], is_marked: bool
    ) -> None:
        plug = hear(devices(entry(defined(switch()))), info(config)).diffusers[ID]

        passed_on = AvailabilityRead(Availability.ONLINE, "bridge")
        assert (passed_on in read(plug, state="ON")) == is_marked
        assert read(plug, last_seen=3) == ()

    def test_parts_in_any_order_say_the_same(self) -> None:
        parts = [devices(entry(defined(switch()))), info({"availability": False})]

        assert hear(*parts).diffusers == hear(*reversed(parts)).diffusers

    def test_a_list_that_is_cleared_takes_all_devices_away(self) -> None:
        announced = hear(info({}), devices(entry(defined(switch()))))

        assert announced.hear([("zigbee2mqtt/bridge/devices", b"")]).diffusers == {}

    def test_an_empty_list_says_that_there_are_none(self) -> None:
        topic, payload = devices()

        assert DIALECT.assemble("zigbee2mqtt", {topic: payload}) == (
            Children("zigbee2mqtt", frozenset()),
        )

    def test_a_list_that_is_none_is_refused(self) -> None:
        with pytest.raises(Malformed):
            DIALECT.assemble("zigbee2mqtt", {"zigbee2mqtt/bridge/devices": b'{"a":1}'})

    def test_a_base_topic_may_have_two_levels(self) -> None:
        assert DIALECT.discover("home/z2m/bridge/info", b"{}") == (Piece("home/z2m"),)

    @pytest.mark.parametrize(
        ("topic", "payload"),
        [
            ("zigbee2mqtt/bridge/groups", b"[]"),
            ("a/b/c/bridge/devices", b"[]"),
            ("zigbee2mqtt/bridge/devices", b" " * (MAX_LIST_BYTES + 1)),
        ],
        ids=["another topic", "three levels", "too long"],
    )
    def test_what_is_no_part_of_an_announcement_is_refused(
        self, topic: str, payload: bytes
    ) -> None:
        with pytest.raises(Malformed):
            DIALECT.discover(topic, payload)

    def test_a_fan_or_diffuser_can_be_no_plug(self) -> None:
        with pytest.raises(KeyError):
            DIALECT.with_profile(diffuser(switch()), "plug")

    def test_a_measure_of_one_socket_is_its_own(self) -> None:
        power = [
            numeric("power", 1, unit="W", endpoint=end) | {"property": f"power_{end}"}
            for end in ("l1", "l2")
        ]

        sockets = found([entry(defined(switch("l1"), switch("l2"), *power))])

        first = sockets[f"{ID}-l1"]
        assert first.capabilities.energy
        assert read(first, power_l1=3, power_l2=9) == (EnergyRead(3, None),)
