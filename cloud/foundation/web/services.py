"""What the dependencies of a request draw on; one per application, kept at `app.state.services`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.identity import Authenticator
from cloud.foundation.rate_limits import RateLimiter

# Tells how much news of a user id is unread. Filled by the notifications feature.
UnreadCounter = Callable[[AsyncConnection, int], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class WebServices:
    """Everything a request needs before any feature is asked.

    `count_unread` None: nobody is told anything, and every count is 0.
    """

    database: Database
    clock: Clock
    authenticator: Authenticator
    token_authenticator: Authenticator
    limiter: RateLimiter
    session_cookie: str
    is_secure: bool
    count_unread: UnreadCounter | None = None


def services_of(request: Request) -> WebServices:
    """Return the services of the application that answers a request."""
    services = request.app.state.services
    if not isinstance(services, WebServices):
        raise TypeError("the application was not built by cloud.foundation.web.shell")
    return services
