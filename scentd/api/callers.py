"""Who sent a request: the bearer token or the session cookie it carries, and its address."""

from aiohttp import web

from scentd.api.access import NOBODY, Access, Caller
from scentd.api.errors import TokenRefused

BEARER = "Bearer "


def cookie_name(request: web.Request) -> str:
    """Name the session cookie of this port: browsers do not tell ports of a host apart."""
    port = request.url.port or 80
    return f"scent_hub_{port}"


def peer_of(request: web.Request) -> str:
    """Give the peer's IP address; an IPv4 address mapped into IPv6 as plain IPv4."""
    return (request.remote or "").removeprefix("::ffff:")


async def identify(request: web.Request, access: Access) -> Caller:
    """Give the caller; raises TokenRefused, TooManyTries for a bad token.

    A session cookie that has ended is nobody's.
    """
    header = request.headers.get("Authorization")
    if header is not None:
        if not header.startswith(BEARER):
            raise TokenRefused
        return await access.who_has_token(header.removeprefix(BEARER).strip(), peer_of(request))
    secret = request.cookies.get(cookie_name(request))
    return await access.who_has_session(secret, peer_of(request)) if secret else NOBODY
