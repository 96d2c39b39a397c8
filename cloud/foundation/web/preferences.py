"""Keeping what a visitor prefers in a cookie of theirs, for a year."""

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from cloud.foundation.web.onward import local_path
from cloud.foundation.web.services import services_of

_YEAR_S = 365 * 24 * 3600


def remember(request: Request, name: str, value: str, back: str) -> Response:
    """Return the way back to a page of ours, with the cookie that remembers the choice."""
    response = RedirectResponse(local_path(back) or "/", 303)
    response.set_cookie(
        name,
        value,
        max_age=_YEAR_S,
        secure=services_of(request).is_secure,
        httponly=True,
        samesite="lax",
    )
    return response
