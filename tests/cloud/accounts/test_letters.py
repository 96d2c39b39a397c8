"""The mails of accounts, each in every language of the shop."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from cloud.accounts.jobs import LETTERS
from cloud.composition import Parts, feature_folders
from cloud.foundation.letters import Letters, Look
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox

DoJobs = Callable[[], Awaitable[None]]

FACTS: dict[str, Any] = {
    "name": "Robin",
    "url": "https://shop.example.org/link/x",
    "hours": 72,
    "minutes": 60,
    "days": 3,
    "site_name": "Dufthaus",
    "look": Look("#2a7c8a", "#ffffff", ""),
}
KINDS = sorted({*LETTERS.values(), "accounts/invitation", "accounts/erased"})
PASSWORD = "correct horse battery staple"
JOIN = {"email": "robin@example.org", "name": "Robin", "password": PASSWORD}
SUBJECTS = {
    "en": "Please confirm your address for The Scent",
    "de": "Bitte bestätigen Sie Ihre Adresse für The Scent",
    "es": "Confirme su dirección en The Scent",
}


@pytest.mark.parametrize("language", ["de", "es"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_line_of_every_letter_is_said_in_every_language(kind: str, language: str) -> None:
    letters = Letters(feature_folders())
    english, said = letters.write(kind, FACTS), letters.write(kind, FACTS, language)

    assert f'<html lang="{language}">' in said.html
    assert english.subject != said.subject
    for before, after in ((english.text, said.text), (english.html, said.html)):
        assert not set(sentences(before)) & set(sentences(after))
        assert FACTS["url"] in after or kind == "accounts/erased"


def sentences(written: str) -> list[str]:
    """Return what a letter says, tags and addresses apart."""
    pieces = re.split(r"[.\n]|<[^>]*>", written)
    return [piece.strip() for piece in pieces if " " in piece.strip() and ":" not in piece]


@pytest.fixture
async def abroad(parts: Parts) -> None:
    """The shop speaks three languages."""
    async with parts.database.unit_of_work() as session:
        await session.execute(text("""UPDATE site_settings SET languages = '["en", "de", "es"]'"""))


@pytest.mark.needs_postgres
@pytest.mark.usefixtures("abroad")
@pytest.mark.parametrize("language", SUBJECTS)
async def test_who_joins_is_written_to_in_the_language_of_the_visit(
    language: str, client: CloudClient, mailbox: Mailbox, do_jobs: DoJobs
) -> None:
    client.headers["accept-language"] = f"{language}-XX,en;q=0.1"
    await client.post_json("/api/v1/auth/sign-up", JOIN)
    await do_jobs()

    assert [mail.subject for mail in mailbox.mails] == [SUBJECTS[language]]
    assert (await client.get("/api/v1/me")).json()["language"] == language


@pytest.mark.needs_postgres
@pytest.mark.usefixtures("abroad")
async def test_an_account_keeps_its_language_whoever_asks(
    client: CloudClient, app: FastAPI, mailbox: Mailbox, do_jobs: DoJobs
) -> None:
    client.headers["accept-language"] = "de"
    await client.post_json("/api/v1/auth/sign-up", JOIN)
    async with CloudClient(app, headers={"accept-language": "es"}) as elsewhere:
        await elsewhere.post_json("/api/v1/auth/password-link", {"email": JOIN["email"]})
    await do_jobs()

    assert "Neues Passwort für The Scent" in {mail.subject for mail in mailbox.mails}


@pytest.mark.needs_postgres
@pytest.mark.usefixtures("abroad")
async def test_an_account_without_a_language_is_written_to_in_that_of_the_visit(
    customer: CloudClient, client: CloudClient, mailbox: Mailbox, do_jobs: DoJobs
) -> None:
    client.cookies.set("scent_language", "es")
    await client.post_json("/api/v1/auth/password-link", {"email": "customer@example.org"})
    await do_jobs()

    assert "Contraseña nueva para The Scent" in {mail.subject for mail in mailbox.mails}
