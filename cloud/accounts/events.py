"""News of accounts, emitted in the transaction that made it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class UserSignedUp:
    """A new account exists, its e-mail address not yet proven."""

    user_id: int
    email: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EmailVerified:
    """The owner of an account proved to read its e-mail address."""

    user_id: int
    email: str
    at: datetime
