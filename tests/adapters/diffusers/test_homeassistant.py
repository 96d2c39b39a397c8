"""Which devices that announce themselves for Home Assistant are diffusers, and how they speak."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.model.diffuser import Advice, Availability, DeviceType, Mode
from scentd.model.readings import AvailabilityRead, ExtraRead, IntensityRead, PowerRead
from scentd.ports import Malformed
from tests.adapters.announced import Announced
from tests.adapters.announcing import DIALECT, Entity, decoded, entity, found, only, sent


class TestWhatIsADiffuser:
    """A fan, a humidifier, what is named so; a switch is a plug; all else is none."""

    def test_a_fan_or_a_humidifier_is_one(self) -> None:
        assert only(entity("fan", "f")).device_type is DeviceType.AROMA_DIFFUSER
        assert only(entity("humidifier", "h")).device_type is DeviceType.AROMA_DIFFUSER

    def test_what_purifies_is_a_purifier(self) -> None:
        purifier = only(entity("fan", "f", name="Air purifier"))

        assert purifier.device_type is DeviceType.AIR_PURIFIER

    def test_a_switch_is_a_plug_that_needs_a_profile(self) -> None:
        plug = only(entity("switch", "relay"))

        assert plug.device_type is DeviceType.PLUG_DIFFUSER
        assert plug.needs_profile
        assert sent(plug, power=True) == []
        chosen = DIALECT.with_profile(plug, DIALECT.profiles(plug)[0].key)
        assert sent(chosen, power=True) == [("d/relay/set", b"ON")]
        with pytest.raises(KeyError):
            DIALECT.with_profile(only(entity("fan", "f")), "plug")

    def test_several_switches_are_several_plugs_each_with_its_own_measures(self) -> None:
        plugs = found(
            entity("switch", "left"),
            entity("switch", "right", name="Right one"),
            entity("sensor", "left_power", unit_of_meas="W"),
        )

        assert plugs.keys() == {"ha-d-1-left", "ha-d-1-right"}
        assert {plug.name for plug in plugs.values()} == {"Thing left", "Thing Right one"}
        assert "d/left_power" in DIALECT.topics(plugs["ha-d-1-left"])
        assert "d/left_power" not in DIALECT.topics(plugs["ha-d-1-right"])

    @pytest.mark.parametrize(
        "entities",
        [
            (entity("switch", "power", dev={"ids": ["d-1"], "mdl": "Aroma diffuser"}),),
            (entity("switch", "power", name="Diffuser"), entity("light", "ring")),
            (entity("switch", "mist"), entity("binary_sensor", "empty", dev_cla="problem")),
            (entity("switch", "power"), entity("number", "intensity", max=5)),
        ],
    )
    def test_a_switch_of_what_is_a_diffuser_by_more_than_its_name_is_no_plug(
        self, entities: tuple[Entity, ...]
    ) -> None:
        diffuser = only(*entities)

        assert diffuser.device_type is DeviceType.AROMA_DIFFUSER
        assert [payload for _, payload in sent(diffuser, power=True)] == [b"ON"]

    def test_a_plug_that_people_call_by_what_it_feeds_stays_a_plug(self) -> None:
        device = {"ids": ["d-1"], "name": "Diffuser", "mdl": "Metering plug"}

        plug = only(
            entity("switch", "relay", dev=device),
            entity("sensor", "power", dev=device, unit_of_meas="W"),
        )

        assert plug.device_type is DeviceType.PLUG_DIFFUSER
        assert plug.capabilities.energy

    def test_the_silence_of_one_that_has_a_last_will_means_nothing(self) -> None:
        hub, own = {"t": "hub/status"}, {"t": "d/status"}

        assert only(entity("fan", "mist", avty_t="d/status")).quiet
        assert only(entity("switch", "plug", avty=[hub, own], avty_mode="all")).quiet
        assert not only(entity("fan", "mist")).quiet
        assert not only(entity("fan", "mist", avty=[hub, own], avty_mode="any")).quiet

    def test_what_does_not_tell_whether_it_runs_is_found_with_an_advice(self) -> None:
        silent = only(entity("switch", "relay", stat_t=None, avty_t="d/here"))

        assert silent.advice == (Advice.STATUS_OFF,)
        assert only(entity("switch", "relay")).advice == ()

    @pytest.mark.parametrize(
        "one",
        [
            entity("light", "l"),
            entity("sensor", "s"),
            entity("select", "colour", ops=["red", "low"]),
            entity("number", "volume", max=9),
            entity("switch", "lock", ent_cat="config"),
            entity("switch", "restart"),
            entity("switch", "relay_2", name="Child lock"),
            entity("switch", "s", cmd_t=None),
            entity("switch", "s", stat_t=None),
            entity("humidifier", "h", name="Dehumidifier"),
            entity("humidifier", "h", dev_cla="dehumidifier"),
            entity("switch", "s", o={"name": "scentd"}),
            entity("switch", "s", o={"name": "Zigbee2MQTT"}),
        ],
    )
    def test_others_are_none(self, one: Entity) -> None:
        assert found(one) == {}

    def test_what_it_tells_of_itself_may_stand_in_any_of_its_messages(self) -> None:
        ids = ["d-1"]
        one = only(
            entity("fan", "f", dev={"ids": ids, "name": "Hall", "mdl": "M1", "sa": "Hall"}),
            entity("light", "l", dev={"ids": ids, "mf": "Acme", "via_device": "gate"}),
        )

        assert (one.name, one.model, one.room) == ("Hall", "M1", "Hall")
        assert (one.maker, one.bridge) == ("Acme", "gate")

    def test_one_that_is_taken_back_is_gone(self) -> None:
        announced = Announced(DIALECT)
        topic, values = entity("fan", "f")
        announced.hear([(topic, json.dumps(values).encode())])
        before = dict(announced.diffusers)

        announced.hear([(topic, b"")])

        assert before.keys() == {"ha-d-1"}
        assert announced.diffusers == {}


class TestStrength:
    """From a fan's speeds, from presets, from a number, from words."""

    def test_a_range_that_does_not_begin_at_one_is_a_share_above_its_beginning(self) -> None:
        fan = only(entity("fan", "f", pct_cmd_t="d/p/set", pct_stat_t="d/p", **RANGE_4_TO_7))

        assert fan.capabilities.steps == (25, 50, 75, 100)
        assert sent(fan, intensity_percent=75) == [("d/p/set", b"6")]
        assert decoded(fan, "d/p", "6") == (IntensityRead(75),)
        assert decoded(fan, "d/p", "3") == ()

    def test_presets_that_say_how_strong_are_strengths(self) -> None:
        fan = only(
            entity("fan", "f", pr_mode_cmd_t="d/m/set", pr_mode_stat_t="d/m", pr_modes=WORDS)
        )

        assert fan.capabilities.steps == (33, 67, 100)
        assert sent(fan, intensity_percent=60) == [("d/m/set", b"medium")]
        assert decoded(fan, "d/m", "high") == (IntensityRead(100),)
        assert decoded(fan, "d/m", "windy") == (ExtraRead("strength", "windy"),)

    def test_presets_beside_speeds_are_modes(self) -> None:
        fan = only(
            entity(
                "fan",
                "f",
                pct_cmd_t="d/p",
                pr_mode_cmd_t="d/m/set",
                pr_mode_stat_t="d/m",
                pr_modes=["sleep", "interval"],
            )
        )

        assert fan.capabilities.modes == (Mode.SLEEP, Mode.INTERVAL)
        assert sent(fan, mode=Mode.SLEEP) == [("d/m/set", b"sleep")]

    def test_a_number_alone_switches_too(self) -> None:
        mist = only(entity("number", "mist", min=0, max=5))

        assert (mist.capabilities.power, mist.advice) == (True, ())
        assert sent(mist, power=True) == [("d/mist/set", b"3")]
        assert sent(mist, power=False, intensity_percent=80) == [("d/mist/set", b"0")]
        assert decoded(mist, "d/mist", "4") == (PowerRead(True), IntensityRead(80))
        assert decoded(mist, "d/mist", "0.0") == (PowerRead(False),)

    def test_words_alone_switch_too(self) -> None:
        mist = only(entity("select", "mist", ops=["Off", *WORDS]))

        assert (mist.capabilities.power, mist.advice) == (True, ())
        assert sent(mist, power=False) == [("d/mist/set", b"Off")]
        assert decoded(mist, "d/mist", "Off") == (PowerRead(False),)
        assert decoded(mist, "d/mist", "low") == (PowerRead(True), IntensityRead(33))

    def test_a_strength_without_off_only_sets_the_strength(self) -> None:
        mist = only(entity("select", "mist", ops=WORDS))

        assert (mist.capabilities.power, mist.advice) == (False, (Advice.STATUS_OFF,))
        assert sent(mist, power=False) == []
        assert decoded(mist, "d/mist", "low") == (IntensityRead(33),)

    @pytest.mark.parametrize("key", ["light_intensity", "mist_timer", "volume"])
    def test_what_is_named_otherwise_is_no_strength(self, key: str) -> None:
        fan = only(entity("fan", "f"), entity("number", key, max=5))

        assert fan.capabilities.steps == ()

    def test_the_humidity_wished_is_no_strength(self) -> None:
        humidifier = only(entity("humidifier", "h", hum_cmd_t="d/t/set", hum_stat_t="d/t"))

        assert humidifier.capabilities.steps == ()
        assert sent(humidifier, intensity_percent=50) == []


