"""The answer of everything that changes a cart: the whole of it, as it is then."""

from datetime import datetime

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from cloud.carts.cart_window import read_cart
from cloud.carts.visitor import Visit
from cloud.site.service import SiteReader
from cloud.site.visitors import conversion_for


async def cart_answer(
    site: SiteReader, request: Request, session: AsyncSession, seen: Visit | None, now: datetime
) -> Response:
    """Return a visitor's cart as JSON, an empty one for None, and remember whose it is."""
    conversion = await conversion_for(request, site)
    body = await read_cart(session, seen.owner if seen else None, now, conversion)
    response = Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})
    if seen:
        seen.remember(request, response)
    return response
