"""Who is asking: the values that a request's identity is made of, and the port that finds it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from cloud.foundation.permits import NOTHING, Permit


class Role(StrEnum):
    """What an account may do: ADMIN everything, MANAGER the daily work, CUSTOMER their own."""

    ADMIN = "ADMIN"
    MANAGER = "MANAGER"
    CUSTOMER = "CUSTOMER"

    @property
    def is_staff(self) -> bool:
        """Tell whether the staff area is open to this role."""
        return self in (Role.ADMIN, Role.MANAGER)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person with a live session, as the database knew them when this request began.

    `signed_in_at` is when they last proved who they are (password or one-time link), which is
    older than the request; pairing a hub demands that it be under ten minutes old. `permits` is
    what they may do as staff: nothing for a customer. `token_id` names the API token that asks in
    the person's place, with `session_id` 0 then; None for a browser.
    """

    user_id: int
    email: str
    name: str
    role: Role
    session_id: int
    signed_in_at: datetime
    language: str | None = None
    permits: frozenset[Permit] = NOTHING
    token_id: int | None = None

    def may(self, permit: Permit) -> bool:
        """Tell whether the person holds a permit."""
        return permit in self.permits


class Authenticator(Protocol):
    """Find out whose a token is: a session's or a program's. Filled by the accounts feature."""

    async def whose(self, connection: AsyncConnection, token: str) -> SignedIn | None:
        """Return the person behind a token; None when unknown, expired or revoked."""
