"""Coming in from Google: on the way there, and back."""

import re
from typing import Annotated

from fastapi import Query, Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.cookies import sent_token, visitor_of
from cloud.accounts.errors import ProviderRefused
from cloud.accounts.pages.forms import AskedOnward, show, welcome
from cloud.accounts.service.changes import require_fresh
from cloud.accounts.service.providers import Arrived, Begun, ProviderDesk
from cloud.foundation.errors import CloudError
from cloud.foundation.web import CurrentUser, OptionalUser, Pages, RequestClock, Session
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.web.onward import local_path
from cloud.foundation.web.services import services_of

_SECURITY = "/account/security"
_LIFETIME_S = 900
# What a browser keeps on the way: its half of the state, and by whose invitation it came.
_STATE = "scent_google"
_INVITED = "scent_google_invitation"
_CODE = re.compile("[A-Za-z0-9]{1,40}")
_Invitation = Annotated[str, Query(max_length=40)]
# Nothing of a provider is longer: a state is ours, codes have a few hundred characters.
_Answer = Annotated[str, Query(max_length=2000)]


def pages(providers: ProviderDesk) -> APIRouter:
    """Return the addresses of the way to Google and back."""
    router = APIRouter()

    @router.get("/sign-in/google")
    async def begin(
        request: Request, onward: AskedOnward = "", invitation: _Invitation = ""
    ) -> Response:
        """Send the browser to Google; `invitation` is by whose somebody new comes."""
        begun = await providers.begin(visitor_of(request), local_path(onward))
        return _depart(request, begun, _readable(invitation))

    @router.post("/account/security/google")
    async def link(request: Request, user: CurrentUser, clock: RequestClock) -> Response:
        """Send the browser to Google, to link what it says to the signed-in account."""
        require_fresh(user, clock.now())
        begun = await providers.begin(visitor_of(request), _SECURITY, user_id=user.user_id)
        return _depart(request, begun)

    @router.post("/account/security/google/unlink")
    async def unlink(user: CurrentUser, session: Session, clock: RequestClock) -> Response:
        """Unlink Google."""
        require_fresh(user, clock.now())
        await providers.unlink(session, user.user_id)
        return RedirectResponse(_SECURITY, 303)

    @router.get("/sign-in/google/callback")
    async def finish(
        request: Request,
        pages: Pages,
        user: OptionalUser,
        state: _Answer = "",
        code: _Answer = "",
        error: _Answer = "",
    ) -> Response:
        """Take what Google says."""
        try:
            if error or not code:
                raise ProviderRefused("it was broken off there")
            arrived = await providers.finish(
                visitor_of(request),
                state=state,
                kept_state=request.cookies.get(_cookie(request), ""),
                code=code,
                replaced=sent_token(request),
                user_id=user.user_id if user else None,
                invitation=_brought(request),
            )
        except CloudError as refused:
            answer = await show(
                request, pages, "sign_in", error=refused, onward="", email="", has_google=True
            )
        else:
            answer = _go_on(request, arrived)
        for name in (_cookie(request), _cookie(request, _INVITED)):
            answer.delete_cookie(
                name, path="/", secure=services_of(request).is_secure, httponly=True
            )
        return answer

    return router


def _go_on(request: Request, arrived: Arrived) -> Response:
    if arrived.opened is None:
        return RedirectResponse(arrived.onward, 303)
    return welcome(request, arrived.opened, "/welcome" if arrived.is_new else arrived.onward)


def _cookie(request: Request, name: str = _STATE) -> str:
    return f"__Host-{name}" if services_of(request).is_secure else name


def _depart(request: Request, begun: Begun, invitation: str = "") -> Response:
    answer = RedirectResponse(begun.address, 303)
    # Without an invitation, one of an earlier try is taken away.
    for name, value in ((_STATE, begun.state), (_INVITED, invitation)):
        answer.set_cookie(
            _cookie(request, name),
            value,
            max_age=_LIFETIME_S if value else 0,
            secure=services_of(request).is_secure,
            httponly=True,
            samesite="lax",
        )
    return answer


def _brought(request: Request) -> str:
    """Return the invitation that the browser kept on the way, "" for none."""
    return _readable(request.cookies.get(_cookie(request, _INVITED), ""))


def _readable(invitation: str) -> str:
    return invitation if _CODE.fullmatch(invitation) else ""
