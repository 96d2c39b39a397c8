"""The native dialect, `scent/1/<device>/…`, for makers who want to do it right.

docs/native-dialect.md is its specification; this module only translates.
"""

import json
import re
from dataclasses import replace
from datetime import datetime

from adapters.diffusers.payloads import Fields, name_of, object_of, text_of
from scentd.model.commands import Wish
from scentd.model.diffuser import (
    Availability,
    Capabilities,
    DeviceType,
    Diffuser,
    LevelQuality,
    Mode,
)
from scentd.model.readings import (
    AnswerRead,
    AvailabilityRead,
    ButtonRead,
    CartridgeRead,
    Discovery,
    EnergyRead,
    FaultRead,
    Found,
    Gone,
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
    SlotRead,
    TimerRead,
)
from scentd.ports import NEVER, DiffuserDialect, Malformed, Publish

ROOT = "scent/1"
_DEVICE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_TAG = re.compile(r"[A-Za-z0-9._:-]{8,64}")
_SLOT = re.compile(r"slot/([1-8])/(level|cartridge)")
_MAX_UL = 100_000_000
_MAX_SLOTS = 8
_MAX_TIMER_S = 86_400
_RGB = re.compile(r"[0-9a-f]{6}")
_STATE_FIELDS = frozenset(
    [
        *("power", "intensity", "mode", "slot", "fault", "signal_dbm", "sensors", "timer_s"),
        *("light", "light_percent", "light_rgb", "light_effect"),
        *("watts", "energy_wh", "volts", "amps"),
    ]
)


class NativeDialect(DiffuserDialect):
    """The dialect as a port: stateless, one instance serves every device."""

    @property
    def name(self) -> str:
        """Give the dialect's key."""
        return "native"

    def discovery_filters(self) -> tuple[str, ...]:
        """Give the filter of the retained descriptions."""
        return (f"{ROOT}/+/description",)

    def discover(self, topic: str, payload: bytes) -> tuple[Discovery, ...]:
        """Read a description; an empty one means that the device is gone; raises Malformed."""
        device = topic.removeprefix(f"{ROOT}/").removesuffix("/description")
        if not _DEVICE.fullmatch(device):
            raise Malformed(topic, "a device is named in a-z, 0-9 and hyphens, 64 at most")
        if not payload:
            return (Gone(f"native-{device}"),)
        fields = object_of(topic, payload)
        return (
            Found(
                Diffuser(
                    id=f"native-{device}",
                    dialect=self.name,
                    address=f"{ROOT}/{device}",
                    name=fields.text("name") or device,
                    capabilities=_capabilities(topic, fields),
                    maker=fields.text("maker") or "",
                    model=fields.text("model") or "",
                    firmware=fields.text("firmware") or "",
                    room=fields.text("room") or "",
                    device_type=_device_type(topic, fields),
                )
            ),
        )

    def topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        """Give the topics on which the device reports."""
        names = ["availability", "state", "event", "answer"]
        for slot_no in range(1, diffuser.capabilities.slots + 1):
            names += [f"slot/{slot_no}/level", f"slot/{slot_no}/cartridge"]
        return tuple(f"{diffuser.address}/{name}" for name in names)

    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        """Read a report; () for a topic of no meaning to us; raises Malformed."""
        if not payload:  # somebody cleared a retained message: nothing is said
            return ()
        name = topic.removeprefix(f"{diffuser.address}/")
        if name == "state":
            return _state(diffuser, object_of(topic, payload))
        if name == "availability":
            return _availability(topic, payload)
        if name == "event":
            return _event(object_of(topic, payload))
        if name == "answer":
            return _answer(object_of(topic, payload))
        if (slot := _SLOT.fullmatch(name)) is not None:
            return _slot(topic, int(slot[1]), slot[2], payload)
        return ()

    def encode(
        self, diffuser: Diffuser, wish: Wish, *, command_id: str, expires_at: datetime
    ) -> tuple[Publish, ...]:
        """Write a wish as one command, QoS 1, never retained; () when nothing is left to ask."""
        can = diffuser.capabilities
        asked: dict[str, object] = {}
        if wish.power is not None and can.power:
            asked["power"] = wish.power
        if wish.intensity_percent is not None and can.steps:
            asked["intensity"] = can.nearest_step(wish.intensity_percent)
        if wish.mode is not None and wish.mode in can.modes:
            asked["mode"] = wish.mode.value
        if wish.timer_s is not None and can.timer:
            asked["timer_s"] = wish.timer_s
        asked |= _lit(wish, can)
        if wish.slot_no is not None and can.slot_choice:
            asked["slot"] = wish.slot_no
        if wish.identify and can.identify:
            asked["identify"] = True
        if wish.refresh:
            asked["refresh"] = True
        if not asked:
            return ()
        expiry = {} if expires_at == NEVER else {"expires_at": int(expires_at.timestamp())}
        body = {"id": command_id, **expiry, **asked}
        payload = json.dumps(body, separators=(",", ":")).encode()
        return (Publish(f"{diffuser.address}/command", payload, qos=1),)


def _lit(wish: Wish, can: Capabilities) -> dict[str, object]:
    wished = {
        "light": wish.light if can.light else None,
        "light_percent": wish.light_percent if can.light_dims else None,
        "light_rgb": wish.light_rgb if can.light_colours else None,
        "light_effect": wish.light_effect if wish.light_effect in can.light_effects else None,
    }
    return {name: value for name, value in wished.items() if value is not None}


