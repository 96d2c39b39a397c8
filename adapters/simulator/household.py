"""Which devices a simulated home has: four rooms everybody knows, and as many more as wanted."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Protocol

from adapters.simulator.announced import announced_home
from adapters.simulator.boards import GD_30W, XD800W
from adapters.simulator.esphome import esphome_home
from adapters.simulator.homie import homie_home
from adapters.simulator.native import NativeThing
from adapters.simulator.openbeken import openbeken_home
from adapters.simulator.shelly import shelly_home
from adapters.simulator.tasmota import TasmotaThing
from adapters.simulator.tasmota_plug import tasmota_home
from adapters.simulator.thing import Thing, Vial
from adapters.simulator.zigbee2mqtt import zigbee_home


class Maker(Protocol):
    """Give one thing that speaks a dialect the four rooms do not."""

    def __call__(
        self, *, now: Callable[[], datetime], chance: random.Random, speed: float
    ) -> Thing:
        """Make it; the same one for the same chance."""
        ...


ONE_OF_EACH: tuple[Maker, ...] = (
    zigbee_home,
    homie_home,
    tasmota_home,
    shelly_home,
    openbeken_home,
    esphome_home,
    announced_home,
)
"""What comes after the four rooms, each once."""


def things(
    count: int, *, now: Callable[[], datetime], speed: float, seed: int
) -> tuple[Thing, ...]:
    """Give the first `count` devices; the same ones, by name and address, for the same seed."""
    return tuple(thing for thing, _ in zip(_endless(now, speed, seed), range(count), strict=False))


def _endless(now: Callable[[], datetime], speed: float, seed: int) -> Iterator[Thing]:
    yield from _four_rooms(now, speed, seed)
    yield from _one_of_each(now, speed, seed)
    number = 5 + len(ONE_OF_EACH)
    while True:
        chance = random.Random(seed * 1_000 + number)  # noqa: S311 - a simulation, no secret
        if number % 2:
            vial = _vial("SNDLIN", "Sunday Linen", 50, chance.uniform(0.2, 1.0), chance)
            yield NativeThing(
                f"scent-{number:04d}", f"Room {number}", vial, now=now, chance=chance, speed=speed
            )
        else:
            vial = _vial("FIGLVS", "Fig Leaves", 30, chance.uniform(0.2, 1.0), chance)
            board = (GD_30W, XD800W)[number // 2 % 2]
            mac = f"5CCF7F{number:06X}"
            yield TasmotaThing(
                mac, f"Room {number}", board, vial, now=now, chance=chance, speed=speed
            )
        number += 1


def _one_of_each(now: Callable[[], datetime], speed: float, seed: int) -> Iterator[Thing]:
    for number, make in enumerate(ONE_OF_EACH, start=5):
        chance = random.Random(seed * 1_000 + number)  # noqa: S311 - no secret
        yield make(now=now, chance=chance, speed=speed)


def _four_rooms(now: Callable[[], datetime], speed: float, seed: int) -> Iterator[Thing]:
    chances = [random.Random(seed * 1_000 + n) for n in range(4)]  # noqa: S311 - no secret
    cedar = _vial("CEDBER", "Cedar & Bergamot", 50, 0.71, chances[0])
    lavender = _vial("LAVFLD", "Lavender Field", 30, 0.38, chances[1])
    # Low enough to run low within a minute at full intensity and 150 times the speed.
    mint = _vial("EUCMNT", "Eucalyptus Mint", 30, 0.155, chances[2])
    tea = _vial("WHTTEA", "White Tea", 50, 0.91, chances[3])
    yield NativeThing("scent-c3d4", "Living room", cedar, now=now, chance=chances[0], speed=speed)
    yield TasmotaThing(
        "5CCF7F1A2B3C", "Bedroom", GD_30W, lavender, now=now, chance=chances[1], speed=speed
    )
    yield NativeThing(
        "scent-e5f6", "Bathroom", mint, now=now, chance=chances[2], speed=speed, power=True
    )
    yield TasmotaThing(
        "5CCF7F4D5E6F", "Hallway", XD800W, tea, now=now, chance=chances[3], speed=speed
    )


def _vial(code: str, scent: str, size_ml: int, fraction: float, chance: random.Random) -> Vial:
    return Vial(
        sku=f"{code}-{size_ml}",
        scent=scent,
        capacity_ul=size_ml * 1_000,
        remaining_ul=size_ml * 1_000 * fraction,
        tag=f"{chance.getrandbits(64):016x}",
    )
