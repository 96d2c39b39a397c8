"""One's own API tokens: made, shown once, revoked."""

from typing import Annotated

from fastapi import Form, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from cloud.accounts.right_schemas import TokenWish
from cloud.accounts.service.api_tokens import ApiTokens
from cloud.admin.back_office import BackOffice, show
from cloud.admin.pages.roles import matrix
from cloud.foundation.errors import CloudError, Invalid
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, any_staff
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter

_HOME = "/account/tokens"


class TokenWishUnfit(Invalid):
    """A token needs a name, at least one permission and a life of up to a year."""

    code = "token_wish_unfit"

    def __init__(self) -> None:
        super().__init__(
            "A token needs a name, at least one permission, and 1 to 366 days.",
            hint="Fill in all three.",
        )


def token_pages(office: BackOffice) -> APIRouter:
    """Return the pages of one's own API tokens."""
    router = APIRouter(prefix=_HOME, include_in_schema=False)
    tokens = ApiTokens(office.clock)

    @router.get("")
    async def listing(request: Request, pages: Pages, staff: SignedIn = any_staff()) -> Response:
        """Return one's tokens, and the form for a new one."""
        return await _shown(office, request, pages, staff)

    @router.post("")
    async def make(
        request: Request,
        pages: Pages,
        name: Annotated[str, Form(max_length=400)] = "",
        days: Annotated[str, Form(max_length=10)] = "90",
        permits: Annotated[list[str], Form(max_length=200)] = [],  # noqa: B006 - FastAPI copies it
        staff: SignedIn = any_staff(),
    ) -> Response:
        """Make a token and show its secret, this once."""
        typed: dict[str, object] = {"name": name, "days": days, "permits": permits}
        try:
            wish = _read(typed)
            async with office.database.unit_of_work() as session:
                _token, secret = await tokens.make(session, staff, wish)
        except CloudError as error:
            return await _shown(office, request, pages, staff, error=error, typed=typed)
        answer = await _shown(office, request, pages, staff, secret=secret)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @router.post("/{token_id}/revoke")
    async def revoke(token_id: RowId, staff: SignedIn = any_staff()) -> Response:
        """Make a token worth nothing."""
        async with office.database.unit_of_work() as session:
            await tokens.revoke(session, staff, token_id)
        return RedirectResponse(f"{_HOME}?done=removed", 303)

    return router


def _read(typed: dict[str, object]) -> TokenWish:
    try:
        return TokenWish.model_validate(
            {"name": typed["name"], "days": typed["days"], "scopes": typed["permits"]}
        )
    except ValidationError as error:
        raise TokenWishUnfit from error


async def _shown(
    office: BackOffice,
    request: Request,
    pages: Pages,
    staff: SignedIn,
    *,
    error: CloudError | None = None,
    typed: dict[str, object] | None = None,
    secret: str = "",
) -> Response:
    async with office.database.unit_of_work() as session:
        found = await ApiTokens(office.clock).list(session, staff.user_id)
        context = {
            "tokens": found,
            "now": office.clock.now(),
            "matrix": matrix(),
            "secret": secret,
            "typed": typed or {"name": "", "days": "90", "permits": []},
        }
        return await show(request, pages, "tokens", context, error=error)
