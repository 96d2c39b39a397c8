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
    `fault` non-zero means `fault_code`.
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
    fault: Point | None = None
    fault_code: str = "empty"


PLUG = Model(
    key="plug",
    title="A diffuser plugged into this switch",
    capabilities=Capabilities(energy=True, rate_ul_per_h=(400,)),
    device_type=DeviceType.PLUG_DIFFUSER,
)

GD_30W = Model(
    key="gd-30w",
    title="GD-30W class, 300 to 500 ml (Asakuki, Our Garden, Maxcio)",
    maker="GD-30W class",
    recognised=("GD-30W", "Asakuki", "MaxcioDiffuser"),
    capabilities=Capabilities(steps=(50, 100), rate_ul_per_h=(450, 800), light=True),
    power=Point(1, PointType.BOOL),
    mist=Point(103, PointType.ENUM),
    mist_steps={50: 0, 100: 1},
    light=Point(11, PointType.BOOL),
    fault=Point(12, PointType.FAULT),
)

KCL_M1801C = Model(
    key="kcl-m1801c",
    title="KCL-M1801C, 550 ml",
    maker="KCL",
    recognised=("KCL-M1801C",),
    capabilities=Capabilities(
        steps=(50, 100),
        rate_ul_per_h=(500, 900),
        modes=(Mode.CONTINUOUS, Mode.INTERVAL, Mode.TIMED),
    ),
    # One point switches and chooses the mode: 0 off, 1 continuous, 2 interval, 3 timer.
    power=Point(2, PointType.ENUM),
    relay=False,
    mist=Point(101, PointType.ENUM),
    mist_steps={50: 0, 100: 1},
    mode=Point(2, PointType.ENUM),
    modes={1: Mode.CONTINUOUS, 2: Mode.INTERVAL, 3: Mode.TIMED},
    fault=Point(9, PointType.FAULT),
)

XD800W = Model(
    key="xd800w",
    title="XD800W, 400 ml",
    maker="XD",
    recognised=("XD800W",),
    capabilities=Capabilities(steps=(33, 67, 100), rate_ul_per_h=(350, 600, 850)),
    power=Point(1, PointType.BOOL),
    mist=Point(4, PointType.ENUM),
    mist_steps={33: 0, 67: 1, 100: 2},
    fault=Point(2, PointType.FAULT),
)

MODELS: dict[str, Model] = {model.key: model for model in (GD_30W, KCL_M1801C, XD800W, PLUG)}


def recognise(module: str) -> Model | None:
    """Give the model that announces itself by this module or template name."""
    name = module.casefold()
    return next(
        (m for m in MODELS.values() if name in {known.casefold() for known in m.recognised}), None
    )
