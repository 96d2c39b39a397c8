"""Checking a cart out over HTTP, as guest and as member."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from tests.cloud.conftest import PASSWORD
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


@pytest.mark.parametrize(
    ("field", "better"),
    [
        ("email", "right@example.org"),
        ("billing_address", ADDRESS.model_dump() | {"recipient": "Bookkeeping"}),
        ("note", "ring twice"),
    ],
)
async def test_what_a_buyer_corrects_before_paying_is_what_counts(
    market: Market, client: CloudClient, field: str, better: object
) -> None:
    await fill_cart(market, client)
    await check_out(client)

    await check_out(client, **{field: better})

    waiting = await market.rows(f"SELECT {field} FROM orders WHERE status = 'AWAITING_PAYMENT'")
    assert waiting == [(better,)]
    assert await market.scalar("SELECT sum(quantity) FROM stock_reservations") == 2


async def test_a_guest_who_signs_in_before_paying_buys_as_a_member(
    market: Market, client: CloudClient, customer: CloudClient
) -> None:
    await fill_cart(market, client)
    await check_out(client)
    credentials = {"email": "customer@example.org", "password": PASSWORD}
    signed_in = await client.post_json("/api/v1/auth/sign-in", credentials)
    assert signed_in.status_code == 200

    await check_out(client, email=None)

    assert await market.rows(
        "SELECT user_id, email FROM orders WHERE status = 'AWAITING_PAYMENT'"
    ) == [(await market.user_id(), "customer@example.org")]


async def test_what_a_guest_paid_leaves_the_cart_of_the_member_it_became(
    market: Market, client: CloudClient, customer: CloudClient
) -> None:
    await fill_cart(market, client)
    placed = await check_out(client)
    await fill_cart(market, customer, 1)
    credentials = {"email": "customer@example.org", "password": PASSWORD}
    await client.post_json("/api/v1/auth/sign-in", credentials)
    assert (await client.get("/api/v1/cart")).json()["lines"][0]["quantity"] == 3

    market.stripe.pay(session_of(placed))
    await market.settle()

    items = (await client.get("/api/v1/cart")).json()["lines"]
    assert [item["quantity"] for item in items] == [1]


async def test_of_two_unpaid_orders_of_carts_that_became_one_the_guests_ends(
    market: Market, client: CloudClient, customer: CloudClient
) -> None:
    await market.give_address(await market.user_id())
    await fill_cart(market, customer)
    mine = await check_out(customer, email=None)
    await fill_cart(market, client)
    guests = await check_out(client)
    credentials = {"email": "customer@example.org", "password": PASSWORD}
    await client.post_json("/api/v1/auth/sign-in", credentials)

    await client.get("/api/v1/cart")

    assert await market.rows("SELECT number, status FROM orders ORDER BY id") == [
        (mine["order_number"], "AWAITING_PAYMENT"),
        (guests["order_number"], "CANCELLED"),
    ]


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


async def test_whoever_thinks_again_about_keeping_the_card_gets_a_page_that_does_so(
    market: Market, customer: CloudClient
) -> None:
    await market.give_address(await market.user_id())
    await fill_cart(market, customer)
    first = await check_out(customer, email=None, shipping_address=None, save_card=True)

    second = await check_out(customer, email=None, shipping_address=None)
    market.stripe.pay(session_of(second))
    await market.settle()

    assert market.stripe.account.objects[session_of(first)]["status"] == "expired"
    assert await market.scalar("SELECT count(*) FROM saved_cards") == 0


async def test_a_page_speaks_the_language_of_its_order(market: Market, client: CloudClient) -> None:
    async with market.database.unit_of_work() as session:
        await session.execute(text("""UPDATE site_settings SET languages = '["en", "de"]'"""))
    await fill_cart(market, client, 1)
    client.headers["accept-language"] = "de"

    placed = await check_out(client, seen_total_minor=3280)

    page = session_of(placed)
    assert market.stripe.account.objects[page]["locale"] == "de"
    lines = market.stripe.account.secrets[page]["lines"]
    assert [line["description"] for line in lines] == ["Cedber 50", "Lieferung"]


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


async def test_a_guests_postcode_is_checked_and_cleaned_as_a_members_is(
    market: Market, client: CloudClient
) -> None:
    await fill_cart(market, client)
    wrong = {**ADDRESS.model_dump(), "postcode": "1234"}
    blanks = {**ADDRESS.model_dump(), "postcode": " 10115 "}

    refused = await client.post_json("/api/v1/checkout", FORM | {"shipping_address": wrong})
    placed = await client.post_json("/api/v1/checkout", FORM | {"shipping_address": blanks})

    assert (refused.status_code, refused.json()["code"]) == (422, "postcode_wrong")
    assert placed.status_code == 201
    assert await market.scalar("SELECT shipping_address ->> 'postcode' FROM orders") == "10115"
