"""The cards a member saved with the payment provider."""

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import RedirectResponse, Response

from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import CurrentUser, Pages, Templates
from cloud.foundation.web.ids import FormId
from cloud.foundation.web.late_routes import APIRouter
from cloud.payments import service as payments
from cloud.storefront.front_desk import FrontDesk, show


def card_pages(desk: FrontDesk) -> APIRouter:
    """Return the pages of saved cards."""
    router = APIRouter(prefix="/account/cards", include_in_schema=False)

    @router.get("")
    async def listing(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        saved: Annotated[int, Query(ge=0, le=1)] = 0,
    ) -> Response:
        """Return the cards, the default one first."""
        return await _cards(desk, request, pages, user, has_saved=bool(saved))

    @router.post("/new")
    async def add(request: Request, pages: Pages, user: CurrentUser) -> Response:
        """Go on to the provider's page on which a card is saved; nothing is charged."""
        cards_url = desk.links.account_cards()
        site = await desk.site.facts()
        try:
            url = await payments.open_card_page(
                desk.database,
                desk.gateway,
                user_id=user.user_id,
                email=user.email,
                name=user.name,
                currency=site.currency,
                success_url=f"{cards_url}?saved=1",
                cancel_url=cards_url,
                key=f"card:{user.user_id}:{user.session_id}:{desk.clock.now():%Y%m%d%H%M}",
            )
        except CloudError as error:
            return await _cards(desk, request, pages, user, error=error)
        return RedirectResponse(url, 303)

    @router.post("/portal")
    async def look_after(request: Request, pages: Pages, user: CurrentUser) -> Response:
        """Go on to the provider's page on which cards are looked after."""
        try:
            url = await payments.open_portal(
                desk.database,
                desk.gateway,
                user_id=user.user_id,
                email=user.email,
                name=user.name,
                return_url=desk.links.account_cards(),
            )
        except CloudError as error:
            return await _cards(desk, request, pages, user, error=error)
        return RedirectResponse(url, 303)

    @router.post("/default")
    async def choose(user: CurrentUser, card_id: FormId) -> Response:
        """Make a card the one that is charged."""
        async with desk.database.unit_of_work() as session:
            await payments.choose_card(session, user.user_id, card_id)
        return RedirectResponse("/account/cards", 303)

    @router.post("/remove")
    async def remove(user: CurrentUser, card_id: FormId) -> Response:
        """Forget a card, here and with the provider."""
        async with desk.database.unit_of_work() as session:
            await payments.remove_card(session, user.user_id, card_id, desk.clock.now())
        return RedirectResponse("/account/cards", 303)

    return router


async def _cards(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    user: SignedIn,
    *,
    has_saved: bool = False,
    error: CloudError | None = None,
) -> Response:
    async with desk.database.unit_of_work() as session:
        cards = await payments.list_cards(session, user.user_id)
    return await show(
        request, pages, "cards", {"cards": cards, "has_saved": has_saved}, error=error
    )
