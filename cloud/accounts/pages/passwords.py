"""Signing up, in and out by password."""

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.cookies import clear_session_cookie, sent_token, visitor_of
from cloud.accounts.pages.forms import AskedOnward, Onward, Text, show, welcome
from cloud.accounts.service.desk import Desk
from cloud.foundation.errors import CloudError
from cloud.foundation.web import OptionalUser, Pages, Session
from cloud.foundation.web.language import wished_language
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.web.onward import local_path


def pages(desk: Desk, *, has_google: bool) -> APIRouter:
    """Return the pages for people with a password; `has_google` shows the other way too."""
    router = APIRouter()
    _add_sign_in(router, desk, has_google=has_google)
    _add_sign_up(router, desk, has_google=has_google)
    _add_sign_out(router, desk)
    _add_forgot_password(router, desk)
    return router


def _add_sign_in(router: APIRouter, desk: Desk, *, has_google: bool) -> None:
    @router.get("/sign-in")
    async def show_sign_in(
        request: Request,
        pages: Pages,
        user: OptionalUser,
        onward: AskedOnward = "",
        again: Annotated[int, Query(ge=0, le=1)] = 0,
    ) -> Response:
        """Show the form; somebody signed in goes on at once, unless asked to sign in again."""
        if user is not None and not again:
            return RedirectResponse(local_path(onward) or "/", 303)
        return await show(request, pages, "sign_in", onward=onward, email="", has_google=has_google)

    @router.post("/sign-in")
    async def sign_in(
        request: Request,
        pages: Pages,
        session: Session,
        email: Text = "",
        password: Text = "",
        onward: Onward = "",
    ) -> Response:
        """Sign in and go on to where one wanted to be."""
        try:
            opened = await desk.sign_in(
                session,
                visitor_of(request),
                email=email,
                password=password,
                replaced=sent_token(request),
            )
        except CloudError as error:
            return await show(
                request,
                pages,
                "sign_in",
                error=error,
                onward=onward,
                email=email,
                has_google=has_google,
            )
        return welcome(request, opened, onward)


def _add_sign_up(router: APIRouter, desk: Desk, *, has_google: bool) -> None:
    @router.get("/sign-up")
    async def show_sign_up(
        request: Request,
        pages: Pages,
        onward: AskedOnward = "",
        invitation: Annotated[str, Query(max_length=40)] = "",
    ) -> Response:
        """Show the form."""
        return await show(
            request,
            pages,
            "sign_up",
            onward=onward,
            email="",
            name="",
            invitation=invitation,
            has_google=has_google,
        )

    @router.post("/sign-up")
    async def sign_up(
        request: Request,
        pages: Pages,
        session: Session,
        email: Text = "",
        name: Text = "",
        password: Text = "",
        onward: Onward = "",
        invitation: Text = "",
    ) -> Response:
        """Make an account and go on to where one wanted to be."""
        try:
            opened = await desk.sign_up(
                session,
                visitor_of(request),
                email=email,
                name=name,
                password=password,
                replaced=sent_token(request),
                invitation=invitation,
            )
        except CloudError as error:
            return await show(
                request,
                pages,
                "sign_up",
                error=error,
                onward=onward,
                email=email,
                name=name,
                invitation=invitation,
                has_google=has_google,
            )
        return welcome(request, opened, onward)


def _add_sign_out(router: APIRouter, desk: Desk) -> None:
    @router.post("/sign-out")
    async def sign_out(request: Request, session: Session) -> Response:
        """End the session and go to the start page."""
        token = sent_token(request)
        if token is not None:
            await desk.sessions.close(session, token)
        response = RedirectResponse("/", 303)
        clear_session_cookie(request, response)
        return response


def _add_forgot_password(router: APIRouter, desk: Desk) -> None:
    @router.get("/forgot-password")
    async def show_forgot(request: Request, pages: Pages) -> Response:
        """Show the form."""
        return await show(request, pages, "forgot_password", email="", is_sent=False)

    @router.post("/forgot-password")
    async def forgot(
        request: Request, pages: Pages, session: Session, email: Text = ""
    ) -> Response:
        """Mail a link if the address has an account, and say the same either way."""
        try:
            await desk.forgot_password(session, email, wished_language(request))
        except CloudError as error:
            return await show(
                request, pages, "forgot_password", error=error, email=email, is_sent=False
            )
        return await show(request, pages, "forgot_password", email=email, is_sent=True)
