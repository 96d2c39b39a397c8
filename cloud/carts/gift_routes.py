"""Gift cards on offer, and putting them into the cart, over HTTP."""

from typing import Any

from fastapi import Request
from starlette.responses import Response

from cloud.carts.answers import cart_answer
from cloud.carts.codes import count_look
from cloud.carts.gift_schemas import BalanceAnswer, CodeToLookUp, GiftOffersAnswer, GiftToAdd
from cloud.carts.gifts import add_gift, last_day, remove_gift
from cloud.carts.limits import MOST_GIFTS
from cloud.carts.schemas import CartAnswer
from cloud.carts.visitor import visit
from cloud.discounts.service import look_up
from cloud.foundation.web import Limiter, OptionalUser, RequestClock, Session
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.site.service import SiteReader

# The body is written by PostgreSQL: declared here, and not validated a second time.
_ANSWER: dict[int | str, dict[str, Any]] = {200: {"model": CartAnswer}}


def gift_routes(site: SiteReader) -> APIRouter:
    """Return the routes of buying gift cards."""
    router = APIRouter(tags=["gift cards"])

    @router.get("/api/v1/gift-cards/offers")
    async def get_offers(clock: RequestClock) -> GiftOffersAnswer:
        """Return which gift cards are sold, and until when one can be sent."""
        shop = await site.site()
        today = clock.now().astimezone(shop.zone).date()
        return GiftOffersAnswer(
            currency=shop.currency,
            first_day=today,
            last_day=last_day(today),
            most_in_cart=MOST_GIFTS,
            **shop.gift_cards.model_dump(),
        )

    @router.post("/api/v1/gift-cards/balance")
    async def get_balance(
        request: Request,
        session: Session,
        clock: RequestClock,
        limiter: Limiter,
        asked: CodeToLookUp,
    ) -> BalanceAnswer:
        """Return what is left on the gift card of a code; asking is limited like guessing."""
        await count_look(limiter, request.client.host if request.client else "unknown")
        found = await look_up(session, asked.code, clock.now())
        return BalanceAnswer(
            ending=found.ending,
            balance_minor=found.balance.minor,
            currency=found.balance.currency,
            is_good=found.is_good,
            expires_at=found.expires_at,
        )

    @router.post("/api/v1/cart/gift-cards", responses=_ANSWER)
    async def put_in(
        request: Request,
        session: Session,
        user: OptionalUser,
        clock: RequestClock,
        gift: GiftToAdd,
    ) -> Response:
        """Put a gift card into the cart; answers with the whole cart."""
        now = clock.now()
        seen = await visit(session, request, user, now)
        shop = await site.site()
        await add_gift(session, seen.owner, gift.wish(shop.currency), shop, now)
        return await cart_answer(site, request, session, seen, now)

    @router.delete("/api/v1/cart/gift-cards/{gift_id}", responses=_ANSWER)
    async def take_out(
        request: Request,
        session: Session,
        user: OptionalUser,
        clock: RequestClock,
        gift_id: RowId,
    ) -> Response:
        """Take a gift card out of the cart; answers with the whole cart."""
        now = clock.now()
        seen = await visit(session, request, user, now)
        await remove_gift(session, seen.owner, gift_id, now)
        return await cart_answer(site, request, session, seen, now)

    return router
