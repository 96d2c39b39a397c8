"""Read what an OpenBeken device says: plain values of channels, or JSON in Tasmota's words."""

import re
from collections.abc import Callable, Iterator, Mapping

from adapters.diffusers.openbeken.models import Model
from adapters.diffusers.payloads import MAX_NUMBER, Fields, extra_of
from scentd.model.diffuser import Diffuser
from scentd.model.readings import (
    EnergyRead,
    FaultRead,
    IntensityRead,
    LightRead,
    PowerRead,
    Reading,
    SensorRead,
    SignalRead,
)
from scentd.ports import Malformed

_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_WORDS = {"ON": True, "OFF": False}
_POWER = re.compile(r"POWER[0-9]*")
_MEASURED = ("Power", "Voltage", "Current")
_MEASURED_ELSEWHERE = frozenset((*_MEASURED, "ConsumptionTotal"))
_KEPT_HOUSE = frozenset(
    (
        *("Time", "Uptime", "UptimeSec", "Heap", "Sleep", "SleepMode", "LoadAvg", "MqttCount"),
        *("Dimmer", "Fade", "Speed", "LedTable", "TempUnit"),
    )
)
"""How the firmware keeps house, much of it the same on all devices, and what is read above."""
_MEASURES: Mapping[str, Callable[[float], Reading]] = {
    "power": lambda value: EnergyRead(value, None),
    "voltage": lambda value: EnergyRead(None, None, volts=value),
    "current": lambda value: EnergyRead(None, None, amps=value),
}
ENERGY = (*_MEASURES, "energycounter")
"""What a meter tells, each on `<n>/<one of these>/get`."""


def number_of(topic: str, text: str) -> float:
    """Give a bare number; raises Malformed for anything else."""
    if _NUMBER.fullmatch(text) is None or abs(float(text)) > MAX_NUMBER:
        raise Malformed(topic, "it is no number")
    return float(text)


def switch(diffuser: Diffuser, text: str) -> tuple[Reading, ...]:
    """Read the channel of a switch, in the words it announced."""
    on, off = diffuser.facts["on"], diffuser.facts["off"]
    if text in {on, off}:
        return (PowerRead(text == on),)
    # Somebody may set a channel to any number; the relay is on at all but 0.
    if off == "0" and _NUMBER.fullmatch(text) is not None:
        return (PowerRead(float(text) != 0),)
    return (extra_of(f"channel {diffuser.facts['channel']}", text),)


def channel(model: Model, number: int, topic: str, text: str) -> tuple[Reading, ...]:
    """Read a channel of a model; a strength it does not know is told as it is."""
    value = number_of(topic, text)
    if number == model.power:
        return (PowerRead(value != 0),)
    if number == model.light:
        return (LightRead(value != 0),)
    if number == model.fault:
        return (FaultRead(model.fault_code if value else ""),)
    if number != model.mist:
        return ()
    percent = model.percents.get(round(value))
    unknown = extra_of(f"channel {number}", text)
    return (unknown,) if percent is None else (IntensityRead(percent),)


def measured(diffuser: Diffuser, what: str, topic: str, text: str) -> tuple[Reading, ...]:
    """Read one value of the meter: W, V, A, and Wh unless it announced kWh."""
    value = number_of(topic, text)
    if what != "energycounter":
        return (_MEASURES[what](value),)
    return (EnergyRead(None, value * 1000 if "kwh" in diffuser.facts else value),)


def signal(topic: str, text: str) -> tuple[Reading, ...]:
    """Read the strength of the Wi-Fi."""
    dbm = number_of(topic, text)
    return (SignalRead(round(dbm)),) if -150 <= dbm < 0 else ()


def temperature(topic: str, text: str) -> tuple[Reading, ...]:
    """Read the temperature of the chip."""
    return (SensorRead("temperature", number_of(topic, text), "°C"),)


def in_tasmotas_words(diffuser: Diffuser, fields: Fields) -> tuple[Reading, ...]:
    """Read `stat/<n>/RESULT`, `tele/<n>/STATE` or `SENSOR`.

    The counter in SENSOR has no unit of its own and is left to its own topic. Beside a lamp the
    word POWER is the lamp's.
    """
    readings: list[Reading] = []
    power = diffuser.facts.get("power")
    if power is not None and (word := fields.single(power)) in _WORDS:
        readings.append(PowerRead(_WORDS[str(word)]))
    if "led" in diffuser.facts:
        readings += _led(fields)
    energy = fields.part("ENERGY") if diffuser.capabilities.energy else None
    if energy is not None:
        watts, volts, amps = (energy.number(name) for name in _MEASURED)
        readings.append(EnergyRead(watts, None, volts, amps))
        readings += energy.extras(_MEASURED_ELSEWHERE)
    wifi = fields.part("Wifi")
    dbm = None if wifi is None else wifi.number("Signal")
    if dbm is not None and -150 <= dbm < 0:
        readings.append(SignalRead(round(dbm)))
    return (*readings, *_extras(fields))


def _led(fields: Fields) -> tuple[Reading, ...]:
    word, dimmer = fields.single("POWER"), fields.whole("Dimmer", 0, 100)
    on = _WORDS[str(word)] if word in _WORDS else None
    return () if on is None and dimmer is None else (LightRead(on, dimmer),)


def _extras(fields: Fields) -> Iterator[Reading]:
    """Give what has no meaning to us, of sensors with the sensor's name."""
    for name, value in fields.items():
        if isinstance(value, dict) and name not in {"ENERGY", "Wifi"}:
            inner = Fields("", value).extras(())
            yield from (extra_of(f"{name} {one.name}", one.value) for one in inner)
    yield from (one for one in fields.extras(_KEPT_HOUSE) if not _POWER.fullmatch(one.name))
