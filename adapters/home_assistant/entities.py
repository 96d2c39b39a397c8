"""Which entities a diffuser has in Home Assistant: only those its capabilities know. Pure.

Field names and their meaning are those of Home Assistant's MQTT discovery, in full.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from adapters.home_assistant.options import mode_options, scent_options
from adapters.home_assistant.words import Words
from scentd.model.diffuser import Diffuser
from scentd.ports import Filling, Happening

Entity: TypeAlias = dict[str, object]

TOLD = (Happening.SCENT_LOW, Happening.SCENT_EMPTY, Happening.REFILLED, Happening.REORDERED)
"""What the entity of events tells of."""

LONGEST_RUN_MIN = 720
"""The longest “run for”: as long as the hub lets anything run without a pause by default."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A diffuser as it is to be shown: what is in it decides the names of its choices."""

    diffuser: Diffuser
    fillings: Mapping[int, Filling]
    has_signal: bool
    words: Words

    @property
    def slots(self) -> range:
        """Give the numbers of its slots."""
        return range(1, self.diffuser.capabilities.slots + 1)


def entities_of(shown: Shown, base: str) -> dict[str, Entity]:
    """Give the entities by their key; `base` is the topic below which they speak."""
    found: dict[str, Entity] = {}
    for part in (_controls, _levels, _measures, _notices):
        found.update(part(shown, base))
    return found


def speed_steps(steps: tuple[int, ...]) -> int | None:
    """Give how many speeds a fan has whose steps are evenly spread; None when they are not.

    Home Assistant spreads the speeds of a fan evenly over a hundred percent.
    """
    even = tuple(round(100 * number / len(steps)) for number in range(1, len(steps) + 1))
    return len(steps) if steps and steps == even else None


def _controls(shown: Shown, base: str) -> Iterator[tuple[str, Entity]]:
    can, words = shown.diffuser.capabilities, shown.words
    if can.power:
        yield "diffuser", _fan(shown, base)
        yield (
            "run_for",
            {
                "platform": "number",
                "name": words.run_for,
                "icon": "mdi:timer-outline",
                "command_topic": f"{base}/set/run_for",
                **_reads(base, "run_for"),
                "min": 0,
                "max": LONGEST_RUN_MIN,
                "step": 1,
                "mode": "box",
                "unit_of_measurement": "min",
                "payload_reset": "None",
            },
        )
    if can.steps:
        yield (
            "intensity",
            {
                "platform": "number",
                "name": words.intensity,
                "icon": "mdi:gauge",
                "command_topic": f"{base}/set/intensity",
                **_reads(base, "percent"),
                "min": 0,
                "max": 100,
                "step": 100 // number if (number := speed_steps(can.steps)) else 1,
                "mode": "slider",
                "unit_of_measurement": "%",
                "payload_reset": "None",
            },
        )
    if can.light:
        yield "light", _light(shown, base)
    if can.slot_choice and can.slots > 1:
        yield (
            "scent",
            {
                "platform": "select",
                "name": words.scent,
                "icon": "mdi:flower",
                "command_topic": f"{base}/set/scent",
                **_reads(base, "scent"),
                "options": list(scent_options(can.slots, shown.fillings, words).values()),
            },
        )
    if can.identify:
        yield "identify", _button(base, "identify", words.identify, "identify")


def _fan(shown: Shown, base: str) -> Entity:
    can = shown.diffuser.capabilities
    # Without a name of its own it bears the device's: it is the device.
    fan: Entity = {
        "platform": "fan",
        "name": None,
        "icon": "mdi:scent",
        "command_topic": f"{base}/set/power",
        "state_topic": f"{base}/state",
        "state_value_template": "{{ value_json.power }}",
    }
    if can.steps:
        fan |= {
            "percentage_command_topic": f"{base}/set/percentage",
            "percentage_state_topic": f"{base}/state",
            "percentage_value_template": "{{ value_json.speed }}",
            "speed_range_min": 1,
            "speed_range_max": speed_steps(can.steps) or 100,
        }
    if can.modes:
        fan |= {
            "preset_mode_command_topic": f"{base}/set/mode",
            "preset_mode_state_topic": f"{base}/state",
            "preset_mode_value_template": "{{ value_json.mode }}",
            "preset_modes": list(mode_options(can, shown.words).values()),
        }
    return fan


