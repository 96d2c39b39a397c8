"""The attributes of a diffuser that rules can name, and how their values compare."""

from dataclasses import fields
from typing import TypeAlias

from scentd.model.diffuser import Availability, DiffuserState, Mode, ReportedState

Value: TypeAlias = bool | int | float | str

AVAILABILITY = "availability"
BUTTON = "button"

_OWN_BOOKS = frozenset(["counter_wh"])
"""What is kept to reckon with and says nothing to a household."""

REPORTED = tuple(field.name for field in fields(ReportedState) if field.name not in _OWN_BOOKS)
STATES = frozenset({*REPORTED, AVAILABILITY})
"""What a condition can look at."""

TRIGGERS = STATES | {BUTTON}
"""What a trigger can wait for."""


def value_of(state: DiffuserState, attribute: str) -> Value | None:
    """Give an attribute's value as JSON would write it; None while it is unknown.

    A device that never spoke of a fault has none: many speak only when there is one.
    """
    if attribute == AVAILABILITY:
        return state.availability.value
    value: Value | None = getattr(state.reported, attribute)
    if attribute == "fault" and value is None:
        return ""
    return value


_SWITCHES = frozenset(["power", "light", "is_low"])
_NUMBERS = frozenset(
    [
        *("intensity_percent", "remaining_ul", "signal_dbm", "watts", "energy_wh", "volts", "amps"),
        *("slot_no", "timer_s", "light_percent"),
    ]
)
_WORDS = {
    AVAILABILITY: tuple(one.value for one in Availability),
    "mode": tuple(one.value for one in Mode),
}


def value_problem(attribute: str, value: Value) -> str:
    """Say what an attribute's values look like if this can be none of them, else ""."""
    is_switch = isinstance(value, bool)
    if attribute in _SWITCHES:
        return "" if is_switch else "true or false"
    if attribute in _NUMBERS:
        return "a number" if is_switch or isinstance(value, str) else ""
    if attribute in _WORDS:
        return "" if value in _WORDS[attribute] else f"one of {', '.join(_WORDS[attribute])}"
    return "" if isinstance(value, str) else "a text in quotes"


def key_of(value: Value) -> tuple[bool, Value]:
    """Give what equal values share: true is not 1, though Python says so."""
    return (isinstance(value, bool), value)
