"""What the properties of a Homie device mean to us, written down as facts.

`is <node>/<property>` names the role of a property: its kind, and how to read it after a blank.
`word <node>/<property>=<value>` is what one value of an enum means. The other facts name what can
be set: `power`, `level` (with `level <percent>` for each native value), `mode`, `timer`, `light`,
`bright`, `rgb`, `effect`, `identify`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from adapters.diffusers.homie.described import Property
from adapters.diffusers.homie.values import range_of, values_of
from adapters.diffusers.strengths import modes_of, numbers_of, strengths_of
from scentd.model.diffuser import Capabilities, LevelQuality

IS, WORD = "is ", "word "
_FULL_RATE_UL_PER_H = Capabilities().rate_ul_per_h[0]

_POWERS = ("power", "on", "onoff", "on-off", "switch", "state", "relay", "enabled", "output")
"""Names of what switches, the surest first."""
_STRENGTHS = (
    *("intensity", "strength", "mist", "mist-level", "spray", "level", "speed", "fan-speed"),
    *("output", "power-level", "mode"),
)
_MODES = ("mode", "work-mode", "spray-mode", "program")
_TIMERS = frozenset(("timer", "off-timer", "countdown", "sleep-timer", "auto-off"))
_OILS = re.compile(r"(?:oil|liquid|tank|fill|cartridge|scent|remaining|level)(?:-[a-z-]+)?")
_LOWS = re.compile(r"(?:[a-z-]+-)?low(?:-[a-z-]+)?")
_EMPTIES = re.compile(r"(?:[a-z-]+-)?(?:empty|dry)|no-(?:water|oil|liquid)")
_LAMP = re.compile(r"\b(?:light|lamp|led)s?\b|light$", re.IGNORECASE)
_UNIT_UL = {"ml": 1_000, "cl": 10_000, "dl": 100_000, "l": 1_000_000, "µl": 1, "ul": 1}
_MEASURES: Mapping[str, tuple[str, float]] = {
    "W": ("watts", 1),
    "kW": ("watts", 1_000),
    "mW": ("watts", 0.001),
    "kWh": ("wh", 1_000),
    "Wh": ("wh", 1),
    "V": ("volts", 1),
    "mV": ("volts", 0.001),
    "A": ("amps", 1),
    "mA": ("amps", 0.001),
}
_SECONDS = {"s": 1, "sec": 1, "min": 60, "h": 3_600}


class Roles:
    """Facts and capabilities of one diffuser, gathered property by property."""

    def __init__(self) -> None:
        self.facts: dict[str, str] = {}
        self.can = Capabilities(power=False)

    def _is(self, prop: Property, role: str, **facts: str) -> None:
        self.facts[f"{IS}{prop.path}"] = role
        self.facts |= facts

    def powered(self, prop: Property) -> None:
        """Take the property that switches."""
        self._is(prop, "power", power=prop.path)
        self.can = replace(self.can, power=True)

    def strengths(self, properties: Iterable[Property]) -> None:
        """Take the first property that says how strong."""
        for prop in _named(properties, _STRENGTHS):
            if prop.settable and not is_lamp(prop) and self._strength(prop):
                return

    def _strength(self, prop: Property) -> bool:
        if prop.datatype == "enum":
            by_value = strengths_of(values_of(prop.format))
            for value, percent in by_value.items():
                self.facts[f"{WORD}{prop.path}={value}"] = str(percent)
            natives = {percent: value for value, percent in by_value.items()}
            role = "word"
        elif prop.datatype in {"integer", "float"}:
            low, high, step = range_of(prop.format)
            if (low, high) == (None, None) and prop.unit == "%":
                low, high = 0.0, 100.0
            natives = {p: f"{n:g}" for p, n in numbers_of(low, high, step).items()}
            role = f"share {high:g}" if high is not None else ""
        else:
            return False
        if not natives:
            return False
        self._is(prop, role, level=prop.path)
        self.facts |= {f"level {percent}": native for percent, native in natives.items()}
        steps = tuple(natives)
        rates = tuple(max(1, _FULL_RATE_UL_PER_H * step // 100) for step in steps)
        self.can = replace(self.can, steps=steps, rate_ul_per_h=rates)
        return True

    def modes(self, properties: Iterable[Property]) -> None:
        """Take the first property that says in which mode."""
        for prop in _named(properties, _MODES):
            known = modes_of(values_of(prop.format)) if prop.datatype == "enum" else {}
            if known and prop.settable and f"{IS}{prop.path}" not in self.facts:
                self._is(prop, "mode", mode=prop.path)
                for value, mode in known.items():
                    self.facts[f"{WORD}{prop.path}={value}"] = mode.value
                self.can = replace(self.can, modes=tuple(known.values()))
                return

    def lamp(self, properties: Iterable[Property]) -> None:
        """Take the light: its switch, brightness, colour and effects."""
        for prop in properties:
            if not is_lamp(prop) or not prop.settable or f"{IS}{prop.path}" in self.facts:
                continue
            _, high, _ = range_of(prop.format)
            most = high or (100.0 if prop.unit == "%" else 0.0)
            if prop.datatype == "boolean" and not self.can.light:
                self._is(prop, "light", light=prop.path)
                self.can = replace(self.can, light=True)
            elif prop.datatype in {"integer", "float"} and most > 0 and not self.can.light_dims:
                self._is(prop, f"bright {most:g}", bright=prop.path, bright_most=f"{most:g}")
                self.can = replace(self.can, light_dims=True)
            elif prop.datatype == "color" and not self.can.light_colours:
                forms = [form for form in prop.format.split(",") if form in {"rgb", "hsv"}]
                if forms:
                    self._is(prop, f"rgb {forms[0]}", rgb=prop.path, rgb_form=forms[0])
                    self.can = replace(self.can, light_colours=True)
            elif prop.datatype == "enum" and not self.can.light_effects:
                self._is(prop, "effect", effect=prop.path)
                self.can = replace(self.can, light_effects=values_of(prop.format))

    def beside(self, properties: Iterable[Property]) -> None:
        """Take what any device may have: oil, flags, a timer, measures, sensors, buttons."""
        for prop in properties:
            if f"{IS}{prop.path}" in self.facts:
                continue
            for take in (self._timer, self._flag, self._oil, self._measure, self._event):
                if take(prop):
                    break

    def _timer(self, prop: Property) -> bool:
        if prop.name not in _TIMERS or not prop.settable:
            return False
        unit_s = 0 if prop.datatype == "duration" else _SECONDS.get(prop.unit or "s", 0)
        if prop.datatype != "duration" and (prop.datatype != "integer" or not unit_s):
            return False
        self._is(prop, f"timer {unit_s}", timer=prop.path, timer_unit_s=str(unit_s))
        self.can = replace(self.can, timer=True)
        return True

    def _flag(self, prop: Property) -> bool:
        if prop.datatype != "boolean":
            return False
        if prop.settable and prop.name == "identify":
            qos = "1" if prop.retained else "0"
            self._is(prop, "none", identify=prop.path, identify_qos=qos)
            self.can = replace(self.can, identify=True)
        elif not prop.settable and _EMPTIES.fullmatch(prop.name):
            self._is(prop, "empty")
        elif not prop.settable and _LOWS.fullmatch(prop.name):
            self._is(prop, "low")
            self.can = replace(self.can, low_flag=True)
        return f"{IS}{prop.path}" in self.facts

    def _oil(self, prop: Property) -> bool:
        is_number = prop.datatype in {"integer", "float"}
        if prop.settable or not is_number or not _OILS.fullmatch(prop.name):
            return False
        if prop.unit == "%":
            self._is(prop, "oil-share")
        elif prop.unit.casefold() in _UNIT_UL:
            self._is(prop, f"oil {_UNIT_UL[prop.unit.casefold()]}")
        else:
            return False
        self.can = replace(self.can, level=LevelQuality.DEVICE_ESTIMATE)
        return True

    def _measure(self, prop: Property) -> bool:
        if prop.settable or prop.datatype not in {"integer", "float"}:
            return False
        if prop.unit in _MEASURES:
            name, factor = _MEASURES[prop.unit]
            self._is(prop, f"{name} {factor}")
            self.can = replace(self.can, energy=True)
        elif prop.unit == "dBm":
            self._is(prop, "signal")
        else:
            self._is(prop, f"sensor {prop.unit}")
        return True

    def _event(self, prop: Property) -> bool:
        if prop.retained or prop.settable or prop.datatype not in {"boolean", "enum", "string"}:
            return False
        self._is(prop, "event")
        return True


def is_lamp(prop: Property) -> bool:
    """Say whether a property is of the device's light."""
    return bool(_LAMP.search(prop.node) or _LAMP.search(prop.node_type) or _LAMP.search(prop.name))


def switches(properties: Iterable[Property]) -> Iterator[Property]:
    """Give what switches: in each node the property whose name says so the surest."""
    seen: set[str] = set()
    for prop in _named(properties, _POWERS):
        is_switch = prop.datatype == "boolean" and prop.settable and prop.retained
        if is_switch and not is_lamp(prop) and prop.node not in seen:
            seen.add(prop.node)
            yield prop


def _named(properties: Iterable[Property], names: tuple[str, ...]) -> Iterator[Property]:
    listed = list(properties)
    for name in names:
        yield from (prop for prop in listed if prop.name == name)
