"""A cookie that remembers what a guest has here, by a token that we minted."""

from dataclasses import dataclass
from datetime import timedelta

from fastapi import Request
from starlette.responses import Response

from cloud.foundation.web.services import services_of


@dataclass(frozen=True, slots=True)
class GuestCookie:
    """One such cookie: `name` is without prefix, and it is kept for `kept`."""

    name: str
    kept: timedelta

    def sent(self, request: Request) -> str | None:
        """Return the token that a request carries, whoever wrote it; None for none."""
        return request.cookies.get(self._full_name(request)) or None

    def remember(self, request: Request, response: Response, token: str | None) -> None:
        """Set the cookie to a token, remove it for "", leave it alone for None."""
        if token is None:
            return
        response.set_cookie(
            self._full_name(request),
            token,
            max_age=int(self.kept.total_seconds()) if token else 0,
            secure=services_of(request).is_secure,
            httponly=True,
            samesite="lax",
        )

    def _full_name(self, request: Request) -> str:
        # As for the session: with the prefix, browsers refuse it from any other host.
        return f"__Host-{self.name}" if services_of(request).is_secure else self.name
