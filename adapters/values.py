"""What may stand in an answer of a dialect: the type and the range of everything, in words."""

import json
import math
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from scentd.model import readings as read
from scentd.model.diffuser import Advice, Availability, Capabilities, DeviceType, Diffuser, Mode
from scentd.model.diffuser import LevelQuality as Quality
from scentd.model.topics import is_filter, is_topic
from scentd.ports import Profile, Publish

MOST_TEXT = 120
MOST_NAME = 64
MOST_FACTS = 65_536
MOST_BYTES = 65_536
MOST_SLOTS = 64
MOST_SECONDS = 366 * 86_400
_LARGEST = sys.float_info.max
_RGB = re.compile(r"[0-9a-f]{6}")
_SOURCES = {"last_will", "bridge", "timeout", "message"}

Faults = Iterator[str]


def reading_faults(reading: object, diffuser: Diffuser) -> Faults:
    """Give what is wrong with one reading."""
    look = _READINGS.get(type(reading))
    if look is None:
        yield f"decode answers {reading!r:.60}, which is no reading"
        return
    kind = type(reading).__name__
    for fault in look(reading, diffuser):
        yield f"{kind}.{fault}"


def discovery_faults(discovery: object, dialect: str) -> Faults:
    """Give what is wrong with one answer of discover or assemble."""
    match discovery:
        case read.Found(diffuser):
            yield from diffuser_faults(diffuser, dialect)
        case read.Gone(diffuser_id):
            yield from _id(diffuser_id, dialect)
        case read.Children(bridge, ids):
            yield from _text(bridge, "bridge of its children", most=MOST_NAME * 4)
            for diffuser_id in ids:
                yield from _id(diffuser_id, dialect)
        case read.Piece(group):
            yield from _text(group, "group of a piece", most=MOST_NAME * 8, least=1)
        case read.Ask(topic, payload, qos):
            yield from topic_faults(topic, "the topic it asks on")
            yield from _kind(payload, "the payload it asks", bytes)
            yield from _whole(qos, "the QoS it asks at", 0, 2)
        case _:
            yield f"discover answers {discovery!r:.60}, which is no discovery"


def diffuser_faults(diffuser: object, dialect: str) -> Faults:
    """Give what is wrong with the description of a device."""
    if not isinstance(diffuser, Diffuser):
        yield f"it found {diffuser!r:.60}, which is no diffuser"
        return
    yield from _id(diffuser.id, dialect)
    if diffuser.dialect != dialect:
        yield f"the dialect of the diffuser is {diffuser.dialect!r:.40}"
    yield from _text(diffuser.name, "name", least=1)
    for part in ("maker", "model", "firmware", "room"):
        yield from _text(getattr(diffuser, part), part)
    yield from _text(diffuser.bridge, "bridge", most=MOST_NAME * 4)
    yield from _text(diffuser.address, "address", most=1_000)
    yield from _kind(diffuser.device_type, "device_type", DeviceType)
    if any(code not in set(Advice) for code in diffuser.advice):
        yield f"advice is {diffuser.advice!r:.60}"
    yield from _facts(diffuser.facts)
    yield from capability_faults(diffuser.capabilities)


def capability_faults(can: object) -> Faults:
    """Give what is wrong with what a device is said to be able to do."""
    if not isinstance(can, Capabilities):
        yield f"capabilities are {can!r:.60}"
        return
    if not all(_is_whole(step, 1, 100) for step in can.steps) or [*can.steps] != sorted(
        {*can.steps}
    ):
        yield f"steps {can.steps!r:.60} are not percents 1..100 that ascend"
    if len(can.rate_ul_per_h) != max(1, len(can.steps)):
        yield f"there are {len(can.rate_ul_per_h)} rates for {len(can.steps)} steps"
    if not all(_is_whole(rate, 0, 10_000_000) for rate in can.rate_ul_per_h):
        yield f"rates are {can.rate_ul_per_h!r:.60}"
    yield from _whole(can.slots, "slots", 1, MOST_SLOTS)
    for mode in can.modes:
        yield from _kind(mode, "a mode", Mode)
    if can.level is not None:
        yield from _kind(can.level, "level", Quality)
    for effect in can.light_effects:
        yield from _text(effect, "a light effect")


