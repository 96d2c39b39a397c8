"""The attributes of a diffuser that rules can name, and how their values compare."""

from dataclasses import fields
from typing import TypeAlias

from scentd.model.diffuser import DiffuserState, ReportedState

Value: TypeAlias = bool | int | float | str

AVAILABILITY = "availability"
BUTTON = "button"

REPORTED = tuple(field.name for field in fields(ReportedState))
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


def key_of(value: Value) -> tuple[bool, Value]:
    """Give what equal values share: true is not 1, though Python says so."""
    return (isinstance(value, bool), value)
