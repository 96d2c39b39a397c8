"""The wishlist's page: what somebody would like, on to the cart."""

from typing import Annotated

from fastapi import Form, Request
from starlette.responses import RedirectResponse, Response

from cloud.carts import service as carts
from cloud.carts.visitor import visit as visit_cart
from cloud.foundation.errors import CloudError
from cloud.foundation.web import CurrentUser, OptionalUser, Pages, Templates
from cloud.foundation.web.ids import FormId, MaybeFormId, RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.notifications import service as notifications
from cloud.notifications.kinds import Channel
from cloud.notifications.topics import Topic
from cloud.site.visitors import conversion_for
from cloud.storefront.front_desk import FrontDesk, show
from cloud.storefront.kinds import variant_of
from cloud.wishlists import repository, service
from cloud.wishlists.wishers import look, visit

_PAGE = "/wishlist"


def wishlist_pages(desk: FrontDesk) -> APIRouter:
    """Return the pages of the wishlist."""
    router = APIRouter(include_in_schema=False)
    router.include_router(_list(desk))
    router.include_router(_way_to_cart(desk))
    return router


def _list(desk: FrontDesk) -> APIRouter:
    router = APIRouter(prefix=_PAGE)

    @router.get("")
    async def wishlist(request: Request, pages: Pages, user: OptionalUser) -> Response:
        """Return the visitor's wishlist."""
        return await _page(desk, request, pages, user)

    @router.post("")
    async def wish(
        request: Request,
        pages: Pages,
        user: OptionalUser,
        product_id: FormId,
        variant_id: MaybeFormId = None,
    ) -> Response:
        """Put a product on the list and show it."""
        sent = await request.form()
        try:
            async with desk.database.unit_of_work() as session:
                seen = await visit(session, request, user)
                if seen.wisher is not None:
                    now = desk.clock.now()
                    wanted = variant_id or await variant_of(session, product_id, sent)
                    await service.wish(session, seen.wisher, product_id, wanted, now)
        except CloudError as error:
            return await _page(desk, request, pages, user, error)
        response = RedirectResponse(_PAGE, 303)
        seen.remember(request, response)
        return response

    @router.post("/mails")
    async def mails(user: CurrentUser, wanted: Annotated[str, Form()] = "") -> Response:
        """Store whether a member wants mail about what is on the list."""
        async with desk.database.unit_of_work() as session:
            said = {(Topic.WISHES, Channel.MAIL): wanted == "yes"}
            await notifications.choose(session, user.user_id, said)
        return RedirectResponse(_PAGE, 303)

    @router.post("/{wish_id}/remove")
    async def unwish(request: Request, user: OptionalUser, wish_id: RowId) -> Response:
        """Take a wish off the list."""
        async with desk.database.unit_of_work() as session:
            seen = await look(session, request, user)
            if seen.wisher is not None:
                await repository.remove(session, seen.wisher, wish_id)
        return RedirectResponse(_PAGE, 303)

    return router


def _way_to_cart(desk: FrontDesk) -> APIRouter:
    router = APIRouter(prefix=_PAGE)

    @router.post("/{wish_id}/to-cart")
    async def to_cart(
        request: Request, pages: Pages, user: OptionalUser, wish_id: RowId, variant_id: FormId
    ) -> Response:
        """Move a wish into the cart; it stays on the list when that is refused."""
        now = desk.clock.now()
        try:
            async with desk.database.unit_of_work() as session:
                seen = await look(session, request, user)
                cart = await visit_cart(session, request, user, now)
                conversion = await conversion_for(request, desk.site)
                await carts.add(session, cart.owner, variant_id, 1, now, conversion)
                if seen.wisher is not None:
                    await repository.remove(session, seen.wisher, wish_id)
        except CloudError as error:
            return await _page(desk, request, pages, user, error)
        response = RedirectResponse("/cart", 303)
        cart.remember(request, response)
        return response

    return router


async def _page(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    user: OptionalUser,
    error: CloudError | None = None,
) -> Response:
    async with desk.database.unit_of_work() as session:
        seen = await look(session, request, user)
        conversion = await conversion_for(request, desk.site)
        found = await service.wishes(session, seen.wisher, desk.clock.now(), conversion)
        gets_mail = user is not None and await notifications.hears(
            session, user.user_id, Topic.WISHES, Channel.MAIL
        )
    context = {"wishes": found, "gets_mail": gets_mail}
    response = await show(request, pages, "wishlist", context, error=error)
    seen.remember(request, response)
    return response
