"""The data points inside a `TuyaReceived` message, and the commands that set them."""

import re
from collections.abc import Iterator

from adapters.diffusers.payloads import Fields, extra_of
from adapters.diffusers.tasmota.profiles import Model, Point, PointType
from scentd.model.commands import Wish
from scentd.model.readings import (
    FaultRead,
    IntensityRead,
    LightRead,
    ModeRead,
    PowerRead,
    Reading,
    TimerRead,
)
from scentd.ports import Malformed

_REPORT = 7
_MAX_VALUE_BYTES = 8
_MOST_MINUTES = 1_440
_COLOUR = re.compile(r"[0-9a-fA-F]{14}")
"""Red, green, blue, the hue in two bytes, saturation and brightness, each in hex."""
_BY_RGB_ALONE = "ffff6464"
"""Hue, saturation and brightness at their most: with these the boards go by red, green and blue,
as those found who have put Tasmota on all three models."""


def decode(topic: str, model: Model, received: Fields) -> tuple[Reading, ...]:
    """Read the data points a microcontroller reported; other traffic of it says nothing to us.

    `CmndData` holds records of number (1 byte), type (1), length (2) and value, in hex; it is
    the one part that every version of the firmware writes.
    """
    if received.whole("Cmnd", 0, 255) != _REPORT:
        return ()
    written = received.text("CmndData", limit=4096)
    if written is None:
        return ()
    try:
        data = bytes.fromhex(written)
    except ValueError:
        raise Malformed(topic, "CmndData is not hexadecimal") from None
    return tuple(reading for point in _points(topic, data) for reading in _meaning(model, *point))


def encode(model: Model, wish: Wish) -> Iterator[tuple[str, str]]:
    """Give command and argument for each data point the wish sets.

    `TuyaSend` is used throughout: `TuyaEnum` refuses values unless the household also declared
    the list's length, and sets nothing that `TuyaSend4` does not.
    """
    yield from _power(model, wish)  # first: many microcontrollers ignore the rest while off
    step = None if wish.intensity_percent is None else _step(model, wish.intensity_percent)
    if model.mist is not None and step is not None:
        yield _send(model.mist, step)
    yield from _lamp(model, wish)
    if model.timer is not None and wish.timer_s is not None:
        minutes = min(-(-max(0, wish.timer_s) // 60), model.timer_most_min)
        yield _send(model.timer, minutes)


def _lamp(model: Model, wish: Wish) -> Iterator[tuple[str, str]]:
    scene = None if wish.light is False else _scene(model, wish)
    lights_by_scene = scene is not None and model.scene == model.light
    if model.light is not None and wish.light is not None and not lights_by_scene:
        yield _send(model.light, model.light_on if wish.light else 0)
    if model.scene is not None and scene is not None:
        yield _send(model.scene, scene)
    if wish.light is not False:
        yield from _shine(model, wish)


def _scene(model: Model, wish: Wish) -> int | None:
    """Give the scene that is wished, or the one without which a wished colour would not show."""
    if wish.light_effect is not None:
        return next((n for n, name in model.scenes.items() if name == wish.light_effect), None)
    return None if wish.light_rgb is None else model.scene_of_colour


def _shine(model: Model, wish: Wish) -> Iterator[tuple[str, str]]:
    if model.light_level is not None and wish.light_percent is not None:
        yield _send(model.light_level, max(1, round(model.light_most * wish.light_percent / 100)))
    if model.light_colour is not None and wish.light_rgb is not None:
        point = model.light_colour
        yield f"TuyaSend{point.type.value}", f"{point.dp},{wish.light_rgb}{_BY_RGB_ALONE}"


def _power(model: Model, wish: Wish) -> Iterator[tuple[str, str]]:
    if model.power is None:
        return
    native_mode = next((value for value, mode in model.modes.items() if mode is wish.mode), None)
    if wish.power is False:
        yield _send(model.power, model.off)
    elif model.mode == model.power and native_mode is not None:
        yield _send(model.power, native_mode)  # choosing a mode starts it: one point does both
    elif wish.power:
        yield _send(model.power, model.on)
    elif model.mode is not None and native_mode is not None:
        yield _send(model.mode, native_mode)


def _step(model: Model, percent: int) -> int | None:
    if not model.mist_steps:
        return None
    return model.mist_steps[model.capabilities.nearest_step(percent)]


def _send(point: Point, value: int) -> tuple[str, str]:
    return f"TuyaSend{point.type.value}", f"{point.dp},{value}"


def _points(topic: str, data: bytes) -> Iterator[tuple[int, int | str]]:
    """Give number and value of each data point: a number, or text and raw bytes as text."""
    at = 0
    while at < len(data):
        start = at + 4
        end = start + int.from_bytes(data[at + 2 : start], "big")
        if start > len(data) or end > len(data):
            raise Malformed(topic, "a data point is cut short")
        kind, value = data[at + 1], data[start:end]
        if kind == PointType.TEXT:
            yield data[at], value.decode(errors="replace")
        elif kind == PointType.RAW or len(value) > _MAX_VALUE_BYTES:
            yield data[at], value.hex()
        else:
            yield data[at], int.from_bytes(value, "big")
        at = end


def _meaning(model: Model, dp: int, value: int | str) -> Iterator[Reading]:
    """Give what a point means; one the model's table does not name is kept as it is."""
    read = tuple(_lit(model, dp, value))
    if not read and isinstance(value, int):
        read = (*_running(model, dp, value), *_timed(model, dp, value))
    yield from read or (extra_of(f"dp{dp}", value),)


def _lit(model: Model, dp: int, value: int | str) -> Iterator[Reading]:
    level, colour = model.light_level, model.light_colour
    if colour is not None and dp == colour.dp and isinstance(value, str):
        if _COLOUR.fullmatch(value):
            yield LightRead(None, rgb=value[:6].lower())
    elif isinstance(value, str):
        return
    elif level is not None and dp == level.dp:
        yield LightRead(None, min(100, round(100 * value / model.light_most)))
    else:
        is_light = model.light is not None and dp == model.light.dp
        is_scene = model.scene is not None and dp == model.scene.dp and value in model.scenes
        if is_light or is_scene:
            yield LightRead(
                bool(value) if is_light else None,
                effect=model.scenes[value] if is_scene else None,
            )


def _timed(model: Model, dp: int, value: int) -> Iterator[Reading]:
    left = model.timer_left
    if left is not None and dp == left.dp and value <= _MOST_MINUTES:
        yield TimerRead(60 * value)


def _running(model: Model, dp: int, value: int) -> Iterator[Reading]:
    if model.power is not None and dp == model.power.dp:
        yield PowerRead(value != model.off)
    if model.mode is not None and dp == model.mode.dp and value in model.modes:
        yield ModeRead(model.modes[value])
    if model.mist is not None and dp == model.mist.dp:
        yield from (IntensityRead(p) for p, native in model.mist_steps.items() if native == value)
    if model.fault is not None and dp == model.fault.dp:
        yield FaultRead(_fault(model, value))


def _fault(model: Model, value: int) -> str:
    if value in model.well:
        return ""
    return model.fault_code if value & 1 else f"code {value}"
