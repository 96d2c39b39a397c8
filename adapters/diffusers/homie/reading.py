"""What a Homie device's values say, by the roles its properties were given."""

from adapters.diffusers.homie.roles import WORD
from adapters.diffusers.homie.values import boolean_of, number_of, rgb_of, seconds_of
from adapters.diffusers.payloads import MAX_NUMBER, extra_of
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
    TimerRead,
)

_MOST_UL = 100_000_000
_MOST_TIMER_S = 604_800
_STATES = {
    "init": Availability.UNKNOWN,
    "ready": Availability.ONLINE,
    "alert": Availability.ONLINE,
    "disconnected": Availability.OFFLINE,
    "sleeping": Availability.UNKNOWN,
    "lost": Availability.OFFLINE,
    "": Availability.UNKNOWN,
}


def state(word: str, *, source: str) -> tuple[Reading, ...]:
    """Read a `$state`; () for a word that is none of the convention's.

    A device whose state was cleared is being removed, or somebody cleared it by mistake: while its
    description stands, nobody knows whether it is there.
    Version 4's `alert` says that something is wrong without saying what; the states that follow
    it say that it no longer is.
    """
    known = _STATES.get(word)
    if known is None:
        return ()
    there = AvailabilityRead(known, source)
    return (there, FaultRead("alert")) if word == "alert" else (there,)


def alert(name: str, text: str) -> tuple[Reading, ...]:
    """Read an alert of version 5; an empty text says that it is over."""
    if "low" in name:
        return (LowRead(1, is_low=bool(text)),)
    return (FaultRead(("empty" if "empty" in name else name) if text else ""),)


def value(diffuser: Diffuser, path: str, role: str, text: str) -> tuple[Reading, ...]:
    """Read one value; what is not of its type is kept as it is written."""
    kind, _, how = role.partition(" ")
    read = _switched(diffuser, path, kind, text) or _measured(kind, how, path, text)
    if read or kind == "none":
        return read
    if kind == "share":
        return _share(diffuser, text, float(how)) or (extra_of(path, text),)
    return _light(kind, how, text) or (extra_of(path, text),)


def _switched(diffuser: Diffuser, path: str, kind: str, text: str) -> tuple[Reading, ...]:
    word = diffuser.facts.get(f"{WORD}{path}={text}")
    if kind == "word" and word is not None:
        return (IntensityRead(int(word)),)
    if kind == "mode" and word is not None:
        return (ModeRead(Mode(word)),)
    if kind == "event":
        name = path if text == "true" else text
        return (ButtonRead(name[:64]),) if name.isprintable() and name else ()
    is_on = boolean_of(text)
    if is_on is None:
        return ()
    match kind:
        case "power":
            return (PowerRead(is_on),)
        case "light":
            return (LightRead(is_on),)
        case "low":
            return (LowRead(1, is_on),)
        case "empty":
            return (FaultRead("empty" if is_on else ""),)
        case _:
            return ()


def _measured(kind: str, how: str, path: str, text: str) -> tuple[Reading, ...]:
    if kind == "timer":
        return _timer(how, text)
    number = number_of(text)
    if number is None:
        return ()
    if kind in _ENERGY:
        return _energy(kind, number * float(how))
    match kind:
        case "oil-share" if 0 <= number <= 100:
            return (LevelShareRead(1, number),)
        case "oil" if 0 <= number * int(how) <= _MOST_UL:
            return (LevelRead(1, round(number * int(how))),)
        case "signal" if -150 <= number <= 0:
            return (SignalRead(round(number)),)
        case "sensor":
            return (SensorRead(path, number, how),)
        case _:
            return ()


_ENERGY = frozenset(("watts", "wh", "volts", "amps"))


def _energy(kind: str, number: float) -> tuple[Reading, ...]:
    if abs(number) > MAX_NUMBER:
        return ()
    if kind == "wh":
        # Kilowatt-hours with three digits leave rubbish behind the point when multiplied.
        return (EnergyRead(None, round(number, 3)),) if number >= 0 else ()
    if kind == "watts":
        return (EnergyRead(number, None),)
    volts, amps = (number, None) if kind == "volts" else (None, number)
    return (EnergyRead(None, None, volts, amps),)


def _timer(how: str, text: str) -> tuple[Reading, ...]:
    if how == "0":
        seconds = seconds_of(text)
    else:
        number = number_of(text)
        seconds = None if number is None else round(number * int(how))
    is_timer = seconds is not None and 0 <= seconds <= _MOST_TIMER_S
    return (TimerRead(seconds),) if seconds is not None and is_timer else ()


def _share(diffuser: Diffuser, text: str, most: float) -> tuple[Reading, ...]:
    number = number_of(text)
    if number is None:
        return ()
    percent = round(min(100.0, max(0.0, 100 * number / most)))
    # A strength of 0 says nothing of the step: what switches says that it rests.
    return () if percent == 0 else (IntensityRead(diffuser.capabilities.nearest_step(percent)),)


def _light(kind: str, how: str, text: str) -> tuple[Reading, ...]:
    number = number_of(text)
    if kind == "bright" and number is not None:
        return (LightRead(None, round(min(100.0, max(0.0, 100 * number / float(how))))),)
    if kind == "rgb":
        rgb = rgb_of(text, how)
        return () if rgb is None else (LightRead(None, rgb=rgb),)
    if kind == "effect" and text.isprintable() and len(text) <= 64:
        return (LightRead(None, effect=text),)
    return ()
