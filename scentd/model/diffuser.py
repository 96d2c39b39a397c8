"""What a diffuser is, what it can do, what it reports and what we wish of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class DeviceType(StrEnum):
    """The five kinds of device a household may have."""

    AROMA_DIFFUSER = "aroma_diffuser"
    PLUG_DIFFUSER = "plug_diffuser"
    AIR_PURIFIER = "air_purifier"
    SCENT_LIGHT = "scent_light"
    OTHER = "other"


class Mode(StrEnum):
    """How a running diffuser spreads its scent."""

    CONTINUOUS = "continuous"
    INTERVAL = "interval"
    TIMED = "timed"
    SLEEP = "sleep"
    CUSTOM = "custom"


class Availability(StrEnum):
    """Whether the device can be reached, as far as anyone has told us."""

    ONLINE = "online"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


class Advice(StrEnum):
    """What a household should change at a device, because it cannot be mended from here.

    `CONTROL_OFF`: it takes no commands over MQTT. `STATUS_OFF`: it does not tell its state.
    `AVAILABILITY_OFF`: nobody tells when it falls away. `UNSUPPORTED`: its bridge does not know
    the model. `NOT_JSON`: its bridge is set to send values one by one.
    """

    CONTROL_OFF = "control_off"
    STATUS_OFF = "status_off"
    AVAILABILITY_OFF = "availability_off"
    UNSUPPORTED = "unsupported"
    NOT_JSON = "not_json"


class LevelQuality(StrEnum):
    """Where a level comes from, best first."""

    MEASURED = "measured"
    DEVICE_ESTIMATE = "device_estimate"
    HUB_ESTIMATE = "hub_estimate"
    INFERRED = "inferred"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a model can do; absent means the device has no such thing.

    `steps` holds the intensity of each native step in percent, ascending, empty when the
    intensity cannot be set. `rate_ul_per_h` holds the oil used per hour of running at each
    step (same length as `steps`), or one entry when there are no steps; microlitres, from the
    maker's data, corrected later per device. `level` is the quality of the level the device
    reports, None when it reports none; `low_flag` says that it can say only that little is left.
    `slot_choice` says that it can be told which of its slots to spread from, and reports which one
    it does. `light_dims`, `light_colours` and `light_effects` refine `light`. `timer` says that
    the device can be told to stop by itself after a number of seconds. `pulsed` says that the
    device itself only switches, and that `steps` are made by switching it in a rhythm.
    """

    power: bool = True
    steps: tuple[int, ...] = ()
    rate_ul_per_h: tuple[int, ...] = (500,)
    modes: tuple[Mode, ...] = ()
    timer: bool = False
    light: bool = False
    energy: bool = False
    identify: bool = False
    level: LevelQuality | None = None
    slots: int = 1
    slot_choice: bool = False
    low_flag: bool = False
    light_dims: bool = False
    light_colours: bool = False
    light_effects: tuple[str, ...] = ()
    pulsed: bool = False

    def nearest_step(self, percent: int) -> int:
        """Give the percent of the native step nearest to `percent`; the lower one on a tie.

        Devices without steps run at one fixed intensity, 100.
        """
        if not self.steps:
            return 100
        return min(self.steps, key=lambda step: (abs(step - percent), step))

    def rate_at(self, percent: int) -> int:
        """Give microlitres an hour at the native step nearest to `percent`."""
        if not self.steps:
            return self.rate_ul_per_h[0]
        return self.rate_ul_per_h[self.steps.index(self.nearest_step(percent))]


@dataclass(frozen=True, slots=True)
class Diffuser:
    """One device of the household: who it is and how to speak to it.

    `id` is stable (`<dialect>-<MAC or serial>`, lower case) and survives a rename of the topic;
    `address` is where the dialect finds it now. `facts` are the dialect's own notes from
    discovery, kept so that it can decode after a restart without hearing discovery again.
    `profile` names the model's table of data points where the dialect needs one;
    `needs_profile` says the household must still pick it. `bridge` names the device or program
    through which this one is reached, "" when it speaks for itself. `advice` are codes of what
    the household should change at the device so that it works well (`Advice`). `quiet` says that
    it may say nothing for days while nothing happens, and that somebody tells when it falls away:
    its silence then means nothing.
    """

    id: str
    dialect: str
    address: str
    name: str
    capabilities: Capabilities
    maker: str = ""
    model: str = ""
    firmware: str = ""
    room: str = ""
    device_type: DeviceType = DeviceType.AROMA_DIFFUSER
    profile: str | None = None
    needs_profile: bool = False
    bridge: str = ""
    advice: tuple[str, ...] = ()
    quiet: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReportedState:
    """What the device last said of itself; None where it has not said anything.

    `intensity_percent` is the native step's percent, `remaining_ul` the level the device
    claims (see `Capabilities.level` for its quality), `fault` an empty string when all is well,
    `slot_no` the slot it spreads from. `timer_s` are the seconds after which the device stops by
    itself as it said then, 0 when it will not. `light_rgb` is six hexadecimal digits, lower case.
    `energy_wh` never falls, also where the device's own counter, `counter_wh`, began anew.
    """

    power: bool | None = None
    intensity_percent: int | None = None
    mode: Mode | None = None
    light: bool | None = None
    remaining_ul: int | None = None
    fault: str | None = None
    signal_dbm: int | None = None
    watts: float | None = None
    energy_wh: float | None = None
    slot_no: int | None = None
    timer_s: int | None = None
    light_percent: int | None = None
    light_rgb: str | None = None
    light_effect: str | None = None
    is_low: bool | None = None
    volts: float | None = None
    amps: float | None = None
    counter_wh: float | None = None


@dataclass(frozen=True, slots=True)
class DesiredState:
    """What the hub last asked of the device; None where nothing was ever asked."""

    power: bool | None = None
    intensity_percent: int | None = None
    mode: Mode | None = None
    light: bool | None = None
    slot_no: int | None = None
    light_percent: int | None = None
    light_rgb: str | None = None
    light_effect: str | None = None


@dataclass(frozen=True, slots=True)
class DiffuserState:
    """Everything known of a diffuser now; wish and report are kept apart.

    `unconfirmed` is True when the device has not shown the desired state in spite of retries.
    `availability_source` says who told (`last_will`, `bridge`, `timeout`, `message`). `own_word`
    is what the device itself last said of being there, also while its bridge is away. `extras`
    are what it says that means nothing to us, as it says it, by its own names.
    """

    reported: ReportedState = ReportedState()
    desired: DesiredState = DesiredState()
    availability: Availability = Availability.UNKNOWN
    availability_since: datetime | None = None
    availability_source: str = ""
    last_message_at: datetime | None = None
    unconfirmed: bool = False
    own_word: Availability = Availability.UNKNOWN
    extras: Mapping[str, str] = field(default_factory=dict)
