"""Row 3: a household with Zigbee2MQTT, as its hub sees it.

Availability of 2.x and 1.x; rename; `definition: null`; a name with `/`; the exposes of the four
real plugs; partial payload; bridge offline.
"""

import json
import random

import pytest

from adapters.simulator.thing import Vial
from adapters.simulator.zigbee2mqtt import Zigbee2mqttThing
from adapters.simulator.zigbee_models import metering_plug, mist
from scentd.model.commands import Answer
from scentd.model.diffuser import Advice, Availability
from scentd.model.errors import DiffuserUnknown
from tests.adapters.zigbee import ID, definition, entry, info
from tests.adapters.zigbee import devices as listed
from tests.fakes.devices import Devices

BOWL, NURSERY = "zigbee2mqtt-a4c138a90b21c3d4", "zigbee2mqtt-00158d0009c0ffee"
REAL_PLUGS = ("ts011f-plug-1", "aqara-sp-euc01", "innr-sp-120", "ikea-e160x")
METERING = {"ts011f-plug-1", "aqara-sp-euc01", "innr-sp-120"}


def bridge(**options: object) -> Zigbee2mqttThing:
    vials = [Vial("FIGLVS-30", "Fig Leaves", 30_000, 15_000) for _ in range(2)]
    nodes = (
        metering_plug("0xa4c138a90b21c3d4", "study/bowl", vials[0]),
        mist("0x00158d0009c0ffee", "nursery", vials[1]),
    )
    return Zigbee2mqttThing(nodes, chance=random.Random(1), **options)


async def living_with(devices: Devices, thing: Zigbee2mqttThing) -> None:
    devices.plug_in(thing)
    await devices.pass_time(1)


async def hear(devices: Devices, *messages: tuple[str, bytes]) -> None:
    for topic, payload in messages:
        devices.broker.say(topic, payload, retain=True)
    devices.broker.deliver()
    await devices.pass_time(1)


@pytest.mark.parametrize("version", [1, 2])
async def test_availability_of_1_and_2_is_the_devices_own_word(
    devices: Devices, version: int
) -> None:
    thing = bridge(version=version)
    await living_with(devices, thing)
    devices.broker.let(thing.hear("zigbee2mqtt/sim/press", b"nursery"))
    there = devices.state(NURSERY).availability

    devices.broker.let(thing.hear("zigbee2mqtt/sim/away", b"nursery"))

    assert there is Availability.ONLINE
    assert devices.state(NURSERY).availability is Availability.OFFLINE
    assert devices.state(NURSERY).availability_source == "last_will"
    assert devices.ask(NURSERY, power=True).answer is Answer.OFFLINE


async def test_a_renamed_device_keeps_its_id_its_name_here_and_what_is_plugged_in(
    devices: Devices,
) -> None:
    thing = bridge()
    await living_with(devices, thing)
    await devices.registry.choose_profile(BOWL, "ultrasonic-medium")
    await devices.registry.rename(BOWL, name="Bowl", room="Study")
    request = b'{"from":"study/bowl","to":"attic/bowl"}'

    devices.broker.let(thing.hear("zigbee2mqtt/bridge/request/device/rename", request))
    await devices.pass_time(1)
    outcome = devices.ask(BOWL, power=True, intensity_percent=100)

    renamed = devices.registry.get(BOWL)
    assert renamed.address == "zigbee2mqtt/attic/bowl"
    assert (renamed.name, renamed.room, renamed.profile) == ("Bowl", "Study", "ultrasonic-medium")
    assert outcome.answer is Answer.SENT
    assert devices.state(BOWL).reported.power
    assert len(devices.registry.all()) == 2


async def test_a_model_the_bridge_does_not_know_is_shown_with_advice_when_it_may_be_a_plug(
    devices: Devices,
) -> None:
    await hear(devices, listed(entry(None)))

    (unknown,) = devices.registry.all()

    assert unknown.id == ID
    assert unknown.advice == (Advice.UNSUPPORTED,)
    assert not unknown.capabilities.power
    assert not unknown.needs_profile
    assert devices.registry.profiles(ID) == ()


