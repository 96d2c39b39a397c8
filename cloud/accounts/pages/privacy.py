"""What is held on oneself: to take along, and to have deleted."""

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.errors import RecentSignInNeeded
from cloud.accounts.pages.forms import show
from cloud.accounts.service.changes import is_fresh
from cloud.accounts.service.privacy import Privacy
from cloud.foundation.errors import CloudError
from cloud.foundation.web import CurrentUser, Pages, RequestClock, Session
from cloud.foundation.web.late_routes import APIRouter

_PAGE = "/account/privacy"
_AGAIN = f"/sign-in?again=1&next={_PAGE}"


def pages(privacy: Privacy) -> APIRouter:
    """Return the page Privacy and what its buttons do."""
    router = APIRouter()

    @router.get(_PAGE)
    async def look(
        request: Request,
        pages: Pages,
        session: Session,
        user: CurrentUser,
        clock: RequestClock,
        mailed: Annotated[int, Query(ge=0, le=1)] = 0,
    ) -> Response:
        """Say what is held and what one may do about it."""
        return await show(
            request,
            pages,
            "privacy",
            export=await privacy.find_export(session, user.user_id),
            erasure=await privacy.find_erasure(session, user.user_id),
            is_fresh=is_fresh(user, clock.now()),
            is_mailed=bool(mailed),
        )

    @router.post(f"{_PAGE}/export")
    async def ask_export(session: Session, user: CurrentUser) -> Response:
        """Have the file written."""
        try:
            await privacy.ask_export(session, user)
        except RecentSignInNeeded:
            return RedirectResponse(_AGAIN, 303)
        return RedirectResponse(_PAGE, 303)

    @router.get(f"{_PAGE}/export.json")
    async def download(session: Session, user: CurrentUser) -> Response:
        """Return the file."""
        try:
            content = await privacy.download(session, user)
        except RecentSignInNeeded:
            return RedirectResponse(_AGAIN, 303)
        name = 'attachment; filename="my-data.json"'
        return Response(
            content, media_type="application/json", headers={"Content-Disposition": name}
        )

    @router.post(f"{_PAGE}/erase")
    async def ask_erasure(
        request: Request, pages: Pages, session: Session, user: CurrentUser
    ) -> Response:
        """Mail the link that deletes everything."""
        try:
            await privacy.ask_erasure(session, user)
        except RecentSignInNeeded:
            return RedirectResponse(_AGAIN, 303)
        except CloudError as error:
            return await show(
                request,
                pages,
                "privacy",
                error=error,
                export=None,
                erasure=None,
                is_fresh=True,
                is_mailed=False,
            )
        return RedirectResponse(f"{_PAGE}?mailed=1", 303)

    @router.post(f"{_PAGE}/stay")
    async def stay(session: Session, user: CurrentUser) -> Response:
        """Take the wish to be forgotten back."""
        await privacy.withdraw_erasure(session, user)
        return RedirectResponse(_PAGE, 303)

    return router
