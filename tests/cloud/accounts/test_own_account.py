"""Changing how one is known and let in, over the pages."""

import asyncio
import re
from datetime import timedelta

import pytest

from cloud.accounts.kinds import LinkPurpose
from cloud.foundation.identity import Role
from tests.fakes.cloud_client import CloudClient

pytestmark = pytest.mark.needs_postgres

PASSWORD = "correct horse battery staple"
OLD, NEW = "customer@example.org", "new@example.org"
_LINK = re.compile(r"/link/\S+")


async def _ask(client: CloudClient):
    return await client.post_form(
        "/account/profile/email", {"email": NEW}, form_at="/account/profile"
    )


def _link_in(mails, recipient: str) -> str:
    return next(_LINK.search(mail.text)[0] for mail in mails if mail.recipient == recipient)


async def test_a_new_address_counts_when_it_is_proved_and_the_old_one_is_told(
    customer, mailbox, do_jobs
):
    await _ask(customer)
    await do_jobs()
    assert (await customer.get("/api/v1/me")).json()["email"] == OLD

    await customer.post_form(_link_in(mailbox.mails, NEW), {})
    await do_jobs()

    me = (await customer.get("/api/v1/me")).json()
    assert me["email"] == NEW
    assert me["email_verified_at"] is not None
    told = [mail for mail in mailbox.mails if "another e-mail address" in mail.text]
    assert len(told) == 1
    assert told[0].recipient == OLD


async def test_a_new_address_that_was_taken_meanwhile_is_refused(
    customer, sign_in_as, mailbox, do_jobs
):
    await _ask(customer)
    await do_jobs()
    link = _link_in(mailbox.mails, NEW)
    await sign_in_as(Role.CUSTOMER, NEW)

    answer = await customer.post_form(link, {})

    assert answer.status_code == 409
    assert (await customer.get("/api/v1/me")).json()["email"] == OLD


async def test_who_has_been_signed_in_for_long_proves_it_again_first(customer, clock):
    clock.step(timedelta(minutes=11))

    answer = await _ask(customer)

    assert answer.headers["location"] == "/sign-in?again=1&next=/account/profile"


async def test_a_new_password_gives_this_device_a_new_session_and_ends_the_others(app, customer):
    async with CloudClient(app) as other:
        await other.post_json("/api/v1/auth/sign-in", {"email": OLD, "password": PASSWORD})
        before = dict(customer.cookies)

        await customer.post_form(
            "/account/security/password",
            {"old": PASSWORD, "new": "three other unrelated words"},
            form_at="/account/security",
        )

        assert customer.cookies["scent_session"] != before["scent_session"]
        assert (await customer.get("/api/v1/me")).status_code == 200
        assert (await other.get("/api/v1/me")).status_code == 401


async def test_a_device_is_signed_out_from_another(app, customer):
    async with CloudClient(app) as other:
        await other.post_json("/api/v1/auth/sign-in", {"email": OLD, "password": PASSWORD})
        page = await customer.get("/account/security")
        ends = re.findall(r"/account/security/devices/\d+/end", page.text)

        assert len(ends) == 1
        await customer.post_form(ends[0], {}, form_at="/account/security")

        assert (await other.get("/api/v1/me")).status_code == 401
    assert (await customer.get("/api/v1/me")).status_code == 200


async def test_r32_a_verification_link_used_twice_at_once_verifies_once(customer, parts):
    async with parts.database.unit_of_work() as session:
        user = await parts.desk.users.find_by_email(session, OLD)
        token = await parts.desk.links.mint(
            session, LinkPurpose.VERIFY_EMAIL, user_id=user.id, email=OLD
        )

    answers = await asyncio.gather(
        *(customer.post_json("/api/v1/auth/email", {"token": token}) for _ in range(4))
    )

    assert sorted(answer.status_code for answer in answers) == [204, 410, 410, 410]
    assert (await customer.get("/api/v1/me")).json()["email_verified_at"] is not None
