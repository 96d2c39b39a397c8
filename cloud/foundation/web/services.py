"""What the dependencies of a request draw on; one per application, kept at `app.state.services`."""

from dataclasses import dataclass

from fastapi import Request

from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.identity import Authenticator
from cloud.foundation.rate_limits import RateLimiter


@dataclass(frozen=True, slots=True)
class WebServices:
    """Everything a request needs before any feature is asked."""

    database: Database
    clock: Clock
    authenticator: Authenticator
    limiter: RateLimiter
    session_cookie: str
    is_secure: bool


def services_of(request: Request) -> WebServices:
    """Return the services of the application that answers a request."""
    services = request.app.state.services
    if not isinstance(services, WebServices):
        raise TypeError("the application was not built by cloud.foundation.web.shell")
    return services
