"""Whose quiz a request is about, and the cookie of those who have no account.

A member who still carries a guest's cookie has just signed in: that quiz joins theirs the first
time they look at it or at what is suggested to them, and the cookie goes.
"""

from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from cloud.foundation.identity import SignedIn
from cloud.foundation.secrets import mint_token
from cloud.foundation.web.guest_cookie import GuestCookie
from cloud.recommendations.repository.runs import find_run
from cloud.recommendations.service.joining import join
from cloud.recommendations.service.taking import KEPT
from cloud.recommendations.takers import Taker

_COOKIE = GuestCookie("scent_quiz", KEPT)


@dataclass(frozen=True, slots=True)
class Visit:
    """Whose quiz it is, and what becomes of the cookie: None leaves it, "" removes it."""

    taker: Taker | None
    token: str | None = None

    def remember(self, request: Request, response: Response) -> None:
        """Set or remove the cookie on a response."""
        _COOKIE.remember(request, response, self.token)


@dataclass(frozen=True, slots=True)
class Change:
    """As a Visit, of somebody who certainly has or begins a quiz."""

    taker: Taker
    token: str | None = None

    def remember(self, request: Request, response: Response) -> None:
        """Set or remove the cookie on a response."""
        _COOKIE.remember(request, response, self.token)


async def look(
    session: AsyncSession, request: Request, user: SignedIn | None, now: datetime
) -> Visit:
    """Return whose quiz a request looks at; nobody's for a stranger who never took one."""
    token = _COOKIE.sent(request)
    if user is None:
        return Visit(Taker.guest(token) if token else None)
    member = Taker.member(user.user_id)
    if not token:
        return Visit(member)
    await join(session, Taker.guest(token), member, now)
    return Visit(member, "")


async def visit(
    session: AsyncSession, request: Request, user: SignedIn | None, now: datetime
) -> Change:
    """Return whose quiz a request changes; a stranger gets a token that nobody else chose."""
    seen = await look(session, request, user, now)
    if seen.taker is not None and (user or await find_run(session, seen.taker)):
        return Change(seen.taker, seen.token)
    token = mint_token()
    return Change(Taker.guest(token), token)
