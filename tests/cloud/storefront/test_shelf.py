import pytest

from tests.fakes.cloud_client import CloudClient

pytestmark = pytest.mark.needs_postgres


async def test_the_start_page_shows_scents_with_their_prices(client: CloudClient) -> None:
    page = await client.get("/")

    assert page.status_code == 200
    assert "Cedar &amp; Bergamot" in page.text
    assert "€19.90" in page.text


async def test_a_search_with_a_spelling_mistake_finds_the_scent(client: CloudClient) -> None:
    page = await client.get("/products", params={"q": "lavander", "family": "", "room": ""})

    assert "Lavender Field" in page.text
    assert "Amber Hearth" not in page.text


async def test_a_search_without_hits_says_what_to_try(client: CloudClient) -> None:
    page = await client.get("/products", params={"q": "zzzzqqq"})

    assert page.status_code == 200
    assert "No scent matches" in page.text


async def test_the_list_can_be_walked_page_by_page_without_repeats(client: CloudClient) -> None:
    seen: list[str] = []
    address = "/products?limit=10"
    while address:
        page = (await client.get(address)).text
        seen += [part.split('"')[0] for part in page.split('class="cover" href="/products/')[1:]]
        follow = (
            page.split('" rel="next"')[0].rpartition('href="')[2] if 'rel="next"' in page else ""
        )
        address = follow.replace("&amp;", "&").removesuffix("#scents")

    assert len(seen) == len(set(seen)) == 28


async def test_a_product_page_offers_every_size_and_describes_itself_to_machines(
    client: CloudClient,
) -> None:
    page = await client.get("/products/cedar-bergamot", params={"size": "CEDBER-100"})

    assert page.text.count('type="radio" name="variant_id"') == 3
    assert '"@type": "Product"' in page.text
    assert '"price": "28.90"' in page.text


async def test_an_unknown_scent_is_a_page_with_words(client: CloudClient) -> None:
    page = await client.get("/products/petrol", headers={"Accept": "text/html"})

    assert page.status_code == 404
    assert "To the start page" in page.text
