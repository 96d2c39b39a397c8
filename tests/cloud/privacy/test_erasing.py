"""Being forgotten: nothing of a person is left, the books add up, open business goes first."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from cloud.accounts.kinds import LinkPurpose
from cloud.composition import Parts
from cloud.foundation.database import Database
from cloud.foundation.identity import Role
from cloud.gifts.service import find_due
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import ADDRESS, Market

pytestmark = pytest.mark.needs_postgres

EMAIL = "wanderlust@example.org"
HOME = {**ADDRESS.model_dump(), "recipient": "Wilma Wanderlust", "line1": "Wanderlust Street 1"}
# The law wants invoices as they were written, buyer and all, for years.
KEPT = ["invoices.paper"]
_TEXTS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name NOT LIKE 'procrastinate%'
    AND data_type IN ('text', 'jsonb', 'USER-DEFINED', 'character varying', 'ARRAY')
"""


@pytest.fixture
async def member(sign_in_as, parts: Parts, market: Market) -> CloudClient:
    """A member with a proven address, who is called Test as everybody here."""
    client: CloudClient = await sign_in_as(Role.CUSTOMER, EMAIL)
    async with parts.database.unit_of_work() as session:
        user = await parts.desk.users.find_by_email(session, EMAIL)
        assert user is not None
        await parts.desk.users.verify_email(session, user, EMAIL)
    return client


async def buy(market: Market, client: CloudClient) -> dict[str, Any]:
    variant_id = await market.scalar("SELECT id FROM variants")
    await client.post_json("/api/v1/cart/items", {"variant_id": variant_id, "quantity": 2})
    answer = await client.post_json(
        "/api/v1/checkout", {"shipping_address": HOME, "seen_total_minor": 5780}
    )
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def complete(market: Market, parts: Parts, placed: dict[str, Any]) -> None:
    market.stripe.pay(str(placed["url"]).rsplit("/", 1)[-1])
    await market.settle()
    async with parts.database.unit_of_work() as session:
        await session.execute(text("UPDATE orders SET status = 'COMPLETED'"))


async def _leave_a_cart(market: Market) -> None:
    """Have a guest of the same address agree to be reminded, and be told once."""
    cart_id = await market.scalar(
        "INSERT INTO carts (token_digest, used_at)"
        " VALUES (decode(repeat('38', 32), 'hex'), now()) RETURNING id"
    )
    await market.run(
        "INSERT INTO cart_consents (cart_id, email, language, words, agreed_at)"
        " VALUES (:id, :email, 'en', '2026-11', now())",
        id=cart_id,
        email=EMAIL,
    )
    await market.run(
        "INSERT INTO left_carts (cart_id, email, lines, left_at, told_at, link_ends_at)"
        " VALUES (:id, :email, '[{}]', now(), now(), now() + interval '14 days')",
        id=cart_id,
        email=EMAIL,
    )


async def _link(parts: Parts) -> str:
    async with parts.database.unit_of_work() as session:
        user = await parts.desk.users.find_by_email(session, EMAIL)
        assert user is not None
        return await parts.desk.links.mint(
            session, LinkPurpose.ERASE_ACCOUNT, user_id=user.id, email=EMAIL
        )


async def _where_is(database: Database, word: str) -> list[str]:
    async with database.reading() as connection:
        columns = (await connection.execute(text(_TEXTS))).all()
        found = []
        for table, column in columns:
            query = text(f'SELECT 1 FROM "{table}" WHERE "{column}"::text ILIKE :word LIMIT 1')
            if await connection.scalar(query, {"word": f"%{word}%"}):
                found.append(f"{table}.{column}")
    return found


async def test_nothing_of_a_person_is_left_and_the_books_add_up(
    member, market, parts, database, do_jobs, mailbox, staff
):
    await member.post_json("/api/v1/me/addresses", HOME)
    draft = {"email": EMAIL, "bottles": {"CEDBER-50": 1}, "address": HOME}
    assert (await staff.post_json("/api/v1/staff/drafts", draft)).status_code == 201
    await complete(market, parts, await buy(market, member))
    await _leave_a_cart(market)
    places = {"orders.email", "cart_consents.email", "left_carts.email"}
    assert places <= set(await _where_is(database, "wanderlust"))
    token = await _link(parts)

    answer = await member.post_form(f"/link/{token}", {})
    await do_jobs()

    assert "Everything is deleted" in answer.text
    assert await _where_is(database, "wanderlust") == KEPT
    assert (await member.get("/api/v1/me")).status_code == 401
    assert await market.scalar("SELECT total_minor FROM orders") == 5780
    assert await market.scalar("SELECT shipping_address ->> 'country' FROM orders") == "DE"
    assert any("deleted" in mail.text for mail in mailbox.mails)


