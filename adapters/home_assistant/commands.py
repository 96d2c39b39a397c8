"""What Home Assistant asks for, into wishes of ours. Pure.

One press of a person may come as several messages in any order: they are read one by one, and what
comes together is made one wish.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeAlias

from adapters.home_assistant.entities import LONGEST_RUN_MIN, speed_steps
from adapters.home_assistant.options import scent_options
from adapters.home_assistant.words import LANGUAGES, mode_named
from scentd.model.cartridge import SlotKey
from scentd.model.commands import Origin, Source, Wish
from scentd.model.diffuser import Capabilities, Diffuser
from scentd.ports import Filling, Malformed

SOURCE = Source(Origin.PLATFORM, "home_assistant")

LONGEST_BYTES = 1_024
"""A light's command takes a tenth of it."""

_PARTS = (
    "power",
    "intensity_percent",
    "mode",
    "light",
    "light_percent",
    "light_rgb",
    "light_effect",
    "slot_no",
)

Asked: TypeAlias = Wish | SlotKey
"""A wish for the device, or the slot that somebody asks a refill for."""


def read_command(
    diffuser: Diffuser, fillings: Mapping[int, Filling], what: str, payload: bytes, now: datetime
) -> Asked:
    """Read one message; `what` is the last level of its topic. Raises Malformed."""
    if len(payload) > LONGEST_BYTES:
        raise Malformed(what, "it is too long")
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        raise Malformed(what, "it is not UTF-8") from None
    if what.startswith(("refill", "identify")):
        return _press(diffuser, what, text)
    wish = Wish(diffuser.id, SOURCE)
    if what == "run_for":
        return _run_for(wish, text, now)
    if what == "scent":
        return replace(wish, slot_no=_slot(diffuser.capabilities, fillings, text))
    read = _READERS.get(what)
    if read is None:
        raise Malformed(what, "there is no such command")
    return read(wish, diffuser.capabilities, text)


def together(earlier: Wish, later: Wish) -> Wish:
    """Give two wishes as one; where both say something, the later one holds.

    How long it shall last is said with the switching on or off.
    """
    unsaid = {name: getattr(earlier, name) for name in _PARTS if getattr(later, name) is None}
    until = later.until if later.until is not None or later.power is False else earlier.until
    return replace(later, **unsaid, identify=earlier.identify or later.identify, until=until)


def _press(diffuser: Diffuser, what: str, text: str) -> Asked:
    if text != "PRESS":
        raise Malformed(what, "a button is pressed by PRESS")
    can = diffuser.capabilities
    if what == "identify" and can.identify:
        return Wish(diffuser.id, SOURCE, identify=True)
    for slot_no in range(1, can.slots + 1):
        if what == ("refill" if can.slots == 1 else f"refill_{slot_no}"):
            return SlotKey(diffuser.id, slot_no)
    raise Malformed(what, "there is no such button")


def _power(wish: Wish, _: Capabilities, text: str) -> Wish:
    return replace(wish, power=_on("power", text))


def _intensity(wish: Wish, _: Capabilities, text: str) -> Wish:
    return replace(wish, intensity_percent=round(_number("intensity", text, 100)))


def _percentage(wish: Wish, can: Capabilities, text: str) -> Wish:
    """A speed other than 0 also starts a fan, as people expect of its slider."""
    number = speed_steps(can.steps)
    speed = round(_number("percentage", text, number or 100))
    if not can.steps:
        raise Malformed("percentage", "the device has no strengths")
    if speed == 0:
        return replace(wish, power=False)
    percent = speed if number is None else can.steps[speed - 1]
    return replace(wish, power=True, intensity_percent=can.nearest_step(percent))


def _run_for(wish: Wish, text: str, now: datetime) -> Wish:
    minutes = _number("run_for", text, LONGEST_RUN_MIN)
    if minutes == 0:
        return replace(wish, power=False)
    return replace(wish, power=True, until=now + timedelta(minutes=minutes))


def _mode(wish: Wish, can: Capabilities, text: str) -> Wish:
    mode = mode_named(text)
    if mode not in can.modes:
        raise Malformed("mode", "the device has no such mode")
    return replace(wish, mode=mode)


def _slot(can: Capabilities, fillings: Mapping[int, Filling], text: str) -> int:
    for words in LANGUAGES.values():
        for slot_no, option in scent_options(can.slots, fillings, words).items():
            if text == option:
                return slot_no
    raise Malformed("scent", "the device has no such scent")


def _light(wish: Wish, can: Capabilities, text: str) -> Wish:
    try:
        asked = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("light", "it is not JSON") from None
    if not isinstance(asked, dict):
        raise Malformed("light", "it is no object")
    wish = replace(wish, light=_on("light", asked.get("state")))
    if (percent := asked.get("brightness")) is not None:
        wish = replace(wish, light_percent=max(1, round(_number("light", percent, 100))))
    if (colour := asked.get("color")) is not None:
        wish = replace(wish, light_rgb=_colour(colour))
    if (effect := asked.get("effect")) is not None:
        if effect not in can.light_effects:
            raise Malformed("light", "the device has no such effect")
        wish = replace(wish, light_effect=effect)
    return wish


def _colour(colour: object) -> str:
    if not isinstance(colour, dict):
        raise Malformed("light", "a colour is an object of r, g and b")
    return "".join(f"{round(_number('light', colour.get(part), 255)):02x}" for part in "rgb")


def _on(what: str, text: object) -> bool:
    if text not in ("ON", "OFF"):
        raise Malformed(what, "it is neither ON nor OFF")
    return text == "ON"


def _number(what: str, value: object, most: int) -> float:
    """Read a number within 0 and `most`."""
    try:
        number = float(value) if isinstance(value, int | float | str) else -1.0
    except (ValueError, OverflowError):
        number = -1.0
    if isinstance(value, bool) or not 0 <= number <= most:
        raise Malformed(what, f"it is no number from 0 to {most}")
    return number


_READERS: Mapping[str, Callable[[Wish, Capabilities, str], Wish]] = {
    "power": _power,
    "percentage": _percentage,
    "intensity": _intensity,
    "mode": _mode,
    "light": _light,
}
