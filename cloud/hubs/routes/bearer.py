"""The token a hub shows with every request."""

from starlette.datastructures import Headers

from cloud.hubs.errors import SessionInvalid


def bearer_token(headers: Headers) -> str:
    """Return the bearer token of a request; SessionInvalid when there is none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise SessionInvalid
    return token.strip()
