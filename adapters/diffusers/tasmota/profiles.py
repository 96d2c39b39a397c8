"""The models behind Tasmota as data: which Tuya data point means what, and how much oil they use.

A TuyaMCU device cannot be asked what its data points are, so each model needs such a table.
Oil rates are our own assumption from tank size and the makers' stated hours: 2 % of oil in the
water, a tank lasting 6 to 10 hours. Each refill corrects them for the device at hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from scentd.model.diffuser import Capabilities, DeviceType, Mode


class PointType(IntEnum):
    """The types of Tuya's serial protocol; `TuyaSend<type>` writes the first five."""

    RAW = 0
    BOOL = 1
    VALUE = 2
    TEXT = 3
    ENUM = 4
    FAULT = 5


@dataclass(frozen=True, slots=True)
class Point:
    """One data point: its number and type."""

    dp: int
    type: PointType


@dataclass(frozen=True, slots=True)
class Model:
    """One model: its data points and what they mean in our words.

    `on` and `off` are the values of `power`; any other value than `off` counts as running.
    `mist` maps the percent of a step to its value. `modes` maps a value of `mode` to ours.
    `recognised` are the module or template names by which Tasmota announces the model.
    `relay` says whether Tasmota's first relay is the power switch (its default mapping).
    `fault` means `fault_code` where its lowest bit is set, and nothing at the values `well`.
    `light_level` runs from 1 to `light_most`; `light_colour` is a text of red, green, blue, hue
    and the rest in hex. `light` is lit by `light_on` and dark at 0; `scenes` names the values of
    `scene`, which may be the same point, and `scene_of_colour` is the one that shows the colour
    chosen. `timer` takes the minutes after which the device stops, up to
    `timer_most_min`; `timer_left` tells how many are left.
    """

    key: str
    title: str
    capabilities: Capabilities
    device_type: DeviceType = DeviceType.AROMA_DIFFUSER
    maker: str = ""
    recognised: tuple[str, ...] = ()
    power: Point | None = None
    on: int = 1
    off: int = 0
    relay: bool = True
    mist: Point | None = None
    mist_steps: Mapping[int, int] = field(default_factory=dict)
    mode: Point | None = None
    modes: Mapping[int, Mode] = field(default_factory=dict)
    light: Point | None = None
    light_on: int = 1
    scene: Point | None = None
    scenes: Mapping[int, str] = field(default_factory=dict)
    scene_of_colour: int | None = None
    light_level: Point | None = None
    light_most: int = 255
    light_colour: Point | None = None
    timer: Point | None = None
    timer_most_min: int = 0
    timer_left: Point | None = None
    fault: Point | None = None
    fault_code: str = "empty"
    well: frozenset[int] = frozenset((0,))


GD_30W = Model(
    key="gd-30w",
    title="GD-30W class, 300 to 500 ml (Asakuki, Our Garden, Maxcio)",
    maker="GD-30W class",
    recognised=("GD-30W", "Asakuki", "MaxcioDiffuser"),
    capabilities=Capabilities(
        steps=(50, 100),
        rate_ul_per_h=(450, 800),
        light=True,
        light_dims=True,
        light_colours=True,
        light_effects=("cycle", "color", "white"),
    ),
    power=Point(1, PointType.BOOL),
    mist=Point(103, PointType.ENUM),
    mist_steps={50: 0, 100: 1},
    light=Point(11, PointType.BOOL),
    light_level=Point(111, PointType.VALUE),
    light_colour=Point(108, PointType.TEXT),
    scene=Point(110, PointType.ENUM),
    scenes={0: "cycle", 1: "color", 2: "white"},
    scene_of_colour=1,
    # Point 13 sets one or three hours: no number of seconds can be had of it.
    timer_left=Point(14, PointType.VALUE),
    fault=Point(12, PointType.FAULT),
)

KCL_M1801C = Model(
    key="kcl-m1801c",
    title="KCL-M1801C, 550 ml",
    maker="KCL",
    recognised=("KCL-M1801C", "MY-KCL01800FB"),
    capabilities=Capabilities(
        steps=(50, 100),
        rate_ul_per_h=(500, 900),
        modes=(Mode.CONTINUOUS, Mode.INTERVAL, Mode.TIMED),
        timer=True,
        light=True,
        light_dims=True,
        light_colours=True,
        light_effects=("cycle", "white", "color"),
    ),
    # One point switches and chooses the mode: 0 off, 1 continuous, 2 interval, 3 timer.
    power=Point(2, PointType.ENUM),
    relay=False,
    mist=Point(101, PointType.ENUM),
    mist_steps={50: 0, 100: 1},
    mode=Point(2, PointType.ENUM),
    modes={1: Mode.CONTINUOUS, 2: Mode.INTERVAL, 3: Mode.TIMED},
    # Also one point lights the lamp and chooses what it shows.
    light=Point(6, PointType.ENUM),
    light_on=3,
    light_level=Point(7, PointType.VALUE),
    light_colour=Point(8, PointType.TEXT),
    scene=Point(6, PointType.ENUM),
    scenes={1: "cycle", 2: "white", 3: "color"},
    scene_of_colour=3,
    timer=Point(4, PointType.VALUE),
    timer_most_min=180,
    timer_left=Point(4, PointType.VALUE),
    fault=Point(9, PointType.FAULT),
    well=frozenset((0, 70)),  # its microcontroller says 70 while nothing is wrong
)

XD800W = Model(
    key="xd800w",
    title="XD800W, 400 ml",
    maker="XD",
    recognised=("XD800W",),
    capabilities=Capabilities(
        steps=(50, 100),
        rate_ul_per_h=(350, 850),
        light=True,
        light_colours=True,
        light_effects=("cycle", "color"),
    ),
    power=Point(1, PointType.BOOL),
    mist=Point(4, PointType.ENUM),
    mist_steps={50: 0, 100: 1},
    light=Point(5, PointType.BOOL),
    light_colour=Point(8, PointType.TEXT),
    scene=Point(6, PointType.ENUM),
    scenes={1: "cycle", 3: "color"},
    scene_of_colour=3,
    fault=Point(2, PointType.FAULT),
)

MODELS: dict[str, Model] = {model.key: model for model in (GD_30W, KCL_M1801C, XD800W)}


def recognise(module: str) -> Model | None:
    """Give the model that announces itself by this module or template name."""
    name = module.casefold()
    return next(
        (m for m in MODELS.values() if name in {known.casefold() for known in m.recognised}), None
    )
