"""What a visitor prefers, kept in cookies: the colours and the currency.

They are plain forms in the frame of every page, so they work without a script.
"""

from typing import Annotated, Literal

from fastapi import Form, Request
from starlette.responses import Response

from cloud.foundation.web.currency import COOKIE
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.web.preferences import remember

Back = Annotated[str, Form(max_length=500)]


def pages() -> APIRouter:
    """Return the forms' addresses."""
    router = APIRouter(include_in_schema=False)

    @router.post("/theme")
    async def set_theme(
        request: Request,
        theme: Annotated[Literal["auto", "light", "dark"], Form()],
        back: Back = "/",
    ) -> Response:
        """Remember light, dark, or whatever the device prefers."""
        return remember(request, "scent_theme", theme, back)

    @router.post("/currency")
    async def set_currency(
        request: Request,
        currency: Annotated[str, Form(pattern="^[A-Z]{3}$")],
        back: Back = "/",
    ) -> Response:
        """Remember the currency; one that the shop does not have is ignored by its pages."""
        return remember(request, COOKIE, currency, back)

    return router
