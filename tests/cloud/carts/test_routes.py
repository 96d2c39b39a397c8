"""The visitor's own cart over HTTP."""

from datetime import timedelta

import pytest

from cloud.carts.schemas import CartAnswer
from cloud.catalogue.service import get_variant
from tests.fakes.cloud_client import CloudClient
from tests.fakes.shelf import put_on_shelf

pytestmark = pytest.mark.needs_postgres

CART = "/api/v1/cart"
PASSWORD = "correct horse battery staple"


@pytest.fixture
async def cedar(parts):
    """The id of a variant with ten bottles."""
    async with parts.database.unit_of_work() as session:
        return (await put_on_shelf(session, bottles=10)).id


def _held(answer):
    assert answer.status_code == 200, answer.text
    cart = CartAnswer.model_validate_json(answer.text)
    return {line.variant_id: line.quantity for line in cart.lines}


async def test_a_stranger_has_an_empty_cart_and_gets_no_cookie(client):
    answer = await client.get(CART)

    assert _held(answer) == {}
    assert "set-cookie" not in answer.headers


async def test_a_guest_fills_changes_and_empties_a_cart(client, cedar):
    added = await client.post_json(f"{CART}/items", {"variant_id": cedar, "quantity": 2})
    again = await client.post_json(f"{CART}/items", {"variant_id": cedar})
    changed = await client.put_json(f"{CART}/items/{cedar}", {"quantity": 5})
    seen = await client.get(CART)
    emptied = await client.remove(f"{CART}/items/{cedar}")

    counts = [_held(answer) for answer in (added, again, changed, seen, emptied)]
    assert counts == [{cedar: 2}, {cedar: 3}, {cedar: 5}, {cedar: 5}, {}]


async def test_the_cookie_is_unreadable_for_scripts_and_stored_only_as_a_digest(
    client, cedar, parts
):
    answer = await client.post_json(f"{CART}/items", {"variant_id": cedar})

    cookie = next(one for one in answer.headers.get_list("set-cookie") if "scent_cart" in one)
    assert "HttpOnly" in cookie
    assert "Max-Age=2592000" in cookie
    assert len(client.cookies["scent_cart"]) == 43


async def test_nobody_sees_another_guests_cart(app, client, cedar):
    await client.post_json(f"{CART}/items", {"variant_id": cedar})
    async with CloudClient(app) as other:
        other.cookies.set("scent_cart", "guess")

        assert _held(await other.get(CART)) == {}


async def test_nobody_can_choose_the_token_of_a_cart(app, client, cedar):
    client.cookies.set("scent_cart", "chosen", domain="127.0.0.1")

    added = await client.post_json(f"{CART}/items", {"variant_id": cedar})

    assert _held(added) == {cedar: 1}
    async with CloudClient(app) as other:
        other.cookies.set("scent_cart", "chosen")
        assert _held(await other.get(CART)) == {}


async def test_a_guests_cart_becomes_the_members_at_the_first_look(client, cedar):
    await client.post_json(f"{CART}/items", {"variant_id": cedar, "quantity": 2})

    await client.post_json(
        "/api/v1/auth/sign-up", {"email": "a@example.org", "name": "A", "password": PASSWORD}
    )
    seen = await client.get(CART)

    assert _held(seen) == {cedar: 2}
    assert 'scent_cart=""; HttpOnly; Max-Age=0' in seen.headers["set-cookie"]
    assert _held(await client.get(CART)) == {cedar: 2}


async def test_a_members_cart_is_there_on_every_device(app, customer, cedar):
    await customer.post_json(f"{CART}/items", {"variant_id": cedar, "quantity": 2})
    async with CloudClient(app) as phone:
        await phone.post_json(f"{CART}/items", {"variant_id": cedar, "quantity": 1})
        await phone.post_json(
            "/api/v1/auth/sign-in", {"email": "customer@example.org", "password": PASSWORD}
        )

        assert _held(await phone.get(CART)) == {cedar: 3}


async def test_a_new_price_is_told_and_accepted(client, cedar, parts, clock):
    await client.post_json(f"{CART}/items", {"variant_id": cedar})
    async with parts.database.unit_of_work() as session:
        (await get_variant(session, cedar)).price_minor = 3190

    told = CartAnswer.model_validate_json((await client.get(CART)).text)
    accepted = CartAnswer.model_validate_json(
        (await client.post_json(f"{CART}/prices/accepted")).text
    )

    assert (told.has_new_prices, told.lines[0].seen_price.minor) == (True, 2890)
    assert not accepted.has_new_prices


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"variant_id": 404}, 422, "not_for_sale"),
        ({"variant_id": "x"}, 422, "invalid"),
        ({"variant_id": 2**70}, 422, "invalid"),
        ({"variant_id": 1, "quantity": 0}, 422, "invalid"),
        ({"variant_id": 1, "quantity": 100}, 422, "invalid"),
        ({"variant_id": 1, "price": 1}, 422, "invalid"),
        ({}, 422, "invalid"),
    ],
)
async def test_nonsense_is_refused_with_code_message_and_hint(client, body, status, code):
    answer = await client.post_json(f"{CART}/items", body)

    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert answer.json()["message"]
    assert answer.json()["hint"]


async def test_too_many_bottles_are_refused_with_how_many_there_are(client, cedar):
    answer = await client.post_json(f"{CART}/items", {"variant_id": cedar, "quantity": 11})

    assert (answer.status_code, answer.json()["code"]) == (409, "out_of_stock")
    assert answer.json()["shortages"] == [{"variant_id": cedar, "asked": 11, "available": 10}]


async def test_changing_what_is_not_in_the_cart_is_refused(client, cedar):
    answer = await client.put_json(f"{CART}/items/{cedar}", {"quantity": 1})

    assert (answer.status_code, answer.json()["code"]) == (404, "not_in_cart")


async def test_a_foreign_page_cannot_change_a_cart(client, cedar):
    await client.post_json(f"{CART}/items", {"variant_id": cedar})

    answer = await client.post(f"{CART}/items", json={"variant_id": cedar})

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")


async def test_a_cart_is_forgotten_after_a_month(client, cedar, clock, do_jobs):
    await client.post_json(f"{CART}/items", {"variant_id": cedar})

    clock.step(timedelta(days=31))
    await do_jobs()

    assert _held(await client.get(CART)) == {}
