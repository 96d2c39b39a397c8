"""Checking a cart out over HTTP, as guest and as member."""

import asyncio
from typing import Any

import pytest

from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import ADDRESS, Market

pytestmark = pytest.mark.needs_postgres

FORM = {
    "email": "guest@example.org",
    "shipping_address": ADDRESS.model_dump(),
    "seen_total_minor": 5780,
}


async def fill_cart(market: Market, client: CloudClient, quantity: int = 2) -> None:
    variant_id = await market.scalar("SELECT id FROM variants")
    answer = await client.post_json(
        "/api/v1/cart/items", {"variant_id": variant_id, "quantity": quantity}
    )
    assert answer.status_code == 200, answer.text


async def check_out(client: CloudClient, **changes: Any) -> dict[str, Any]:
    answer = await client.post_json("/api/v1/checkout", FORM | changes)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def session_of(answer: dict[str, Any]) -> str:
    return str(answer["url"]).rsplit("/", 1)[-1]


async def test_a_guest_buys_and_follows_the_order_by_its_link(
    market: Market, client: CloudClient, mailbox: Mailbox
) -> None:
    await fill_cart(market, client)

    placed = await check_out(client)
    market.stripe.pay(session_of(placed))
    await market.settle()

    number = placed["order_number"]
    order = (
        await client.get(f"/api/v1/orders/{number}?{placed['order_url'].split('?')[1]}")
    ).json()
    assert order["status"] == "PAID"
    assert order["total_minor"] == 5780
    assert mailbox.mails[0].recipient == "guest@example.org"
    assert placed["order_url"] in mailbox.mails[0].text
    assert (await client.get("/api/v1/cart")).json()["lines"] == []


async def test_the_button_pressed_five_times_places_one_order(
    market: Market, customer: CloudClient
) -> None:
    await market.give_address(await market.user_id())
    await fill_cart(market, customer)

    answers = await asyncio.gather(
        *(check_out(customer, email=None, shipping_address=None) for _ in range(5))
    )

    assert len({answer["order_number"] for answer in answers}) == 1
    assert len({answer["url"] for answer in answers}) == 1
    assert market.stripe.count("customer") == 1


async def test_a_changed_cart_replaces_its_unpaid_order(
    market: Market, client: CloudClient
) -> None:
    await fill_cart(market, client)
    first = await check_out(client)
    await fill_cart(market, client, 1)

    second = await check_out(client, seen_total_minor=8670)
    await market.settle()

    assert first["order_number"] != second["order_number"]
    assert await market.rows("SELECT number, status FROM orders ORDER BY id") == [
        (first["order_number"], "CANCELLED"),
        (second["order_number"], "AWAITING_PAYMENT"),
    ]
    assert await market.scalar("SELECT sum(quantity) FROM stock_reservations") == 3
    first_page = market.stripe.account.objects[session_of(first)]
    assert first_page["status"] == "expired"


async def test_what_was_added_while_paying_stays_in_the_cart(
    market: Market, client: CloudClient
) -> None:
    await fill_cart(market, client)
    placed = await check_out(client)
    await fill_cart(market, client, 1)

    market.stripe.pay(session_of(placed))
    await market.settle()

    items = (await client.get("/api/v1/cart")).json()["lines"]
    assert [item["quantity"] for item in items] == [1]


async def test_a_total_that_was_not_shown_is_refused_with_both(
    market: Market, client: CloudClient
) -> None:
    await fill_cart(market, client)

    answer = await client.post_json("/api/v1/checkout", FORM | {"seen_total_minor": 1})

    assert answer.status_code == 409
    body = answer.json()
    assert (body["code"], body["seen_minor"], body["total_minor"]) == ("total_changed", 1, 5780)
    assert await market.scalar("SELECT count(*) FROM orders") == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": None}, "email"),
        ({"email": "nobody"}, "email"),
        ({"shipping_address": None}, "shipping_address"),
        (
            {"shipping_address": ADDRESS.model_dump() | {"country": "Germany"}},
            "shipping_address.country",
        ),
    ],
)
async def test_what_is_missing_or_wrong_is_named(
    market: Market, client: CloudClient, changes: dict[str, Any], field: str
) -> None:
    await fill_cart(market, client)

    answer = await client.post_json("/api/v1/checkout", FORM | changes)

    assert answer.status_code == 422
    assert answer.json()["field"] == field


async def test_an_empty_cart_cannot_be_checked_out(client: CloudClient, market: Market) -> None:
    answer = await client.post_json("/api/v1/checkout", FORM)

    assert answer.status_code == 422
    assert answer.json()["code"] == "nothing_to_price"


async def test_a_member_saves_the_card_while_paying(market: Market, customer: CloudClient) -> None:
    await market.give_address(await market.user_id())
    await fill_cart(market, customer)

    placed = await check_out(customer, email=None, shipping_address=None, save_card=True)
    market.stripe.pay(session_of(placed))
    await market.settle()

    cards = (await customer.get("/api/v1/me/cards")).json()
    assert [(card["last4"], card["is_default"]) for card in cards] == [("4242", True)]


async def test_a_provider_that_is_away_is_said_in_words_and_costs_nothing(
    market: Market, client: CloudClient
) -> None:
    await fill_cart(market, client)
    market.stripe.order("error", path="/v1/checkout/sessions")

    failed = await client.post_json("/api/v1/checkout", FORM)
    again = await check_out(client)

    assert failed.status_code == 503
    assert failed.json()["code"] == "payment_provider_unavailable"
    assert await market.scalar("SELECT count(*) FROM orders") == 1
    assert again["url"].startswith(market.stripe.base_url)


async def test_a_machine_that_tries_again_and_again_is_slowed_down(
    market: Market, client: CloudClient
) -> None:
    answers = [await client.post_json("/api/v1/checkout", FORM) for _ in range(21)]

    assert {answer.status_code for answer in answers[:20]} == {422}
    assert answers[20].status_code == 429
    assert int(answers[20].headers["retry-after"]) > 0
