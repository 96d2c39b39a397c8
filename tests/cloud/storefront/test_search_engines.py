"""What search engines and price comparisons read."""

import json
import re
from xml.etree import ElementTree as ET

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from cloud.composition import Parts
from cloud.storefront.pages.sitemaps import sitemap_pages
from tests.fakes.cloud_client import CloudClient

pytestmark = pytest.mark.needs_postgres

SITE = "http://127.0.0.1"
_NS = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
    "g": "http://base.google.com/ns/1.0",
}


async def places(client: CloudClient, path: str) -> list[str]:
    root = ET.fromstring((await client.get(path)).text)
    return [place.text or "" for place in root.iterfind(".//s:loc", _NS)]


async def speak(parts: Parts, *languages: str) -> None:
    async with parts.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE site_settings SET languages = CAST(:languages AS jsonb)"),
            {"languages": json.dumps(languages)},
        )
    parts.site.forget()


async def test_robots_are_told_what_is_private_and_where_the_sitemap_is(
    client: CloudClient,
) -> None:
    body = (await client.get("/robots.txt")).text

    assert "Disallow: /account" in body
    assert f"Sitemap: {SITE}/sitemap.xml" in body


async def test_the_sitemaps_name_every_page_that_can_be_seen_and_no_other(
    client: CloudClient, parts: Parts
) -> None:
    async with parts.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE products SET published_at = NULL WHERE slug = 'white-tea'")
        )

    parts_of_map = await places(client, "/sitemap.xml")
    named = [place for one in parts_of_map for place in await places(client, one[len(SITE) :])]

    assert parts_of_map == [f"{SITE}/sitemaps/shelves.xml", f"{SITE}/sitemaps/products-0.xml"]
    assert len(named) == len(set(named))
    assert {f"{SITE}/", f"{SITE}/categories/fresh", f"{SITE}/products/pine-ridge"} <= set(named)
    assert f"{SITE}/products/white-tea" not in named
    assert sum("/products/" in one for one in named) == 27
    for place in named[:6]:
        assert (await client.get(place[len(SITE) :])).status_code == 200


async def test_a_sitemap_is_split_before_it_grows_too_long(
    app: FastAPI, client: CloudClient, parts: Parts
) -> None:
    app.router.routes[:0] = sitemap_pages(parts.site, SITE, per_sitemap=10).routes

    names = (await places(client, "/sitemap.xml"))[1:]
    pages = [await places(client, name[len(SITE) :]) for name in names]

    assert [len(page) for page in pages] == [10, 10, 8]
    assert len({place for page in pages for place in page}) == 28
    assert (await client.get("/sitemaps/products-3.xml")).status_code == 404


async def test_every_language_on_offer_has_an_address_and_each_names_the_others(
    client: CloudClient, parts: Parts
) -> None:
    await speak(parts, "en", "de")
    async with parts.database.unit_of_work() as session:
        await session.execute(
            text(
                "INSERT INTO product_translations (product_id, language, name) SELECT id, 'de',"
                " 'Kiefernkamm' FROM products WHERE slug = 'pine-ridge'"
            )
        )
    address = f"{SITE}/products/pine-ridge"

    english = (await client.get("/products/pine-ridge")).text
    german = (await client.get("/products/pine-ridge?lang=de")).text
    site_map = (await client.get("/sitemaps/products-0.xml")).text

    assert f'<link rel="canonical" href="{address}">' in english
    assert f'<link rel="canonical" href="{address}?lang=de">' in german
    assert "<h1>Kiefernkamm</h1>" in german
    for page in (english, german):
        assert f'hreflang="en" href="{address}">' in page
        assert f'hreflang="de" href="{address}?lang=de">' in page
        assert f'hreflang="x-default" href="{address}">' in page
    assert f'hreflang="de" href="{address}?lang=de"/>' in site_map


async def test_a_shop_of_one_language_names_no_other(client: CloudClient, parts: Parts) -> None:
    await speak(parts, "en")

    assert "hreflang" not in (await client.get("/products/pine-ridge?lang=de")).text


async def test_a_product_describes_itself_its_offers_and_the_way_to_it(
    client: CloudClient,
) -> None:
    page = (await client.get("/products/cedar-bergamot")).text
    product, way = [
        json.loads(one)
        for one in re.findall(r'<script type="application/ld\+json">(.+?)</script>', page)
    ]

    assert (product["@type"], way["@type"]) == ("Product", "BreadcrumbList")
    assert [offer["price"] for offer in product["offers"]] == ["19.90", "28.90", "47.90"]
    assert {offer["priceCurrency"] for offer in product["offers"]} == {"EUR"}
    assert all(offer["availability"].endswith("/InStock") for offer in product["offers"])
    assert [step["position"] for step in way["itemListElement"]] == [1, 2, 3]
    assert '<meta property="og:image" content="http://127.0.0.1/media/' in page


async def test_the_feed_has_every_bottle_with_its_price_and_stock(
    client: CloudClient, parts: Parts
) -> None:
    async with parts.database.unit_of_work() as session:
        await session.execute(
            text(
                "UPDATE products SET name = 'Fire & <Ice>', tagline = 'x' WHERE slug = 'pine-ridge'"
            )
        )
        bottles = await session.scalar(text("SELECT count(*) FROM variants"))

    answer = await client.get("/feeds/products.xml")
    items = {
        item.findtext("g:id", "", _NS): item
        for item in ET.fromstring(answer.text).iterfind(".//item")
    }

    assert answer.headers["content-type"].startswith("application/xml")
    assert len(items) == bottles
    on_sale = items["PINRDG-50"]
    assert on_sale.findtext("g:title", "", _NS) == "Fire & <Ice>, 50 ml"
    assert on_sale.findtext("g:price", "", _NS) == "25.90 EUR"
    assert on_sale.findtext("g:sale_price", "", _NS) == "21.90 EUR"
    assert on_sale.findtext("g:availability", "", _NS) == "in_stock"
    assert on_sale.findtext("g:link", "", _NS) == f"{SITE}/products/pine-ridge?size=PINRDG-50"
