"""The start page, shelves, filters, and what is said of a scent that is not there."""

import re

import pytest
from sqlalchemy import text

from cloud.composition import Parts
from tests.fakes.cloud_client import CloudClient

pytestmark = pytest.mark.needs_postgres

HTML = {"Accept": "text/html"}


def slugs(page: str) -> list[str]:
    return re.findall(r'class="cover" href="/products/([a-z0-9-]+)"', page)


async def change(parts: Parts, statement: str) -> None:
    async with parts.database.unit_of_work() as session:
        await session.execute(text(statement))


async def test_the_start_page_leads_to_categories_collections_and_all_rows(
    client: CloudClient,
) -> None:
    page = (await client.get("/")).text

    for address in re.findall(r'href="(/(?:categories|collections|products\?)[^"]*)"', page):
        shelf = await client.get(address)
        assert shelf.status_code == 200
        assert slugs(shelf.text), address


async def test_a_search_says_what_it_was_taken_for(client: CloudClient) -> None:
    page = (await client.get("/products", params={"q": "lavnder"})).text

    assert "Showing results for" in page
    assert "<strong>lavender</strong>" in page
    assert slugs(page)[0] == "lavender-field"


async def test_a_search_that_was_understood_says_nothing(client: CloudClient) -> None:
    assert "Showing results for" not in (await client.get("/products?q=lavender")).text


async def test_filters_narrow_and_each_can_be_taken_away_again(client: CloudClient) -> None:
    page = (
        await client.get(
            "/products",
            params={"room": "bedroom", "new": "true", "from": "15", "to": "19,90", "family": ""},
        )
    ).text
    addresses = re.findall(r'<a href="([^"]+)"><span class="visually-hidden">Remove', page)

    assert slugs(page)
    assert [address.replace("&amp;", "&") for address in addresses] == [
        "/products?new=true&from=15&to=19.90",
        "/products?room=bedroom&from=15&to=19.90",
    ]
    wider = [await client.get(address.replace("&amp;", "&")) for address in addresses]
    assert all(set(slugs(page)) <= set(slugs(one.text)) for one in wider)


@pytest.mark.parametrize("price", ["cheap", "-5", "1e99", "NaN", "∞", "9" * 40])
async def test_what_is_no_price_is_no_wish(client: CloudClient, price: str) -> None:
    page = await client.get("/products", params={"from": price})

    assert (page.status_code, len(slugs(page.text))) == (200, 24)


async def test_a_category_shows_its_branch_its_way_and_only_filters_below_it(
    client: CloudClient,
) -> None:
    page = (await client.get("/categories/citrus")).text
    sorted_page = (await client.get("/categories/citrus?sort=price")).text

    assert '<a href="/categories/fresh">Fresh</a>' in page
    assert 'action="/categories/citrus"' in page
    assert set(slugs(page)) == set(slugs(sorted_page))
    assert '<meta name="robots" content="noindex, follow">' in sorted_page
    assert '<meta name="robots"' not in page


@pytest.mark.parametrize("path", ["/categories/nowhere", "/collections/nowhere", "/categories/ä"])
async def test_an_unknown_shelf_is_said_in_words(client: CloudClient, path: str) -> None:
    page = await client.get(path, headers=HTML)

    assert page.status_code == 404
    assert "There is no such shelf" in page.text


async def test_a_collection_whose_time_is_over_is_not_shown(
    client: CloudClient, parts: Parts
) -> None:
    await change(parts, "UPDATE collections SET ends_at = '2026-11-23T12:00Z'")

    assert (await client.get("/collections/sleep-well", headers=HTML)).status_code == 404


async def test_a_scent_that_is_not_sold_any_more_is_gone_with_others_in_its_place(
    client: CloudClient, parts: Parts
) -> None:
    await change(parts, "UPDATE products SET deleted_at = now() WHERE slug = 'pine-ridge'")

    page = await client.get("/products/pine-ridge", headers=HTML)
    answer = await client.get("/api/v1/products/pine-ridge")

    assert page.status_code == 410
    assert 1 <= len(slugs(page.text)) <= 4
    assert "pine-ridge" not in slugs(page.text)
    assert (answer.status_code, answer.json()["code"]) == (410, "product_gone")


async def test_a_slip_in_an_address_leads_to_the_scent_it_means(client: CloudClient) -> None:
    page = await client.get("/products/lavendr-field", headers=HTML)

    assert page.status_code == 404
    assert slugs(page.text)[0] == "lavender-field"


async def test_a_sale_shows_the_price_before_and_its_end(client: CloudClient, parts: Parts) -> None:
    await change(
        parts,
        "UPDATE variants SET sale_price_minor = 990, sale_starts_at = NULL,"
        " sale_ends_at = '2026-12-05T00:00Z' WHERE sku = 'PINRDG-30'",
    )

    page = (await client.get("/products/pine-ridge")).text

    assert "€9.90" in page
    assert "before </span>€17.90" in page
    assert "until 5 December" in page
    assert '"priceValidUntil": "2026-12-05T00:00:00+00:00"' in page


async def test_related_scents_are_shown_beneath(client: CloudClient, parts: Parts) -> None:
    await change(
        parts,
        "INSERT INTO related_products SELECT least(a.id, b.id), greatest(a.id, b.id)"
        " FROM products a, products b WHERE a.slug = 'white-tea' AND b.slug = 'pine-ridge'",
    )

    page = (await client.get("/products/white-tea")).text

    assert slugs(page.split("Goes with it")[1])[0] == "pine-ridge"


async def test_smaller_pictures_are_offered_to_smaller_screens(
    client: CloudClient, parts: Parts
) -> None:
    key, small = "a" * 32 + ".jpg", "b" * 32 + ".webp"
    await change(
        parts,
        f"INSERT INTO stored_files (key, media_type, byte_count, width, height) VALUES"
        f" ('{key}', 'image/jpeg', 9, 900, 1200), ('{small}', 'image/webp', 9, 320, 427)",
    )
    await change(
        parts,
        f"INSERT INTO picture_sizes (original_key, width, height, file_key)"
        f" VALUES ('{key}', 320, 427, '{small}')",
    )
    await change(
        parts,
        f"UPDATE product_images SET file_key = '{key}', url = '/files/{key}' WHERE product_id ="
        " (SELECT id FROM products WHERE slug = 'white-tea')",
    )

    page = (await client.get("/products/white-tea")).text

    assert f'srcset="/files/{small} 320w, /files/{key} ' in page
