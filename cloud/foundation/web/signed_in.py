"""Who is asking, found once per request and only when somebody wants to know.

Staff's programs send `Authorization: Bearer scent_…` to the API. Such a request is never a
browser's: its cookies count for nothing, it needs no form token, and it opens staff routes alone
(`allowed`), so a program cannot touch its owner's own account.
"""

from fastapi import Request

from cloud.foundation.identity import SignedIn
from cloud.foundation.web.services import services_of

# Begins every API token, so that a leaked one is recognised.
KEY_PREFIX = "scent_"


async def who_is_asking(request: Request) -> SignedIn | None:
    """Return the person whose live session the request's cookie names; None for a stranger."""
    if not hasattr(request.state, "signed_in"):
        request.state.signed_in = await _look_up(request)
    found: SignedIn | None = request.state.signed_in
    return found


def sent_key(request: Request) -> str | None:
    """Return the API token that a request to the API carries, good or not; None without one.

    Hubs send keys of another shape to their own addresses.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    is_ours = scheme.lower() == "bearer" and token.startswith(KEY_PREFIX)
    return token if is_ours and request.url.path.startswith("/api/") else None


async def whose_key(request: Request, token: str) -> SignedIn | None:
    """Return the person in whose place a program asks; None when its token is worth nothing."""
    if not hasattr(request.state, "key_holder"):
        services = services_of(request)
        async with services.database.reading() as connection:
            holder = await services.token_authenticator.whose(connection, token)
        request.state.key_holder = holder
    found: SignedIn | None = request.state.key_holder
    return found


async def _look_up(request: Request) -> SignedIn | None:
    services = services_of(request)
    token = request.cookies.get(services.session_cookie)
    if not token or sent_key(request) is not None:
        return None
    async with services.database.reading() as connection:
        return await services.authenticator.whose(connection, token)
