"""Who is asking, found once per request and only when somebody wants to know."""

from fastapi import Request

from cloud.foundation.identity import SignedIn
from cloud.foundation.web.services import services_of


async def who_is_asking(request: Request) -> SignedIn | None:
    """Return the person whose live session the request's cookie names; None for a stranger."""
    if not hasattr(request.state, "signed_in"):
        request.state.signed_in = await _look_up(request)
    found: SignedIn | None = request.state.signed_in
    return found


async def _look_up(request: Request) -> SignedIn | None:
    services = services_of(request)
    token = request.cookies.get(services.session_cookie)
    if not token:
        return None
    async with services.database.reading() as connection:
        return await services.authenticator.whose(connection, token)
