"""The language a visitor chooses, at the foot of every page: for the visit, and for their mails."""

from typing import Annotated

from fastapi import Form, Request
from starlette.responses import Response

from cloud.accounts.errors import LanguageUnknown
from cloud.accounts.service.desk import Desk
from cloud.foundation.site_facts import SiteFactsSource
from cloud.foundation.web import OptionalUser, Session
from cloud.foundation.web.language import COOKIE
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.web.preferences import remember


def pages(desk: Desk, site: SiteFactsSource) -> APIRouter:
    """Return the form's address; `site` knows which languages there are."""
    router = APIRouter()

    @router.post("/language")
    async def set_language(
        request: Request,
        session: Session,
        user: OptionalUser,
        language: Annotated[str, Form(pattern="^[a-z]{2}$")],
        back: Annotated[str, Form(max_length=500)] = "/",
    ) -> Response:
        """Remember the language, and for a member's mails too; raises LanguageUnknown."""
        if language not in (await site.facts()).languages:
            raise LanguageUnknown
        if user is not None and language != user.language:
            await desk.users.speak(session, await desk.users.get(session, user.user_id), language)
        return remember(request, COOKIE, language, back)

    return router
