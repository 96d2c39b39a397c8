"""The languages on offer, chosen at the foot of every page without a script."""

import pytest
from sqlalchemy import text

pytestmark = pytest.mark.needs_postgres


@pytest.fixture
async def polyglot(database):
    """A shop in three languages."""
    async with database.unit_of_work() as session:
        await session.execute(text("""UPDATE site_settings SET languages = '["en", "de", "es"]'"""))


@pytest.mark.usefixtures("polyglot")
async def test_a_language_is_chosen_by_a_plain_form_and_remembered(client):
    before = (await client.get("/sign-in")).text
    assert '<html lang="en"' in before
    for code, name in (("en", "English"), ("de", "Deutsch"), ("es", "Español")):
        assert f'value="{code}" lang="{code}"' in before
        assert f">{name}</button>" in before

    answer = await client.post_form(
        "/language", {"language": "de", "back": "/sign-in"}, form_at="/sign-in"
    )

    assert answer.headers["location"] == "/sign-in"
    after = (await client.get("/sign-in")).text
    assert '<html lang="de"' in after
    assert 'lang="de" aria-current="true"' in after


async def test_a_shop_of_one_language_offers_no_choice(client):
    assert 'action="/language"' not in (await client.get("/sign-in")).text


@pytest.mark.usefixtures("polyglot")
async def test_a_members_mails_follow_the_language_they_choose(customer):
    choice = {"language": "es", "back": "/account/profile"}

    await customer.post_form("/language", choice, form_at="/account/profile")

    assert (await customer.get("/api/v1/me")).json()["language"] == "es"


async def test_a_language_that_the_shop_does_not_speak_is_refused_and_changes_nothing(
    customer, database
):
    async with database.unit_of_work() as session:
        await session.execute(text("""UPDATE site_settings SET languages = '["en", "de"]'"""))
    await customer.post_form("/language", {"language": "de"}, form_at="/account/profile")

    refused = [
        await customer.post_form("/language", {"language": wish}, form_at="/account/profile")
        for wish in ("es", "xx")
    ]
    by_program = await customer.patch_json("/api/v1/me", {"language": "xx"})

    assert [one.status_code for one in refused] == [422, 422]
    assert "Der Shop spricht diese Sprache nicht." in refused[0].text
    assert "scent_language" not in str([one.headers.get("set-cookie") for one in refused])
    assert (by_program.status_code, by_program.json()["code"]) == (422, "language_unknown")
    assert (await customer.get("/api/v1/me")).json()["language"] == "de"
    assert '<html lang="de"' in (await customer.get("/account/profile")).text
