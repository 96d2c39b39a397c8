"""Coupons and gift cards on the cart's page and at checkout, by forms alone."""

import re

import pytest

from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market
from tests.fakes.promotions import give_card, promote
from tests.fakes.shopping import FORM, pay_and_return, put_in_cart, seen_total, words_of

pytestmark = pytest.mark.needs_postgres


async def _use(client: CloudClient, code: str, page: str = "/cart") -> str:
    answer = await client.post_form("/cart/codes", {"code": code, "act": "enter"}, form_at=page)
    if answer.status_code == 303:
        answer = await client.get(answer.headers["location"])
    return words_of(answer)


@pytest.fixture
async def spring(market: Market, client: CloudClient) -> str:
    """A coupon of ten per cent, and a cart with two bottles for 57.80 EUR."""
    async with market.database.unit_of_work() as session:
        await promote(session, "SPRING", name="Spring sale")
    await put_in_cart(market, client, bottles=2)
    return "spring"


async def test_a_coupon_in_the_cart_shows_what_it_saves_and_can_be_taken_out(
    client: CloudClient, spring: str
) -> None:
    shown = await _use(client, spring)
    page = (await client.get("/cart")).text
    button = re.search(r'value="(remove-\d+)"', page)
    assert button
    removed = await client.post_form("/cart/codes", {"act": button[1]}, form_at="/cart")

    assert "SPRING saves €5.78" in shown
    assert "Spring sale SPRING \N{MINUS SIGN}€5.78" in shown
    assert removed.status_code == 303
    assert "SPRING" not in words_of(await client.get("/cart"))


async def test_an_unknown_code_is_said_beside_its_field(client: CloudClient, spring: str) -> None:
    shown = await _use(client, "no-such-code")

    assert "We do not know this code." in shown
    assert "Total" in shown


@pytest.mark.parametrize("act", ["remove-", "remove-x", "remove-99999999999999999999", "what"])
async def test_a_button_that_is_none_of_ours_changes_nothing(
    client: CloudClient, spring: str, act: str
) -> None:
    answer = await client.post_form("/cart/codes", {"act": act}, form_at="/cart")

    assert answer.status_code == 303


async def test_a_code_typed_at_checkout_is_entered_before_anything_is_ordered(
    client: CloudClient, market: Market, spring: str
) -> None:
    page = await client.get("/checkout")
    fields = {**FORM, "seen_total_minor": seen_total(page.text), "code": spring}
    answer = await client.post_form("/checkout", fields, form_at="/checkout")

    assert answer.status_code == 200
    assert "Order and pay €52.02" in words_of(answer)
    assert 'value="Lindenweg 7"' in answer.text
    assert await market.scalar("SELECT count(*) FROM orders") == 0


async def test_a_gift_card_pays_a_part_and_the_page_asks_for_the_rest(
    client: CloudClient, market: Market, spring: str
) -> None:
    async with market.database.unit_of_work() as session:
        issued = await give_card(session, 2000, market.clock.now())
    await _use(client, issued.code)
    page = await client.get("/checkout")
    seen = re.search(r'name="seen_due_minor" value="(\d+)"', page.text)
    assert seen
    fields = {**FORM, "seen_total_minor": seen_total(page.text), "seen_due_minor": seen[1]}
    order = await pay_and_return(market, client, await client.post_form("/checkout", fields))

    assert f"Gift card ending in {issued.card.ending} \N{MINUS SIGN}€20.00" in words_of(page)
    assert "Left to pay €37.80" in words_of(page)
    assert "Paid" in words_of(order)
    assert await market.scalar("SELECT amount_minor FROM payments") == 3780


async def test_an_order_that_a_gift_card_pays_goes_straight_to_its_own_page(
    client: CloudClient, market: Market, spring: str
) -> None:
    async with market.database.unit_of_work() as session:
        issued = await give_card(session, 9000, market.clock.now())
    await _use(client, issued.code)
    page = await client.get("/checkout")
    fields = {**FORM, "seen_total_minor": seen_total(page.text), "seen_due_minor": "0"}
    answer = await client.post_form("/checkout", fields)

    assert "Order; nothing is left to pay" in words_of(page)
    assert "/orders/" in answer.headers["location"]
    assert await market.scalar("SELECT status FROM orders") == "PAID"
