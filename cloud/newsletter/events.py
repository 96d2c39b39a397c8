"""News of the newsletter, emitted in the transaction that made it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class IssueBegan:
    """An issue goes out now; who gets it by mail is written down."""

    issue_id: int
    at: datetime