async def test_the_address_is_free_again(member, market, parts, client):
    token = await _link(parts)
    await member.post_form(f"/link/{token}", {})

    answer = await client.post_json(
        "/api/v1/auth/sign-up",
        {"email": EMAIL, "name": "", "password": "correct horse battery staple"},
    )

    assert answer.status_code == 201


async def test_r44_an_account_with_an_open_order_goes_when_the_order_is_done(
    member, market, parts, database
):
    placed = await buy(market, member)
    token = await _link(parts)

    answer = await member.post_form(f"/link/{token}", {})
    assert "still open" in answer.text
    assert "still open" in (await member.get("/account/privacy")).text
    await complete(market, parts, placed)
    async with parts.database.unit_of_work() as session:
        await parts.privacy.look_after(session)
    await market.do_jobs()

    assert await _where_is(database, "wanderlust") == KEPT


async def test_r44_who_changed_their_mind_stays(member, market, parts):
    placed = await buy(market, member)
    await member.post_form(f"/link/{await _link(parts)}", {})

    await member.post_form("/account/privacy/stay", {}, form_at="/account/privacy")
    await complete(market, parts, placed)
    async with parts.database.unit_of_work() as session:
        await parts.privacy.look_after(session)
    await market.do_jobs()

    assert (await member.get("/api/v1/me")).status_code == 200


async def test_r44_erasing_and_checking_out_at_once_leaves_no_order_without_a_buyer(
    member, market, parts, database
):
    variant_id = await market.scalar("SELECT id FROM variants")
    await member.post_json("/api/v1/cart/items", {"variant_id": variant_id, "quantity": 2})
    token = await _link(parts)
    wish = {"shipping_address": HOME, "seen_total_minor": 5780}

    bought, erased = await asyncio.gather(
        member.post_json("/api/v1/checkout", wish),
        member.post_form(f"/link/{token}", {}),
    )

    orders = await market.scalar("SELECT count(*) FROM orders")
    users = await market.scalar("SELECT count(*) FROM users WHERE erased_at IS NOT NULL")
    assert bought.status_code < 500, bought.text
    assert erased.status_code < 500, erased.text
    assert not (orders and users)


async def test_the_file_holds_everything_but_no_secret(member, market, parts, do_jobs):
    await member.post_json("/api/v1/me/addresses", HOME)
    await complete(market, parts, await buy(market, member))

    await member.post_form("/account/privacy/export", {}, form_at="/account/privacy")
    await do_jobs()
    file = await member.get("/account/privacy/export.json")

    held = file.json()
    assert held["account"][0]["email"] == EMAIL
    assert held["addresses"][0]["recipient"] == "Wilma Wanderlust"
    assert held["orders"][0]["lines"][0]["quantity"] == 2
    assert "password_hash" not in file.text
    assert "token_digest" not in file.text


async def test_staff_cannot_be_erased(staff):
    answer = await staff.post_form("/account/privacy/erase", {}, form_at="/account/privacy")

    assert answer.status_code == 422
    assert "staff account" in answer.text


async def test_whom_a_gift_card_was_for_is_forgotten_once_it_went_out(
    member, market, parts, database, do_jobs, mailbox
):
    day = (market.clock.now() + timedelta(days=2)).date()
    gift = {
        "amount_minor": 5000,
        "recipient_name": "Zenobia",
        "recipient_email": "zenobia@example.org",
        "message": "From your zenobian friend",
        "deliver_on": day.isoformat(),
    }
    await member.post_json("/api/v1/cart/gift-cards", gift)
    placed = await member.post_json("/api/v1/checkout", {"seen_total_minor": 5000})
    await complete(market, parts, placed.json())
    token = await _link(parts)
    assert "sold_gifts.recipient_email" in await _where_is(database, "zenobia")

    early = await member.post_form(f"/link/{token}", {})
    assert "has not gone out yet" in early.text
    await market.clock.advance(timedelta(days=3))
    async with parts.database.unit_of_work() as session:
        await find_due(session, market.clock.now())
    await market.settle()
    async with parts.database.unit_of_work() as session:
        await parts.privacy.look_after(session)
    await market.do_jobs()
    await do_jobs()

    assert [mail.recipient for mail in mailbox.mails].count("zenobia@example.org") == 1
    assert await _where_is(database, "zenobia") == []
    assert await market.scalar("SELECT balance_minor FROM gift_cards") == 5000
