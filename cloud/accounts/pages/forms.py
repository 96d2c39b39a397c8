"""What the forms of accounts share: their fields, showing them again, going on."""

from typing import Annotated

from fastapi import Form, Query, Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.cookies import set_session_cookie
from cloud.accounts.service.desk import SignedInNow
from cloud.foundation.errors import CloudError
from cloud.foundation.web import Templates
from cloud.foundation.web.errors import status_of
from cloud.foundation.web.onward import local_path

# Longer than any value that can be right, so that the service gets to say what is wrong.
Text = Annotated[str, Form(max_length=400)]
Onward = Annotated[str, Form(alias="next", max_length=500)]
AskedOnward = Annotated[str, Query(alias="next", max_length=500)]


async def show(
    request: Request,
    templates: Templates,
    page: str,
    /,
    *,
    error: CloudError | None = None,
    **values: object,
) -> Response:
    """Return a form: `form` holds what was typed, `error` what is wrong with it, if anything."""
    return await templates.render(
        request,
        f"accounts/{page}.html",
        {"form": values, "error": error},
        status_code=status_of(error) if error else 200,
    )


def welcome(request: Request, opened: SignedInNow, onward: str) -> Response:
    """Return the answer to a successful sign-in: the cookie, and the way on."""
    start = "/admin" if opened.user.role.is_staff else "/account"
    response = RedirectResponse(local_path(onward) or start, 303)
    set_session_cookie(request, response, opened.token)
    return response
