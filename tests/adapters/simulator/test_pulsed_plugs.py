"""Plugs as their firmware speaks, pulsed by the hub: the oil used is what the step stands for."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.simulator.tasmota_plug import UL_PER_H, tasmota_home
from adapters.simulator.thing import Thing, Vial
from adapters.simulator.zigbee2mqtt import Zigbee2mqttThing
from adapters.simulator.zigbee_models import metering_plug, plain_plug
from scentd.devices.rhythm import PERIOD_S
from tests.fakes.clock import ManualClock
from tests.fakes.ruled_house import RuledHouse

FULL_UL = 30_000
Made = tuple[Thing, Vial, float]


def tasmota(clock: ManualClock) -> Made:
    thing = tasmota_home(now=clock.now, chance=random.Random(1), speed=1.0)
    return thing, thing.vial, UL_PER_H


def metering(clock: ManualClock) -> Made:
    return _zigbee(metering_plug("0xa4c138a90b21c3d4", "study/bowl", _vial()))


def plain(clock: ManualClock) -> Made:
    return _zigbee(plain_plug("0x90fd9ffffe31b0a2", "landing", _vial()))


def _vial() -> Vial:
    return Vial("FIGLVS-30", "Fig Leaves", FULL_UL, float(FULL_UL))


def _zigbee(node) -> Made:
    return Zigbee2mqttThing((node,), chance=random.Random(1)), node.oil["state"], node.rates[0]


@pytest.mark.parametrize("make", [tasmota, metering, plain])
@pytest.mark.parametrize("percent", [25, 75])
async def test_a_pulsed_plug_uses_oil_for_the_part_of_the_time_that_was_wished(
    tmp_path: Path, make: Callable[[ManualClock], Made], percent: int
) -> None:
    house = RuledHouse(tmp_path / "hub.db", ManualClock())
    await house.begin()
    thing, vial, full_ul_per_h = make(house.clock)
    (plug,) = await house.move_in(thing)
    before_ul = vial.remaining_ul

    house.ask(plug.id, power=True, intensity_percent=percent)
    for _ in range(round(2 * PERIOD_S)):
        await house.pass_time(1.0)
    reported = house.state(plug.id).reported
    await house.end()

    used_ul = before_ul - vial.remaining_ul
    assert used_ul == pytest.approx(full_ul_per_h * 2 * PERIOD_S / 3600 * percent / 100, rel=0.03)
    assert (reported.power, reported.intensity_percent) == (True, percent)
