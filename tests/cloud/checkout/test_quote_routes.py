"""Quotes over HTTP."""

import pytest
from sqlalchemy import update

from cloud.site.models import SiteSettings
from tests.fakes.shelf import put_on_shelf
from tests.fakes.site import a_site, stored

pytestmark = pytest.mark.needs_postgres

QUOTES = "/api/v1/quotes"


@pytest.fixture
async def cedar(parts):
    """The id of a variant for 28.90 EUR, in a shop that delivers to DE and FR."""
    async with parts.database.unit_of_work() as session:
        await session.execute(update(SiteSettings).values(stored(a_site())))
        return (await put_on_shelf(session)).id


async def test_a_quote_adds_up_and_names_every_way_of_delivery(client, cedar):
    body = {"lines": [{"variant_id": cedar, "quantity": 2}], "country": "DE"}

    answer = await client.post(QUOTES, json=body)

    quote = answer.json()
    assert answer.status_code == 200
    assert quote["total"] == {"minor": 5780 + 490, "currency": "EUR"}
    assert quote["tax_added"]["minor"] == 0
    assert [one["code"] for one in quote["shipping_options"]] == ["standard", "express"]
    assert quote["lines"][0]["product_name"] == "Cedber 50"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"country": "US"}, "not_delivered", "country"),
        ({"country": "Germany"}, "invalid", "country"),
        ({"shipping_method": "pigeon"}, "unknown_shipping_method", "shipping_method"),
        ({"lines": []}, "invalid", "lines"),
        ({"lines": [{"variant_id": 404, "quantity": 1}]}, "not_sellable", None),
    ],
)
async def test_what_cannot_be_quoted_is_said_in_words(client, cedar, change, code, field):
    body = {"lines": [{"variant_id": cedar, "quantity": 1}], "country": "DE"}

    answer = await client.post(QUOTES, json=body | change)

    assert answer.status_code == 422
    assert (answer.json()["code"], answer.json().get("field")) == (code, field)
