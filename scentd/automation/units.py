"""Units of measurement: which there are, and a number of one as a number of another. Pure.

Factors are exact by definition (SI; the international inch of 1959, the mile an hour from it).
"""

from typing import NamedTuple


class _Unit(NamedTuple):
    """A number in it times `factor` plus `shift` is the number in the quantity's base unit."""

    quantity: str
    factor: float
    shift: float = 0.0


_UNITS = {
    "°C": _Unit("temperature", 1.0),
    "°F": _Unit("temperature", 5 / 9, -160 / 9),
    "K": _Unit("temperature", 1.0, -273.15),
    "%": _Unit("share", 1.0),
    "ppm": _Unit("concentration", 1.0),
    "ppb": _Unit("concentration", 0.001),
    "µg/m³": _Unit("density", 1.0),
    "mg/m³": _Unit("density", 1000.0),
    "lx": _Unit("light", 1.0),
    "klx": _Unit("light", 1000.0),
    "W": _Unit("power", 1.0),
    "kW": _Unit("power", 1000.0),
    "Wh": _Unit("energy", 1.0),
    "kWh": _Unit("energy", 1000.0),
    "V": _Unit("voltage", 1.0),
    "mV": _Unit("voltage", 0.001),
    "A": _Unit("current", 1.0),
    "mA": _Unit("current", 0.001),
    "hPa": _Unit("pressure", 1.0),
    "mbar": _Unit("pressure", 1.0),
    "Pa": _Unit("pressure", 0.01),
    "dB": _Unit("loudness", 1.0),
    "dBm": _Unit("signal", 1.0),
    "m/s": _Unit("speed", 1.0),
    "km/h": _Unit("speed", 1 / 3.6),
    "mph": _Unit("speed", 0.44704),
    "m": _Unit("length", 1.0),
    "cm": _Unit("length", 0.01),
    "mm": _Unit("length", 0.001),
    "in": _Unit("length", 0.0254),
    "s": _Unit("time", 1.0),
    "min": _Unit("time", 60.0),
    "h": _Unit("time", 3600.0),
}

NAMES = tuple(_UNITS)
"""Every unit a rule may name; "" stands for a number without one."""


def is_known(unit: str) -> bool:
    """Say whether a unit can be compared; "" can, with itself."""
    return unit == "" or unit in _UNITS


def fit(unit: str, other: str) -> bool:
    """Say whether numbers of the two can be compared; both must be known."""
    if "" in {unit, other}:
        return unit == other
    return _UNITS[unit].quantity == _UNITS[other].quantity


def convert(number: float, unit: str, to: str) -> float:
    """Give a number of `unit` as one of `to`; the two must fit."""
    if unit == to:
        return number
    source, target = _UNITS[unit], _UNITS[to]
    return (number * source.factor + source.shift - target.shift) / target.factor


def convert_span(span: float, unit: str, to: str) -> float:
    """Give a difference in `unit` as one in `to`: 9 °F are 5 K apart, wherever they begin."""
    if unit == to:
        return span
    return span * _UNITS[unit].factor / _UNITS[to].factor
