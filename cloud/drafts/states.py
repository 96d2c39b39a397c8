"""How far a draft is."""

from enum import StrEnum


class DraftState(StrEnum):
    """Where a draft stands: staff work at it, its customer has it, or it is over."""

    OPEN = "open"
    SENT = "sent"
    ORDERED = "ordered"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


# Staff may still change it.
LIVING = frozenset({DraftState.OPEN, DraftState.SENT})
