"""Nothing is sent to whoever did not say so twice, and nothing more to whoever left."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from cloud.newsletter.personal import RECORDS
from cloud.newsletter.states import CONSENT_TEXTS, CONSENT_VERSION
from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres

EMAIL = "ada@example.org"
API = "/api/v1/newsletter"


async def _row(parts, columns="stage"):
    async with parts.database.reading() as connection:
        query = text(f"SELECT {columns} FROM newsletter_subscribers ORDER BY id DESC LIMIT 1")
        return (await connection.execute(query)).one_or_none()


async def _acts(parts):
    async with parts.database.reading() as connection:
        query = text("SELECT act, source, text_version FROM newsletter_consents ORDER BY id")
        return [tuple(row) for row in await connection.execute(query)]


async def test_a_form_and_a_click_in_the_mail_make_a_reader(
    client, customer, staff, shop, do_jobs, mailbox, token_of
):
    asked = await client.post_form(
        "/newsletter",
        {"email": EMAIL, "source": "footer", "interests": ["offers", "cats"]},
        form_at="/",
    )
    await do_jobs()
    before = await _row(shop)
    looked = await client.get(f"/newsletter/confirm/{token_of()}")
    still = await _row(shop)
    confirmed = await client.post_form(f"/newsletter/confirm/{token_of()}", {})

    assert asked.status_code == 303
    assert (before.stage, still.stage) == ("pending", "pending")
    assert "Yes, send it to me" in looked.text
    assert "You are on the list" in confirmed.text
    row = await _row(shop, "stage, source, interests")
    assert tuple(row) == ("active", "footer", ["offers"])
    assert await _acts(shop) == [("asked", "footer", 1), ("confirmed", "mail", 1)]
    assert [mail.recipient for mail in mailbox.mails if mail.recipient == EMAIL] == [EMAIL]

    # Staff can show what was agreed to, when and where.
    listed = (await staff.get(f"/admin/newsletter?q={EMAIL}")).text
    proof = re.search(r"/admin/newsletter/readers/\d+", listed)[0]
    said = words_of(await staff.get(proof))
    for words in ("Gets it", "Asked for it", "Foot of a page", "Confirmed it", "Link in a mail"):
        assert words in said
    assert all(sentence in said for sentence in CONSENT_TEXTS[CONSENT_VERSION])
    assert (await customer.get(proof)).status_code == 403
    assert (await staff.get("/admin/newsletter/readers/999")).status_code == 404
    assert 'href="/newsletter"' in (await customer.get("/account")).text.split("<footer")[0]


async def test_a_second_click_is_fine_and_a_link_after_leaving_brings_nobody_back(
    client, shop, do_jobs, token_of
):
    await client.post_json(API, {"email": EMAIL})
    await do_jobs()
    token = token_of()
    first = await client.post_json(f"{API}/confirm", {"token": token})
    second = await client.post_json(f"{API}/confirm", {"token": token})
    row = await _row(shop, "id")
    leave = f"/newsletter/leave/{row.id}/{shop.newsletter.key_of(row.id)}"

    looked = await client.get(leave)
    still = await _row(shop)
    # As a mail program does it: no cookie, no token of a form.
    ended = await client.post(leave, data={"List-Unsubscribe": "One-Click"})
    again = await client.post(leave, data={"List-Unsubscribe": "One-Click"})
    late = await client.post_json(f"{API}/confirm", {"token": token})

    assert (first.status_code, second.status_code) == (204, 204)
    assert ("Shall we stop?" in looked.text, still.stage) == (True, "active")
    assert (ended.status_code, again.status_code) == (200, 200)
    assert "no more" in ended.text
    assert (late.status_code, (await _row(shop)).stage) == (410, "left")
    assert [act for act, *_rest in await _acts(shop)] == ["asked", "confirmed", "left"]


async def test_whoever_left_may_come_back_by_a_new_link(client, shop, do_jobs, token_of, fill):
    await fill(EMAIL)
    row = await _row(shop, "id")
    await client.post(f"/newsletter/leave/{row.id}/{shop.newsletter.key_of(row.id)}")

    await client.post_json(API, {"email": EMAIL.upper(), "interests": ["stories"]})
    await do_jobs()
    await client.post_json(f"{API}/confirm", {"token": token_of()})

    row = await _row(shop, "stage, interests, left_at")
    assert tuple(row) == ("active", ["stories"], None)


async def test_nobody_learns_who_gets_it_and_a_reader_gets_no_second_link(
    client, shop, do_jobs, mailbox, fill
):
    await fill(EMAIL)

    known = await client.post_json(API, {"email": EMAIL})
    unknown = await client.post_json(API, {"email": "new@example.org"})
    await do_jobs()

    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert [mail.recipient for mail in mailbox.mails] == ["new@example.org"]


async def test_an_old_link_an_outdated_one_and_a_forged_one_confirm_nothing(
    client, shop, do_jobs, token_of, clock
):
    await client.post_json(API, {"email": EMAIL})
    await do_jobs()
    first = token_of()
    await client.post_json(API, {"email": EMAIL})
    await do_jobs()
    second = token_of()

    replaced = await client.post_json(f"{API}/confirm", {"token": first})
    clock.step(timedelta(days=8))
    outdated = await client.post_json(f"{API}/confirm", {"token": second})
    forged = await client.post("/newsletter/leave/1/AAAAAAAAAAAAAAAAAAAAAA")

    assert (replaced.status_code, outdated.status_code, forged.status_code) == (410, 410, 404)
    assert (await _row(shop)).stage == "pending"


async def test_nobody_floods_a_stranger_with_links(client, shop):
    answers = [await client.post_json(API, {"email": EMAIL}) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [204, 204, 204, 429]


async def test_what_is_no_address_is_said_at_its_field(client, shop):
    for typed in ("", "ada", "a@b", "a b@example.org", "a@example.org\r\nBcc: x@y.zz", "<a@b.cd>"):
        page = await client.post_form("/newsletter", {"email": typed})
        sent = await client.post_json(API, {"email": typed})

        assert (page.status_code, sent.status_code) == (422, 422), typed
        assert 'id="email-error"' in page.text
    assert await _row(shop) is None


async def test_a_member_with_a_proven_address_needs_no_link(customer, shop):
    own = "/api/v1/me/newsletter"
    unproven = await customer.put_json(own, {"interests": []})
    async with shop.database.unit_of_work() as session:
        await session.execute(text("UPDATE users SET email_verified_at = now()"))

    joined = await customer.put_json(own, {"interests": ["smart_home", "offers"]})
    page = await customer.get("/newsletter")
    left = await customer.post_form("/account/newsletter", {"act": "leave"}, form_at="/newsletter")

    assert unproven.json()["code"] == "newsletter_address_unproven"
    assert (joined.json()["is_active"], joined.json()["interests"]) == (
        True,
        ["offers", "smart_home"],
    )
    assert "You get our newsletter at customer@example.org." in page.text
    assert left.status_code == 303
    assert not (await customer.get(own)).json()["is_active"]
    assert [act for act, *_rest in await _acts(shop)] == ["asked", "confirmed", "left"]


async def test_an_account_with_anothers_address_neither_reads_nor_ends_their_newsletter(
    customer, shop, fill
):
    own = "/api/v1/me/newsletter"
    await fill("customer@example.org", interests=["offers"])

    seen = (await customer.get(own)).json()
    page = (await customer.get("/newsletter")).text
    ended = [
        await customer.remove(own),
        await customer.post_form("/account/newsletter", {"act": "leave"}, form_at="/newsletter"),
    ]

    assert (seen["is_active"], seen["stage"], seen["interests"]) == (False, None, [])
    assert "You get our newsletter" not in page
    assert [one.status_code for one in ended] == [ended[0].status_code] * 2
    assert ended[0].json()["code"] == "newsletter_address_unproven"
    assert (await _row(shop)).stage == "active"


async def test_whoever_never_confirms_is_forgotten_and_so_is_whoever_goes(
    client, shop, do_jobs, clock, fill
):
    await client.post_json(API, {"email": "refused@example.org"})
    async with shop.database.unit_of_work() as session:
        await session.execute(text("UPDATE newsletter_subscribers SET stage = 'refused'"))
    await client.post_json(API, {"email": "never@example.org"})
    await fill(EMAIL)
    clock.step(timedelta(days=31))
    await do_jobs()
    left = await _row(shop, "email, (SELECT count(*) FROM newsletter_subscribers) AS many")
    async with shop.database.unit_of_work() as session:
        values = {"user_id": 0, "email": EMAIL, "now": clock.now()}
        held = (await session.execute(RECORDS.held["newsletter"], values)).scalars().all()
        for statement in RECORDS.forget:
            await session.execute(statement, values)

    assert tuple(left) == (EMAIL, 1)
    assert held[0]["email"] == EMAIL
    assert await _row(shop) is None
