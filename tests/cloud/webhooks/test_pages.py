"""The staff's pages of webhooks do what the API does."""

import html
import re

import pytest

from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres

PAGE = "/admin/webhooks"


async def _make(admin, receiver, **changed):
    fields = {"url": receiver.url, "description": "Books", "kinds": "order.placed"}
    return await admin.post_form(
        f"{PAGE}/new", fields | {"is_active": "yes"} | changed, form_at=f"{PAGE}/new"
    )


async def test_a_webhook_is_made_and_its_secret_shown_once(admin, receiver):
    made = await _make(admin, receiver)

    assert re.search(r"whsec_[A-Za-z0-9+/=]+", html.unescape(made.text))
    assert "Books" in (await admin.get(PAGE)).text
    assert "whsec_" not in (await admin.get(f"{PAGE}/1")).text


async def test_what_was_typed_stays_when_something_is_wrong(admin, receiver):
    refused = await _make(admin, receiver, url="ftp://example.org/x", description="Keep me")

    assert refused.status_code == 422
    assert "Keep me" in refused.text
    assert "https://" in refused.text


async def test_what_is_wrong_is_said_in_words_that_help(admin, receiver):
    said = {
        "This address holds a blank or a sign": {"url": "https://books.example/a hook"},
        "This address does not begin with https://.": {"url": "ftp://books.example"},
        "This address is not complete.": {"url": "https://"},
        "This address cannot be read.": {"url": "https://[books"},
        "This address holds a password.": {"url": "https://me:secret@books.example"},
        "This is too short or missing. Correct this": {"url": ""},
        "This is too long. Correct this and send it": {"description": "x" * 201},
    }
    pages = [(words, await _make(admin, receiver, **typed)) for words, typed in said.items()]

    assert {page.status_code for _, page in pages} == {422}
    assert [words for words, page in pages if words not in words_of(page)] == []


async def test_the_log_shows_what_was_told_and_sends_it_again(market, place, admin, receiver):
    await _make(admin, receiver)
    await place()
    await market.do_jobs()

    log = await admin.get(f"{PAGE}/1/log")
    assert "order.placed" in log.text
    one = await admin.get(f"{PAGE}/deliveries/1")
    assert "SC-" in one.text
    again = await admin.post_form(f"{PAGE}/deliveries/1/resend", {}, form_at=f"{PAGE}/deliveries/1")
    await market.do_jobs()

    assert again.status_code == 303
    assert len(receiver.received) == 2


async def test_the_second_of_two_tabs_gets_a_conflict_and_loses_nothing(admin, receiver):
    await _make(admin, receiver)
    fields = {"url": receiver.url, "kinds": "order.paid", "version": "1"}
    await admin.post_form(f"{PAGE}/1", fields | {"description": "First"}, form_at=f"{PAGE}/1")

    second = await admin.post_form(
        f"{PAGE}/1", fields | {"description": "Second"}, form_at=f"{PAGE}/1"
    )

    assert second.status_code == 412
    assert "Second" in second.text
    assert "Now it says: <q>First</q>" in " ".join(second.text.split())
    assert "First" in (await admin.get(PAGE)).text
    knowingly = fields | {"description": "Second", "version": "2"}
    await admin.post_form(f"{PAGE}/1", knowingly, form_at=f"{PAGE}/1")
    assert "Second" in (await admin.get(PAGE)).text


async def test_who_may_not_look_sees_nothing(staff):
    assert (await staff.get(PAGE)).status_code == 403


async def test_what_is_resent_to_a_webhook_that_is_stopped_waits_and_is_written_down(
    market, place, admin, receiver, clock
):
    receiver.status = 410
    await _make(admin, receiver)
    await place()
    await market.do_jobs()
    one = f"{PAGE}/deliveries/1"

    again = await admin.post_form(f"{one}/resend", {}, form_at=one)
    told = html.unescape((await admin.get(again.headers["location"])).text)
    nothing = await admin.post_form(f"{PAGE}/1/resend", {}, form_at=f"{PAGE}/1/log")

    assert "this waits until it is made active" in told
    assert "It is sent again." not in told
    assert "Next try" not in told
    assert nothing.headers["location"] == f"{PAGE}/1/log?done=nothing"
    noted = "SELECT after FROM audit_entries WHERE action = 'resend'"
    assert await market.rows(noted) == [({"delivery_id": 1},)]