@pytest.mark.parametrize(
    "about",
    [
        {"interview_completed": False},
        {"interviewing": True},
        {"interview_state": "FAILED"},
        {"power_source": "Battery"},
        {"endpoints": {"1": {"clusters": {"input": ["genBasic"], "output": ["genOnOff"]}}}},
        {"endpoints": {"1": {"clusters": {"input": ["genOnOff", "genLevelCtrl"]}}}},
        {"type": "Coordinator"},
        {"disabled": True},
    ],
)
async def test_what_has_no_definition_and_is_no_plug_for_all_we_know_is_not_found(
    devices: Devices, about: dict[str, object]
) -> None:
    await hear(devices, listed(entry(None, **about)))

    assert devices.registry.all() == ()


async def test_newer_bridges_say_in_one_word_that_an_interview_is_over(devices: Devices) -> None:
    await hear(devices, listed(entry(None, interview_state="SUCCESSFUL", interviewing=None)))

    assert devices.registry.get(ID).advice == (Advice.UNSUPPORTED,)


async def test_a_model_that_only_describes_itself_works_and_carries_the_advice(
    devices: Devices,
) -> None:
    made = entry(definition("ikea-e160x"), supported=False)

    await hear(devices, listed(made))

    plug = devices.registry.get(ID)
    assert plug.capabilities.power
    assert plug.advice == (Advice.UNSUPPORTED,)


async def test_a_device_that_is_interviewed_anew_stays(devices: Devices) -> None:
    plug = definition("ikea-e160x")
    await hear(devices, listed(entry(plug)))
    await devices.registry.choose_profile(ID, "fan")

    await hear(devices, listed(entry(plug, interviewing=True, interview_completed=False)))

    assert devices.registry.get(ID).profile == "fan"


async def test_a_name_with_a_slash_is_heard_and_obeyed(devices: Devices) -> None:
    thing = bridge()
    await living_with(devices, thing)
    await devices.registry.choose_profile(BOWL, "ultrasonic-medium")

    devices.ask(BOWL, power=True, intensity_percent=100)

    assert devices.registry.get(BOWL).name == "study/bowl"
    assert devices.commands("zigbee2mqtt/study/bowl/set") == [b'{"state":"ON"}']
    assert devices.state(BOWL).reported.power


@pytest.mark.parametrize("name", REAL_PLUGS)
async def test_each_of_the_four_real_plugs_is_found_by_what_it_exposes(
    devices: Devices, name: str
) -> None:
    await hear(devices, listed(entry(definition(name))))
    await devices.registry.choose_profile(ID, "nebuliser")

    devices.ask(ID, power=True)
    devices.broker.say("zigbee2mqtt/plug", b'{"state":"ON","power":9.5,"energy":1.25}')
    devices.broker.deliver()

    assert devices.commands("zigbee2mqtt/plug/set") == [b'{"state":"ON"}']
    reported = devices.state(ID).reported
    assert reported.power
    assert (reported.watts, reported.energy_wh) == (
        (9.5, 1250.0) if name in METERING else (None, None)
    )
    assert devices.registry.get(ID).capabilities.energy == (name in METERING)


async def test_a_partial_payload_changes_what_it_says_and_nothing_else(devices: Devices) -> None:
    await living_with(devices, bridge(is_cached=False))
    devices.broker.say("zigbee2mqtt/nursery", b'{"state":"ON","mist_level":"high"}')

    devices.broker.say("zigbee2mqtt/nursery", b'{"mode":"interval","linkquality":91}')
    devices.broker.say("zigbee2mqtt/nursery", b'{"state":null,"mist_level":null}')
    devices.broker.deliver()

    reported = devices.state(NURSERY).reported
    assert (reported.power, reported.intensity_percent, reported.mode) == (True, 100, "interval")
    assert devices.state(NURSERY).extras["linkquality"] == "91"
    assert reported.signal_dbm is None


