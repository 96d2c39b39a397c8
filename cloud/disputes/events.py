"""News of disputes, emitted in the transaction that made it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DisputeEnded:
    """A bank decided; a lost dispute may still be won later, by an appeal, and is told again."""

    dispute_id: int
    order_id: int
    is_lost: bool
    at: datetime
