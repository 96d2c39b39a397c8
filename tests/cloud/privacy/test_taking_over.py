"""The owner of an address takes over the account that somebody else made with it.

Whatever the other could act by, be charged by, or be sent parcels by is gone; the account is not.
"""

from typing import Any

import pytest
from sqlalchemy import text

from cloud.accounts.kinds import LinkPurpose
from cloud.foundation.identity import Role
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Home, Market
from tests.fakes.refills import agree

pytestmark = pytest.mark.needs_postgres

EMAIL = "customer@example.org"
PASSWORD = "three other unrelated words"
NEW_CARD = "pm_card_mastercard"


async def take_over(market: Market, owner: CloudClient) -> None:
    """Prove the address by a mailed link, choose a password, sign in."""
    desk = market.parts.desk
    async with market.database.unit_of_work() as session:
        user = await desk.users.find_by_email(session, EMAIL)
        assert user is not None
        token = await desk.links.mint(
            session, LinkPurpose.RESET_PASSWORD, user_id=user.id, email=EMAIL
        )
    reset = {"token": token, "password": PASSWORD}
    assert (await owner.post_json("/api/v1/auth/password", reset)).status_code == 204
    credentials = {"email": EMAIL, "password": PASSWORD}
    assert (await owner.post_json("/api/v1/auth/sign-in", credentials)).status_code == 200


async def cards(client: CloudClient) -> list[str]:
    return [card["last4"] for card in (await client.get("/api/v1/me/cards")).json()]


async def test_r33_the_cards_of_who_was_there_before_are_nobodys(
    market: Market, customer: CloudClient, client: CloudClient
) -> None:
    method_id = await market.give_card(await market.user_id())
    left_open = (await customer.post_json("/api/v1/me/cards")).json()["url"]

    await take_over(market, client)
    # What was begun on their customer before counts for nothing after.
    market.stripe.pay(left_open.rsplit("/", 1)[-1])
    await market.settle()

    assert await cards(client) == []
    assert market.stripe.account.objects[method_id]["customer"] is None
    assert market.stripe.count("customer") == 0


async def test_the_owner_saves_cards_of_their_own_with_a_customer_of_their_own(
    market: Market, customer: CloudClient, client: CloudClient
) -> None:
    await market.give_card(await market.user_id())
    await take_over(market, client)
    await market.settle()

    page = (await client.post_json("/api/v1/me/cards")).json()["url"]
    market.stripe.pay(page.rsplit("/", 1)[-1], NEW_CARD)
    await market.settle()

    assert await cards(client) == ["4444"]
    assert market.stripe.count("customer") == 1


async def test_r33_tokens_addresses_and_files_of_before_are_gone(
    market: Market, admin: CloudClient, client: CloudClient, app: Any
) -> None:
    wish = {"name": "Mine", "scopes": ["orders:view"]}
    key = (await admin.post_json("/api/v1/me/tokens", wish)).json()["token"]
    await market.give_address(await market.user_id("admin@example.org"))
    await admin.post_json("/api/v1/me/export")
    await market.run("UPDATE users SET email = :email", email=EMAIL)

    await take_over(market, client)

    async with CloudClient(app, headers={"authorization": f"Bearer {key}"}) as program:
        assert (await program.get("/api/v1/staff/orders")).status_code == 401
    assert (await client.get("/api/v1/me/addresses")).json() == []
    assert await market.scalar("SELECT count(*) FROM data_exports") == 0
    assert (await admin.get("/api/v1/me")).status_code == 401


async def test_r33_a_home_paired_before_is_parted_and_orders_nothing_more(
    market: Market, customer: CloudClient, client: CloudClient, home: Home
) -> None:
    await market.give_card(home.user_id)
    assert await agree(market, customer, home) == 204

    await take_over(market, client)
    await market.settle()

    assert await market.scalar("SELECT revoked_at FROM hubs") is not None
    assert (await client.get("/api/v1/me/slots")).json() == []
    live = "SELECT count(*) FROM reorder_consents WHERE revoked_at IS NULL"
    assert await market.scalar(live) == 0


async def test_r33_a_home_that_others_live_in_stays_theirs(
    market: Market, customer: CloudClient, client: CloudClient, sign_in_as: Any
) -> None:
    home = await market.open_home(await market.user_id())
    await sign_in_as(Role.CUSTOMER, "other@example.org")
    async with market.database.unit_of_work() as session:
        await session.execute(
            text("INSERT INTO household_members VALUES (:home, :user, 'OWNER')"),
            {"home": home.key.household_id, "user": await market.user_id("other@example.org")},
        )

    await take_over(market, client)

    assert await market.scalar("SELECT revoked_at FROM hubs") is None
    assert await market.scalar("SELECT count(*) FROM household_members") == 1
