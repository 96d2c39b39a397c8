"""The microcontrollers inside the simulated Tasmota diffusers, as data."""

from dataclasses import dataclass, field

FAULT, BOOL, VALUE, TEXT, ENUM = 5, 1, 2, 3, 4


@dataclass(frozen=True)
class Board:
    """One model's microcontroller: its data points as {number: type}, and what runs the mist.

    `strengths` is the oil in microlitres an hour for each value of the mist point; `timer` the
    point that holds the minutes after which it stops, `well` the fault point's value without any.
    """

    module: str
    points: dict[int, int]
    power: int
    mist: int
    fault: int
    strengths: dict[int, int]
    mapped_to_relay: bool = True
    timer: int | None = None
    well: int = 0
    start: dict[int, int | str] = field(default_factory=dict)


GD_30W = Board(
    module="GD-30W",
    points={
        1: BOOL,
        11: BOOL,
        12: FAULT,
        13: ENUM,
        14: VALUE,
        103: ENUM,
        108: TEXT,
        110: ENUM,
        111: VALUE,
    },
    power=1,
    mist=103,
    fault=12,
    strengths={0: 450, 1: 800},
    start={108: "ffb060001e9fff", 111: 153},
)
XD800W = Board(
    module="XD800W",
    points={1: BOOL, 2: FAULT, 3: ENUM, 4: ENUM, 5: BOOL, 6: ENUM, 8: TEXT},
    power=1,
    mist=4,
    fault=2,
    strengths={0: 350, 1: 850},
    start={6: 1, 8: "ffb060001e9fff"},
)
KCL_M1801C = Board(
    module="KCL-M1801C",
    points={2: ENUM, 4: VALUE, 6: ENUM, 7: VALUE, 8: TEXT, 9: FAULT, 101: ENUM},
    timer=4,
    power=2,
    mist=101,
    fault=9,
    well=70,
    strengths={0: 500, 1: 900},
    mapped_to_relay=False,
    start={7: 153, 8: "ffb060001e9fff"},
)
