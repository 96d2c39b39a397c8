"""The payloads of Homie's datatypes, read and written by the letter of the convention."""

import colorsys
import re

from adapters.diffusers.payloads import MAX_NUMBER

_WHOLE = re.compile(r"-?[0-9]{1,19}")
_FLOAT = re.compile(r"-?(?:[0-9]{1,19}(?:\.[0-9]{0,19})?|\.[0-9]{1,19})(?:[eE]-?[0-9]{1,3})?")
_DURATION = re.compile(r"PT(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,7})S)?")
_TRIPLE = re.compile(r"(?:(rgb|hsv),)?([0-9]{1,3}),([0-9]{1,3}),([0-9]{1,3})")


def boolean_of(text: str) -> bool | None:
    """Give a boolean; None for anything but `true` and `false`, to the letter."""
    return {"true": True, "false": False}.get(text)


def number_of(text: str) -> float | None:
    """Give an integer or float; None for what is none, not finite or out of this world."""
    if not (_WHOLE.fullmatch(text) or _FLOAT.fullmatch(text)):
        return None
    number = float(text)
    return number if abs(number) <= MAX_NUMBER else None


def range_of(written: str) -> tuple[float | None, float | None, float | None]:
    """Give the least, the greatest and the step of a format `low:high:step`; None where open."""
    parts = [number_of(part) for part in written.split(":")]
    if len(parts) not in {2, 3}:
        return None, None, None
    return parts[0], parts[1], parts[2] if len(parts) == 3 else None


def values_of(written: str) -> tuple[str, ...]:
    """Give the values of an enum's format; () where one of them is not printable."""
    values = tuple(value for value in written.split(",") if value)
    return values if all(value.isprintable() and len(value) <= 64 for value in values) else ()


def seconds_of(text: str) -> int | None:
    """Give the seconds of a duration such as PT1H30M; None for what is none."""
    parts = _DURATION.fullmatch(text)
    if parts is None or text == "PT":
        return None
    hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return hours * 3600 + minutes * 60 + seconds


def duration(seconds: int) -> str:
    """Write seconds as a duration."""
    return f"PT{seconds}S"


def rgb_of(text: str, form: str) -> str | None:
    """Give a colour as six digits; `form` is the one meant where the payload names none.

    Version 5 begins with the form, version 4 does not. Colours by hue are given at the
    brightness they have.
    """
    parts = _TRIPLE.fullmatch(text)
    if parts is None:
        return None
    numbers = [int(number) for number in parts.groups()[1:]]
    if (parts[1] or form) == "hsv":
        if numbers[0] > 360 or max(numbers[1:]) > 100:
            return None
        hue, saturation, value = numbers[0] / 360, numbers[1] / 100, numbers[2] / 100
        numbers = [round(255 * part) for part in colorsys.hsv_to_rgb(hue, saturation, value)]
    return "".join(f"{number:02x}" for number in numbers) if max(numbers) <= 255 else None


def colour(rgb: str, form: str, version: int) -> str:
    """Write a colour in the form a property takes."""
    red, green, blue = bytes.fromhex(rgb)
    numbers = [red, green, blue]
    if form == "hsv":
        hue, saturation, value = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
        numbers = [round(hue * 360), round(saturation * 100), round(value * 100)]
    written = ",".join(map(str, numbers))
    return f"{form},{written}" if version >= 5 else written