@pytest.mark.parametrize("version", [1, 2])
async def test_a_bridge_that_is_offline_leaves_its_devices_unknown_until_it_is_back(
    devices: Devices, version: int
) -> None:
    thing = bridge(version=version)
    await living_with(devices, thing)
    devices.broker.let(thing.hear("zigbee2mqtt/sim/away", b"study/bowl"))
    devices.broker.let(thing.hear("zigbee2mqtt/sim/press", b"nursery"))

    devices.broker.pull_out(thing)
    devices.broker.deliver()
    gone = [devices.state(name).availability for name in (BOWL, NURSERY)]
    devices.plug_in(thing)
    back = [devices.state(name).availability for name in (BOWL, NURSERY)]

    assert gone == [Availability.UNKNOWN, Availability.UNKNOWN]
    assert back == [Availability.OFFLINE, Availability.ONLINE]


async def test_a_removed_device_goes_also_when_the_hub_was_away_then(devices: Devices) -> None:
    thing = bridge()
    await living_with(devices, thing)
    await devices.end()

    devices.broker.let(thing.hear("zigbee2mqtt/sim/leave", b"study/bowl"))
    await devices.begin()
    await devices.pass_time(1)

    assert [one.id for one in devices.registry.all()] == [NURSERY]
    with pytest.raises(DiffuserUnknown):
        devices.registry.get(BOWL)


async def test_two_bridges_keep_their_devices_apart(devices: Devices) -> None:
    await living_with(devices, bridge())

    await hear(devices, listed(entry(definition("ikea-e160x")), base="garden/z2m"))
    await hear(devices, listed(base="garden/z2m"))

    assert {one.id for one in devices.registry.all()} == {BOWL, NURSERY}


@pytest.mark.parametrize(
    ("config", "advice"),
    [
        ({"availability": {"enabled": True}}, ()),
        ({"availability": {"enabled": False}}, (Advice.AVAILABILITY_OFF,)),
        ({"availability": True}, ()),
        ({"availability": {"active": {"timeout": 10}}}, ()),
        ({"availability": False}, (Advice.AVAILABILITY_OFF,)),
        ({}, (Advice.AVAILABILITY_OFF,)),
        ({"advanced": {"availability_timeout": 60}}, ()),
        ({"device_options": {"availability": True}}, ()),
        (
            {"availability": True, "device_options": {"availability": False}},
            (Advice.AVAILABILITY_OFF,),
        ),
        ({"devices": {"0xa4c1380102030405": {"availability": {"timeout": 5}}}}, ()),
        (
            {"availability": True, "devices": {"0xa4c1380102030405": {"availability": False}}},
            (Advice.AVAILABILITY_OFF,),
        ),
        ({"availability": True, "advanced": {"output": "attribute"}}, (Advice.NOT_JSON,)),
        ({"availability": True, "experimental": {"output": "attribute"}}, (Advice.NOT_JSON,)),
        ({"availability": True, "advanced": {"output": "attribute_and_json"}}, ()),
        ({"availability": "rubbish"}, ()),
    ],
)
async def test_the_bridges_settings_become_advice(
    devices: Devices, config: dict[str, object], advice: tuple[Advice, ...]
) -> None:
    await hear(devices, listed(entry(definition("ikea-e160x"))), info(config))

    assert devices.registry.get(ID).advice == advice


async def test_a_command_somebody_left_at_the_broker_is_warned_of(devices: Devices) -> None:
    thing = bridge()
    devices.broker.say("zigbee2mqtt/nursery/set", json.dumps({"state": "ON"}).encode(), retain=True)

    await living_with(devices, thing)

    assert devices.registry.ghosts(NURSERY) == ("zigbee2mqtt/nursery/set",)
