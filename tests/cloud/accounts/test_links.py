"""One-time links: they work once, not for long, and are nowhere to be read."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from cloud.accounts.kinds import LinkPurpose
from cloud.foundation.identity import Role
from tests.fakes.cloud_client import CloudClient

pytestmark = pytest.mark.needs_postgres

PASSWORD = "correct horse battery staple"
BOSS = {"email": "boss@example.org", "name": "Boss", "password": PASSWORD}


async def _mint(parts, purpose: LinkPurpose, email: str | None = None) -> str:
    async with parts.database.unit_of_work() as session:
        user_id = None
        if email is not None:
            user = await parts.desk.users.create(
                session, email=email, name="Robin", role=Role.CUSTOMER
            )
            user_id = user.id
        return await parts.desk.links.mint(session, purpose, user_id=user_id, email=email)


async def test_the_first_admin_is_made_by_a_link(client, parts):
    token = await _mint(parts, LinkPurpose.FIRST_ADMIN)

    answer = await client.post_form(f"/link/{token}", BOSS)

    assert answer.headers["location"] == "/admin"
    assert (await client.get("/api/v1/me")).json()["role"] == "ADMIN"


async def test_a_link_works_once(client, app, parts):
    token = await _mint(parts, LinkPurpose.FIRST_ADMIN)
    await client.post_form(f"/link/{token}", BOSS)

    async with CloudClient(app) as second:
        answer = await second.get(f"/link/{token}")

    assert answer.status_code == 410
    assert "used already" in answer.text


async def test_of_many_who_use_a_link_at_once_one_gets_in(app, parts):
    token = await _mint(parts, LinkPurpose.SIGN_IN, "robin@example.org")

    async def use() -> int:
        async with CloudClient(app) as client:
            return (await client.post_form(f"/link/{token}", {}, form_at="/sign-in")).status_code

    codes = await asyncio.gather(*(use() for _ in range(5)))

    assert sorted(codes) == [303, 410, 410, 410, 410]


async def test_a_link_for_staff_is_too_old_after_half_an_hour(client, parts, clock):
    token = await _mint(parts, LinkPurpose.FIRST_ADMIN)
    clock.step(timedelta(minutes=30))

    assert (await client.get(f"/link/{token}")).status_code == 410


async def test_looking_at_a_link_does_not_spend_it(client, parts):
    token = await _mint(parts, LinkPurpose.SIGN_IN, "robin@example.org")
    for _ in range(3):
        assert (await client.get(f"/link/{token}")).status_code == 200

    answer = await client.post_form(f"/link/{token}", {})

    assert answer.headers["location"] == "/account"


async def test_a_form_that_is_refused_leaves_the_link_usable_and_no_account(client, parts):
    token = await _mint(parts, LinkPurpose.FIRST_ADMIN)

    refused = await client.post_form(f"/link/{token}", {**BOSS, "password": "short"})
    taken = await client.post_form(f"/link/{token}", BOSS)

    assert refused.status_code == 422
    assert "shorter than" in refused.text
    assert taken.status_code == 303


async def test_a_customer_who_knows_the_password_becomes_the_first_admin(client, app, parts):
    await client.post_json("/api/v1/auth/sign-up", BOSS)
    token = await _mint(parts, LinkPurpose.FIRST_ADMIN)

    async with CloudClient(app) as stranger:
        wrong = await stranger.post_form(
            f"/link/{token}", {**BOSS, "password": "four unrelated words"}
        )
    right = await client.post_form(f"/link/{token}", BOSS)

    assert wrong.status_code == 403
    assert right.status_code == 303
    assert (await client.get("/api/v1/me")).json()["role"] == "ADMIN"


async def test_a_link_of_another_purpose_opens_nothing(client, parts):
    token = await _mint(parts, LinkPurpose.VERIFY_EMAIL, "robin@example.org")

    answer = await client.post_json("/api/v1/auth/password", {"token": token, "password": PASSWORD})

    assert answer.status_code == 410


async def test_the_token_is_not_in_the_database(parts, database):
    token = await _mint(parts, LinkPurpose.FIRST_ADMIN)

    async with database.reading() as connection:
        stored = await connection.scalar(text("SELECT one_time_links::text FROM one_time_links"))

    assert token not in stored


async def test_the_token_is_not_in_the_log(client, parts, capsys):
    token = await _mint(parts, LinkPurpose.SIGN_IN, "robin@example.org")
    await client.post_form(f"/link/{token}", {})

    written = capsys.readouterr()

    assert "/link/{token}" in written.out + written.err
    assert token not in written.out + written.err


async def test_signing_up_mails_a_link_that_confirms_the_address(client, mailbox, do_jobs):
    await client.post_json("/api/v1/auth/sign-up", BOSS)
    await do_jobs()
    (mail,) = mailbox.mails
    path = mail.links[0].removeprefix("http://127.0.0.1")

    await client.post_form(path, {})

    assert mail.recipient == "boss@example.org"
    assert mail.subject == "Please confirm your address for The Scent"
    assert mail.links[0] in mail.html
    assert (await client.get("/api/v1/me")).json()["email_verified_at"] is not None


async def test_a_forgotten_password_is_replaced_by_a_mailed_link(client, app, mailbox, do_jobs):
    await client.post_json("/api/v1/auth/sign-up", BOSS)
    await client.post_form("/forgot-password", {"email": "Boss@example.org"})
    await do_jobs()
    mail = next(mail for mail in mailbox.mails if "password" in mail.subject)

    async with CloudClient(app) as elsewhere:
        path = mail.links[0].removeprefix("http://127.0.0.1")
        await elsewhere.post_form(path, {"password": "an entirely new secret"})
        old = await elsewhere.post_json(
            "/api/v1/auth/sign-in", {"email": BOSS["email"], "password": PASSWORD}
        )
        new = await elsewhere.post_json(
            "/api/v1/auth/sign-in",
            {"email": BOSS["email"], "password": "an entirely new secret"},
        )

    assert old.status_code == 403
    assert new.status_code == 200
    assert (await client.get("/api/v1/me")).status_code == 401


async def test_asking_for_a_link_never_tells_whether_there_is_an_account(client, mailbox, do_jobs):
    known = await client.post_form("/forgot-password", {"email": "nobody@example.org"})
    await do_jobs()

    assert known.status_code == 200
    assert "If there is an account" in known.text
    assert mailbox.mails == []


async def test_a_newer_link_makes_the_older_one_useless(client, mailbox, do_jobs):
    await client.post_json("/api/v1/auth/sign-up", BOSS)
    for _ in range(2):
        await client.post_json("/api/v1/auth/password-link", {"email": BOSS["email"]})
        await do_jobs()
    old, new = (mail for mail in mailbox.mails if "password" in mail.subject)

    assert (await client.get(old.links[0])).status_code == 410
    assert (await client.get(new.links[0])).status_code == 200


async def test_a_mail_that_was_refused_for_now_is_tried_again(client, mailbox, do_jobs, database):
    mailbox.refusal = "451 busy"
    await client.post_json("/api/v1/auth/sign-up", BOSS)
    await do_jobs()
    mailbox.refusal = None
    async with database.unit_of_work() as session:
        await session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL"))

    await do_jobs()

    assert [mail.recipient for mail in mailbox.mails] == ["boss@example.org"]


async def test_a_mail_that_was_refused_for_good_is_given_up(client, mailbox, do_jobs, database):
    mailbox.refusal = "550 no such person"
    await client.post_json("/api/v1/auth/sign-up", BOSS)

    await do_jobs()

    async with database.reading() as connection:
        waiting = await connection.scalar(
            text("""
                SELECT count(*) FROM procrastinate_jobs
                WHERE status = 'todo' AND task_name = 'accounts.mail_link'
            """)
        )
    assert waiting == 0
