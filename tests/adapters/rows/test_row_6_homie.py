"""Row 6: a household with Homie 4 and 5, as its hub sees it.

`ready` to `lost`, a child of a lost root, removal, `$target`, `$alert`, the formats of colours.
"""

import random

import pytest

from adapters.simulator.homie import HomieThing
from adapters.simulator.thing import Vial
from scentd.model.commands import Answer
from scentd.model.diffuser import Availability
from scentd.model.errors import DiffuserUnknown
from tests.fakes.devices import Devices

NOOK = "homie-nook"
both = pytest.mark.parametrize("version", [4, 5])


def nook(version: int = 5) -> HomieThing:
    vial = Vial("FIGLVS-30", "Fig Leaves", 30_000, 15_000)
    return HomieThing("nook", "Nook", vial, chance=random.Random(1), version=version)


async def living_with(devices: Devices, thing: HomieThing) -> None:
    devices.plug_in(thing)
    await devices.pass_time(1)
    devices.plug_in(thing)  # it says everything again: now it is listened to
    await devices.pass_time(1)


async def say(devices: Devices, topic: str, text: str) -> None:
    devices.broker.say(topic, text.encode(), retain=True)
    devices.broker.deliver()
    await devices.pass_time(1)


@both
async def test_ready_is_online_and_lost_is_offline(devices: Devices, version: int) -> None:
    thing = nook(version)
    await living_with(devices, thing)
    there = devices.state(NOOK).availability

    devices.broker.pull_out(thing)
    devices.broker.deliver()

    assert there is Availability.ONLINE
    assert devices.state(NOOK).availability is Availability.OFFLINE
    assert devices.ask(NOOK, power=True).answer is Answer.OFFLINE


async def test_a_child_of_a_lost_root_is_lost_and_back_with_it(devices: Devices) -> None:
    thing = nook()
    await living_with(devices, thing)

    await say(devices, f"{thing.root}/$state", "lost")
    lost = devices.state(NOOK)
    await say(devices, f"{thing.root}/$state", "ready")

    assert (lost.availability, lost.availability_source) == (Availability.OFFLINE, "bridge")
    assert lost.own_word is Availability.ONLINE
    assert devices.state(NOOK).availability is Availability.ONLINE


async def test_a_child_that_was_lost_by_itself_stays_so_when_its_root_is_back(
    devices: Devices,
) -> None:
    thing = nook()
    await living_with(devices, thing)

    await say(devices, f"{thing.base}/$state", "lost")
    await say(devices, f"{thing.root}/$state", "lost")
    await say(devices, f"{thing.root}/$state", "ready")

    assert devices.state(NOOK).availability is Availability.OFFLINE


@both
async def test_a_removed_device_is_gone(devices: Devices, version: int) -> None:
    thing = nook(version)
    await living_with(devices, thing)

    removed = "$description" if version == 5 else "$homie"
    await say(devices, f"{thing.base}/{removed}", "")

    with pytest.raises(DiffuserUnknown):
        devices.registry.get(NOOK)


@both
async def test_nobody_knows_of_a_device_whose_state_was_cleared(
    devices: Devices, version: int
) -> None:
    thing = nook(version)
    await living_with(devices, thing)

    await say(devices, f"{thing.base}/$state", "")

    assert devices.state(NOOK).availability is Availability.UNKNOWN


async def test_nobody_knows_of_a_child_whose_root_was_cleared(devices: Devices) -> None:
    thing = nook()
    await living_with(devices, thing)

    await say(devices, f"{thing.root}/$state", "")

    state = devices.state(NOOK)
    assert (state.availability, state.availability_source) == (Availability.UNKNOWN, "bridge")


async def test_where_it_is_going_is_not_where_it_is(devices: Devices) -> None:
    thing = nook()
    await living_with(devices, thing)

    await say(devices, f"{thing.base}/diffuser/power/$target", "true")

    assert devices.state(NOOK).reported.power is False
    assert devices.state(NOOK).extras["diffuser/power target"] == "true"


async def test_a_wish_is_done_over_its_target_and_confirmed_by_the_value(devices: Devices) -> None:
    thing = nook()
    await living_with(devices, thing)

    devices.ask(NOOK, power=True, intensity_percent=80)

    assert thing.is_running
    state = devices.state(NOOK)
    assert (state.reported.power, state.reported.intensity_percent) == (True, 75)
    assert not state.unconfirmed


async def test_an_alert_is_a_fault_until_it_is_over(devices: Devices) -> None:
    thing = nook()
    await living_with(devices, thing)

    devices.broker.let([thing.alert("empty", "The bottle is empty.")])
    fault = devices.state(NOOK).reported.fault
    devices.broker.let([thing.alert("empty", "")])

    assert (fault, devices.state(NOOK).reported.fault) == ("empty", "")


async def test_alert_of_version_4_is_a_fault_of_a_device_that_is_there(devices: Devices) -> None:
    thing = nook(4)
    await living_with(devices, thing)

    await say(devices, f"{thing.base}/$state", "alert")

    assert devices.state(NOOK).availability is Availability.ONLINE
    assert devices.state(NOOK).reported.fault == "alert"


@pytest.mark.parametrize(
    ("version", "written"),
    [
        (5, "rgb,0,128,255"),
        (5, "hsv,210,100,100"),
        (4, "0,128,255"),
    ],
)
async def test_colours_are_read_in_the_forms_of_both_versions(
    devices: Devices, version: int, written: str
) -> None:
    thing = nook(version)
    await living_with(devices, thing)

    await say(devices, f"{thing.base}/light/color", written)

    assert devices.state(NOOK).reported.light_rgb in {"0080ff", "007fff"}


@pytest.mark.parametrize(("version", "asked"), [(5, b"rgb,0,128,255"), (4, b"0,128,255")])
async def test_colours_are_set_in_the_form_the_device_takes(
    devices: Devices, version: int, asked: bytes
) -> None:
    thing = nook(version)
    await living_with(devices, thing)

    devices.ask(NOOK, light_rgb="0080ff")

    assert devices.commands(f"{thing.base}/light/color/set") == [asked]


async def test_an_old_ready_on_the_broker_is_no_proof_of_life(devices: Devices) -> None:
    thing = nook()
    await living_with(devices, thing)
    devices.broker.silence(thing)

    await devices.restart()
    await devices.pass_time(1)

    assert devices.state(NOOK).availability is Availability.UNKNOWN


async def test_a_device_that_has_nothing_to_say_is_still_there(devices: Devices) -> None:
    thing = nook()
    await living_with(devices, thing)

    await devices.clock.advance(3 * 3600)

    assert devices.state(NOOK).availability is Availability.ONLINE