WORDS = ["low", "medium", "high"]
RANGE_4_TO_7 = {"spd_rng_min": 4, "spd_rng_max": 7}


class TestBeingThere:
    """All of several, any of several, or whoever spoke last."""

    HERE, HUB = "d/here", "hub"

    def told(self, mode: str | None, topic: str, text: str) -> tuple[object, ...]:
        avty = [{"t": self.HUB}, {"t": self.HERE}]
        return decoded(only(entity("fan", "f", avty=avty, avty_mode=mode)), topic, text)

    def test_of_all_the_last_is_the_devices_own_word_and_the_rest_its_bridge(self) -> None:
        assert self.told("all", self.HUB, "offline") == (
            AvailabilityRead(Availability.OFFLINE, "bridge"),
        )
        assert self.told("all", self.HERE, "online") == (
            AvailabilityRead(Availability.ONLINE, "last_will"),
        )

    def test_of_any_one_that_is_away_proves_nothing(self) -> None:
        assert self.told("any", self.HUB, "offline") == (
            AvailabilityRead(Availability.UNKNOWN, "last_will"),
        )
        assert self.told("any", self.HUB, "online") == (
            AvailabilityRead(Availability.ONLINE, "last_will"),
        )

    @pytest.mark.parametrize("mode", [None, "latest"])
    def test_otherwise_the_latest_counts(self, mode: str | None) -> None:
        assert self.told(mode, self.HUB, "offline") == (
            AvailabilityRead(Availability.OFFLINE, "last_will"),
        )
        assert self.told(mode, self.HUB, "asleep") == ()


