"""What price comparisons read: every bottle on sale, as merchants' feeds describe it."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from xml.sax.saxutils import escape

from fastapi import Query, Request
from sqlalchemy import Row
from starlette.responses import Response, StreamingResponse

from cloud.catalogue.outlets import all_offers
from cloud.catalogue.wishes import Currency
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.web.services import services_of
from cloud.inventory.repository import AVAILABLE_UNITS
from cloud.site.service import SiteReader
from cloud.storefront.structured import major

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">'
)
_A_WHILE = {"Cache-Control": "public, max-age=900"}
_LONGEST_DESCRIPTION = 5000  # as the merchants' specification has it


def feed_pages(site: SiteReader, public_url: str) -> APIRouter:
    """Return the product feed."""
    router = APIRouter(include_in_schema=False)

    @router.get("/feeds/products.xml")
    async def feed(
        request: Request, currency: Annotated[Currency | None, Query()] = None
    ) -> Response:
        """Return every bottle on sale as merchants' feeds describe it (RSS 2.0).

        `currency` is one on offer; left out, the shop's own. A merchant has a feed for each.
        """
        services = services_of(request)
        name = (await site.facts()).name
        shown = (await site.site()).conversion_to(currency)

        async def items() -> AsyncIterator[str]:
            yield (
                f"{_HEAD}<channel>\n<title>{escape(name)}</title><link>{escape(public_url)}/</link>"
                f"<description>{escape(name)}</description>\n"
            )
            async for row in all_offers(
                services.database, AVAILABLE_UNITS, services.clock.now(), shown
            ):
                yield _item(row, public_url, name)
            yield "</channel></rss>\n"

        return StreamingResponse(items(), headers=_A_WHILE, media_type="application/xml")

    return router


def _item(row: Row[Any], public_url: str, brand: str) -> str:
    address = f"{public_url}/products/{row.slug}"
    facts: dict[str, str | None] = {
        "id": row.sku,
        "item_group_id": row.slug,
        "title": f"{row.name}, {row.size}",
        "description": (row.description or row.tagline)[:_LONGEST_DESCRIPTION],
        "link": f"{address}?size={row.sku}",
        "image_link": public_url + row.image_url if row.image_url else None,
        "availability": "in_stock" if row.is_in_stock else "out_of_stock",
        "price": _price(row.price_minor, row.currency),
        "sale_price": _price(row.sale_minor, row.currency) if row.sale_minor is not None else None,
        "gtin": row.barcode,
        "brand": brand,
        "identifier_exists": None if row.barcode else "no",
        "condition": "new",
        "product_type": row.shelves,
        "size": row.size,
        "shipping_weight": f"{row.weight_g} g",
    }
    if row.sale_minor is not None and row.sale_starts_at and row.sale_ends_at:
        facts["sale_price_effective_date"] = (
            f"{row.sale_starts_at:%Y-%m-%dT%H:%MZ}/{row.sale_ends_at:%Y-%m-%dT%H:%MZ}"
        )
    said = "".join(f"<g:{name}>{escape(fact)}</g:{name}>" for name, fact in facts.items() if fact)
    return f"<item>{said}</item>\n"


def _price(minor: int, currency: str) -> str:
    return f"{major({'minor': minor, 'currency': currency})} {currency}"
