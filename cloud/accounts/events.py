"""News of accounts, emitted in the transaction that made it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class UserSignedUp:
    """A new account exists, its e-mail address not yet proven.

    `invitation` is what its owner came with, as they or their link gave it; "" for nothing.
    """

    user_id: int
    email: str
    name: str
    at: datetime
    invitation: str = ""


@dataclass(frozen=True, slots=True)
class EmailVerified:
    """The owner of an account proved to read its e-mail address."""

    user_id: int
    email: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """Somebody proved who they are and is signed in now; their address may be proven or not."""

    user_id: int
    email: str
    is_email_proven: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ProfileUpdated:
    """A person's account changed in a way that its owner must hear of (PROFILE_UPDATE).

    `change` is one of the words in `cloud.accounts.service.notices`; `email` is where the owner
    was reached before it; `language` what they are to be told in, "" for the shop's own.
    `device` is what the browser calls itself, "" when the change was made on a known one.
    """

    user_id: int
    email: str
    language: str
    change: str
    at: datetime
    device: str = ""


@dataclass(frozen=True, slots=True)
class AccountReclaimed:
    """The owner of an address proved it for an account that somebody else may have made.

    Password, sessions, tokens of programs, linked providers and addresses of before are gone;
    whoever keeps other things by which the one of before could act, or be charged, ends them too.
    """

    user_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonErased:
    """A person is being forgotten; may repeat. What the account holds is still readable."""

    user_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PasswordResetAsked:
    """A link for a new password goes to an account's address, whoever asked for it."""

    user_id: int
    email: str
    at: datetime