def _light(shown: Shown, base: str) -> Entity:
    can = shown.diffuser.capabilities
    mode = "rgb" if can.light_colours else "brightness" if can.light_dims else "onoff"
    light: Entity = {
        "platform": "light",
        "name": shown.words.light,
        "schema": "json",
        "command_topic": f"{base}/set/light",
        "state_topic": f"{base}/light",
        "supported_color_modes": [mode],
    }
    if can.light_dims:
        light |= {"brightness": True, "brightness_scale": 100}
    if can.light_effects:
        light |= {"effect": True, "effect_list": list(can.light_effects)}
    return light


def _levels(shown: Shown, base: str) -> Iterator[tuple[str, Entity]]:
    words, slots = shown.words, len(shown.slots)
    for slot_no in shown.slots:
        mark = "" if slots == 1 else f"_{slot_no}"
        yield (
            f"oil{mark}",
            _sensor(base, f"oil{mark}", words.numbered(words.oil, slot_no, slots), "%")
            | {"icon": "mdi:water-percent", "state_class": "measurement"},
        )
        yield (
            f"oil_volume{mark}",
            _sensor(base, f"ml{mark}", words.numbered(words.oil_volume, slot_no, slots), "mL")
            | {"device_class": "volume_storage", "state_class": "measurement"},
        )
        yield (
            f"days_left{mark}",
            _sensor(base, f"days{mark}", words.numbered(words.days_left, slot_no, slots), "d")
            | {"device_class": "duration"},
        )
        refill = _button(base, f"refill{mark}", words.numbered(words.refill, slot_no, slots))
        yield f"refill{mark}", refill | {"icon": "mdi:cart-plus"}


def _measures(shown: Shown, base: str) -> Iterator[tuple[str, Entity]]:
    words = shown.words
    if shown.diffuser.capabilities.energy:
        yield (
            "power",
            _sensor(base, "watts", words.power, "W")
            | {"device_class": "power", "state_class": "measurement"},
        )
        yield (
            "energy",
            _sensor(base, "wh", words.energy, "Wh")
            | {"device_class": "energy", "state_class": "total_increasing"},
        )
    if shown.has_signal:
        yield (
            "signal",
            _sensor(base, "dbm", words.signal, "dBm")
            | {
                "device_class": "signal_strength",
                "state_class": "measurement",
                "entity_category": "diagnostic",
            },
        )


def _notices(shown: Shown, base: str) -> Iterator[tuple[str, Entity]]:
    words = shown.words
    yield (
        "problem",
        {
            "platform": "binary_sensor",
            "name": words.problem,
            "device_class": "problem",
            **_reads(base, "problem"),
            "json_attributes_topic": f"{base}/state",
            "json_attributes_template": "{{ value_json.problem_facts | tojson }}",
        },
    )
    yield (
        "news",
        {
            "platform": "event",
            "name": words.happenings,
            "icon": "mdi:bell-outline",
            "state_topic": f"{base}/event",
            "event_types": [happening.value for happening in TOLD],
        },
    )


def _sensor(base: str, field: str, name: str, unit: str) -> Entity:
    return {
        "platform": "sensor",
        "name": name,
        **_reads(base, field),
        "unit_of_measurement": unit,
    }


def _button(base: str, key: str, name: str, device_class: str = "") -> Entity:
    button: Entity = {
        "platform": "button",
        "name": name,
        "command_topic": f"{base}/set/{key}",
        "payload_press": "PRESS",
    }
    return button | {"device_class": device_class} if device_class else button


def _reads(base: str, field: str) -> Entity:
    return {"state_topic": f"{base}/state", "value_template": f"{{{{ value_json.{field} }}}}"}
