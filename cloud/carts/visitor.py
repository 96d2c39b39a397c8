"""Whose cart a request is about: the signed-in member's, or that of the guest's cookie.

A member who still carries a guest's cookie has just signed in: the cookie's cart is poured into
theirs the first time they look at it or change it, and the cookie goes.
"""

from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from cloud.carts.owners import CartOwner
from cloud.carts.service import GUEST_CART_KEPT, has_cart, merge
from cloud.foundation.identity import SignedIn
from cloud.foundation.secrets import mint_token
from cloud.foundation.web.guest_cookie import GuestCookie

_COOKIE = GuestCookie("scent_cart", GUEST_CART_KEPT)


@dataclass(frozen=True, slots=True)
class Visit:
    """Whose cart it is, and what becomes of the guest's cookie.

    `token` None leaves the cookie alone, "" removes it, anything else is kept for 30 days. Call
    `remember` on the response that goes out.
    """

    owner: CartOwner
    token: str | None = None

    def remember(self, request: Request, response: Response) -> None:
        """Set or remove the cookie on a response."""
        _COOKIE.remember(request, response, self.token)


async def look(
    session: AsyncSession, request: Request, user: SignedIn | None, now: datetime
) -> Visit | None:
    """Return whose cart a request looks at; None for a stranger who never had one.

    A member's guest cart is taken over first.
    """
    token = _COOKIE.sent(request)
    if user is not None:
        return await _as_member(session, token, user.user_id, now)
    return Visit(CartOwner.guest(token)) if token else None


async def visit(
    session: AsyncSession, request: Request, user: SignedIn | None, now: datetime
) -> Visit:
    """Return whose cart a request changes; a stranger gets a token of their own.

    So does one whose token is not (or no longer) that of a cart: nobody may choose a token.
    """
    token = _COOKIE.sent(request)
    if user is not None:
        return await _as_member(session, token, user.user_id, now)
    if not (token and await has_cart(session, CartOwner.guest(token))):
        token = mint_token()
    return Visit(CartOwner.guest(token), token)


async def _as_member(
    session: AsyncSession, token: str | None, user_id: int, now: datetime
) -> Visit:
    if token is None:
        return Visit(CartOwner.member(user_id))
    await merge(session, token, user_id, now)
    return Visit(CartOwner.member(user_id), "")
