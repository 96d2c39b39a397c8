"""The catalogue over HTTP."""

import pytest

from cloud.catalogue.schemas import Facets, ProductDetail, ProductPage

pytestmark = pytest.mark.needs_postgres

PRODUCTS = "/api/v1/products"


@pytest.fixture
def database_url(shown_url):
    """The demo catalogue, only to be read, in place of the empty database."""
    return shown_url


@pytest.fixture(autouse=True)
def _today(clock, now):
    clock.set(now)


async def test_a_product_is_answered_as_its_schema_says(client):
    answer = await client.get(f"{PRODUCTS}/white-tea")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert ProductDetail.model_validate_json(answer.text).name == "White Tea"


async def test_a_product_that_does_not_exist_is_said_in_words(client):
    answer = await client.get(f"{PRODUCTS}/nowhere")

    assert (answer.status_code, answer.json()["code"]) == (404, "product_not_found")
    assert answer.json()["hint"]


async def test_the_list_is_searched_narrowed_sorted_and_turned(client):
    wish = {"q": "wood", "price_from": 1800, "sort": "price", "limit": 2}
    first = ProductPage.model_validate_json((await client.get(PRODUCTS, params=wish)).text)
    second = ProductPage.model_validate_json(
        (await client.get(PRODUCTS, params={**wish, "after": first.next})).text
    )

    prices = [card.price.minor for card in (*first.items, *second.items)]
    assert len(first.items) == 2
    assert prices == sorted(prices)
    assert min(prices) >= 1800
    assert not {card.slug for card in first.items} & {card.slug for card in second.items}


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 49}, "limit"),
        ({"price_from": -1}, "price_from"),
        ({"price_to": 10**13}, "price_to"),
        ({"family": "meaty"}, "family"),
        ({"sort": "worst"}, "sort"),
        ({"q": "a\0b"}, "q"),
        ({"q": "x" * 201}, "q"),
        ({"after": "W10"}, "after"),
        ({"in_stock": "perhaps"}, "in_stock"),
    ],
)
async def test_a_wish_that_cannot_be_is_refused_by_name(client, wish, field):
    answer = await client.get(PRODUCTS, params=wish)

    assert answer.status_code == 422
    assert answer.json()["field"] == field
    assert answer.json()["hint"]


async def test_the_filters_are_answered_as_their_schema_says(client):
    answer = await client.get("/api/v1/facets")

    assert Facets.model_validate_json(answer.text).total == 28


async def test_a_picture_is_served_for_ever_and_packed_for_those_who_unpack(client):
    product = ProductDetail.model_validate_json((await client.get(f"{PRODUCTS}/white-tea")).text)
    url = product.images[0].url

    packed = await client.get(url)
    plain = await client.get(url, headers={"accept-encoding": "identity"})
    kept = await client.get(url, headers={"if-none-match": packed.headers["etag"]})

    assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert packed.headers["content-type"] == "image/svg+xml"
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert plain.text.startswith("<svg ")
    assert int(packed.headers["content-length"]) < len(plain.content) / 3
    assert kept.status_code == 304


@pytest.mark.parametrize(
    "name", ["nowhere.svg", "0" * 32, "0" * 32 + ".svg", "..%2Fetc", "%00.svg", "é.svg"]
)
async def test_a_picture_that_does_not_exist_is_not_found(client, name):
    answer = await client.get(f"/media/{name}")

    assert answer.status_code == 404


async def test_a_picture_under_another_kind_of_name_is_not_found(client):
    product = ProductDetail.model_validate_json((await client.get(f"{PRODUCTS}/white-tea")).text)

    answer = await client.get(product.images[0].url.replace(".svg", ".png"))

    assert answer.status_code == 404


async def test_the_description_of_the_api_names_the_shapes(client):
    paths = (await client.get("/openapi.json")).json()["paths"]

    schema = paths["/api/v1/products/{slug}"]["get"]["responses"]["200"]["content"]
    assert schema["application/json"]["schema"]["$ref"].endswith("/ProductDetail")
    names = {one["name"] for one in paths[PRODUCTS]["get"]["parameters"]}
    assert {"q", "category", "price_from", "price_to", "sort", "after", "in_stock"} <= names
