"""Wishes are kept for guests and members, come along at sign-in, and lead to the cart."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.cloud.conftest import PASSWORD
from tests.fakes.cloud_client import CloudClient
from tests.fakes.shelf import a_variant, put_on_shelf

pytestmark = pytest.mark.needs_postgres

API = "/api/v1/wishlist"


@pytest.fixture
async def variant(parts):
    async with parts.database.unit_of_work() as session:
        return await put_on_shelf(session, bottles=3)


async def _wish(client, variant, **more):
    return await client.post_json(API, {"product_id": variant.product_id, **more})


async def _names(client):
    return [wish["name"] for wish in (await client.get(API)).json()["wishes"]]


async def test_a_guest_finds_the_wish_again(client, variant):
    await _wish(client, variant)

    (wish,) = (await client.get(API)).json()["wishes"]

    assert wish["variant_id"] == variant.id
    assert wish["price"] == {"minor": 2890, "currency": "EUR"}
    assert wish["can_be_bought"]


async def test_a_wish_without_a_size_is_one_however_often_it_is_made(client, variant, parts):
    await asyncio.gather(*(_wish(client, variant) for _ in range(5)))
    await _wish(client, variant)
    await _wish(client, variant, variant_id=variant.id)

    assert len(await _names(client)) == 2


async def test_a_guests_wishes_come_along_at_sign_in_and_are_there_on_every_device(
    app, client, customer, variant, parts
):
    async with parts.database.unit_of_work() as session:
        other = await put_on_shelf(session, "OTHER", bottles=1)
    await _wish(customer, variant)
    await _wish(client, variant)
    await _wish(client, other)

    signed_in = await client.post_json(
        "/api/v1/auth/sign-in", {"email": "customer@example.org", "password": PASSWORD}
    )
    assert signed_in.status_code == 200, signed_in.text

    assert await _names(client) == await _names(customer) == ["Other", "Cedber 50"]


async def test_what_is_no_longer_sold_stays_and_says_so(client, variant, parts):
    await _wish(client, variant)
    async with parts.database.unit_of_work() as session:
        await session.execute(text("UPDATE variants SET is_active = false"))

    (wish,) = (await client.get(API)).json()["wishes"]

    assert (wish["can_be_bought"], wish["price"]) == (False, None)
    assert "No longer on sale" in (await client.get("/wishlist")).text


async def test_an_unknown_product_or_a_size_of_another_is_refused(client, variant, parts):
    async with parts.database.unit_of_work() as session:
        other = await put_on_shelf(session, "OTHER", bottles=1)

    unknown = await client.post_json(API, {"product_id": 404})
    foreign = await _wish(client, variant, variant_id=other.id)

    assert (unknown.status_code, foreign.status_code) == (404, 404)


async def test_the_cheapest_size_is_offered_when_none_was_chosen(client, variant, parts):
    async with parts.database.unit_of_work() as session:
        product = variant.product_id
        small = a_variant(
            type("P", (), {"id": product}),
            "CEDBER-10",
            capacity_ul=10_000,
            price_minor=900,
            is_default=False,
        )
        session.add(small)
    await _wish(client, variant)

    (wish,) = (await client.get(API)).json()["wishes"]

    assert wish["price"]["minor"] == 900


async def test_a_wish_moves_into_the_cart_and_stays_when_that_is_refused(client, variant, parts):
    await client.post_form("/wishlist", {"product_id": str(variant.product_id)}, form_at="/sign-in")
    move = {"variant_id": str(variant.id)}
    wish_id = (await client.get(API)).json()["wishes"][0]["id"]
    async with parts.database.unit_of_work() as session:
        await session.execute(text("UPDATE stock_levels SET on_hand = 0"))
    refused = await client.post_form(f"/wishlist/{wish_id}/to-cart", move, form_at="/wishlist")
    assert refused.status_code == 409
    assert len(await _names(client)) == 1

    async with parts.database.unit_of_work() as session:
        await session.execute(text("UPDATE stock_levels SET on_hand = 5"))
    moved = await client.post_form(f"/wishlist/{wish_id}/to-cart", move, form_at="/wishlist")

    assert moved.headers["location"] == "/cart"
    assert await _names(client) == []
    assert (await client.get("/api/v1/cart")).json()["bottles"] == 1


async def test_nobody_takes_off_anothers_wish(app, client, variant):
    await _wish(client, variant)
    wish_id = (await client.get(API)).json()["wishes"][0]["id"]
    async with CloudClient(app) as stranger:
        await stranger.remove(f"{API}/{wish_id}")

    assert len(await _names(client)) == 1
    await client.remove(f"{API}/{wish_id}")
    assert await _names(client) == []


async def test_nobody_chooses_a_token(client, variant, parts):
    client.cookies.set("scent_wishes", "chosen")

    wished = await _wish(client, variant)

    assert "scent_wishes=" in wished.headers["set-cookie"]
    assert "scent_wishes=chosen" not in wished.headers["set-cookie"]


@pytest.mark.parametrize(
    "row", ["NULL, NULL", "1, decode(repeat('00', 32), 'hex')", "NULL, decode('00', 'hex')"]
)
async def test_a_wish_of_nobody_or_of_two_is_refused(customer, variant, parts, row):
    statement = text(
        "INSERT INTO wishes (user_id, token_digest, product_id, wished_at) "
        f"VALUES ({row}, :product, now())"
    )
    async with parts.database.unit_of_work() as session:
        with pytest.raises(IntegrityError):
            await session.execute(statement, {"product": variant.product_id})
        await session.rollback()
