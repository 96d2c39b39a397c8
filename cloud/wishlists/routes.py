"""The visitor's own wishlist over HTTP, with or without an account."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response

from cloud.catalogue.schemas import Picture, Price
from cloud.foundation.web import OptionalUser, RequestClock, Session
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.site.service import SiteReader
from cloud.site.visitors import conversion_for
from cloud.wishlists import repository, service
from cloud.wishlists.schemas import NewWish, WishAnswer, WishlistAnswer
from cloud.wishlists.wishers import look, visit


def routes(site: SiteReader) -> APIRouter:
    """Return the routes of wishlists.

    Each answers with the whole list as it is then, in the currency that the visitor sees.
    """
    router = APIRouter(prefix="/api/v1/wishlist", tags=["wishlist"])

    @router.get("")
    async def get_wishlist(
        request: Request,
        response: Response,
        session: Session,
        user: OptionalUser,
        clock: RequestClock,
    ) -> WishlistAnswer:
        """Return the visitor's wishlist."""
        seen = await look(session, request, user)
        seen.remember(request, response)
        shown = await conversion_for(request, site)
        return _answer(await service.wishes(session, seen.wisher, clock.now(), shown))

    @router.post("", status_code=201)
    async def wish(
        request: Request,
        response: Response,
        session: Session,
        user: OptionalUser,
        clock: RequestClock,
        new: NewWish,
    ) -> WishlistAnswer:
        """Put a product on the list; twice is once."""
        seen = await visit(session, request, user)
        now = clock.now()
        if seen.wisher is not None:
            await service.wish(session, seen.wisher, new.product_id, new.variant_id, now)
        seen.remember(request, response)
        shown = await conversion_for(request, site)
        return _answer(await service.wishes(session, seen.wisher, now, shown))

    @router.delete("/{wish_id}")
    async def unwish(
        request: Request,
        response: Response,
        session: Session,
        user: OptionalUser,
        clock: RequestClock,
        wish_id: RowId,
    ) -> WishlistAnswer:
        """Take a wish off the list; nothing happens when it is not there."""
        seen = await look(session, request, user)
        if seen.wisher is not None:
            await repository.remove(session, seen.wisher, wish_id)
        seen.remember(request, response)
        shown = await conversion_for(request, site)
        return _answer(await service.wishes(session, seen.wisher, clock.now(), shown))

    return router


def _answer(rows: Any) -> WishlistAnswer:  # noqa: ANN401 - rows of one statement
    return WishlistAnswer(wishes=[_wish(row) for row in rows])


def _wish(row: Mapping[str, Any]) -> WishAnswer:
    has_price = row["minor"] is not None
    return WishAnswer(
        id=row["id"],
        product_id=row["product_id"],
        slug=row["slug"],
        name=row["name"],
        image=Picture(
            url=row["url"],
            alt=row["alt"],
            width=row["width"],
            height=row["height"],
            sizes=[],
        )
        if row["url"]
        else None,
        wished_variant_id=row["wished_variant_id"],
        variant_id=row["variant_id"],
        variant_name=row["variant_name"],
        price=Price(minor=row["minor"], currency=row["currency"]) if has_price else None,
        available=row["available"],
        can_be_bought=bool(row["is_sellable"] and row["available"] > 0),
        wished_at=row["wished_at"],
    )
