"""What all pages of the shop have in common."""

import re

import pytest

from tests.fakes.cloud_client import CloudClient
from tests.fakes.lived_in import move_in, run_low
from tests.fakes.market import Market
from tests.fakes.shopping import buy, put_in_cart

pytestmark = pytest.mark.needs_postgres

HTML = {"accept": "text/html"}
PASSWORD = "correct horse battery staple"


async def test_a_stranger_is_led_to_the_sign_in_and_back_to_where_they_wanted(
    client: CloudClient, market: Market
) -> None:
    await client.post_json(
        "/api/v1/auth/sign-up", {"email": "ada@example.org", "name": "", "password": PASSWORD}
    )
    await client.post_form("/sign-out", {}, form_at="/account")

    for wanted in ("/account", "/account/orders?after=3", "/pair?code=ABCD-EFGH", "/admin"):
        led = await client.get(wanted, headers=HTML)
        form = await client.get(led.headers["location"])
        onward = re.search(r'name="next" value="([^"]*)"', form.text)

        assert led.status_code == 303
        assert onward is not None
        assert onward[1].replace("&amp;", "&") == wanted

    fields = {"email": "ada@example.org", "password": PASSWORD, "next": "/account/orders"}
    back = await client.post_form("/sign-in", fields)
    assert back.headers["location"] == "/account/orders"


async def test_a_stale_form_of_a_stranger_is_refused_with_a_way_on(
    client: CloudClient, market: Market
) -> None:
    answer = await client.post("/account/cards/new", data={"csrf_token": "x"}, headers=HTML)

    assert answer.status_code == 403
    assert "reload the page" in answer.text


async def test_every_page_is_titled_carries_tokens_and_hides_what_is_private(
    customer: CloudClient, market: Market
) -> None:
    user_id = await market.user_id()
    await market.give_address(user_id)
    home = await move_in(market, user_id)
    refill_id = await run_low(home)
    number = await buy(market, customer)
    await put_in_cart(market, customer)
    public = ("/", "/products", "/products/cedar-bergamot")
    private = (
        "/cart",
        "/checkout",
        "/account",
        "/account/address",
        "/account/cards",
        "/account/notifications",
        "/account/orders",
        f"/account/orders/{number}",
        f"/account/reorders/{refill_id}",
        f"/account/slots/{await home.slot_id()}",
        "/pair",
    )
    titles = set()

    for path in (*public, *private):
        page = await customer.get(path)
        titles.add(re.search(r"<title>(.+) · The Scent</title>", page.text)[1])
        posts = [form for form in page.text.split("<form ")[1:] if 'method="post"' in form]
        is_hidden = '<meta name="robots" content="noindex">' in page.text

        assert page.status_code == 200, path
        assert '<html lang="en"' in page.text
        assert page.text.count("<h1") == 1, path
        assert is_hidden == (path in private), path
        assert posts
        for form in posts:
            assert 'name="csrf_token"' in form.split("</form>")[0], path

    assert len(titles) >= len(private)


async def test_what_is_not_there_is_said_in_the_shops_frame(
    customer: CloudClient, market: Market
) -> None:
    for path in ("/nothing", "/products/petrol", "/account/orders/SC-9", "/account/slots/99"):
        page = await customer.get(path, headers=HTML)

        assert page.status_code == 404
        assert 'class="brand"' in page.text
        assert "customer@example.org" in page.text