def filter_faults(topic_filter: object) -> Faults:
    """Give what is wrong with a filter on which devices announce themselves."""
    if not isinstance(topic_filter, str) or not is_filter(topic_filter):
        yield f"{topic_filter!r:.60} is no topic filter"
    elif topic_filter == "#":
        yield "# lets in everything there is"


def message_faults(message: object) -> Faults:
    """Give what is wrong with a message to be sent."""
    if not isinstance(message, Publish):
        yield f"it sends {message!r:.60}, which is no Publish"
        return
    yield from topic_faults(message.topic, "the topic of a command")
    if message.retain:
        yield f"the command on {message.topic} is retained"
    yield from _kind(message.payload, "the payload of a command", bytes)
    yield from _whole(message.qos, "the QoS of a command", 0, 1)
    if len(message.payload) > MOST_BYTES:
        yield f"the command on {message.topic} has {len(message.payload)} bytes"


def profile_faults(profile: object) -> Faults:
    """Give what is wrong with a model a household may choose."""
    if not isinstance(profile, Profile):
        yield f"{profile!r:.60} is no profile"
        return
    yield from _text(profile.key, "the key of a profile", most=MOST_NAME, least=1)
    yield from _text(profile.title, "the title of a profile", least=1)
    yield from capability_faults(profile.capabilities)


def topic_faults(topic: object, what: str) -> Faults:
    """Give what is wrong with a topic to publish to, or an exact one to listen on."""
    if not isinstance(topic, str) or not is_topic(topic):
        yield f"{what} is {topic!r:.60}, which is no topic"


def _id(diffuser_id: object, dialect: str) -> Faults:
    yield from _text(diffuser_id, "id", most=200)
    if not isinstance(diffuser_id, str):
        return
    if not diffuser_id.startswith(f"{dialect}-") or diffuser_id == f"{dialect}-":
        yield f"the id {diffuser_id!r:.60} does not begin with {dialect}-"
    if diffuser_id != diffuser_id.lower():
        yield f"the id {diffuser_id!r:.60} is not lower case"


def _facts(facts: object) -> Faults:
    if not isinstance(facts, Mapping):
        yield f"facts are {facts!r:.60}"
    elif not all(isinstance(part, str) for pair in facts.items() for part in pair):
        yield f"facts are not texts by texts: {facts!r:.80}"
    elif len(json.dumps(dict(facts))) > MOST_FACTS:
        yield f"facts are longer than {MOST_FACTS} characters"


def _text(value: object, name: str, *, most: int = MOST_TEXT, least: int = 0) -> Faults:
    if not isinstance(value, str):
        yield f"{name} is {value!r:.40}, which is no text"
    elif not least <= len(value) <= most:
        yield f"{name} has {len(value)} characters, {least}..{most} are allowed"
    elif not value.isprintable():
        yield f"{name} is {value!r:.60}, which cannot be printed"


def _is_whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _whole(value: object, name: str, low: int, high: int) -> Faults:
    if not _is_whole(value, low, high):
        yield f"{name} is {value!r:.40}, not a whole number of {low}..{high}"


def _number(value: object, name: str, low: float, high: float) -> Faults:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield f"{name} is {value!r:.40}, which is no number"
    elif not -_LARGEST <= value <= _LARGEST or not low <= value <= high:
        yield f"{name} is {value!r:.40}, not a finite number of {low:g}..{high:g}"


def _yes_no(value: object, name: str) -> Faults:
    if not isinstance(value, bool):
        yield f"{name} is {value!r:.40}, neither True nor False"


def _kind(value: object, name: str, kind: type) -> Faults:
    if not isinstance(value, kind):
        yield f"{name} is {value!r:.40}, no {kind.__name__}"


