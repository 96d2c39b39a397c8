"""A visitor chooses a currency: every price, the order, its payment and its refund are in it."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market
from tests.fakes.shopping import CEDAR, check_out, pay_and_return, put_in_cart, words_of

pytestmark = pytest.mark.needs_postgres

OFFERED = [
    {"currency": "USD", "rate": "1.0854", "rate_as_of": "2026-11-20", "ending": "90"},
    {"currency": "JPY", "rate": "163.5", "rate_as_of": "2026-11-20", "ending": "00"},
    {"currency": "KWD", "rate": "0.3331", "rate_as_of": "2026-11-20", "ending": "exact"},
    {"currency": "CHF", "rate": "0.95", "rate_as_of": "2026-11-20", "ending": "95"},
]
PRODUCT = "/products/cedar-bergamot"


@pytest.fixture
async def offered(market: Market) -> None:
    """A shop in euros that has four more currencies on offer."""
    async with market.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE site_settings SET currencies = CAST(:offered AS jsonb)"),
            {"offered": json.dumps(OFFERED)},
        )


async def choose(client: CloudClient, currency: str) -> None:
    answer = await client.post_form(
        "/currency", {"currency": currency, "back": "/products"}, form_at="/products"
    )
    assert answer.headers["location"] == "/products"


async def last_order(market: Market) -> dict[str, Any]:
    async with market.database.reading() as connection:
        row = await connection.execute(text("SELECT * FROM orders ORDER BY id DESC LIMIT 1"))
        return dict(row.mappings().one())


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize(
    ("currency", "shown", "total"),
    [("USD", "$31.90", 6380), ("JPY", "¥4,800", 9600), ("KWD", "KWD9.630", 19_260)],
)
async def test_a_currency_is_chosen_bought_in_and_given_back_in(
    client: CloudClient,
    staff: CloudClient,
    market: Market,
    currency: str,
    shown: str,
    total: int,
) -> None:
    await choose(client, currency)
    for address in ("/products", "/products?sort=price&q=cedar", PRODUCT, "/"):
        page = words_of(await client.get(address)).replace("\xa0", "")
        assert shown.rstrip("0123456789.,") in page, address
        assert "€" not in page, address
    assert shown in words_of(await client.get(PRODUCT)).replace("\xa0", "")

    await put_in_cart(market, client, bottles=2)
    cart = words_of(await client.get("/cart")).replace("\xa0", "")
    paid = await pay_and_return(market, client, await check_out(client))
    await market.settle()
    order = await last_order(market)

    assert shown in cart
    assert "New price" not in cart
    assert (order["currency"], order["total_minor"], order["status"]) == (currency, total, "PAID")
    assert "€" not in words_of(paid)
    intent = market.stripe.account.all("payment_intent")[-1]
    assert (intent["currency"], intent["amount"]) == (currency.lower(), total)

    refunded = await staff.post_json(
        f"/api/v1/staff/orders/{order['number']}/refunds",
        {"amount_minor": total // 2, "reason": "Broken"},
    )
    assert refunded.status_code < 300, refunded.text
    await market.settle()
    assert (await last_order(market))["refunded_minor"] == total // 2


@pytest.mark.usefixtures("offered")
async def test_wishes_are_shown_in_it(client: CloudClient, market: Market) -> None:
    variant_id = await market.scalar("SELECT id FROM variants WHERE sku = :sku", sku=CEDAR)
    product_id = await market.scalar("SELECT product_id FROM variants WHERE sku = :sku", sku=CEDAR)
    wished = await client.post_json(
        "/api/v1/wishlist", {"product_id": product_id, "variant_id": variant_id}
    )
    assert wished.status_code < 300, wished.text
    await choose(client, "USD")

    assert "$31.90" in words_of(await client.get("/wishlist"))


@pytest.mark.usefixtures("offered")
async def test_a_cart_whose_currency_changes_says_so(client: CloudClient, market: Market) -> None:
    await put_in_cart(market, client)
    await choose(client, "USD")
    cart = await client.get("/cart")
    body = (await client.get("/api/v1/cart")).json()

    assert "New price since you chose it" in words_of(cart)
    assert body["lines"][0]["price"] == {"minor": 3190, "currency": "USD"}
    assert body["lines"][0]["seen_price"] == {"minor": 2890, "currency": "EUR"}
    accepted = (await client.post_json("/api/v1/cart/prices/accepted", {})).json()
    assert not accepted["has_new_prices"]


@pytest.mark.usefixtures("offered", "market")
async def test_the_browsers_region_chooses_until_the_visitor_does(client: CloudClient) -> None:
    swiss = {"accept-language": "de-CH,de;q=0.9"}

    assert "CHF" in words_of(await client.get(PRODUCT, headers=swiss)).split("Currency")[0]
    assert "€28.90" in words_of(await client.get(PRODUCT, headers={"accept-language": "en-GB"}))
    await choose(client, "EUR")
    page = words_of(await client.get(PRODUCT, headers={"accept-language": "en-US"}))
    assert "€28.90" in page
    assert "$31.90" not in page


@pytest.mark.usefixtures("offered", "market")
async def test_programs_ask_for_a_currency(client: CloudClient) -> None:
    product = (await client.get(f"/api/v1{PRODUCT}?currency=JPY")).json()
    page = (await client.get("/api/v1/products?currency=KWD&sort=price")).json()
    unknown = await client.get("/api/v1/products?currency=AUD")

    assert product["variants"][0]["price"] == {"minor": 3300, "currency": "JPY"}
    assert page["items"][0]["price"]["currency"] == "KWD"
    assert unknown.status_code == 422
    assert unknown.json()["code"] == "currency_not_offered"


@pytest.mark.usefixtures("offered")
async def test_a_quote_converts_delivery_and_knows_its_currency(
    client: CloudClient, market: Market
) -> None:
    variant_id = await market.scalar("SELECT id FROM variants WHERE sku = :sku", sku=CEDAR)
    lines = [{"variant_id": variant_id, "quantity": 1}]
    wish = {"lines": lines, "country": "DE"}
    own = (await client.post_json("/api/v1/quotes", wish)).json()
    dollars = (await client.post_json("/api/v1/quotes", {**wish, "currency": "USD"})).json()

    assert own["total"]["currency"] == "EUR"
    assert own["shipping"]["minor"] > 0
    assert {dollars[name]["currency"] for name in ("shipping", "tax", "due", "total")} == {"USD"}
    assert dollars["shipping"]["minor"] % 100 == 90
    assert dollars["total"]["minor"] == 3190 + dollars["shipping"]["minor"]


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize(
    ("currency", "least", "minor", "shown"),
    [("", "18,90", 1890, "18.90"), ("JPY", "3000", 3000, "3000"), ("KWD", "6.300", 6300, "6.300")],
)
async def test_prices_are_filtered_in_the_decimals_of_the_currency_that_is_seen(
    client: CloudClient, currency: str, least: str, minor: int, shown: str
) -> None:
    if currency:
        await choose(client, currency)
    wish = {"sort": "price", "limit": "5"}
    listed = await client.get("/products", params={"from": least, **wish})
    programs = {"currency": currency or "EUR", "price_from": str(minor), **wish}
    above = (await client.get("/api/v1/products", params=programs)).json()
    further = listed.text.split('" rel="next"')[0].rpartition('href="')[2].replace("&amp;", "&")

    assert [one["slug"] for one in above["items"]] == scents_of(listed.text)
    assert all(one["price"]["minor"] >= minor for one in above["items"])
    assert f'name="from" inputmode="decimal" maxlength="12" value="{shown}"' in listed.text
    assert "price_from" not in further
    assert scents_of((await client.get(further)).text)


@pytest.mark.parametrize("typed", ["NaN", "Infinity", "-1", "1e999999999", "1e-99999", "cheap"])
async def test_what_is_no_price_is_no_wish(client: CloudClient, typed: str) -> None:
    listed = await client.get("/products", params={"from": typed, "to": typed})

    assert listed.status_code == 200


@pytest.mark.usefixtures("offered")
async def test_the_feed_and_the_wishlist_speak_the_currency_that_is_asked_for(
    client: CloudClient, market: Market
) -> None:
    yen = (await client.get("/feeds/products.xml?currency=JPY")).text
    own = (await client.get("/feeds/products.xml")).text
    strange = [await client.get(f"/feeds/products.xml?currency={one}") for one in ("GBP", "yen")]
    product = await market.scalar("SELECT id FROM products WHERE slug = 'cedar-bergamot'")
    await client.post_json("/api/v1/wishlist", {"product_id": product})
    before = (await client.get("/api/v1/wishlist")).json()["wishes"][0]["price"]
    await choose(client, "JPY")
    after = (await client.get("/api/v1/wishlist")).json()["wishes"][0]["price"]

    assert "<g:price>4800 JPY</g:price>" in yen
    assert "EUR" not in yen
    assert "<g:price>28.90 EUR</g:price>" in own
    assert [answer.status_code for answer in strange] == [422, 422]
    assert (before["currency"], after["currency"]) == ("EUR", "JPY")


def scents_of(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('class="cover" href="/products/')[1:]]
