"""What a message says, by the notes on its topic."""

from collections.abc import Callable, Mapping

from adapters.diffusers.announced.channels import AT, Channel, channels_of
from adapters.diffusers.announced.expressions import Said
from adapters.diffusers.payloads import MAX_NUMBER, MAX_TEXT, Fields, extra_of, name_of, text_of
from scentd.model.diffuser import Availability, Diffuser, Mode
from scentd.model.readings import (
    AvailabilityRead,
    ButtonRead,
    EnergyRead,
    FaultRead,
    IntensityRead,
    LevelRead,
    LevelShareRead,
    LightRead,
    LowRead,
    ModeRead,
    PowerRead,
    Reading,
    SensorRead,
    SignalRead,
)
from scentd.ports import Malformed

_MOST_UL = 100_000_000
_NOTHING = frozenset(("", "None", "unknown", "unavailable", "nan"))
"""What is said where there is nothing to say."""


def readings_of(diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
    """Read a message; () for one on a topic that is not the device's; raises Malformed.

    What is not of the form it should have is kept as it is said.
    """
    fact = diffuser.facts.get(f"{AT}{topic}")
    if fact is None or not payload:
        return ()
    said = Said(text_of(topic, payload))
    found: list[Reading] = []
    for channel in channels_of(fact):
        text = channel.template.of(said)
        if text is not None and text not in _NOTHING:
            found += _READ[channel.kind](channel, text, diffuser)
    return tuple(found)


def _there(channel: Channel, text: str, _: Diffuser) -> tuple[Reading, ...]:
    there, away, source, is_away = map(str, channel.arguments)
    if text == there:
        return (AvailabilityRead(Availability.ONLINE, source),)
    return (AvailabilityRead(Availability(is_away), source),) if text == away else ()


def _power(channel: Channel, text: str, _: Diffuser) -> tuple[Reading, ...]:
    on = _is_on(channel, text)
    return (extra_of("power", text),) if on is None else (PowerRead(on),)


def _light(channel: Channel, text: str, _: Diffuser) -> tuple[Reading, ...]:
    on = _is_on(channel, text)
    return (extra_of("light", text),) if on is None else (LightRead(on),)


def _low(channel: Channel, text: str, _: Diffuser) -> tuple[Reading, ...]:
    is_low = _is_on(channel, text)
    return (extra_of("low", text),) if is_low is None else (LowRead(1, is_low),)


def _fault(channel: Channel, text: str, _: Diffuser) -> tuple[Reading, ...]:
    is_so, code = _is_on(channel, text), str(channel.arguments[2])
    return (extra_of(code, text),) if is_so is None else (FaultRead(code if is_so else ""),)


def _is_on(channel: Channel, text: str) -> bool | None:
    if text == channel.arguments[0]:
        return True
    return False if text == channel.arguments[1] else None


def _share(channel: Channel, text: str, diffuser: Diffuser) -> tuple[Reading, ...]:
    number = _number(text)
    first, most = channel.arguments
    if number is None or not isinstance(first, int | float) or not isinstance(most, int | float):
        return (extra_of("strength", text),)
    percent = round(min(100.0, max(0.0, 100 * (number - first) / most)))
    if percent > 0:
        return _running(diffuser, diffuser.capabilities.nearest_step(percent))
    return _resting(diffuser)


def _words(channel: Channel, text: str, diffuser: Diffuser) -> tuple[Reading, ...]:
    meaning = _meaning(channel, text)
    if meaning is None:
        return (extra_of("strength", text),)
    return _resting(diffuser) if meaning == "off" else _running(diffuser, int(meaning))


def _running(diffuser: Diffuser, step: int) -> tuple[Reading, ...]:
    """Read a strength: it says that the device runs where nothing else switches it."""
    is_switch = "set power" not in diffuser.facts and diffuser.capabilities.power
    return (PowerRead(on=True), IntensityRead(step)) if is_switch else (IntensityRead(step),)


def _resting(diffuser: Diffuser) -> tuple[Reading, ...]:
    """Read no strength: beside a switch it says nothing, for that says whether it rests."""
    is_switch = "set power" not in diffuser.facts and diffuser.capabilities.power
    return (PowerRead(on=False),) if is_switch else ()


def _mode(channel: Channel, text: str, _: Diffuser) -> tuple[Reading, ...]:
    meaning = _meaning(channel, text)
    return (extra_of("mode", text),) if meaning is None else (ModeRead(Mode(meaning)),)


def _meaning(channel: Channel, text: str) -> str | None:
    words = channel.arguments[0]
    return words.get(text) if isinstance(words, dict) else None


def _bright(channel: Channel, text: str, _: Diffuser) -> tuple[Reading, ...]:
    number, scale = _number(text), channel.arguments[0]
    if number is None or not isinstance(scale, int | float):
        return (extra_of("brightness", text),)
    return (LightRead(None, _percent(number, scale)),)


def _rgb(_: Channel, text: str, __: Diffuser) -> tuple[Reading, ...]:
    parts = text.split(",")
    numbers = [int(part) for part in parts if part.isascii() and part.isdecimal() and len(part) < 4]
    if len(parts) != 3 or len(numbers) != 3 or max(numbers) > 255:
        return (extra_of("rgb", text),)
    return (LightRead(None, rgb=bytes(numbers).hex()),)


def _effect(_: Channel, text: str, __: Diffuser) -> tuple[Reading, ...]:
    return (LightRead(None, effect=name_of(text)),)


def _lamp(channel: Channel, text: str, _: Diffuser) -> tuple[Reading, ...]:
    """Read all of a lamp from one object; a value of a wrong kind is passed over."""
    values = _object(text)
    if values is None:
        return (extra_of("light", text),)
    fields, scale = Fields("", values), channel.arguments[0]
    on = {"ON": True, "OFF": False}.get(str(values.get("state")))
    number = _told(lambda: fields.number("brightness"))
    percent = (
        _percent(number, scale) if number is not None and isinstance(scale, float | int) else None
    )
    effect = values.get("effect")
    light = LightRead(
        on,
        percent,
        _colour(values.get("color")),
        name_of(effect) if isinstance(effect, str) and effect else None,
    )
    return () if light == LightRead(None) else (light,)


def _colour(value: object) -> str | None:
    if not isinstance(value, dict):
        return None
    fields = Fields("", value)
    parts = [_told(lambda name=name: fields.whole(name, 0, 255)) for name in ("r", "g", "b")]  # type: ignore[misc]
    numbers = [int(part) for part in parts if part is not None]
    return bytes(numbers).hex() if len(numbers) == 3 else None


def _told(read: Callable[[], float | None]) -> float | None:
    try:
        return read()
    except Malformed:
        return None


def _percent(number: float, scale: float) -> int:
    return round(min(100.0, max(0.0, 100 * number / scale)))


def _oil(channel: Channel, text: str, _: Diffuser) -> tuple[Reading, ...]:
    number, factor = _number(text), channel.arguments[0]
    if (
        number is None
        or not isinstance(factor, int | float)
        or not 0 <= number * factor <= _MOST_UL
    ):
        return (extra_of("oil", text),)
    return (LevelRead(1, round(number * factor)),)


def _oil_share(_: Channel, text: str, __: Diffuser) -> tuple[Reading, ...]:
    number = _number(text)
    if number is None or not 0 <= number <= 100:
        return (extra_of("oil", text),)
    return (LevelShareRead(1, number),)


def _energy(channel: Channel, text: str, _: Diffuser) -> tuple[Reading, ...]:
    number, factor = _number(text), channel.arguments[0]
    if number is None or not isinstance(factor, int | float) or abs(number * factor) > MAX_NUMBER:
        return (extra_of(channel.kind, text),)
    value = round(number * factor, 6)
    if channel.kind == "wh":
        return (EnergyRead(None, value),) if value >= 0 else (extra_of("wh", text),)
    if channel.kind == "watts":
        return (EnergyRead(value, None),)
    volts, amps = (value, None) if channel.kind == "volts" else (None, value)
    return (EnergyRead(None, None, volts, amps),)


def _signal(_: Channel, text: str, __: Diffuser) -> tuple[Reading, ...]:
    number = _number(text)
    if number is None or not -150 <= number <= 0:
        return (extra_of("signal", text),)
    return (SignalRead(round(number)),)


def _sensor(channel: Channel, text: str, _: Diffuser) -> tuple[Reading, ...]:
    name, unit = map(str, channel.arguments)
    number = _number(text)
    return (extra_of(name, text),) if number is None else (SensorRead(name, number, unit),)


def _event(channel: Channel, text: str, _: Diffuser) -> tuple[Reading, ...]:
    values = _object(text)
    kind = values.get("event_type") if values is not None else None
    return (ButtonRead(name_of(kind if isinstance(kind, str) else str(channel.arguments[0]))),)


def _extra(channel: Channel, text: str, _: Diffuser) -> tuple[Reading, ...]:
    return (extra_of(str(channel.arguments[0]), text[:MAX_TEXT]),)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    # Compared so that what is no number is none either.
    return number if -MAX_NUMBER <= number <= MAX_NUMBER else None


def _object(text: str) -> dict[str, object] | None:
    values = Said(text).json
    return values if isinstance(values, dict) else None


_READ: Mapping[str, Callable[[Channel, str, Diffuser], tuple[Reading, ...]]] = {
    "there": _there,
    "power": _power,
    "share": _share,
    "words": _words,
    "mode": _mode,
    "light": _light,
    "lamp": _lamp,
    "bright": _bright,
    "rgb": _rgb,
    "effect": _effect,
    "oil": _oil,
    "percent": _oil_share,
    "low": _low,
    "fault": _fault,
    "watts": _energy,
    "wh": _energy,
    "volts": _energy,
    "amps": _energy,
    "signal": _signal,
    "sensor": _sensor,
    "event": _event,
    "extra": _extra,
}
