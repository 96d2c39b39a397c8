"""What members do for points beside buying: inviting friends, sharing, saying their birthday."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Form, Path, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import CurrentUser, OptionalUser, Pages, Templates
from cloud.foundation.web.late_routes import APIRouter
from cloud.loyalty.errors import NoSuchDay
from cloud.loyalty.service import birthdays, referrals, thanks
from cloud.storefront.front_desk import FrontDesk
from cloud.storefront.pages.points import HOME, NOTHING_TYPED, Typed, show_points

Number = Annotated[str, Form(max_length=4)]
Code = Annotated[str, Path(max_length=40, pattern="^[A-Za-z0-9]+$")]
Word = Annotated[str, Form(max_length=40)]
Work = Callable[[AsyncSession], Awaitable[None]]


def club_pages(desk: FrontDesk) -> APIRouter:
    """Return the link of an invitation, and the forms on the page of points."""
    router = APIRouter(include_in_schema=False)

    @router.get("/invited/{code}")
    async def invited(code: Code, user: OptionalUser) -> Response:
        """Lead somebody who was invited to where they say so."""
        if user is None:
            return RedirectResponse(f"/sign-up?invitation={code}", 303)
        return RedirectResponse(f"{HOME}?invitation={code}#inviter", 303)

    @router.post(f"{HOME}/inviter")
    async def name_inviter(
        request: Request, pages: Pages, user: CurrentUser, invitation: Word = ""
    ) -> Response:
        """Say by whose invitation one came."""

        async def work(session: AsyncSession) -> None:
            await referrals.accept(session, user.user_id, invitation, desk.clock.now())

        typed = Typed(invitation=invitation)
        return await _do(desk, request, pages, user, work, "inviter", typed=typed)

    @router.post(f"{HOME}/shares")
    async def share(request: Request, pages: Pages, user: CurrentUser) -> Response:
        """Say that one told others."""

        async def work(session: AsyncSession) -> None:
            await thanks.thank_for_sharing(session, user.user_id, desk.clock.now())

        return await _do(desk, request, pages, user, work, "friends")

    @router.post(f"{HOME}/birthday")
    async def say_birthday(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        day: Number = "",
        month: Number = "",
        act: Word = "",
    ) -> Response:
        """Say when one's birthday is, or let it be forgotten."""

        async def work(session: AsyncSession) -> None:
            if act == "forget":
                await birthdays.forget_birthday(session, user.user_id)
                return
            found = (_whole(month), _whole(day))
            await birthdays.say_birthday(session, user.user_id, *found, desk.clock.now())

        typed = Typed(day=day, month=month)
        return await _do(desk, request, pages, user, work, "birthday", typed=typed)

    return router


def _whole(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit()):
        raise NoSuchDay
    return int(typed)


async def _do(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    user: SignedIn,
    work: Work,
    place: str,
    *,
    typed: Typed = NOTHING_TYPED,
) -> Response:
    try:
        async with desk.database.unit_of_work() as session:
            await work(session)
    except CloudError as error:
        return await show_points(desk, request, pages, user, error=error, typed=typed)
    return RedirectResponse(f"{HOME}#{place}", 303)
