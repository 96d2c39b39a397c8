"""One's own account: name and address of e-mail, password, devices, what is linked."""

from typing import Annotated

from fastapi import Form, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.accounts import identity_rows
from cloud.accounts.cookies import sent_token, set_session_cookie, visitor_of
from cloud.accounts.errors import RecentSignInNeeded
from cloud.accounts.pages.forms import Text, show
from cloud.accounts.service.changes import ask_new_email, change_password, is_fresh, rename
from cloud.accounts.service.desk import Desk
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import CurrentUser, Pages, Session, Templates
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter

_PROFILE = "/account/profile"
_SECURITY = "/account/security"
_AGAIN = "/sign-in?again=1&next="
_LONGEST_NAME = 120


def pages(desk: Desk, *, has_google: bool) -> APIRouter:
    """Return the pages of one's own account."""
    router = APIRouter()
    _add_profile(router, desk)
    _add_security(router, desk, has_google=has_google)
    return router


def _add_profile(router: APIRouter, desk: Desk) -> None:
    @router.get("/welcome")
    async def greet(request: Request, pages: Pages, user: CurrentUser) -> Response:
        """Greet somebody who came in from a provider for the first time."""
        return await show(request, pages, "welcome", name=user.name, email=user.email)

    @router.get(_PROFILE)
    async def profile(
        request: Request, pages: Pages, session: Session, user: CurrentUser
    ) -> Response:
        """Show name and address of e-mail."""
        return await _profile(request, pages, desk, session, user)

    @router.post(_PROFILE)
    async def change_name(
        session: Session,
        user: CurrentUser,
        name: Annotated[str, Form(max_length=_LONGEST_NAME)] = "",
    ) -> Response:
        """Change the name."""
        own = await desk.users.get(session, user.user_id)
        await rename(desk, session, own, name)
        return RedirectResponse(_PROFILE, 303)

    @router.post(f"{_PROFILE}/email")
    async def new_email(
        request: Request, pages: Pages, session: Session, user: CurrentUser, email: Text = ""
    ) -> Response:
        """Mail a link to the address that is to be the account's."""
        try:
            sent_to = await ask_new_email(desk, session, user, email)
        except RecentSignInNeeded:
            return RedirectResponse(_AGAIN + _PROFILE, 303)
        except CloudError as error:
            return await _profile(request, pages, desk, session, user, error=error, typed=email)
        return await _profile(request, pages, desk, session, user, sent_to=sent_to)

    @router.post(f"{_PROFILE}/verification")
    async def verify(
        request: Request, pages: Pages, session: Session, user: CurrentUser
    ) -> Response:
        """Mail the link that proves the present address once more."""
        own = await desk.users.get(session, user.user_id)
        try:
            await desk.mail_verification(session, own)
        except CloudError as error:
            return await _profile(request, pages, desk, session, user, error=error)
        return await _profile(request, pages, desk, session, user, sent_to=own.email)


async def _profile(
    request: Request,
    pages: Templates,
    desk: Desk,
    session: AsyncSession,
    user: SignedIn,
    *,
    error: CloudError | None = None,
    typed: str = "",
    sent_to: str = "",
) -> Response:
    own = await desk.users.get(session, user.user_id)
    return await show(
        request,
        pages,
        "profile",
        error=error,
        name=own.name,
        email=own.email,
        is_proven=own.email_verified_at is not None,
        new_email=typed,
        sent_to=sent_to,
    )


def _add_security(router: APIRouter, desk: Desk, *, has_google: bool) -> None:
    @router.get(_SECURITY)
    async def security(
        request: Request, pages: Pages, session: Session, user: CurrentUser
    ) -> Response:
        """Show the ways in, and the devices that are signed in."""
        return await _security(request, pages, desk, session, user, has_google=has_google)

    @router.post(f"{_SECURITY}/password")
    async def password(
        request: Request,
        pages: Pages,
        session: Session,
        user: CurrentUser,
        old: Text = "",
        new: Text = "",
    ) -> Response:
        """Change the password; this device gets a new session, all others end."""
        try:
            own = await change_password(desk, session, user, old=old, new=new)
        except RecentSignInNeeded:
            return RedirectResponse(_AGAIN + _SECURITY, 303)
        except CloudError as error:
            return await _security(
                request, pages, desk, session, user, has_google=has_google, error=error
            )
        opened = await desk.open(session, own, visitor_of(request), sent_token(request))
        answer = RedirectResponse(f"{_SECURITY}#devices", 303)
        set_session_cookie(request, answer, opened.token)
        return answer

    @router.post(f"{_SECURITY}/devices/{{session_id}}/end")
    async def end_one(
        session: Session,
        user: CurrentUser,
        session_id: RowId,
    ) -> Response:
        """Sign one device out."""
        await desk.sessions.close_one(session, user.user_id, session_id)
        return RedirectResponse(f"{_SECURITY}#devices", 303)

    @router.post(f"{_SECURITY}/devices/end-others")
    async def end_others(session: Session, user: CurrentUser) -> Response:
        """Sign every other device out."""
        await desk.sessions.close_others(session, user.user_id, user.session_id)
        return RedirectResponse(f"{_SECURITY}#devices", 303)


async def _security(
    request: Request,
    pages: Templates,
    desk: Desk,
    session: AsyncSession,
    user: SignedIn,
    *,
    has_google: bool,
    error: CloudError | None = None,
) -> Response:
    own = await desk.users.get(session, user.user_id)
    return await show(
        request,
        pages,
        "security",
        error=error,
        has_password=own.password_hash is not None,
        has_google=has_google,
        linked=await identity_rows.list_identities(session, user.user_id),
        devices=await desk.sessions.list(session, user.user_id),
        current=user.session_id,
        is_fresh=is_fresh(user, desk.users.now()),
    )
