"""Who may link which account with Google: nobody takes over an account by it (S-014)."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from cloud.accounts.kinds import LinkPurpose
from cloud.foundation.identity import Role
from tests.fakes.cloud_client import CloudClient
from tests.fakes.oidc.server import Person
from tests.fakes.oidc.visits import come_in, go

pytestmark = pytest.mark.needs_postgres

PASSWORD = "correct horse battery staple"
EMAIL = "robin@example.org"


async def _prove(parts, email: str = EMAIL) -> None:
    async with parts.database.unit_of_work() as session:
        user = await parts.desk.users.find_by_email(session, email)
        await parts.desk.users.verify_email(session, user, email)


async def _mint(parts, purpose: LinkPurpose, email: str = EMAIL) -> str:
    async with parts.database.unit_of_work() as session:
        user = await parts.desk.users.find_by_email(session, email)
        return await parts.desk.links.mint(session, purpose, user_id=user.id, email=email)


async def _is_in(client: CloudClient) -> bool:
    return (await client.get("/api/v1/me")).status_code == 200


async def _signs_in(app, email: str = EMAIL, password: str = PASSWORD) -> bool:
    async with CloudClient(app) as client:
        answer = await client.post_json(
            "/api/v1/auth/sign-in", {"email": email, "password": password}
        )
        return answer.status_code == 200


async def _link(client: CloudClient):
    form_at = "/account/security"
    begun = await client.post_form("/account/security/google", {}, form_at=form_at)
    return await client.get(await go(client, begun), headers={"accept": "text/html"})


async def test_an_account_with_a_proven_address_is_linked_and_its_owner_told(
    sign_in_as, parts, app, mailbox, do_jobs
):
    await sign_in_as(Role.CUSTOMER, EMAIL)
    await _prove(parts)

    async with CloudClient(app) as client:
        await come_in(client)
        assert await _is_in(client)
    await do_jobs()

    assert any("Google account was linked" in letter.subject for letter in mailbox.mails)


async def test_r33_an_unproven_account_is_not_linked_by_googles_word(sign_in_as, app, database):
    squatter = await sign_in_as(Role.CUSTOMER, EMAIL)

    async with CloudClient(app) as owner:
        answer = await come_in(owner)
        assert not await _is_in(owner)

    assert answer.status_code == 422
    assert "cannot yet be sure" in answer.text
    assert await _is_in(squatter)
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM identities")) == 0


async def test_r33_who_made_an_account_in_anothers_name_is_out_when_the_owner_comes(
    sign_in_as, app, parts, provider
):
    squatter = await sign_in_as(Role.CUSTOMER, EMAIL)
    provider.person = Person(subject="squatter", email="squatter@example.org")
    await _link(squatter)
    token = await _mint(parts, LinkPurpose.RESET_PASSWORD)

    async with CloudClient(app) as owner:
        await owner.post_form(f"/link/{token}", {"password": "three other unrelated words"})

    assert not await _is_in(squatter)
    assert not await _signs_in(app)
    async with CloudClient(app) as again:
        await come_in(again)
        assert (await again.get("/api/v1/me")).json()["email"] == "squatter@example.org"


async def test_r33_confirming_an_address_elsewhere_ends_a_password_of_somebody_else(
    sign_in_as, app, parts
):
    squatter = await sign_in_as(Role.CUSTOMER, EMAIL)
    token = await _mint(parts, LinkPurpose.VERIFY_EMAIL)

    async with CloudClient(app) as owner:
        answer = await owner.post_form(f"/link/{token}", {})
        chosen = await owner.post_form(
            answer.headers["location"], {"password": "three other unrelated words"}
        )

    assert chosen.headers["location"] == "/sign-in"
    assert not await _is_in(squatter)
    assert not await _signs_in(app)
    assert await _signs_in(app, password="three other unrelated words")


async def test_confirming_an_address_with_the_password_keeps_everything(sign_in_as, app, parts):
    client = await sign_in_as(Role.CUSTOMER, EMAIL)
    token = await _mint(parts, LinkPurpose.VERIFY_EMAIL)

    async with CloudClient(app) as phone:
        wrong = await phone.post_form(f"/link/{token}", {"password": "not the right words"})
        right = await phone.post_form(f"/link/{token}", {"password": PASSWORD})

    assert (wrong.status_code, right.status_code) == (403, 303)
    me = (await client.get("/api/v1/me")).json()
    assert me["email_verified_at"] is not None
    assert await _signs_in(app)


async def test_r33_the_owner_and_a_squatter_at_once_leave_one_account(app, database):
    async with CloudClient(app) as owner, CloudClient(app) as squatter:
        path = await go(owner, await owner.get("/sign-in/google"))
        body = {"email": EMAIL, "name": "", "password": PASSWORD}

        await asyncio.gather(owner.get(path), squatter.post_json("/api/v1/auth/sign-up", body))
        both_in = await _is_in(owner) and await _is_in(squatter)

    async with database.reading() as connection:
        count = await connection.scalar(
            text("SELECT count(*) FROM users WHERE email = 'robin@example.org'")
        )
    assert count == 1
    assert not both_in


async def test_googles_unproven_address_opens_nothing(client, provider, database):
    provider.person = Person(is_email_verified=False)

    answer = await come_in(client)

    assert answer.status_code == 422
    assert "not confirmed" in answer.text
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM users")) == 0


async def test_a_staff_account_is_linked_by_nobodys_word_but_its_owners(sign_in_as, app, parts):
    admin = await sign_in_as(Role.ADMIN, EMAIL)
    await _prove(parts)

    async with CloudClient(app) as stranger:
        refused = await come_in(stranger)
    linked = await _link(admin)

    assert refused.status_code == 422
    assert linked.headers["location"] == "/account/security"
    async with CloudClient(app) as again:
        assert (await come_in(again)).headers["location"] == "/admin"


async def test_linking_needs_a_sign_in_of_minutes_ago(customer, clock):
    clock.step(timedelta(minutes=11))
    page = await customer.get("/account/security")
    form = {"csrf_token": page.text.split('name="csrf_token" value="')[1].split('"')[0]}

    answer = await customer.post("/account/security/google", data=form)

    assert answer.status_code == 403


async def test_what_is_linked_to_one_is_not_linked_to_another(client, customer):
    await come_in(client)

    answer = await _link(customer)

    assert answer.status_code == 409
    assert "linked elsewhere" in answer.text


async def test_who_signed_in_as_somebody_else_meanwhile_links_nothing(customer, database):
    begun = await customer.post_form("/account/security/google", {}, form_at="/account/security")
    path = await go(customer, begun)
    await customer.post_json("/api/v1/auth/sign-out")

    answer = await customer.get(path, headers={"accept": "text/html"})

    assert answer.status_code == 403
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM identities")) == 0


async def test_the_only_way_in_cannot_be_unlinked(client, app):
    await come_in(client)
    unlink = "/account/security/google/unlink"

    refused = await client.post_form(unlink, {}, form_at="/account/security")
    await client.post_form(
        "/account/security/password", {"new": PASSWORD}, form_at="/account/security"
    )
    allowed = await client.post_form(unlink, {}, form_at="/account/security")

    assert refused.status_code == 422
    assert allowed.status_code == 303
    assert await _signs_in(app)
