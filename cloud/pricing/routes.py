"""Prices of a purchase over HTTP, before anything is bought."""

from fastapi import APIRouter

from cloud.foundation.web import RequestClock, Session
from cloud.pricing.schemas import QuoteAnswer, QuoteWish
from cloud.pricing.service import quote


def routes() -> APIRouter:
    """Return the routes of prices."""
    router = APIRouter(tags=["pricing"])

    @router.post("/api/v1/quotes")
    async def give_quote(session: Session, clock: RequestClock, wish: QuoteWish) -> QuoteAnswer:
        """Return what some bottles cost now, delivered to a country. Nothing is stored."""
        return QuoteAnswer.of(
            await quote(session, wish.lines, wish.country, clock.now(), method=wish.shipping_method)
        )

    return router