def _slot(value: object, diffuser: Diffuser) -> Faults:
    yield from _whole(value, "slot_no", 1, diffuser.capabilities.slots)


def _light(light: read.LightRead, _: Diffuser) -> Faults:
    if light.on is not None:
        yield from _yes_no(light.on, "on")
    if light.percent is not None:
        yield from _whole(light.percent, "percent", 0, 100)
    if light.rgb is not None and not _RGB.fullmatch(light.rgb):
        yield f"rgb is {light.rgb!r:.40}, not six hexadecimal digits in lower case"
    if light.effect is not None:
        yield from _text(light.effect, "effect")


def _availability(told: read.AvailabilityRead, _: Diffuser) -> Faults:
    yield from _kind(told.availability, "availability", Availability)
    if told.source not in _SOURCES:
        yield f"source is {told.source!r:.40}"


def _level(level: read.LevelRead, diffuser: Diffuser) -> Faults:
    yield from _slot(level.slot_no, diffuser)
    yield from _whole(level.remaining_ul, "remaining_ul", 0, 10**9)


def _share(level: read.LevelShareRead, diffuser: Diffuser) -> Faults:
    yield from _slot(level.slot_no, diffuser)
    yield from _number(level.percent, "percent", 0, 100)


def _low(low: read.LowRead, diffuser: Diffuser) -> Faults:
    yield from _slot(low.slot_no, diffuser)
    yield from _yes_no(low.is_low, "is_low")


def _cartridge(cartridge: read.CartridgeRead, diffuser: Diffuser) -> Faults:
    yield from _slot(cartridge.slot_no, diffuser)
    yield from _text(cartridge.install_id, "install_id", least=1)
    if cartridge.sku is not None:
        yield from _text(cartridge.sku, "sku")
    if cartridge.capacity_ul is not None:
        yield from _whole(cartridge.capacity_ul, "capacity_ul", 1, 10**9)


def _energy(energy: read.EnergyRead, _: Diffuser) -> Faults:
    for name in ("watts", "total_wh", "volts", "amps"):
        value = getattr(energy, name)
        if value is not None:
            yield from _number(value, name, -math.inf, math.inf)


def _sensor(sensor: read.SensorRead, _: Diffuser) -> Faults:
    yield from _text(sensor.name, "name", least=1)
    yield from _number(sensor.value, "value", -math.inf, math.inf)
    yield from _text(sensor.unit, "unit")


def _extra(extra: read.ExtraRead, _: Diffuser) -> Faults:
    yield from _text(extra.name, "name", most=MOST_NAME, least=1)
    yield from _text(extra.value, "value")


def _answer(answer: read.AnswerRead, _: Diffuser) -> Faults:
    yield from _text(answer.command_id, "command_id", least=1)
    if answer.error is not None:
        yield from _text(answer.error, "error", least=1)


_READINGS: dict[type, Callable[[Any, Diffuser], Faults]] = {
    read.PowerRead: lambda r, _: _yes_no(r.on, "on"),
    read.IntensityRead: lambda r, _: _whole(r.percent, "percent", 0, 100),
    read.ModeRead: lambda r, _: _kind(r.mode, "mode", Mode),
    read.LightRead: _light,
    read.TimerRead: lambda r, _: _whole(r.remaining_s, "remaining_s", 0, MOST_SECONDS),
    read.SlotRead: lambda r, diffuser: _slot(r.slot_no, diffuser),
    read.AvailabilityRead: _availability,
    read.LevelRead: _level,
    read.LevelShareRead: _share,
    read.LowRead: _low,
    read.CartridgeRead: _cartridge,
    read.FaultRead: lambda r, _: _text(r.code, "code"),
    read.EnergyRead: _energy,
    read.SignalRead: lambda r, _: _whole(r.dbm, "dbm", -200, 0),
    read.ButtonRead: lambda r, _: _text(r.name, "name", least=1),
    read.SensorRead: _sensor,
    read.ExtraRead: _extra,
    read.AnswerRead: _answer,
}
