"""News of drafts, emitted in the transaction that made it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DraftSent:
    """A draft went to its customer, who may pay it until it expires.

    `user_id` None: nobody with an account. `total_minor` is what it came to at that moment.
    """

    number: str
    version: int
    user_id: int | None
    email: str
    language: str
    bottles: tuple[tuple[int, str, str], ...]
    total_minor: int
    currency: str
    expires_at: datetime
    at: datetime
