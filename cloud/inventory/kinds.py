"""Why stock changes."""

from enum import StrEnum


class MovementKind(StrEnum):
    """Why stock changed. MOVED comes in pairs: out of one place and into another."""

    RECEIVED = "RECEIVED"
    SOLD = "SOLD"
    RETURNED = "RETURNED"
    CORRECTED = "CORRECTED"
    MOVED = "MOVED"
