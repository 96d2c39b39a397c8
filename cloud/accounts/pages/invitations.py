"""Accepting an invitation: the address shows a page, and only its button lets somebody in."""

from fastapi import Request
from starlette.responses import Response

from cloud.accounts.cookies import sent_token, visitor_of
from cloud.accounts.pages.forms import Text, show, welcome
from cloud.accounts.service.desk import Desk, SignedInNow
from cloud.accounts.service.invitations import Reception
from cloud.foundation.errors import CloudError
from cloud.foundation.web import Pages, RequestClock, Session
from cloud.foundation.web.late_routes import APIRouter


def pages(desk: Desk) -> APIRouter:
    """Return the pages of invitations."""
    router = APIRouter(prefix="/invitation", include_in_schema=False)
    reception = Reception(desk.users)

    @router.get("/{token}")
    async def look(
        request: Request, pages: Pages, session: Session, clock: RequestClock, token: str
    ) -> Response:
        """Say what the link is for, and ask."""
        found = await reception.look(session, token, clock.now())
        known = await reception.has_account(session, found.email)
        return await show(
            request, pages, "invitation", token=token, email=found.email, has_account=known, name=""
        )

    @router.post("/{token}")
    async def accept(
        request: Request,
        pages: Pages,
        session: Session,
        clock: RequestClock,
        token: str,
        name: Text = "",
        password: Text = "",
    ) -> Response:
        """Let the invited person in."""
        found = await reception.look(session, token, clock.now())
        # Taken now: a refusal rolls back, and what was read would have to be read again.
        email, known = found.email, await reception.has_account(session, found.email)
        try:
            async with session.begin_nested():
                user = await reception.accept(
                    session, token, name=name, password=password, now=clock.now()
                )
                opened = await desk.sessions.open(
                    session, user, visitor_of(request), replaced=sent_token(request)
                )
        except CloudError as error:
            return await show(
                request,
                pages,
                "invitation",
                error=error,
                token=token,
                email=email,
                has_account=known,
                name=name,
            )
        return welcome(request, SignedInNow(user, opened), "")

    return router
