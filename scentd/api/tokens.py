"""Access tokens: made and revoked by members of the household alone, shown once."""

from datetime import datetime, timedelta
from http import HTTPStatus

from pydantic import Field

from scentd.api.access import Scope
from scentd.api.routes import Call, Door, Route, View, route
from scentd.store.access import AccessToken


class TokenBody(View):
    """A token to make."""

    name: str = Field(min_length=1, max_length=80)
    """What it is for."""
    scopes: frozenset[Scope] = Field(min_length=1)
    """Exactly what it may do."""
    days: int | None = Field(default=None, ge=1, le=3650)
    """Days until it ends; null takes the hub's setting."""


class TokenView(View):
    """A token, without its secret."""

    id: str
    """Names it."""
    name: str
    """What it is for."""
    scopes: list[Scope]
    """What it may do."""
    created_at: datetime
    """When it was made, UTC."""
    expires_at: datetime
    """When it ends, UTC."""
    last_used_at: datetime | None
    """When it was used last, to the minute, UTC."""
    last_peer: str | None
    """From which address."""


class NewTokenView(TokenView):
    """A token just made."""

    secret: str
    """What to send as “Authorization: Bearer …”; shown this once and kept nowhere."""


async def list_tokens(call: Call[None]) -> list[TokenView]:
    """Give every token, expired ones too."""
    return [TokenView(**_shown(token)) for token in await call.house.access.tokens()]


async def add_token(call: Call[TokenBody]) -> NewTokenView:
    """Make a token; its secret is in this answer and never again."""
    life = timedelta(days=call.asked.days) if call.asked.days else None
    made = await call.house.access.new_token(call.asked.name, call.asked.scopes, life)
    return NewTokenView(**_shown(made.token), secret=made.secret)


async def revoke_token(call: Call[None]) -> None:
    """Revoke a token: its next request is refused, its open streams end within seconds."""
    await call.house.access.revoke_token(call.path["token_id"])


def _shown(token: AccessToken) -> dict[str, object]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": [scope for scope in Scope if scope in token.scopes],
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "last_peer": token.last_peer,
    }


_ALL = "/api/v1/tokens"

ROUTES: tuple[Route, ...] = (
    route("GET", _ALL, Door.MEMBERS, list_tokens, answers=list[TokenView]),
    route(
        "POST",
        _ALL,
        Door.MEMBERS,
        add_token,
        asks=TokenBody,
        answers=NewTokenView,
        status=HTTPStatus.CREATED,
    ),
    route(
        "DELETE",
        f"{_ALL}/{{token_id}}",
        Door.MEMBERS,
        revoke_token,
        status=HTTPStatus.NO_CONTENT,
    ),
)
