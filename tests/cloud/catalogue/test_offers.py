"""Prices and availability for sale of a variant, at a moment."""

from datetime import timedelta

import pytest

from cloud.catalogue.errors import VariantNotFound
from cloud.catalogue.service import find_variant_by_sku, get_variant, ids_by_sku, offers
from cloud.foundation.money import Money
from tests.fakes.shelf import put_on_shelf

pytestmark = pytest.mark.needs_postgres


async def test_an_offer_holds_all_that_an_order_keeps(database, clock):
    async with database.unit_of_work() as session:
        variant = await put_on_shelf(session)

        found = await offers(session, [variant.id, 404], clock.now())

    offer = found[variant.id]
    assert list(found) == [variant.id]
    assert (offer.sku, offer.slug, offer.variant_name) == ("CEDBER-50", "cedber-50", "50 ml")
    assert offer.price == offer.regular_price == Money(2890, "EUR")
    assert (offer.image_url, offer.image_alt) == ("/media/CEDBER-50.svg", "A bottle.")
    assert (offer.weight_g, offer.capacity_ul, offer.is_sellable) == (290, 50_000, True)


async def test_asking_for_nothing_asks_the_database_nothing(database, clock):
    async with database.unit_of_work() as session:
        assert await offers(session, [], clock.now()) == {}


async def test_a_sale_begins_and_ends_by_itself(database, clock):
    starts, ends = clock.now(), clock.now() + timedelta(days=7)
    async with database.unit_of_work() as session:
        variant = await put_on_shelf(
            session, sale_price_minor=1990, sale_starts_at=starts, sale_ends_at=ends
        )
        prices = [
            (await offers(session, [variant.id], moment))[variant.id].price.minor
            for moment in (starts - timedelta(seconds=1), starts, ends - timedelta(seconds=1), ends)
        ]

    assert prices == [2890, 1990, 1990, 2890]


@pytest.mark.parametrize(
    ("product", "facts"),
    [
        ({"published_at": None}, {}),
        ({"published_at": "tomorrow"}, {}),
        ({"deleted_at": "yesterday"}, {}),
        ({}, {"is_active": False}),
    ],
)
async def test_what_is_not_on_sale_is_not_sellable(database, clock, product, facts):
    moments = {
        "tomorrow": clock.now() + timedelta(days=1),
        "yesterday": clock.now() - timedelta(days=1),
    }
    product = {name: moments.get(value, value) for name, value in product.items()}
    async with database.unit_of_work() as session:
        variant = await put_on_shelf(session, product=product, **facts)

        found = await offers(session, [variant.id], clock.now())

    assert not found[variant.id].is_sellable


async def test_a_variant_is_found_by_id_and_by_sku_with_its_product(database):
    async with database.unit_of_work() as session:
        stored = await put_on_shelf(session)
    async with database.unit_of_work() as session:
        by_id = await get_variant(session, stored.id)
        by_sku = await find_variant_by_sku(session, "CEDBER-50")
        ids = await ids_by_sku(session, ["CEDBER-50", "NOPE-1"])

    assert by_id is by_sku
    assert by_id.product.slug == "cedber-50"
    assert ids == {"CEDBER-50": stored.id}


async def test_a_variant_that_does_not_exist_is_said_in_words(database):
    async with database.unit_of_work() as session:
        assert await find_variant_by_sku(session, "NOPE-1") is None
        with pytest.raises(VariantNotFound):
            await get_variant(session, 404)
