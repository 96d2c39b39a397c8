"""The cookie that carries a session's token, and what a request tells about its sender."""

from datetime import timedelta

from fastapi import Request
from starlette.responses import Response

from cloud.accounts.service.sessions import LIFETIME, Visitor
from cloud.foundation.secrets import mint_token
from cloud.foundation.web.guest_cookie import GuestCookie
from cloud.foundation.web.language import wished_language
from cloud.foundation.web.services import services_of

# As long as browsers keep a cookie at most.
DEVICE_KEPT = timedelta(days=400)
DEVICE = GuestCookie("scent_device", DEVICE_KEPT)


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
    DEVICE.remember(request, response, _mark_of(request))


def _mark_of(request: Request) -> str:
    """Return by what a device is known again; one that has nothing yet gets it with the answer."""
    if not hasattr(request.state, "device_mark"):
        request.state.device_mark = DEVICE.sent(request) or mint_token()
    mark: str = request.state.device_mark
    return mark


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
    return Visitor(
        device=request.headers.get("user-agent", ""),
        address=address,
        language=wished_language(request),
        mark=_mark_of(request),
    )
