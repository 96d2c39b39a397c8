"""How readings change what is known of a device. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from scentd.model.diffuser import Availability, DesiredState, DiffuserState, ReportedState
from scentd.model.readings import (
    AvailabilityRead,
    EnergyRead,
    FaultRead,
    IntensityRead,
    LevelRead,
    LightRead,
    ModeRead,
    PowerRead,
    Reading,
    SignalRead,
    SlotRead,
)

_ASKED_PARTS = ("power", "intensity_percent", "mode", "light", "slot_no")


def fold(reported: ReportedState, readings: Iterable[Reading]) -> ReportedState:
    """Give the reported state after these readings; the same object when nothing changed."""
    changes: dict[str, object] = {}
    for reading in readings:
        _note(changes, reading)
    known = {name: value for name, value in changes.items() if getattr(reported, name) != value}
    return replace(reported, **known) if known else reported  # type: ignore[arg-type]  # by name


def _note(changes: dict[str, object], reading: Reading) -> None:
    match reading:
        case PowerRead(on):
            changes["power"] = on
        case IntensityRead(percent):
            changes["intensity_percent"] = percent
        case ModeRead(mode):
            changes["mode"] = mode
        case LightRead(on):
            changes["light"] = on
        case SlotRead(slot_no):
            changes["slot_no"] = slot_no
        case LevelRead(1, remaining_ul):
            changes["remaining_ul"] = remaining_ul
        case FaultRead(code):
            changes["fault"] = code
        case SignalRead(dbm):
            changes["signal_dbm"] = dbm
        case EnergyRead(watts, total_wh):
            # A message may tell one of the two alone.
            changes |= {} if watts is None else {"watts": watts}
            changes |= {} if total_wh is None else {"energy_wh": total_wh}
        case _:
            pass


def hear(
    state: DiffuserState, readings: tuple[Reading, ...], at: datetime, *, is_retained: bool
) -> DiffuserState:
    """Give the state after a message: its readings, and what they say about being there.

    Anything said live shows that the device is there, unless it says that it is not. A retained
    “online” shows nothing: the device may have died while the broker was down.
    """
    word = next((r for r in readings if isinstance(r, AvailabilityRead)), None)
    reported = fold(state.reported, readings)
    if word is not None and word.availability is Availability.OFFLINE:
        availability, source = Availability.OFFLINE, word.source
    elif is_retained:
        availability, source = state.availability, state.availability_source
        if word is not None and availability is Availability.OFFLINE:
            availability, source = Availability.UNKNOWN, word.source
    else:
        availability = Availability.ONLINE
        source = word.source if word is not None else "message"
    is_same = availability is state.availability
    return replace(
        state,
        reported=reported,
        availability=availability,
        availability_since=state.availability_since if is_same else at,
        availability_source=state.availability_source if is_same else source,
        last_message_at=state.last_message_at if is_retained else at,
    )


def shows(reported: ReportedState, desired: DesiredState) -> bool:
    """Say whether the device reports every part that is desired."""
    return all(
        wanted is None or getattr(reported, part) == wanted
        for part in _ASKED_PARTS
        if (wanted := getattr(desired, part)) is not None
    )


def moved_towards(before: ReportedState, after: ReportedState, desired: DesiredState) -> bool:
    """Say whether a change of report brought a part to what was desired."""
    return any(
        getattr(before, part) != getattr(after, part) == getattr(desired, part)
        for part in _ASKED_PARTS
        if getattr(desired, part) is not None
    )
