"""Cards that members save, choose and remove."""

import pytest

from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market

pytestmark = pytest.mark.needs_postgres


async def test_a_card_is_saved_on_the_providers_page_and_charged_nothing(
    market: Market, customer: CloudClient
) -> None:
    page = (await customer.post_json("/api/v1/me/cards")).json()["url"]

    market.stripe.pay(page.rsplit("/", 1)[-1], "pm_card_mastercard")
    await market.settle()

    cards = (await customer.get("/api/v1/me/cards")).json()
    assert [(card["brand"], card["last4"], card["is_default"]) for card in cards] == [
        ("mastercard", "4444", True)
    ]
    assert market.stripe.count("charge") == 0


async def test_one_card_is_the_default_and_removing_it_passes_that_on(
    market: Market, customer: CloudClient
) -> None:
    user_id = await market.user_id()
    await market.give_card(user_id)
    second = await market.give_card(user_id, "pm_card_mastercard")
    cards = (await customer.get("/api/v1/me/cards")).json()

    await customer.put_json(f"/api/v1/me/cards/{cards[1]['id']}/default")
    await customer.remove(f"/api/v1/me/cards/{cards[1]['id']}")
    await market.settle()

    left = (await customer.get("/api/v1/me/cards")).json()
    assert [(card["last4"], card["is_default"]) for card in left] == [("4242", True)]
    assert market.stripe.account.objects[second]["customer"] is None


async def test_a_card_of_somebody_else_is_not_there(
    market: Market, customer: CloudClient, staff: CloudClient
) -> None:
    await market.give_card(await market.user_id())
    (card,) = (await customer.get("/api/v1/me/cards")).json()

    assert (await staff.remove(f"/api/v1/me/cards/{card['id']}")).status_code == 404


async def test_a_card_that_the_provider_detached_is_gone_here_too(
    market: Market, customer: CloudClient
) -> None:
    method_id = await market.give_card(await market.user_id())

    await market.parts.gateway.forget_card(method_id)
    await market.settle()

    assert (await customer.get("/api/v1/me/cards")).json() == []


async def test_two_default_cards_are_refused_by_the_schema(
    market: Market, customer: CloudClient
) -> None:
    user_id = await market.user_id()
    await market.give_card(user_id)
    await market.give_card(user_id)

    with pytest.raises(Exception, match="uq_saved_cards_default"):
        await market.scalar("UPDATE saved_cards SET is_default = true")


async def test_the_portal_opens_for_the_members_own_customer(
    market: Market, customer: CloudClient
) -> None:
    user_id = await market.user_id()
    await market.give_card(user_id)

    link = (await customer.post_json("/api/v1/me/cards/portal")).json()["url"]
    page = await customer.post_form("/account/cards/portal", {}, form_at="/account/cards")

    (newest, first) = market.stripe.account.all("billing_portal.session")
    known = "SELECT provider_customer_id FROM payment_customers WHERE user_id = :id"
    assert link == first["url"]
    assert page.headers["location"] == newest["url"]
    assert {newest["customer"], first["customer"]} == {await market.scalar(known, id=user_id)}
    assert newest["return_url"].endswith("/account/cards")
