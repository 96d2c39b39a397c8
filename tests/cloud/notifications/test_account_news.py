"""What the owner of an account hears when it changes: in the account and by mail."""

import re
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from cloud.accounts.events import AccountReclaimed
from cloud.accounts.service.notices import Change
from cloud.foundation.events import emit
from cloud.notifications.texts import Texts
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Market
from tests.fakes.shelf import put_on_shelf

pytestmark = pytest.mark.needs_postgres

PASSWORD = "correct horse battery staple"
OLD, NEW = "customer@example.org", "new@example.org"
TITLES = {
    "en": "Your password was changed",
    "de": "Ihr Passwort wurde geändert",
    "es": "Se ha cambiado su contraseña",
}

HELD = ("use_consents", "quiz_runs", "notification_preferences", "reviews", "wishes")
STRANGERS = (
    "INSERT INTO use_consents (user_id, given_at) VALUES (:user_id, :now)",
    (
        "INSERT INTO quiz_editions (number, status, published_at, version)"
        " VALUES (99, 'RETIRED', :now, 1)"
    ),
    (
        "INSERT INTO quiz_runs (edition_id, user_id, step, started_at, touched_at)"
        " SELECT id, :user_id, 0, :now, :now FROM quiz_editions WHERE number = 99"
    ),
    (
        "INSERT INTO reviews (product_id, user_id, is_verified, keeps_text, author_name, language,"
        " status, rating, title, body, written_at)"
        " VALUES (:product_id, :user_id, false, false, '', 'en', 'PENDING', 3, '', 'x', :now)"
    ),
    (
        "INSERT INTO notification_preferences (user_id, topic, channel, is_wanted)"
        " VALUES (:user_id, 'offers', 'mail', true)"
    ),
    "INSERT INTO wishes (user_id, product_id, wished_at) VALUES (:user_id, :product_id, :now)",
)


async def speak(market: Market, language: str) -> None:
    async with market.database.unit_of_work() as session:
        await session.execute(text("""UPDATE site_settings SET languages = '["en", "de", "es"]'"""))
        await session.execute(text("UPDATE users SET language = :one"), {"one": language})


async def titles(client: CloudClient) -> list[str]:
    listed = (await client.get("/api/v1/me/notifications")).json()
    changes = [one for one in listed["notifications"] if one["kind"] == "PROFILE_UPDATE"]
    return [one["title"] for one in changes]


@pytest.mark.parametrize("language", TITLES)
async def test_a_new_password_is_told_in_the_account_and_by_mail_in_ones_language(
    language: str, customer: CloudClient, market: Market, mailbox: Mailbox
) -> None:
    await speak(market, language)
    change = {"old": PASSWORD, "new": "three other unrelated words"}

    await customer.put_json("/api/v1/me/password", change)
    await market.do_jobs()

    assert await titles(customer) == [TITLES[language]]
    (mail,) = [mail for mail in mailbox.mails if mail.subject == TITLES[language]]
    assert mail.recipient == OLD
    assert f'<html lang="{language}">' in mail.html
    assert "/account/security" in mail.text


async def test_a_name_is_told_when_it_is_another_one(
    customer: CloudClient, market: Market, mailbox: Mailbox
) -> None:
    for name in ("Robin", "Robin ", "Robin B."):
        await customer.patch_json("/api/v1/me", {"name": name})
        market.clock.step(timedelta(seconds=1))
    await market.do_jobs()

    assert await titles(customer) == ["The name of your account was changed"] * 2


async def test_a_new_address_is_told_where_the_owner_was_reached_before(
    customer: CloudClient, market: Market, mailbox: Mailbox
) -> None:
    await customer.put_json("/api/v1/me/email", {"email": NEW})
    await market.do_jobs()
    (asked,) = [mail for mail in mailbox.mails if mail.recipient == NEW]
    link = re.search(r"/link/\S+", asked.text)
    assert link is not None

    await customer.post_form(link[0], {})
    await market.do_jobs()

    (told,) = [mail for mail in mailbox.mails if "another e-mail address" in mail.subject]
    assert told.recipient == OLD
    assert await titles(customer) == [told.subject]


async def test_a_device_that_an_account_was_never_opened_on_is_told_once(
    app: FastAPI, customer: CloudClient, market: Market, mailbox: Mailbox
) -> None:
    credentials = {"email": OLD, "password": PASSWORD}
    async with CloudClient(app, headers={"user-agent": "Another browser"}) as other:
        for _ in range(3):
            await other.post_json("/api/v1/auth/sign-in", credentials)
        await customer.post_json("/api/v1/auth/sign-in", credentials)
    await market.do_jobs()

    assert await titles(customer) == ["A new device signed in to your account"]
    (mail,) = [mail for mail in mailbox.mails if "new device" in mail.subject]
    assert "Device: Another browser" in mail.text


def test_every_change_has_words_of_its_own_in_every_language() -> None:
    texts = Texts.load()
    for language in TITLES:
        said = {texts.wording(f"PROFILE_{change}", language, {}).title for change in Change}
        assert len(said) == len(Change)


async def test_what_a_stranger_said_in_the_name_of_an_account_ends_when_its_owner_claims_it(
    market: Market, customer: CloudClient
) -> None:
    async with market.database.unit_of_work() as session:
        product_id = (await put_on_shelf(session, "SAID-1", bottles=1)).product_id
        user_id = await market.user_id()
        values = {"user_id": user_id, "product_id": product_id, "now": market.clock.now()}
        for statement in STRANGERS:
            await session.execute(text(statement), values)
    assert [await market.scalar(f"SELECT count(*) FROM {one}") for one in HELD] == [1] * len(HELD)

    async with market.database.unit_of_work() as session:
        await emit(session, AccountReclaimed(user_id, market.clock.now()))

    assert [await market.scalar(f"SELECT count(*) FROM {one}") for one in HELD] == [0] * len(HELD)
