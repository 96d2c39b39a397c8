"""Signing in by Google: what lets somebody in, and which answers are worth nothing."""

import asyncio
import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.fakes.cloud_client import CloudClient
from tests.fakes.oidc.visits import come_in, go

pytestmark = pytest.mark.needs_postgres


async def _me(client: CloudClient) -> dict[str, object] | None:
    answer = await client.get("/api/v1/me")
    return answer.json() if answer.status_code == 200 else None


async def test_somebody_new_gets_an_account_a_welcome_and_a_proven_address(client, provider):
    answer = await come_in(client)

    assert answer.headers["location"] == "/welcome"
    assert "robin@example.org" in (await client.get("/welcome")).text
    me = await _me(client)
    assert me["name"] == "Robin at Google"
    assert me["email_verified_at"] is not None


async def test_a_friends_invitation_comes_along_to_google_and_back(client, app, customer, parts):
    code = (await customer.get("/api/v1/me/invitation")).json()["code"]
    led = await client.get(f"/invited/{code}")
    page = (await client.get(led.headers["location"])).text
    way = html.unescape(re.search(r'href="(/sign-in/google[^"]*)"', page)[1])

    path = await go(client, await client.get(way))
    await client.get(path)
    async with CloudClient(app) as uninvited:
        await uninvited.get(f"/sign-in/google?invitation={code}")
        await come_in(uninvited)

    friends = (
        "SELECT i.email::text, f.email::text FROM referrals r"
        " JOIN users i ON i.id = r.inviter_id JOIN users f ON f.id = r.friend_id"
    )
    async with parts.database.reading() as connection:
        found = [tuple(row) for row in await connection.execute(text(friends))]
    assert found == [("customer@example.org", "robin@example.org")]
    assert all("invitation" not in name for name in client.cookies)


async def test_who_comes_again_is_the_same_person_and_goes_where_they_wanted(client, app):
    await come_in(client)

    async with CloudClient(app) as elsewhere:
        answer = await come_in(elsewhere, "/cart")
        assert answer.headers["location"] == "/cart"
        assert (await _me(elsewhere))["id"] == (await _me(client))["id"]


async def test_another_address_at_google_is_still_the_same_person(client, app, provider):
    await come_in(client)
    provider.person = type(provider.person)(email="other@example.org")

    async with CloudClient(app) as elsewhere:
        await come_in(elsewhere)
        assert (await _me(elsewhere))["email"] == "robin@example.org"


async def test_an_answer_for_another_sign_in_lets_nobody_in(client, provider):
    provider.faults.claims = {"nonce": "another"}

    answer = await come_in(client)

    assert answer.status_code == 403
    assert "another sign-in" in answer.text
    assert await _me(client) is None


async def test_a_forged_state_is_refused(client, provider):
    begun = await client.get("/sign-in/google")
    path = await go(client, begun)

    answer = await client.get(path.replace("state=", "state=x"), headers={"accept": "text/html"})

    assert answer.status_code == 403
    assert "not begun in this browser" in answer.text


async def test_the_way_back_of_another_browser_is_refused(client, app):
    path = await go(client, await client.get("/sign-in/google"))

    async with CloudClient(app) as victim:
        await victim.get("/sign-in/google")
        answer = await victim.get(path, headers={"accept": "text/html"})

        assert answer.status_code == 403
        assert await _me(victim) is None


async def test_the_way_back_works_once_even_for_many_at_once(app):
    async with CloudClient(app) as client:
        path = await go(client, await client.get("/sign-in/google"))

        answers = await asyncio.gather(*(client.get(path) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [303, 403, 403, 403]


async def test_the_way_there_and_back_takes_a_quarter_of_an_hour_at_most(client, clock):
    path = await go(client, await client.get("/sign-in/google"))
    clock.step(timedelta(minutes=15))

    answer = await client.get(path, headers={"accept": "text/html"})

    assert answer.status_code == 403
    assert "over already" in answer.text


async def test_who_says_no_at_google_reads_so(client):
    await client.get("/sign-in/google")

    answer = await client.get("/sign-in/google/callback?error=access_denied&state=x")

    assert answer.status_code == 403
    assert "broken off" in answer.text


async def test_a_provider_that_is_down_is_said_so(client, provider):
    provider.faults.is_down = True

    answer = await client.get("/sign-in/google", headers={"accept": "text/html"})

    assert answer.status_code == 503
    assert "Google does not answer" in answer.text


async def test_nobody_tries_forever(client, provider):
    codes = [
        (await client.get("/sign-in/google/callback?state=a&code=b")).status_code for _ in range(31)
    ]

    assert codes == [403] * 30 + [429]


async def test_the_tokens_of_google_are_not_to_be_read_in_the_database(client, parts, database):
    await come_in(client)

    async with database.reading() as connection:
        row = (await connection.execute(text("SELECT * FROM identities"))).one()

    assert b"access-of" not in row.access_token
    assert parts.sealer.open(row.access_token) == "access-of-subject-1"
    assert parts.sealer.open(row.refresh_token) == "refresh-of-subject-1"