def _capabilities(topic: str, fields: Fields) -> Capabilities:
    steps = fields.wholes("intensity_steps", 1, 100)
    if list(steps) != sorted(set(steps)):
        raise Malformed(topic, "intensity_steps do not ascend")
    rates = fields.wholes("rates_ul_per_h", 1, 1_000_000)
    if rates and len(rates) != max(1, len(steps)):
        raise Malformed(topic, "rates_ul_per_h has not one rate for each step")
    plain = Capabilities(
        steps=steps,
        modes=_modes(fields),
        timer=fields.boolean("timer") or False,
        light=fields.boolean("light") or False,
        energy=fields.boolean("energy") or False,
        identify=fields.boolean("identify") or False,
        level=_level_quality(topic, fields),
        slots=fields.whole("slots", 1, _MAX_SLOTS) or 1,
        slot_choice=fields.boolean("slot_choice") or False,
        low_flag=fields.boolean("low_flag") or False,
        light_dims=fields.boolean("light_dims") or False,
        light_colours=fields.boolean("light_colours") or False,
        light_effects=tuple(name for name in fields.texts("light_effects") if name),
    )
    if rates:
        return replace(plain, rate_ul_per_h=rates)
    # Without data of the maker: the fallback rate at full intensity, in proportion below.
    full = plain.rate_ul_per_h[0]
    return replace(plain, rate_ul_per_h=tuple(full * step // 100 for step in steps) or (full,))


def _modes(fields: Fields) -> tuple[Mode, ...]:
    known = {mode.value: mode for mode in Mode}
    return tuple(known[name] for name in fields.texts("modes") if name in known)


def _level_quality(topic: str, fields: Fields) -> LevelQuality | None:
    name = fields.text("level")
    if name is None or name == "none":
        return None
    if name in {LevelQuality.MEASURED, LevelQuality.DEVICE_ESTIMATE}:
        return LevelQuality(name)
    raise Malformed(topic, "level is not none, measured or device_estimate")


def _device_type(topic: str, fields: Fields) -> DeviceType:
    name = fields.text("type")
    if name is None:
        return DeviceType.AROMA_DIFFUSER
    try:
        return DeviceType(name)
    except ValueError:
        raise Malformed(topic, f"type is none of {', '.join(DeviceType)}") from None


def _state(diffuser: Diffuser, fields: Fields) -> tuple[Reading, ...]:
    readings: list[Reading] = []
    if (power := fields.boolean("power")) is not None:
        readings.append(PowerRead(power))
    if (percent := fields.whole("intensity", 0, 100)) is not None:
        readings.append(IntensityRead(diffuser.capabilities.nearest_step(percent)))
    if (mode := fields.text("mode")) is not None and mode in set(Mode):
        readings.append(ModeRead(Mode(mode)))
    readings += _light(fields)
    if (timer_s := fields.whole("timer_s", 0, _MAX_TIMER_S)) is not None:
        readings.append(TimerRead(timer_s))
    if (slot_no := fields.whole("slot", 1, diffuser.capabilities.slots)) is not None:
        readings.append(SlotRead(slot_no))
    if (fault := fields.text("fault")) is not None:
        readings.append(FaultRead(fault))
    if (dbm := fields.whole("signal_dbm", -150, 0)) is not None:
        readings.append(SignalRead(dbm))
    measured = [fields.number(name) for name in ("watts", "energy_wh", "volts", "amps")]
    if any(number is not None for number in measured):
        readings.append(EnergyRead(*measured))
    return (*readings, *_sensors(fields.part("sensors")), *fields.extras(_STATE_FIELDS))


def _light(fields: Fields) -> tuple[Reading, ...]:
    percent = fields.whole("light_percent", 0, 100)
    rgb = fields.matching("light_rgb", _RGB, "six digits of 0 to 9 and a to f")
    light = LightRead(fields.boolean("light"), percent, rgb, fields.text("light_effect"))
    return () if light == LightRead(None) else (light,)


def _sensors(fields: Fields | None) -> tuple[Reading, ...]:
    if fields is None:
        return ()
    parts = ((name, fields.part(name)) for name in fields.names())
    return tuple(
        SensorRead(name_of(name), value, part.text("unit") or "")
        for name, part in parts
        if part is not None and (value := part.number("value")) is not None
    )


def _availability(topic: str, payload: bytes) -> tuple[Reading, ...]:
    word = text_of(topic, payload)
    if word not in {"online", "offline"}:
        raise Malformed(topic, "it is neither online nor offline")
    return (AvailabilityRead(Availability(word), "last_will"),)


def _event(fields: Fields) -> tuple[Reading, ...]:
    button = fields.text("button")
    return (ButtonRead(button),) if button else ()


def _answer(fields: Fields) -> tuple[Reading, ...]:
    command_id = fields.text("id")
    return (AnswerRead(command_id, fields.text("error") or None),) if command_id else ()


def _level(topic: str, slot_no: int, fields: Fields) -> tuple[Reading, ...]:
    is_low = fields.boolean("low")
    low = () if is_low is None else (LowRead(slot_no, is_low),)
    remaining_ul = fields.whole("remaining_ul", 0, _MAX_UL)
    if remaining_ul is not None:
        return (LevelRead(slot_no, remaining_ul), *low)
    percent = fields.number("percent")
    if percent is None:
        return low
    if not 0 <= percent <= 100:
        raise Malformed(topic, "percent is not 0 to 100")
    return (LevelShareRead(slot_no, percent), *low)


def _slot(topic: str, slot_no: int, what: str, payload: bytes) -> tuple[Reading, ...]:
    fields = object_of(topic, payload)
    if what == "level":
        return _level(topic, slot_no, fields)
    tag = fields.text("tag")
    if tag is None or not _TAG.fullmatch(tag):
        raise Malformed(topic, "tag is not 8 to 64 letters, digits, dots, hyphens or colons")
    capacity_ul = fields.whole("capacity_ul", 1, _MAX_UL)
    return (CartridgeRead(slot_no, tag, fields.text("sku"), capacity_ul),)
