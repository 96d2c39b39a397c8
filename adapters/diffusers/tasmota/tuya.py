"""The data points inside a `TuyaReceived` message, and the commands that set them."""

from collections.abc import Iterator

from adapters.diffusers.payloads import Fields
from adapters.diffusers.tasmota.profiles import Model, Point, PointType
from scentd.model.commands import Wish
from scentd.model.readings import FaultRead, IntensityRead, LightRead, ModeRead, PowerRead, Reading
from scentd.ports import Malformed

_REPORT = 7
_MAX_VALUE_BYTES = 8


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
    return tuple(r for dp, value in _points(topic, data) for r in _meaning(model, dp, value))


def encode(model: Model, wish: Wish) -> Iterator[tuple[str, str]]:
    """Give command and argument for each data point the wish sets.

    `TuyaSend` is used throughout: `TuyaEnum` refuses values unless the household also declared
    the list's length, and sets nothing that `TuyaSend4` does not.
    """
    yield from _power(model, wish)  # first: many microcontrollers ignore the rest while off
    step = None if wish.intensity_percent is None else _step(model, wish.intensity_percent)
    if model.mist is not None and step is not None:
        yield _send(model.mist, step)
    if model.light is not None and wish.light is not None:
        yield _send(model.light, int(wish.light))


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


def _points(topic: str, data: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(data):
        start = at + 4
        end = start + int.from_bytes(data[at + 2 : start], "big")
        if start > len(data) or end > len(data):
            raise Malformed(topic, "a data point is cut short")
        kind, value = data[at + 1], data[start:end]
        if kind not in (PointType.RAW, PointType.TEXT) and len(value) <= _MAX_VALUE_BYTES:
            yield data[at], int.from_bytes(value, "big")
        at = end


def _meaning(model: Model, dp: int, value: int) -> Iterator[Reading]:
    if model.power is not None and dp == model.power.dp:
        yield PowerRead(value != model.off)
    if model.mode is not None and dp == model.mode.dp and value in model.modes:
        yield ModeRead(model.modes[value])
    if model.mist is not None and dp == model.mist.dp:
        yield from (IntensityRead(p) for p, native in model.mist_steps.items() if native == value)
    if model.light is not None and dp == model.light.dp:
        yield LightRead(bool(value))
    if model.fault is not None and dp == model.fault.dp:
        yield FaultRead(model.fault_code if value else "")
