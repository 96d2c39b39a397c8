"""Diffusers with a microcontroller behind OpenBeken, as data: which channel means what.

The household's start script links each data point to a channel. These tables stand for the usual
way: the channel has the number of the data point, less 100 where that is over 100 (a device has
64 channels). Oil rates and steps are those of the same models behind Tasmota.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scentd.model.diffuser import Capabilities, DeviceType


@dataclass(frozen=True, slots=True)
class Model:
    """One model. `mist_steps` gives the channel's value for the percent of each step.

    `fault` non-zero means `fault_code`. None where it has no such channel.
    """

    key: str
    title: str
    capabilities: Capabilities
    power: int
    mist: int
    mist_steps: Mapping[int, int]
    light: int | None = None
    fault: int | None = None
    fault_code: str = "empty"
    device_type: DeviceType = DeviceType.AROMA_DIFFUSER
    percents: Mapping[int, int] = field(init=False)
    """The percent of the step for each value of `mist`."""

    def __post_init__(self) -> None:
        """Turn the steps round, once."""
        turned = {value: percent for percent, value in self.mist_steps.items()}
        object.__setattr__(self, "percents", turned)

    def channels(self) -> tuple[int, ...]:
        """Give every channel that means something, each once."""
        found = (self.power, self.mist, self.light, self.fault)
        return tuple(number for number in found if number is not None)


MODELS: Mapping[str, Model] = {
    model.key: model
    for model in (
        Model(
            key="gd-30w",
            title="GD-30W class on channels 1 (power), 3 (mist), 11 (light), 12 (fault)",
            capabilities=Capabilities(steps=(50, 100), rate_ul_per_h=(450, 800), light=True),
            power=1,
            mist=3,
            mist_steps={50: 0, 100: 1},
            light=11,
            fault=12,
        ),
        Model(
            key="xd800w",
            title="XD800W on channels 1 (power), 4 (mist), 5 (light), 2 (fault)",
            capabilities=Capabilities(steps=(50, 100), rate_ul_per_h=(350, 850), light=True),
            power=1,
            mist=4,
            mist_steps={50: 0, 100: 1},
            light=5,
            fault=2,
        ),
    )
}
