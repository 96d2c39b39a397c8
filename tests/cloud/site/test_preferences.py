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


@pytest.mark.usefixtures("polyglot")
async def test_a_language_that_nobody_here_speaks_leaves_the_account_alone(customer):
    before = (await customer.get("/api/v1/me")).json()["language"]

    await customer.post_form("/language", {"language": "xx"}, form_at="/account/profile")

    assert (await customer.get("/api/v1/me")).json()["language"] == before
