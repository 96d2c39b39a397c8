"""Whose a wishlist is, and the cookie of those who have no account.

A member who still carries a guest's cookie has just signed in: its wishes are poured into theirs
the first time they look at the list or change it, and the cookie goes.
"""

from dataclasses import dataclass

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from cloud.foundation.identity import SignedIn
from cloud.foundation.secrets import digest, mint_token
from cloud.foundation.web.guest_cookie import GuestCookie
from cloud.wishlists import repository
from cloud.wishlists.repository import Wisher
from cloud.wishlists.service import KEPT

_COOKIE = GuestCookie("scent_wishes", KEPT)


@dataclass(frozen=True, slots=True)
class Visit:
    """Whose list it is, and what becomes of the cookie: None leaves it, "" removes it."""

    wisher: Wisher | None
    token: str | None = None

    def remember(self, request: Request, response: Response) -> None:
        """Set or remove the cookie on a response."""
        _COOKIE.remember(request, response, self.token)


async def look(session: AsyncSession, request: Request, user: SignedIn | None) -> Visit:
    """Return whose list a request looks at; nobody's for a stranger who never wished."""
    token = _COOKIE.sent(request)
    if user is None:
        return Visit(Wisher(None, digest(token)) if token else None)
    member = Wisher(user.user_id, None)
    if not token:
        return Visit(member)
    await repository.pour(session, Wisher(None, digest(token)), member)
    return Visit(member, "")


async def visit(session: AsyncSession, request: Request, user: SignedIn | None) -> Visit:
    """Return whose list a request changes; a stranger gets a token that nobody else chose."""
    seen = await look(session, request, user)
    if seen.wisher is not None and (user or await repository.has_wishes(session, seen.wisher)):
        return seen
    token = mint_token()
    return Visit(Wisher(None, digest(token)), token)
