"""How readings change what is known of a device. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice

from scentd.model.diffuser import Availability, DesiredState, DiffuserState, ReportedState
from scentd.model.readings import (
    AvailabilityRead,
    EnergyRead,
    ExtraRead,
    FaultRead,
    IntensityRead,
    LevelRead,
    LightRead,
    LowRead,
    ModeRead,
    PowerRead,
    Reading,
    SignalRead,
    SlotRead,
    TimerRead,
)

RESET_PART = 0.5
"""A counter that fell to less than this part began anew; one that fell less is told late: a
retained or repeated message. Counters begin anew at 0, after a reset or a loss of power."""

BRIDGE = "bridge"
"""The source of a word about the bridge before a device."""

MOST_EXTRAS = 40
"""Things of no meaning to us that are kept of one device; further ones are passed over."""

NEAR_COLOUR = 24
"""How far red, green or blue of 255 may lie from what was asked. Assumed: a change through hue and
saturation in whole degrees and percent moves each by less than 5; gamut limits move it more."""

_ASKED_PARTS = (
    "power",
    "intensity_percent",
    "mode",
    "light",
    "slot_no",
    "light_percent",
    "light_rgb",
    "light_effect",
)


def fold(reported: ReportedState, readings: Iterable[Reading]) -> ReportedState:
    """Give the reported state after these readings; the same object when nothing changed."""
    changes: dict[str, object] = {}
    for reading in readings:
        _note(changes, reading, reported)
    known = {name: value for name, value in changes.items() if getattr(reported, name) != value}
    return replace(reported, **known) if known else reported  # type: ignore[arg-type]  # by name


def _note(changes: dict[str, object], reading: Reading, before: ReportedState) -> None:
    match reading:
        case LightRead():
            changes |= _lit(reading)
        case EnergyRead():
            changes |= _measured(before, reading)
        case LowRead(1, is_low):
            changes["is_low"] = is_low
        case LevelRead(1, remaining_ul):
            changes["remaining_ul"] = remaining_ul
        case _ if (names := _PLAIN.get(type(reading))) is not None:
            changes[names[0]] = getattr(reading, names[1])
        case _:
            pass


_PLAIN: Mapping[type, tuple[str, str]] = {
    PowerRead: ("power", "on"),
    IntensityRead: ("intensity_percent", "percent"),
    ModeRead: ("mode", "mode"),
    TimerRead: ("timer_s", "remaining_s"),
    SlotRead: ("slot_no", "slot_no"),
    FaultRead: ("fault", "code"),
    SignalRead: ("signal_dbm", "dbm"),
}
"""Readings that say one thing: the part of the state it is, and its name in the reading."""


def _lit(light: LightRead) -> dict[str, object]:
    told = {
        "light": light.on,
        "light_percent": light.percent,
        "light_rgb": light.rgb,
        "light_effect": light.effect,
    }
    return {name: value for name, value in told.items() if value is not None}


def _measured(before: ReportedState, energy: EnergyRead) -> dict[str, object]:
    """Give what a plug measured; a message may tell one thing alone."""
    told = {"watts": energy.watts, "volts": energy.volts, "amps": energy.amps}
    changes: dict[str, object] = {k: v for k, v in told.items() if v is not None}
    if energy.total_wh is not None and not _is_late(before, energy.total_wh):
        changes["counter_wh"] = energy.total_wh
        changes["energy_wh"] = _used_wh(before, energy.total_wh)
    return changes


def _is_late(before: ReportedState, counter_wh: float) -> bool:
    """Say whether a counter fell so little that the message is an old one, not a new beginning."""
    last_wh = before.counter_wh
    return last_wh is not None and RESET_PART * last_wh <= counter_wh < last_wh


def _used_wh(before: ReportedState, counter_wh: float) -> float:
    """Give all the energy used, also over a counter that began anew."""
    if before.energy_wh is None or before.counter_wh is None:
        return counter_wh
    grown_wh = counter_wh - before.counter_wh
    return before.energy_wh + (grown_wh if grown_wh >= 0 else counter_wh)


def hear(
    state: DiffuserState, readings: tuple[Reading, ...], at: datetime, *, is_retained: bool
) -> DiffuserState:
    """Give the state after a message: its readings, and what they say about being there.

    Anything said live shows that the device is there, unless it says that it is not. A retained
    “online” shows nothing: the device may have died while the broker was down.
    """
    words = _words(state, readings)
    availability, source, own_word = _there(state, words, is_retained=is_retained)
    reported = fold(state.reported, readings)
    is_same = availability is state.availability
    return replace(
        state,
        reported=reported,
        availability=availability,
        availability_since=state.availability_since if is_same else at,
        availability_source=state.availability_source if is_same and not words else source,
        last_message_at=state.last_message_at if is_retained or _is_of_bridge(words) else at,
        own_word=own_word,
        extras=_extras(state.extras, readings),
    )


def _words(state: DiffuserState, readings: tuple[Reading, ...]) -> list[AvailabilityRead]:
    """Give what is said of being there.

    A message that a bridge marks as passed on by it is as good as the device's own, unless that
    said last that it is away: then the bridge speaks from its memory.
    """
    words = [r for r in readings if isinstance(r, AvailabilityRead)]
    if len(words) == len(readings) or state.own_word is Availability.OFFLINE:
        return words
    return [w for w in words if w.source != BRIDGE or w.availability is not Availability.ONLINE]


def _is_of_bridge(words: list[AvailabilityRead]) -> bool:
    return any(word.source == BRIDGE for word in words)


def _there(
    state: DiffuserState, words: list[AvailabilityRead], *, is_retained: bool
) -> tuple[Availability, str, Availability]:
    """Give whether the device is there now, who says so, and its own last word about it."""
    word = words[-1] if words else None
    now_is, source, own = state.availability, state.availability_source, state.own_word
    if word is not None and word.source == BRIDGE:
        if word.availability is not Availability.ONLINE:
            # Nothing is heard through a bridge that is away, whatever the device said last.
            return word.availability, BRIDGE, own
        if source != BRIDGE:
            return now_is, source, own
        # The bridge is back: so is what the device said last, but old news shows nothing.
        is_proof = own is Availability.OFFLINE or not is_retained
        return (own if is_proof else Availability.UNKNOWN), BRIDGE, own
    if word is not None and word.availability is not Availability.ONLINE:
        return word.availability, word.source, word.availability
    if is_retained:
        own = own if word is None else Availability.ONLINE
        if word is not None and now_is is Availability.OFFLINE:
            return Availability.UNKNOWN, word.source, own
        return now_is, source, own
    return Availability.ONLINE, "message" if word is None else word.source, Availability.ONLINE


def _extras(before: Mapping[str, str], readings: Iterable[Reading]) -> Mapping[str, str]:
    """Give what has no meaning to us, the newest word for each name; the same object if equal."""
    told = {r.name: r.value for r in readings if isinstance(r, ExtraRead)}
    news = {name: value for name, value in told.items() if before.get(name) != value}
    if not news:
        return before
    return dict(islice({**before, **news}.items(), MOST_EXTRAS))


def shows(reported: ReportedState, desired: DesiredState) -> bool:
    """Say whether the device reports every part that is desired."""
    return all(
        _is_shown(part, wanted, getattr(reported, part))
        for part in _ASKED_PARTS
        if (wanted := getattr(desired, part)) is not None
    )


def _is_shown(part: str, wanted: object, told: object) -> bool:
    if told is None or wanted == told:
        return wanted == told
    if part == "light_percent":
        return isinstance(wanted, int) and isinstance(told, int) and abs(wanted - told) <= 2
    return part == "light_rgb" and _are_near(str(wanted), str(told))


def _are_near(wanted: str, told: str) -> bool:
    """Say whether two colours are one: lamps think in hues, and round on the way there and back."""
    pairs = zip(bytes.fromhex(wanted), bytes.fromhex(told), strict=True)
    return all(abs(one - other) <= NEAR_COLOUR for one, other in pairs)


def moved_towards(before: ReportedState, after: ReportedState, desired: DesiredState) -> bool:
    """Say whether a change of report brought a part to what was desired."""
    return any(
        getattr(before, part) != getattr(after, part) == getattr(desired, part)
        for part in _ASKED_PARTS
        if getattr(desired, part) is not None
    )
