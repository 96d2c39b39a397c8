"""What a visitor prefers, kept in cookies: the colours, and the language.

Both are plain forms in the frame of every page, so they work without a script.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from cloud.foundation.web.onward import local_path
from cloud.foundation.web.services import services_of

_YEAR_S = 365 * 24 * 3600
Back = Annotated[str, Form(max_length=500)]


def pages() -> APIRouter:
    """Return the two forms' addresses."""
    router = APIRouter(include_in_schema=False)

    @router.post("/theme")
    async def set_theme(
        request: Request,
        theme: Annotated[Literal["auto", "light", "dark"], Form()],
        back: Back = "/",
    ) -> Response:
        """Remember light, dark, or whatever the device prefers."""
        return _remember(request, "scent_theme", theme, back)

    @router.post("/language")
    async def set_language(
        request: Request,
        language: Annotated[str, Form(pattern="^[a-z]{2}$")],
        back: Back = "/",
    ) -> Response:
        """Remember the language; one that the shop does not have is ignored by its pages."""
        return _remember(request, "scent_language", language, back)

    return router


def _remember(request: Request, name: str, value: str, back: str) -> Response:
    response = RedirectResponse(local_path(back) or "/", 303)
    response.set_cookie(
        name,
        value,
        max_age=_YEAR_S,
        secure=services_of(request).is_secure,
        httponly=True,
        samesite="lax",
    )
    return response
