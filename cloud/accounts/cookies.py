"""The cookie that carries a session's token, and what a request tells about its sender."""

from fastapi import Request
from starlette.responses import Response

from cloud.accounts.service.sessions import LIFETIME, Visitor
from cloud.foundation.web.services import services_of


def set_session_cookie(request: Request, response: Response, token: str) -> None:
    """Hand a new session's token to the browser, unreadable for scripts."""
    services = services_of(request)
    response.set_cookie(
        services.session_cookie,
        token,
        max_age=int(LIFETIME.total_seconds()),
        secure=services.is_secure,
        httponly=True,
        samesite="lax",
    )


def clear_session_cookie(request: Request, response: Response) -> None:
    """Make the browser forget the token."""
    services = services_of(request)
    response.delete_cookie(
        services.session_cookie, secure=services.is_secure, httponly=True, samesite="lax"
    )


def sent_token(request: Request) -> str | None:
    """Return the session token that a request carries, live or not."""
    return request.cookies.get(services_of(request).session_cookie)


def visitor_of(request: Request) -> Visitor:
    """Return whence a request comes."""
    address = request.client.host if request.client else ""
    return Visitor(device=request.headers.get("user-agent", ""), address=address)
