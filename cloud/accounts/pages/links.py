"""One-time links: the address shows a page, and only its button spends the link.

Mail programs and chat windows fetch addresses to preview them; a GET must not use them up.
"""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.accounts.cookies import sent_token, visitor_of
from cloud.accounts.kinds import LinkPurpose
from cloud.accounts.models import OneTimeLink
from cloud.accounts.pages.forms import Text, show, welcome
from cloud.accounts.service.desk import Desk
from cloud.foundation.errors import CloudError
from cloud.foundation.web import Pages, Session

_PAGES = {
    LinkPurpose.SIGN_IN: "link_sign_in",
    LinkPurpose.FIRST_ADMIN: "link_first_admin",
    LinkPurpose.VERIFY_EMAIL: "link_verify_email",
    LinkPurpose.RESET_PASSWORD: "link_reset_password",
}


@dataclass(frozen=True, slots=True)
class _Typed:
    """What the forms of links may carry."""

    email: str
    name: str
    password: str


def pages(desk: Desk) -> APIRouter:
    """Return the pages of one-time links."""
    router = APIRouter()

    @router.get("/link/{token}")
    async def show_link(request: Request, pages: Pages, session: Session, token: str) -> Response:
        """Say what the link does, and ask."""
        link = await desk.links.look(session, token)
        owner = await _owner(desk, session, link)
        return await show(
            request, pages, _PAGES[link.purpose], token=token, owner=owner, email="", name=""
        )

    @router.post("/link/{token}")
    async def use_link(
        request: Request,
        pages: Pages,
        session: Session,
        token: str,
        email: Text = "",
        name: Text = "",
        password: Text = "",
    ) -> Response:
        """Do what the link is for."""
        link = await desk.links.look(session, token)
        # Taken now: a refusal rolls back, and what was read would have to be read again.
        purpose, owner = link.purpose, await _owner(desk, session, link)
        typed = _Typed(email, name, password)
        try:
            async with session.begin_nested():
                return await _use(desk, request, session, purpose, token, typed)
        except CloudError as error:
            return await show(
                request,
                pages,
                _PAGES[purpose],
                error=error,
                token=token,
                owner=owner,
                email=email,
                name=name,
            )

    return router


async def _owner(desk: Desk, session: AsyncSession, link: OneTimeLink) -> str:
    if link.user_id is None:
        return ""
    return (await desk.users.get(session, link.user_id)).email


async def _use(
    desk: Desk,
    request: Request,
    session: AsyncSession,
    purpose: LinkPurpose,
    token: str,
    typed: _Typed,
) -> Response:
    visitor, replaced = visitor_of(request), sent_token(request)
    if purpose is LinkPurpose.SIGN_IN:
        opened = await desk.sign_in_by_link(session, visitor, token=token, replaced=replaced)
        return welcome(request, opened, "")
    if purpose is LinkPurpose.FIRST_ADMIN:
        opened = await desk.make_first_admin(
            session,
            visitor,
            token=token,
            email=typed.email,
            name=typed.name,
            password=typed.password,
            replaced=replaced,
        )
        return welcome(request, opened, "")
    if purpose is LinkPurpose.RESET_PASSWORD:
        await desk.reset_password(session, token=token, password=typed.password)
        return RedirectResponse("/sign-in", 303)
    await desk.verify_email(session, token=token)
    return RedirectResponse("/account", 303)
