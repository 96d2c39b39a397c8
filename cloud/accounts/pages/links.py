"""One-time links: the address shows a page, and only its button spends the link.

Mail programs and chat windows fetch addresses to preview them; a GET must not use them up.
"""

from dataclasses import dataclass

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.accounts.cookies import sent_token, visitor_of
from cloud.accounts.kinds import LinkPurpose
from cloud.accounts.models import OneTimeLink
from cloud.accounts.pages.forms import Text, show, welcome
from cloud.accounts.service.changes import take_new_email
from cloud.accounts.service.desk import Desk
from cloud.accounts.service.privacy import Privacy
from cloud.foundation.errors import CloudError
from cloud.foundation.web import OptionalUser, Pages, Session
from cloud.foundation.web.late_routes import APIRouter

_PAGES = {
    LinkPurpose.SIGN_IN: "link_sign_in",
    LinkPurpose.FIRST_ADMIN: "link_first_admin",
    LinkPurpose.VERIFY_EMAIL: "link_verify_email",
    LinkPurpose.RESET_PASSWORD: "link_reset_password",
    LinkPurpose.CHANGE_EMAIL: "link_change_email",
    LinkPurpose.ERASE_ACCOUNT: "link_erase_account",
}


@dataclass(frozen=True, slots=True)
class _Typed:
    """What the forms of links may carry, and who is signed in while they are sent."""

    email: str
    name: str
    password: str
    user_id: int | None
    session_id: int | None


def pages(desk: Desk, privacy: Privacy) -> APIRouter:
    """Return the pages of one-time links."""
    router = APIRouter()

    @router.get("/link/{token}")
    async def show_link(
        request: Request, pages: Pages, session: Session, user: OptionalUser, token: str
    ) -> Response:
        """Say what the link does, and ask."""
        link = await desk.links.look(session, token)
        owner = await _owner(desk, session, link)
        return await show(
            request,
            pages,
            _PAGES[link.purpose],
            token=token,
            owner=owner,
            email="",
            name="",
            is_own=user is not None and user.user_id == link.user_id,
        )

    @router.post("/link/{token}")
    async def use_link(
        request: Request,
        pages: Pages,
        session: Session,
        user: OptionalUser,
        token: str,
        email: Text = "",
        name: Text = "",
        password: Text = "",
    ) -> Response:
        """Do what the link is for."""
        link = await desk.links.look(session, token)
        # Taken now: a refusal rolls back, and what was read would have to be read again.
        purpose, owner = link.purpose, await _owner(desk, session, link)
        user_id = user.user_id if user else None
        is_own = user_id is not None and user_id == link.user_id
        typed = _Typed(email, name, password, user_id, user.session_id if user else None)
        try:
            async with session.begin_nested():
                if purpose is LinkPurpose.ERASE_ACCOUNT:
                    waits_for = await privacy.confirm_erasure(session, token)
                    if not waits_for:
                        # Found at the beginning of this request; the page greets nobody now.
                        request.state.signed_in = None
                    return await show(request, pages, "erased", waits_for=waits_for)
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
                is_own=is_own,
            )

    return router


async def _owner(desk: Desk, session: AsyncSession, link: OneTimeLink) -> str:
    if link.purpose is LinkPurpose.CHANGE_EMAIL:
        return link.email or ""
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
    if purpose is LinkPurpose.CHANGE_EMAIL:
        await take_new_email(desk, session, token, kept_session=typed.session_id)
        return RedirectResponse("/account/profile", 303)
    return await _verify(desk, session, token, typed)


async def _verify(desk: Desk, session: AsyncSession, token: str, typed: _Typed) -> Response:
    owner = (await desk.links.look(session, token)).user_id or 0
    is_same_owner = await desk.verify_email(
        session, token=token, signed_in=typed.user_id, password=typed.password
    )
    if is_same_owner:
        return RedirectResponse("/account", 303)
    return RedirectResponse(f"/link/{await desk.choose_password_link(session, owner)}", 303)
