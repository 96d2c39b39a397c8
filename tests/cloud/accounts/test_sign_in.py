"""Proving who one is by password, and what guards it."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from cloud import migrations
from cloud.accounts.service.passwords import Passwords, decoy
from cloud.app import build_app
from cloud.foundation.database import Database
from cloud.foundation.identity import Role
from tests.fakes.cloud_client import CloudClient

pytestmark = pytest.mark.needs_postgres

PASSWORD = "correct horse battery staple"
ANNA = {"email": "anna@example.org", "name": "Anna", "password": PASSWORD}


async def _session_tokens(client: CloudClient) -> str | None:
    return client.cookies.get("scent_session")


async def _sign_in(client: CloudClient, password: str = PASSWORD, email: str = ANNA["email"]):
    return await client.post_json("/api/v1/auth/sign-in", {"email": email, "password": password})


async def test_signing_up_signs_in(client):
    answer = await client.post_json("/api/v1/auth/sign-up", ANNA)

    assert answer.status_code == 201
    assert answer.json()["role"] == "CUSTOMER"
    assert (await client.get("/api/v1/me")).json()["email"] == "anna@example.org"


async def test_addresses_that_differ_by_case_are_one_account(client, app):
    await client.post_json("/api/v1/auth/sign-up", ANNA)

    async with CloudClient(app) as other:
        answer = await other.post_json(
            "/api/v1/auth/sign-up", {**ANNA, "email": "ANNA@Example.ORG"}
        )

    assert answer.status_code == 409
    assert answer.json()["code"] == "email_taken"
    assert answer.json()["field"] == "email"


async def test_of_many_sign_ups_with_one_address_at_once_one_succeeds(app):
    async def sign_up() -> int:
        async with CloudClient(app) as client:
            return (await client.post("/api/v1/auth/sign-up", json=ANNA)).status_code

    codes = await asyncio.gather(*(sign_up() for _ in range(6)))

    assert sorted(codes) == [201, 409, 409, 409, 409, 409]


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "shorter"),
        ("x" * 201, "longer"),
        ("aaaaaaaaaaab", "different"),
        ("anna@example.org", "your e-mail"),
    ],
)
async def test_a_weak_password_is_refused_with_the_reason(client, password, reason):
    answer = await client.post_json("/api/v1/auth/sign-up", {**ANNA, "password": password})

    assert answer.status_code == 422
    assert answer.json()["code"] == "weak_password"
    assert reason in answer.json()["message"]


@pytest.mark.parametrize("email", ["anna", "anna@", "@example.org", "a b@example.org", "a@b@c"])
async def test_what_is_no_address_is_refused(client, email):
    answer = await client.post_json("/api/v1/auth/sign-up", {**ANNA, "email": email})

    assert answer.status_code == 422
    assert answer.json()["field"] == "email"


async def test_every_sign_in_makes_a_new_token_and_ends_the_old_one(client, app):
    await client.post_json("/api/v1/auth/sign-up", ANNA)
    first = await _session_tokens(client)

    await _sign_in(client)
    second = await _session_tokens(client)

    async with CloudClient(app, cookies={"scent_session": first}) as thief:
        assert (await thief.get("/api/v1/me")).status_code == 401
    assert first != second
    assert (await client.get("/api/v1/me")).status_code == 200


async def test_a_planted_token_is_never_taken_over(client, app):
    await client.post_json("/api/v1/auth/sign-up", ANNA)
    async with CloudClient(app, cookies={"scent_session": "planted"}) as victim:
        await _sign_in(victim)

    async with CloudClient(app, cookies={"scent_session": "planted"}) as thief:
        assert (await thief.get("/api/v1/me")).status_code == 401


async def test_the_token_is_not_in_the_database(client, database):
    await client.post_json("/api/v1/auth/sign-up", ANNA)
    token = await _session_tokens(client)

    async with database.reading() as connection:
        stored = await connection.scalar(text("SELECT user_sessions::text FROM user_sessions"))

    assert token not in stored


async def test_signing_out_ends_the_session_for_whoever_has_the_token(client, app):
    await client.post_json("/api/v1/auth/sign-up", ANNA)
    token = await _session_tokens(client)

    await client.post_json("/api/v1/auth/sign-out")

    assert await _session_tokens(client) is None
    async with CloudClient(app, cookies={"scent_session": token}) as thief:
        assert (await thief.get("/api/v1/me")).status_code == 401


async def test_wrong_and_unknown_are_answered_alike(client):
    await client.post_json("/api/v1/auth/sign-up", ANNA)

    wrong = await _sign_in(client, password="wrong password")
    unknown = await _sign_in(client, email="nobody@example.org")

    assert wrong.status_code == unknown.status_code == 403
    assert wrong.json() == unknown.json()


async def test_after_five_wrong_tries_even_the_right_password_waits(client, clock):
    await client.post_json("/api/v1/auth/sign-up", ANNA)
    for _ in range(5):
        await _sign_in(client, password="wrong password")

    refused = await _sign_in(client)
    clock.step(timedelta(minutes=3))
    taken = await _sign_in(client)

    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "180"
    assert taken.status_code == 200


async def test_a_right_password_gives_the_tries_back(client):
    await client.post_json("/api/v1/auth/sign-up", ANNA)
    for _ in range(3):
        for _ in range(4):
            await _sign_in(client, password="wrong password")
        assert (await _sign_in(client)).status_code == 200


async def test_one_network_address_cannot_try_many_accounts(client):
    codes = [
        (await _sign_in(client, email=f"user{number}@example.org")).status_code
        for number in range(31)
    ]

    assert codes == [403] * 30 + [429]


async def test_a_session_ends_after_a_month_whatever_its_use(customer, clock):
    for _ in range(5):
        clock.step(timedelta(days=6))
        last = await customer.get("/api/v1/me")

    assert last.status_code == 401


async def test_a_session_in_use_outlives_two_weeks(customer, clock):
    clock.step(timedelta(days=13))
    await customer.get("/api/v1/me")
    clock.step(timedelta(days=13))

    assert (await customer.get("/api/v1/me")).status_code == 200


async def test_a_session_nobody_uses_ends_after_two_weeks(customer, clock):
    clock.step(timedelta(days=14))

    assert (await customer.get("/api/v1/me")).status_code == 401


async def test_a_sign_in_of_staff_ends_after_half_a_day(app, parts, clock, sign_in_as):
    await sign_in_as(Role.ADMIN, "boss@example.org")
    async with CloudClient(app) as client:
        await _sign_in(client, email="boss@example.org")
        before = await client.get("/api/v1/me")
        clock.step(timedelta(hours=12))
        after = await client.get("/api/v1/me")

    assert (before.status_code, after.status_code) == (200, 401)


async def test_the_moment_of_the_proof_stays_when_the_session_is_used(parts, client, clock):
    await client.post_json("/api/v1/auth/sign-up", ANNA)
    began = clock.now()
    clock.step(timedelta(minutes=11))
    await client.get("/api/v1/me")

    sessions = (await client.get("/api/v1/me/sessions")).json()

    assert sessions[0]["signed_in_at"] == began.isoformat().replace("+00:00", "Z")
    assert sessions[0]["seen_at"] == clock.now().isoformat().replace("+00:00", "Z")


async def test_hashes_are_argon2_and_differ_for_equal_passwords(parts):
    passwords = Passwords(memory_kib=64)

    first, second = await passwords.hash(PASSWORD), await passwords.hash(PASSWORD)

    assert first.startswith("$argon2id$")
    assert first != second
    assert await passwords.check(PASSWORD, first) == (True, None)
    assert (await passwords.check("something else", first))[0] is False
    assert (await passwords.check("a password nobody has", None))[0] is False


async def test_the_decoy_asks_for_the_work_of_a_real_hash_and_is_nobodys():
    stored = await Passwords(memory_kib=64).hash(PASSWORD)

    found = decoy(64)

    # Algorithm, version, memory, turns and lanes stand before salt and digest.
    assert found.split("$")[:4] == stored.split("$")[:4]
    assert [len(part) for part in found.split("$")] == [len(part) for part in stored.split("$")]
    assert await Passwords(memory_kib=64).check(PASSWORD, found) == (False, None)


async def test_an_outdated_hash_is_renewed_at_the_next_sign_in(client, database):
    await client.post_json("/api/v1/auth/sign-up", ANNA)
    weak = await Passwords(memory_kib=32).hash(PASSWORD)
    async with database.unit_of_work() as session:
        await session.execute(text("UPDATE users SET password_hash = :weak"), {"weak": weak})

    await _sign_in(client)

    async with database.reading() as connection:
        stored = await connection.scalar(text("SELECT password_hash FROM users"))
    assert "m=64," in stored


async def test_the_page_shows_what_is_wrong_and_keeps_the_address(client):
    answer = await client.post_form("/sign-in", {"email": "anna@example.org", "password": "no"})

    assert answer.status_code == 403
    assert "do not belong together" in answer.text
    assert 'value="anna@example.org"' in answer.text
    assert "no" not in answer.text.split('type="password"')[1][:40]


async def test_the_page_leads_to_where_one_wanted_to_be(client):
    wanted = await client.get("/sign-in?next=/account/orders%3Fpage=2")
    assert 'value="/account/orders?page=2"' in wanted.text

    answer = await client.post_form(
        "/sign-up", {**ANNA, "next": "/account/orders?page=2"}, form_at="/sign-up"
    )

    assert answer.status_code == 303
    assert answer.headers["location"] == "/account/orders?page=2"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", ""]
)
async def test_the_page_never_leads_off_the_site(client, elsewhere):
    answer = await client.post_form("/sign-up", {**ANNA, "next": elsewhere})

    assert answer.headers["location"] == "/account"


async def test_a_page_that_needs_an_account_leads_to_the_sign_in(app):
    from fastapi.routing import APIRoute

    from cloud.foundation.web import CurrentUser

    async def secret(user: CurrentUser) -> str:
        return user.email

    app.router.routes.insert(0, APIRoute("/account/secret", secret))
    async with CloudClient(app) as client:
        answer = await client.get("/account/secret?x=1", headers={"accept": "text/html"})

    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Faccount%2Fsecret%3Fx%3D1"


async def test_signing_out_by_the_page_leads_to_the_start(customer):
    answer = await customer.post_form("/sign-out", {}, form_at="/status")

    assert answer.headers["location"] == "/"
    assert (await customer.get("/api/v1/me")).status_code == 401


async def test_a_bad_address_is_refused_by_the_database_itself(database: Database):
    async def insert(email: str) -> None:
        async with database.unit_of_work() as session:
            await session.execute(
                text("INSERT INTO users (email, name, role) VALUES (:email, '', 'CUSTOMER')"),
                {"email": email},
            )

    await insert("anna@example.org")
    for bad in ("ANNA@EXAMPLE.ORG", "no address", "x" * 255 + "@b"):
        with pytest.raises(Exception, match=r"users_email|email_shape"):
            await insert(bad)


async def test_a_burst_of_sign_ins_leaves_the_connections_to_others(settings, clock, database):
    slow = settings.model_copy(update={"database_pool": 2, "password_memory_kib": 65536})
    app = build_app(slow, schema_head=migrations.head(), clock=clock)

    async def sign_in(number: int) -> int:
        async with CloudClient(app) as client:
            wrong = {"email": f"user{number}@example.org", "password": "not the password"}
            return (await client.post("/api/v1/auth/sign-in", json=wrong)).status_code

    async with app.router.lifespan_context(app), CloudClient(app) as reader:
        burst = [asyncio.create_task(sign_in(number)) for number in range(16)]
        # How long it takes is the machine's affair; that it does not wait for them is ours.
        async with asyncio.timeout(60):
            answer = await reader.get("/api/v1/staff/site", headers={"cookie": "scent_session=x"})
            still_hashing = sum(not task.done() for task in burst)
            codes = await asyncio.gather(*burst)

    assert answer.status_code == 401
    assert still_hashing >= 8
    assert set(codes) == {403}
