"""The catalogue over HTTP: lists, products, filters and pictures."""

import gzip
import hashlib
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from cloud.catalogue.schemas import Beneath, Facets, ProductDetail, ProductPage, Suggestions
from cloud.catalogue.service import read_picture
from cloud.catalogue.shop_window import ShopWindow
from cloud.catalogue.wishes import Currency, Language, Wish, Words
from cloud.foundation.conversion import Conversion
from cloud.foundation.web import Reader
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.web.services import services_of
from cloud.site.service import SiteReader

_FOR_EVER = "public, max-age=31536000, immutable"


def routes(window: ShopWindow, site: SiteReader) -> APIRouter:
    """Return the routes of the catalogue."""
    router = APIRouter(tags=["catalogue"])

    @router.get("/api/v1/products", responses=_answer(ProductPage))
    async def list_products(request: Request, wish: Annotated[Wish, Query()]) -> Response:
        """Return a page of the scents on sale, narrowed, searched and sorted."""
        services = services_of(request)
        conversion = await _conversion(site, wish.currency)
        page = await window.page(services.database, wish, services.clock.now(), conversion)
        return _ready_made(request, page.json)

    @router.get("/api/v1/products/{slug}", responses=_answer(ProductDetail))
    async def get_product(
        request: Request,
        slug: str,
        language: Language | None = None,
        currency: Currency | None = None,
    ) -> Response:
        """Return a scent with its bottles, prices and stock."""
        # Dependencies would be a twelfth of the cost of the most visited address.
        services = services_of(request)
        now = services.clock.now()
        conversion = await _conversion(site, currency)
        body = await window.product(services.database, slug, now, language, conversion)
        return _ready_made(request, body)

    @router.get("/api/v1/products/{slug}/related", responses=_answer(Beneath))
    async def get_related(
        request: Request,
        slug: str,
        language: Language | None = None,
        currency: Currency | None = None,
    ) -> Response:
        """Return the scents that go with one, also with one that is not sold any more."""
        services = services_of(request)
        now = services.clock.now()
        conversion = await _conversion(site, currency)
        body = await window.beneath(services.database, slug, now, language, conversion)
        return _ready_made(request, body)

    @router.get("/api/v1/suggestions", responses=_answer(Suggestions))
    async def get_suggestions(
        request: Request,
        q: Words = "",
        language: Language | None = None,
        currency: Currency | None = None,
    ) -> Response:
        """Return completions of the words typed so far."""
        services = services_of(request)
        now = services.clock.now()
        conversion = await _conversion(site, currency)
        body = await window.suggestions(services.database, q, now, language, conversion)
        return _ready_made(request, body)

    @router.get("/api/v1/facets", responses=_answer(Facets))
    async def get_facets(request: Request, language: Language | None = None) -> Response:
        """Return what the list can be narrowed by, with counts."""
        services = services_of(request)
        now = services.clock.now()
        return _ready_made(request, await window.facets(services.database, now, language))

    @router.get("/media/{name}", include_in_schema=False)
    async def get_picture(request: Request, reader: Reader, name: str) -> Response:
        """Return a stored picture."""
        picture = await read_picture(reader, name)
        headers = {
            "Cache-Control": _FOR_EVER,
            "ETag": f'"{picture.fingerprint}"',
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        body = picture.body
        if picture.is_gzipped and "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
        elif picture.is_gzipped:
            body = gzip.decompress(body)
        return Response(body, 200, headers, picture.media_type)

    return router


async def _conversion(site: SiteReader, currency: str | None) -> Conversion | None:
    return (await site.site()).conversion_to(currency) if currency else None


def _answer(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    # The body is written by PostgreSQL: declared here, and not validated a second time.
    return {200: {"model": model}, 304: {"description": "Not changed since `If-None-Match`."}}


def _ready_made(request: Request, text: str) -> Response:
    body = text.encode()
    tag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, "application/json")
