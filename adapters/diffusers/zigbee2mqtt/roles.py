"""What the features of a device mean to us, written down as facts that decode and encode live by.

`is <property>` names the role of a key in its messages, `word <property>=<value>` what one of its
values means. The other facts name what can be set (`power`, `level`, `mode`, `light` ...) and how.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from adapters.diffusers.strengths import modes_of, numbers_of, strengths_of
from adapters.diffusers.zigbee2mqtt.exposes import Access, Feature
from scentd.model.diffuser import Capabilities

IS, WORD = "is ", "word "

_LEVELS = (
    *("mist_level", "spray_level", "mist_volume", "mist", "spray", "spray_mode", "mist_mode"),
    *("intensity", "fog_level", "fan_mode", "mode", "speed", "fan_speed", "level", "work_mode"),
)
"""Names of what may say how strong; the first that has strengths does."""
_MODES = ("work_mode", "working_mode", "spray_mode", "mist_mode", "mode")
MIST = frozenset({"mist_level", "spray_level", "mist_volume", "mist", "spray", "fog_level"})
"""Names that only what makes mist has."""

_MEASURES: Mapping[tuple[str, str], str] = {
    ("power", "W"): "watts 1",
    ("power", "kW"): "watts 1000",
    ("voltage", "V"): "volts 1",
    ("voltage", "mV"): "volts 0.001",
    ("current", "A"): "amps 1",
    ("current", "mA"): "amps 0.001",
    ("energy", "kWh"): "wh 1000",
    ("energy", "Wh"): "wh 1",
}
_SECONDS = {"s": 1, "min": 60}
_SENSORS = frozenset(
    ("temperature", "device_temperature", "humidity", "pm25", "co2", "voc", "illuminance")
)
_EMPTY = frozenset(
    ("water_shortage", "lack_water", "no_water", "water_lack", "empty", "tank_empty")
)
_LOW = frozenset(("oil_low", "low_oil", "liquid_low", "low_liquid"))
_NOTHING = Capabilities(power=False)
_FULL_RATE_UL_PER_H = Capabilities().rate_ul_per_h[0]


@dataclass(frozen=True, slots=True)
class Roles:
    """The facts of one diffuser and what it can do by them."""

    facts: Mapping[str, str] = field(default_factory=dict)
    can: Capabilities = _NOTHING

    def told(self, facts: Mapping[str, str], **can: object) -> "Roles":
        """Give these with more."""
        return Roles({**self.facts, **facts}, replace(self.can, **can))  # type: ignore[arg-type]


def plug(switch: Feature, own: Iterable[Feature], siblings: Iterable[Feature]) -> Roles:
    """Give the roles of a switched outlet; what its siblings say is nothing to it."""
    roles = _powered(Roles({f"{IS}{other.key}": "none" for other in siblings}), switch)
    for feature in own:
        roles = _beside(roles, feature)
    return _asking(roles, (switch, *own))


def machine(power: Feature | None, own: tuple[Feature, ...]) -> Roles:
    """Give the roles of what sprays or blows by itself; without power when nothing switches it."""
    roles = Roles() if power is None else _powered(Roles(), power)
    for feature in own:
        roles = _beside(roles, feature)
    roles = _lit(roles, own)
    level = next((one for name in _LEVELS for one in own if _is_level(one, name)), None)
    if level is not None:
        roles = _levelled(roles, level)
        if power is None or power.within == "fan":
            roles = roles.told({"level_switches": "1"})
    return _asking(_moded(roles, own, level), own)


def _powered(roles: Roles, feature: Feature) -> Roles:
    key = feature.key
    return roles.told(
        {
            f"{IS}{key}": "power",
            f"{WORD}{key}={json.loads(feature.on)}": "on",
            f"{WORD}{key}={json.loads(feature.off)}": "off",
            "power": key,
            "on": feature.on,
            "off": feature.off,
        },
        power=True,
    )


def _beside(roles: Roles, feature: Feature) -> Roles:
    """Give what any device may have: measures, a timer, a way to show itself, flags, sensors."""
    key, name = feature.key, feature.name
    if (measure := _MEASURES.get((name, feature.unit))) is not None and _is_told(feature):
        return roles.told({f"{IS}{key}": measure}, energy=True)
    if name == "countdown" and feature.can_set and feature.unit in _SECONDS:
        return _timed(roles, feature)
    if feature.can_set and name == "identify" and feature.values:
        return roles.told({"identify": json.dumps({key: feature.values[0]})}, identify=True)
    if feature.can_set and name == "effect" and "blink" in feature.values:
        blink = {"identify": json.dumps({key: "blink"})}
        return roles if roles.can.identify else roles.told(blink, identify=True)
    if name == "fault" and _is_told(feature):
        return roles.told({f"{IS}{key}": "fault"})
    if feature.kind == "binary" and name in _EMPTY | _LOW and _is_two_words(feature):
        return roles.told(_flag(feature), low_flag=roles.can.low_flag or name in _LOW)
    if name in _SENSORS and feature.kind == "numeric":
        return roles.told({f"{IS}{key}": f"sensor {feature.unit}"})
    return roles


def _timed(roles: Roles, feature: Feature) -> Roles:
    unit_s = _SECONDS[feature.unit]
    most = feature.high if feature.high is not None else 43_200 / unit_s
    timer = {
        f"{IS}{feature.key}": f"timer {unit_s}",
        "timer": feature.key,
        "timer_unit_s": str(unit_s),
        "timer_most": str(int(most)),
    }
    return roles.told(timer, timer=True)


def _flag(feature: Feature) -> dict[str, str]:
    key = feature.key
    return {
        f"{IS}{key}": "empty" if feature.name in _EMPTY else "low",
        f"{WORD}{key}={json.loads(feature.on)}": "on",
        f"{WORD}{key}={json.loads(feature.off)}": "off",
    }


def _is_level(feature: Feature, name: str) -> bool:
    called = "fan_mode" if feature.within == "fan" and feature.name == "mode" else feature.name
    if called != name or not feature.can_set or feature.within == "light":
        return False
    if feature.kind == "enum":
        return bool(strengths_of(feature.values))
    return feature.kind == "numeric" and bool(numbers_of(feature.low, feature.high, feature.step))


def _levelled(roles: Roles, feature: Feature) -> Roles:
    key = feature.key
    if feature.kind == "enum":
        by_word = strengths_of(feature.values)
        facts = {f"{WORD}{key}={word}": str(percent) for word, percent in by_word.items()}
        facts[f"{IS}{key}"] = "level"
        off = next((value for value in feature.values if value.casefold() == "off"), None)
        if off is not None:
            facts[f"{WORD}{key}={off}"] = "off"
            facts["level_off"] = json.dumps(off)
        steps = tuple(by_word.values())
    else:
        by_percent = numbers_of(feature.low, feature.high, feature.step)
        facts = {f"level {percent}": f"{native:g}" for percent, native in by_percent.items()}
        facts[f"{IS}{key}"] = f"share {feature.high}"
        if feature.low is not None and feature.low <= 0:
            facts["level_off"] = "0"
        steps = tuple(by_percent)
    facts["level"] = key
    has_power = roles.can.power or "level_off" in facts
    rates = tuple(max(1, _FULL_RATE_UL_PER_H * step // 100) for step in steps)
    return roles.told(facts, steps=steps, rate_ul_per_h=rates, power=has_power)


def _moded(roles: Roles, own: tuple[Feature, ...], level: Feature | None) -> Roles:
    for feature in own:
        modes = modes_of(feature.values) if feature.kind == "enum" and feature.can_set else {}
        if modes and feature is not level and feature.name in _MODES:
            key = feature.key
            facts = {f"{WORD}{key}={word}": mode.value for word, mode in modes.items()}
            facts |= {f"{IS}{key}": "mode", "mode": key}
            return roles.told(facts, modes=tuple(modes.values()))
    return roles


def _lit(roles: Roles, own: tuple[Feature, ...]) -> Roles:
    for feature in own:
        if feature.within != "light" or not feature.can_set:
            continue
        key = feature.key
        if feature.name == "state" and key != roles.facts.get("power") and _is_two_words(feature):
            words = {
                f"{WORD}{key}={json.loads(feature.on)}": "on",
                f"{WORD}{key}={json.loads(feature.off)}": "off",
            }
            lamp = {f"{IS}{key}": "light", "light": key}
            sent = {"light_on": feature.on, "light_off": feature.off}
            roles = roles.told({**words, **lamp, **sent}, light=True)
        elif feature.name == "brightness" and feature.high is not None and feature.high > 0:
            facts = {f"{IS}{key}": f"bright {feature.high:g}", "bright": key}
            roles = roles.told(facts | {"bright_most": f"{feature.high:g}"}, light_dims=True)
        elif feature.name in {"color_xy", "color_hs"}:
            roles = roles.told({f"{IS}{key}": "rgb", "rgb": key}, light_colours=True)
    return roles


def _asking(roles: Roles, own: Iterable[Feature]) -> Roles:
    """Give what can be asked for, of what we read."""
    read = (one.key for one in own if Access.GET in one.access)
    asked = dict.fromkeys(key for key in read if f"{IS}{key}" in roles.facts)
    return roles.told({"get": json.dumps(dict.fromkeys(asked, ""))}) if asked else roles


def _is_told(feature: Feature) -> bool:
    return Access.STATE in feature.access


def _is_two_words(feature: Feature) -> bool:
    return bool(feature.on and feature.off) and feature.on != feature.off
