"""Home Assistant's MQTT device discovery as types: its documented fields, and no others.

From the documentation of its MQTT integration and of each platform, release 2025.4.
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

_ID = r"^[a-zA-Z0-9_-]+$"


def _is_topic(topic: str) -> str:
    assert topic, "a topic is empty"
    assert not set(topic) & set("+#\0"), "a topic has wildcards"
    return topic


def _is_template(template: str) -> str:
    assert re.fullmatch(r"\{\{.+\}\}", template), "a template stands in {{ }}"
    return template


Topic = Annotated[str, AfterValidator(_is_topic)]
Template = Annotated[str, AfterValidator(_is_template)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Device(_Strict):
    identifiers: list[Annotated[str, Field(pattern=_ID)]] = Field(min_length=1)
    name: str = Field(min_length=1)
    manufacturer: str = Field(default="-", min_length=1)
    model: str = Field(default="-", min_length=1)
    sw_version: str = Field(default="-", min_length=1)
    suggested_area: str = Field(default="-", min_length=1)
    via_device: str = Field(default="-", min_length=1)


class Origin(_Strict):
    name: str = Field(min_length=1)
    sw_version: str = Field(default="-", min_length=1)


class Availability(_Strict):
    topic: Topic
    value_template: Template | None = None


class _Entity(_Strict):
    unique_id: str = Field(pattern=_ID)
    name: str | None
    icon: str = Field(default="mdi:x", pattern=r"^mdi:[a-z0-9-]+$")
    entity_category: Literal["diagnostic", "config"] = "diagnostic"


class Fan(_Entity):
    platform: Literal["fan"]
    command_topic: Topic
    state_topic: Topic
    state_value_template: Template
    percentage_command_topic: Topic | None = None
    percentage_state_topic: Topic | None = None
    percentage_value_template: Template | None = None
    speed_range_min: int = Field(default=1, ge=1)
    speed_range_max: int = Field(default=100, ge=1)
    preset_mode_command_topic: Topic | None = None
    preset_mode_state_topic: Topic | None = None
    preset_mode_value_template: Template | None = None
    preset_modes: list[str] = []

    @model_validator(mode="after")
    def _fits(self) -> "Fan":
        assert self.speed_range_max >= self.speed_range_min
        assert bool(self.preset_modes) == (self.preset_mode_command_topic is not None)
        assert len(set(self.preset_modes)) == len(self.preset_modes)
        assert "None" not in self.preset_modes
        return self


class Light(_Entity):
    platform: Literal["light"]
    schema_: Literal["json"] = Field(alias="schema")
    command_topic: Topic
    state_topic: Topic
    supported_color_modes: list[Literal["onoff", "brightness", "rgb"]] = Field(
        min_length=1, max_length=1
    )
    brightness: bool = False
    brightness_scale: int = Field(default=255, ge=1)
    effect: bool = False
    effect_list: list[str] = []


class Number(_Entity):
    platform: Literal["number"]
    command_topic: Topic
    state_topic: Topic
    value_template: Template
    min: float
    max: float
    step: float = Field(ge=0.001)
    mode: Literal["auto", "box", "slider"]
    unit_of_measurement: str
    payload_reset: str

    @model_validator(mode="after")
    def _fits(self) -> "Number":
        assert self.min < self.max
        return self


class Select(_Entity):
    platform: Literal["select"]
    command_topic: Topic
    state_topic: Topic
    value_template: Template
    options: list[str] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> "Select":
        assert len(set(self.options)) == len(self.options)
        assert not any(option.lower() == "none" for option in self.options)
        return self


_UNITS = {
    "volume_storage": "mL",
    "duration": "d",
    "power": "W",
    "energy": "Wh",
    "signal_strength": "dBm",
}


class Sensor(_Entity):
    platform: Literal["sensor"]
    state_topic: Topic
    value_template: Template
    unit_of_measurement: str
    device_class: str | None = None
    state_class: Literal["measurement", "total", "total_increasing"] | None = None

    @model_validator(mode="after")
    def _fits(self) -> "Sensor":
        assert _UNITS.get(self.device_class or "", "%") == self.unit_of_measurement
        return self


class BinarySensor(_Entity):
    platform: Literal["binary_sensor"]
    state_topic: Topic
    value_template: Template
    device_class: Literal["problem", "connectivity"]
    json_attributes_topic: Topic | None = None
    json_attributes_template: Template | None = None


class Button(_Entity):
    platform: Literal["button"]
    command_topic: Topic
    payload_press: str
    device_class: Literal["identify", "restart", "update"] | None = None


class Event(_Entity):
    platform: Literal["event"]
    state_topic: Topic
    event_types: list[str] = Field(min_length=1)


class Gone(_Strict):
    """An entity that is taken away: its platform, and nothing else."""

    platform: Literal["fan", "light", "number", "select", "sensor", "binary_sensor", "button"]


Component = (
    Annotated[
        Fan | Light | Number | Select | Sensor | BinarySensor | Button | Event,
        Field(discriminator="platform"),
    ]
    | Gone
)


class Announcement(_Strict):
    """The payload on `<prefix>/device/<object_id>/config`."""

    device: Device
    origin: Origin
    availability_mode: Literal["all", "any", "latest"] = "latest"
    availability: list[Availability] = []
    components: dict[Annotated[str, Field(pattern=_ID)], Component] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> "Announcement":
        ids = [one.unique_id for one in self.components.values() if not isinstance(one, Gone)]
        assert len(set(ids)) == len(ids)
        return self
