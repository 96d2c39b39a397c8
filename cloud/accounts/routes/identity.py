"""Signing up, in and out."""

from fastapi import Request, Response

from cloud.accounts.cookies import (
    clear_session_cookie,
    sent_token,
    set_session_cookie,
    visitor_of,
)
from cloud.accounts.schemas import EmailProof, LinkWish, PasswordReset, SignIn, SignUp, UserOut
from cloud.accounts.service.desk import Desk
from cloud.foundation.web import OptionalUser, Session
from cloud.foundation.web.language import wished_language
from cloud.foundation.web.late_routes import APIRouter


def routes(desk: Desk) -> APIRouter:
    """Return the routes for people who are not signed in yet."""
    router = APIRouter(prefix="/api/v1/auth")

    @router.post("/sign-up", status_code=201)
    async def sign_up(
        request: Request, response: Response, session: Session, wish: SignUp
    ) -> UserOut:
        """Make an account and sign it in; a mail asks to confirm the address."""
        opened = await desk.sign_up(
            session,
            visitor_of(request),
            email=wish.email,
            name=wish.name,
            password=wish.password.get_secret_value(),
            replaced=sent_token(request),
            invitation=wish.invitation,
        )
        set_session_cookie(request, response, opened.token)
        return UserOut.model_validate(opened.user)

    @router.post("/sign-in")
    async def sign_in(
        request: Request, response: Response, session: Session, wish: SignIn
    ) -> UserOut:
        """Sign in by password. The answer sets a new session cookie, whatever was sent."""
        opened = await desk.sign_in(
            session,
            visitor_of(request),
            email=wish.email,
            password=wish.password.get_secret_value(),
            replaced=sent_token(request),
        )
        set_session_cookie(request, response, opened.token)
        return UserOut.model_validate(opened.user)

    @router.post("/sign-out", status_code=204)
    async def sign_out(request: Request, response: Response, session: Session) -> None:
        """End the session of this request."""
        token = sent_token(request)
        if token is not None:
            await desk.sessions.close(session, token)
        clear_session_cookie(request, response)

    @router.post("/password-link", status_code=202)
    async def forgot_password(request: Request, session: Session, wish: LinkWish) -> None:
        """Mail a link to set a new password, if the address has an account."""
        await desk.forgot_password(session, wish.email, wished_language(request))

    @router.post("/password", status_code=204)
    async def reset_password(session: Session, wish: PasswordReset) -> None:
        """Set a new password by a mailed link; all sessions of the account end."""
        await desk.reset_password(
            session, token=wish.token, password=wish.password.get_secret_value()
        )

    @router.post("/email", status_code=204)
    async def verify_email(session: Session, me: OptionalUser, wish: EmailProof) -> None:
        """Confirm an e-mail address by a mailed link.

        Whoever is neither signed in to the account nor gives its password may not be the one who
        made it: its password and sessions end, and a new password is set by a mailed link.
        """
        await desk.verify_email(
            session,
            token=wish.token,
            signed_in=me.user_id if me else None,
            password=wish.password.get_secret_value() if wish.password else "",
        )

    return router
