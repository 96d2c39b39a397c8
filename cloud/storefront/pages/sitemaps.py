"""What search engines read: robots.txt and the sitemaps."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated
from xml.sax.saxutils import escape, quoteattr

from fastapi import Path, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from cloud.catalogue.outlets import count_products, list_shelves, products_of_part
from cloud.foundation.errors import NotFound
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.web.services import services_of
from cloud.site.service import SiteReader
from cloud.storefront.addresses_of_pages import Addresses

# The protocol allows 50,000 addresses and 50 MB a file; with three languages that is about half.
PER_SITEMAP = 50_000
_PRIVATE = (
    "/account",
    "/admin",
    "/api/",
    "/cart",
    "/checkout",
    "/orders",
    "/offers",
    "/pair",
    "/link",
)
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_A_WHILE = {"Cache-Control": "public, max-age=900"}


def sitemap_pages(
    site: SiteReader, public_url: str, *, per_sitemap: int = PER_SITEMAP
) -> APIRouter:
    """Return robots.txt and the sitemaps."""
    router = APIRouter(include_in_schema=False)

    @router.get("/robots.txt")
    async def robots() -> Response:
        """Return what robots should leave alone."""
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in _PRIVATE), ""]
        return PlainTextResponse(
            "\n".join([*lines, f"Sitemap: {public_url}/sitemap.xml", ""]), headers=_A_WHILE
        )

    @router.get("/sitemap.xml")
    async def sitemap(request: Request) -> Response:
        """Return the list of sitemaps."""
        services = services_of(request)
        count = await count_products(services.database, services.clock.now())
        parts = ["shelves", *(f"products-{n}" for n in range(-(-count // per_sitemap)))]
        places = "".join(
            f"<sitemap><loc>{escape(public_url)}/sitemaps/{part}.xml</loc></sitemap>\n"
            for part in parts
        )
        body = f"{_DECLARATION}<sitemapindex {_SITEMAP}>\n{places}</sitemapindex>\n"
        return Response(body, headers=_A_WHILE, media_type="application/xml")

    @router.get("/sitemaps/shelves.xml")
    async def shelves(request: Request) -> Response:
        """Return the start page, the list, the categories and the collections."""
        services = services_of(request)
        languages = (await site.facts()).languages
        found = await list_shelves(services.database, services.clock.now())
        places: list[tuple[str, datetime | None]] = [("/", None), ("/products", None)]
        places += [(f"/{kind}/{slug}", changed) for kind, slug, changed in found]
        body = "".join(_place(public_url + path, at, languages) for path, at in places)
        return Response(_urlset(body), headers=_A_WHILE, media_type="application/xml")

    @router.get("/sitemaps/products-{part:int}.xml")
    async def products(request: Request, part: Annotated[int, Path(lt=2**31)]) -> Response:
        """Return one part of the products."""
        services = services_of(request)
        now = services.clock.now()
        if part * per_sitemap >= await count_products(services.database, now):
            raise NotFound(
                "There is no such sitemap.", hint="See /sitemap.xml for those there are."
            )
        languages = (await site.facts()).languages

        async def places() -> AsyncIterator[str]:
            head, tail = _urlset("\0").split("\0")
            yield head
            async for slug, at in products_of_part(services.database, now, part, per_sitemap):
                yield _place(f"{public_url}/products/{slug}", at, languages)
            yield tail

        return StreamingResponse(places(), headers=_A_WHILE, media_type="application/xml")

    return router


def _urlset(places: str) -> str:
    links = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    return f"{_DECLARATION}<urlset {_SITEMAP} {links}>\n{places}</urlset>\n"


def _place(address: str, changed: datetime | None, languages: tuple[str, ...]) -> str:
    addresses = Addresses(address, languages[0], languages)
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{tag}" href={quoteattr(other)}/>'
        for tag, other in addresses.alternates
    )
    at = f"<lastmod>{changed:%Y-%m-%dT%H:%M:%S}Z</lastmod>" if changed else ""
    return f"<url><loc>{escape(address)}</loc>{at}{links}</url>\n"
