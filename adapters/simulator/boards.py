"""The microcontrollers inside the simulated Tasmota diffusers, as data."""

from dataclasses import dataclass, field

FAULT, BOOL, ENUM = 5, 1, 4


@dataclass(frozen=True)
class Board:
    """One model's microcontroller: its data points as {number: type}, and what runs the mist.

    `running` are the values of the power point while it sprays; `strengths` the oil in
    microlitres an hour for each value of the mist point.
    """

    module: str
    points: dict[int, int]
    power: int
    mist: int
    fault: int
    strengths: dict[int, int]
    mapped_to_relay: bool = True
    start: dict[int, int] = field(default_factory=dict)


GD_30W = Board(
    module="GD-30W",
    points={1: BOOL, 11: BOOL, 12: FAULT, 13: ENUM, 103: ENUM, 110: ENUM},
    power=1,
    mist=103,
    fault=12,
    strengths={0: 450, 1: 800},
)
XD800W = Board(
    module="XD800W",
    points={1: BOOL, 2: FAULT, 3: ENUM, 4: ENUM, 5: BOOL},
    power=1,
    mist=4,
    fault=2,
    strengths={0: 350, 1: 600, 2: 850},
)
KCL_M1801C = Board(
    module="KCL-M1801C",
    points={2: ENUM, 9: FAULT, 101: ENUM},
    power=2,
    mist=101,
    fault=9,
    strengths={0: 500, 1: 900},
    mapped_to_relay=False,
)