class TestTemplates:
    """What can be read of them is; the rest is shown as it comes, and never sent."""

    def test_a_value_is_picked_out_of_one_message_and_what_is_missing_is_not_read(self) -> None:
        fan = only(
            entity("fan", "f", stat_t="d/s", stat_val_tpl="{{ value_json.on }}", pl_on="True"),
            entity("sensor", "note", stat_t="d/s", val_tpl="{{ value_json.note }}"),
        )

        assert decoded(fan, "d/s", '{"on": true}') == (PowerRead(True),)
        assert decoded(fan, "d/s", '{"note": "hi"}') == (ExtraRead("note", "hi"),)
        assert decoded(fan, "d/s", "booting") == ()

    def test_a_template_beyond_us_makes_an_entity_raw(self) -> None:
        beyond = "{{ states('sensor.secret') }}"
        fan = only(entity("fan", "f"), entity("sensor", "odd", val_tpl=beyond, unit_of_meas="W"))

        assert decoded(fan, "d/odd", "7") == (ExtraRead("odd", "7"),)

    def test_a_command_goes_through_its_template(self) -> None:
        fan = only(
            entity(
                "fan",
                "f",
                pct_cmd_t="d/p",
                pct_cmd_tpl='{"speed": {{ value * 10 }}}',
                spd_rng_max=4,
                cmd_tpl='{"run": "{{ value | lower }}"}',
            )
        )

        assert sent(fan, power=True, intensity_percent=50) == [
            ("d/p", b'{"speed": 20}'),
            ("d/f/set", b'{"run": "on"}'),
        ]


@given(st.binary(max_size=80), st.sampled_from(("d/f", "d/p", "d/s", "elsewhere")))
def test_decode_reads_or_refuses_any_bytes(payload: bytes, topic: str) -> None:
    fan = only(
        entity("fan", "f", pct_cmd_t="d/p/set", pct_stat_t="d/p"),
        entity("light", "l", schema="json", stat_t="d/s", brightness=True),
    )

    try:
        readings = DIALECT.decode(fan, topic, payload)
    except Malformed:
        return

    assert isinstance(readings, tuple)


def test_an_announcement_without_end_is_read_in_bounded_time() -> None:
    components = {f"s{n}": {"p": "sensor", "stat_t": f"a/{n}"} for n in range(500)}
    whole = json.dumps({"dev": {"ids": ["d-1"]}, "cmps": components}).encode()
    pieces = {f"homeassistant/device/d{n}/config": whole for n in range(400)}
    began_s = time.process_time()

    assert DIALECT.assemble("d-1", pieces) == ()

    assert time.process_time() - began_s < 2


def test_facts_stay_within_bounds_however_much_is_announced() -> None:
    many = [
        entity("sensor", f"s{n}", stat_t=f"{'t' * 200}/{n}", val_tpl=f"{{{{ '{n}' }}}}{'x' * 300}")
        for n in range(300)
    ]

    fan = only(entity("fan", "f"), *many)

    assert len(json.dumps(dict(fan.facts))) < 65_536
    assert sent(fan, power=True) == [("d/f/set", b"ON")]
