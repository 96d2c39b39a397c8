"""A device in which surely nothing is left rests: it is not run dry."""

import pytest

from adapters.simulator.native import NativeThing
from scentd.model.cartridge import SlotKey
from scentd.model.commands import Answer, Origin
from scentd.model.events import CartridgeEmpty
from scentd.model.safety import Happened
from tests.fakes.devices import Devices

LAMP = "native-drift-7"


def run_dry(devices: Devices) -> None:
    devices.dry.add(LAMP)
    devices.bus.publish(CartridgeEmpty(devices.clock.now(), SlotKey(LAMP)))


async def stops(devices: Devices) -> list[str]:
    lines = await devices.commander.decisions.before(LAMP, devices.clock.now())
    return [one.code for one in lines if one.happened is Happened.STOPPED]


async def test_a_running_device_is_switched_off_and_says_why(
    devices: Devices, lamp: NativeThing
) -> None:
    devices.plug_in(lamp)
    devices.ask(LAMP, Origin.SCHEDULE, power=True)
    await devices.pass_time(5)

    run_dry(devices)
    await devices.pass_time(2)

    assert not lamp.power
    assert await stops(devices) == ["empty"]


@pytest.mark.parametrize("origin", Origin)
async def test_nobody_runs_it_dry(devices: Devices, lamp: NativeThing, origin: Origin) -> None:
    devices.plug_in(lamp)
    run_dry(devices)

    outcome = devices.ask(LAMP, origin, power=True)

    assert (outcome.answer, outcome.reason.code) == (Answer.REFUSED, "empty")
    assert not lamp.power


async def test_its_button_does_not_either(devices: Devices, lamp: NativeThing) -> None:
    devices.plug_in(lamp)
    run_dry(devices)

    devices.broker.let(lamp.press())
    await devices.pass_time(2)

    assert not lamp.power
    assert await stops(devices) == ["empty"]


async def test_it_may_always_be_switched_off(devices: Devices, lamp: NativeThing) -> None:
    devices.plug_in(lamp)
    run_dry(devices)

    assert devices.ask(LAMP, power=False).answer is not Answer.REFUSED


async def test_the_plan_goes_on_after_a_refill(devices: Devices, lamp: NativeThing) -> None:
    devices.plug_in(lamp)
    asked: list[str] = []
    devices.resumed = asked.append
    devices.ask(LAMP, Origin.SCHEDULE, power=True)
    run_dry(devices)
    await devices.pass_time(60)
    dry = list(asked)

    devices.dry.clear()
    await devices.pass_time(35)

    assert dry == []
    assert asked == [LAMP]
    assert devices.ask(LAMP, power=True).answer is Answer.SENT
