"""The catalogue over HTTP while prices change and people sign in."""

import pytest
from sqlalchemy import text

pytestmark = pytest.mark.needs_postgres

PRODUCTS = "/api/v1/products"


@pytest.fixture
def database_url(postgres_server, shelf_template, request):
    """A copy of the demo catalogue, in place of the empty database."""
    name = f"routes_{abs(hash(request.node.nodeid))}"
    postgres_server.create_database(name, shelf_template)
    yield postgres_server.sqlalchemy_url(name)
    postgres_server.drop_database(name)


@pytest.fixture(autouse=True)
def _today(clock, now):
    clock.set(now)


async def test_an_unchanged_product_is_not_sent_again(client, parts):
    first = await client.get(f"{PRODUCTS}/white-tea")
    tag = {"if-none-match": first.headers["etag"]}

    unchanged = await client.get(f"{PRODUCTS}/white-tea", headers=tag)
    async with parts.database.reading() as connection:
        await connection.execute(text("UPDATE variants SET price_minor = price_minor + 1"))
    changed = await client.get(f"{PRODUCTS}/white-tea", headers=tag)

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


async def test_a_member_may_be_signed_in_and_still_gets_the_same_product(client, customer):
    assert (await customer.get(f"{PRODUCTS}/white-tea")).text == (
        await client.get(f"{PRODUCTS}/white-tea")
    ).text
