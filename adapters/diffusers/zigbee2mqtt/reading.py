"""What a device's state message says, by the roles its features were given."""

import colorsys
import json
from collections.abc import Mapping

from adapters.diffusers.payloads import Fields, extra_of
from adapters.diffusers.zigbee2mqtt.roles import IS, WORD
from scentd.model.diffuser import Diffuser, Mode
from scentd.model.readings import (
    ButtonRead,
    EnergyRead,
    FaultRead,
    IntensityRead,
    LightRead,
    LowRead,
    ModeRead,
    PowerRead,
    Reading,
    SensorRead,
    TimerRead,
)

_IGNORED = frozenset(
    ("device", "update", "update_available", "last_seen", "elapsed", "color_mode", "click")
)
"""Of the bridge's own affairs, or said by another key as well."""
_ALL_WELL = frozenset(("", "none", "normal", "ok", "no_fault", "no fault", "clear", "0", "false"))
_MEASURES = frozenset(("watts", "wh", "volts", "amps"))
_MODES = frozenset(Mode)
_MOST = 1e12
"""A greater number is no measure of a home but a fault; it is kept as it is written."""
_MOST_TIMER_S = 604_800


def readings_of(diffuser: Diffuser, fields: Fields) -> tuple[Reading, ...]:
    """Give what the keys say; () for none. What is of the wrong type is kept as it is written."""
    facts = diffuser.facts
    readings: list[Reading] = []
    measured: dict[str, float] = {}
    lit: dict[str, object] = {}
    for name, value in fields.items():
        role, _, how = facts.get(IS + name, "").partition(" ")
        if role in _MEASURES:
            number = _number(value)
            if number is not None:
                measured[role] = number * float(how)
                continue
        elif role in _LIT:
            lit |= _light(facts, role, name, how, value)
            continue
        readings += _reading(diffuser, role, how, name, value)
    if measured:
        readings.append(_energy(measured))
    if lit:
        readings.append(LightRead(**({"on": None} | lit)))  # type: ignore[arg-type]  # by name
    return tuple(readings)


def _energy(measured: Mapping[str, float]) -> EnergyRead:
    total_wh = measured.get("wh")
    return EnergyRead(
        watts=measured.get("watts"),
        # Kilowatt-hours with three digits leave rubbish behind the point when multiplied.
        total_wh=None if total_wh is None else round(total_wh, 3),
        volts=measured.get("volts"),
        amps=measured.get("amps"),
    )


def _reading(
    diffuser: Diffuser, role: str, how: str, name: str, value: object
) -> tuple[Reading, ...]:
    word = diffuser.facts.get(f"{WORD}{name}={value}") if isinstance(value, str | int) else None
    number = _number(value)
    match role:
        case "power" if word is not None:
            return (PowerRead(word == "on"),)
        case "level" if word is not None:
            return _level(diffuser, word)
        case "share" if number is not None:
            return _share(diffuser, 100 * number / float(how))
        case "mode" if word in _MODES:
            return (ModeRead(Mode(word)),)
        case "timer" if number is not None and 0 <= number * int(how) <= _MOST_TIMER_S:
            return (TimerRead(round(number * int(how))),)
        case "sensor" if number is not None:
            return (SensorRead(name, number, how),)
        case _:
            return _flagged(role, word, value) or _other(role, name, value)


def _flagged(role: str, word: str | None, value: object) -> tuple[Reading, ...]:
    if role == "empty" and word is not None:
        return (FaultRead("empty" if word == "on" else ""),)
    if role == "low" and word is not None:
        return (LowRead(1, word == "on"),)
    if role == "fault" and isinstance(value, str | int):
        code = "fault" if value is True else str(value)[:64]
        return (FaultRead("" if code.casefold() in _ALL_WELL else code),)
    return ()


def _other(role: str, name: str, value: object) -> tuple[Reading, ...]:
    if name in _IGNORED or role == "none":
        return ()
    if name == "action" and isinstance(value, str):
        # 1.x says after each press that there is none any more.
        return (ButtonRead(value[:64]),) if value and value.isprintable() else ()
    if isinstance(value, str | int | float):
        return (extra_of(name, value),)
    try:
        return (extra_of(name, json.dumps(value)),)
    except (RecursionError, ValueError):
        return (extra_of(name, "…"),)


def _level(diffuser: Diffuser, word: str) -> tuple[Reading, ...]:
    has_switch = "power" in diffuser.facts
    if word == "off":
        return () if has_switch else (PowerRead(on=False),)
    step = IntensityRead(int(word))
    return (
        (step,) if has_switch or "level_off" not in diffuser.facts else (PowerRead(on=True), step)
    )


def _share(diffuser: Diffuser, percent: float) -> tuple[Reading, ...]:
    if percent <= 0:
        return _level(diffuser, "off")
    return _level(diffuser, str(diffuser.capabilities.nearest_step(round(min(percent, 100)))))


def _light(
    facts: Mapping[str, str], role: str, name: str, how: str, value: object
) -> dict[str, object]:
    number = _number(value)
    if role == "light" and isinstance(value, str | int):
        word = facts.get(f"{WORD}{name}={value}")
        return {} if word is None else {"on": word == "on"}
    if role == "bright" and number is not None:
        return {"percent": round(min(100.0, max(0.0, 100 * number / float(how))))}
    rgb = _rgb(value) if role == "rgb" and isinstance(value, dict) else None
    return {} if rgb is None else {"rgb": rgb}


_LIT = frozenset(("light", "bright", "rgb"))


def _rgb(colour: Mapping[str, object]) -> str | None:
    """Give a colour at full brightness; what is said by hue goes before what is said by x and y."""
    hue, saturation = _number(colour.get("hue")), _number(colour.get("saturation"))
    if hue is not None and saturation is not None:
        share = min(1.0, max(0.0, saturation / 100))
        return _hex(*colorsys.hsv_to_rgb(hue % 360 / 360, share, 1.0))
    x, y = _number(colour.get("x")), _number(colour.get("y"))
    if x is None or y is None or not (0 <= x <= 1 and 0 < y <= 1):
        return None
    # CIE 1931 to linear sRGB (IEC 61966-2-1, D65) at Y = 1.
    bright_x, bright_z = x / y, (1 - x - y) / y
    linear = (
        3.2406 * bright_x - 1.5372 - 0.4986 * bright_z,
        -0.9689 * bright_x + 1.8758 + 0.0415 * bright_z,
        0.0557 * bright_x - 0.2040 + 1.0570 * bright_z,
    )
    most = max(linear)
    return _hex(*(_gamma(max(0.0, part / most)) for part in linear)) if most > 0 else None


def _gamma(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def _hex(*parts: float) -> str:
    return "".join(f"{round(255 * part):02x}" for part in parts)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if abs(number) <= _MOST else None
