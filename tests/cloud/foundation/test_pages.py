"""What every page finds, and how it looks to its reader."""

from datetime import UTC, date, datetime

import pytest

from cloud.foundation.logs import hide_secrets
from cloud.foundation.money import Money
from cloud.foundation.web.onward import local_path
from cloud.foundation.web.templates import PageFormat

pytestmark = pytest.mark.needs_postgres


async def test_a_page_knows_shop_reader_and_place(customer):
    page = (await customer.get("/status")).text

    assert "The Scent" in page
    assert "customer@example.org" in page
    assert 'lang="en"' in page


async def test_the_theme_is_remembered(client):
    answer = await client.post_form(
        "/theme", {"theme": "dark", "back": "/status"}, form_at="/status"
    )

    assert answer.headers["location"] == "/status"
    assert 'data-theme="dark"' in (await client.get("/status")).text


async def test_a_theme_that_does_not_exist_is_refused(client):
    answer = await client.post_form("/theme", {"theme": "plaid"}, form_at="/status")

    assert answer.status_code == 422


async def test_a_theme_from_a_strange_cookie_is_ignored(client):
    client.cookies.set("scent_theme", '"><script>')

    assert 'data-theme="auto"' in (await client.get("/status")).text


async def test_the_language_is_remembered_until_the_shop_has_it_no_more(client, database):
    from sqlalchemy import text

    async with database.unit_of_work() as session:
        await session.execute(text('UPDATE site_settings SET languages = \'["en", "de"]\''))

    await client.post_form("/language", {"language": "de"}, form_at="/status")
    german = (await client.get("/status")).text
    async with database.unit_of_work() as session:
        await session.execute(text('UPDATE site_settings SET languages = \'["en", "es"]\''))
    unknown = (await client.get("/status")).text

    assert 'lang="de"' in german
    assert 'lang="en"' in unknown


async def test_no_page_loads_anything_from_elsewhere(client):
    for path in ("/sign-in", "/sign-up", "/forgot-password", "/status", "/nothing"):
        page = (await client.get(path, headers={"accept": "text/html"})).text

        for attribute in ("src=", 'rel="stylesheet" href='):
            for rest in page.split(attribute)[1:]:
                assert rest.startswith('"/'), (path, rest[:60])
        assert "<style" not in page
        assert "onclick" not in page


def test_amounts_and_moments_are_written_for_their_reader():
    german = PageFormat("de", "Europe/Berlin")

    assert german.money(Money(129000, "EUR")) == "1.290,00\N{NO-BREAK SPACE}€"
    assert german.minor(500, "JPY") == "500\N{NO-BREAK SPACE}¥"
    assert german.date(date(2026, 3, 4), "long") == "4. März 2026"
    assert "13:30" in german.moment(datetime(2026, 3, 4, 12, 30, tzinfo=UTC), "short")


@pytest.mark.parametrize("path", ["/", "/account?x=1", "/a//b"])
def test_a_path_of_ours_is_kept(path):
    assert local_path(path) == path


@pytest.mark.parametrize("elsewhere", ["//x", "/\\x", "https://x", "x", "", "/\n/x", "/\t/x"])
def test_a_way_off_the_site_is_not_taken(elsewhere):
    assert local_path(elsewhere) == ""


def test_the_log_never_shows_a_secret():
    shown = hide_secrets(
        None,
        "info",
        {"event": "x", "password": "a", "csrf_token": "b", "inner": {"Authorization": "c"}, "n": 1},
    )

    assert shown == {
        "event": "x",
        "password": "(hidden)",
        "csrf_token": "(hidden)",
        "inner": {"Authorization": "(hidden)"},
        "n": 1,
    }
