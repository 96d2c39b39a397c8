"""An issue goes once to everybody who wants it when their turn comes."""

import asyncio
import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from cloud.foundation.mail import MailNotSent
from cloud.newsletter.service.sending import Press, begin_due

pytestmark = pytest.mark.needs_postgres

HOME = "/admin/newsletter/issues"
WRITTEN = {
    "title": "Autumn",
    "interest": "",
    "subject_en": "Autumn is here",
    "body_en": "Smoke & cedar.\n\nSee https://example.org/autumn",
    "subject_de": "Der Herbst ist da",
    "body_de": "Rauch und Zeder.",
    "subject_es": "",
    "body_es": "",
}
SUBJECTS = ("Autumn is here", "Der Herbst ist da")


_DELIVERIES = "SELECT stage, attempts, problem FROM newsletter_deliveries ORDER BY subscriber_id"
_NEXT_TRY = """
    SELECT scheduled_at FROM procrastinate_jobs
    WHERE task_name = 'newsletter.send_batch' AND (args ->> 'again') = 'true' AND status = 'todo'
"""


class Post:
    """Takes mails, refuses those to some, puts others off so many times, or is down."""

    def __init__(self, *, refused=(), later=(), is_down=False):
        self.mails, self._refused, self._later = [], refused, dict(later)
        self.is_down, self.asked = is_down, 0

    async def send(self, message):
        self.asked += 1
        if self.is_down:
            raise MailNotSent("no answer", is_temporary=True, is_of_server=True)
        if message.to in self._refused:
            raise MailNotSent("unknown", is_temporary=False)
        if self._later.get(message.to, 0):
            self._later[message.to] -= 1
            raise MailNotSent("busy", is_temporary=True)
        self.mails.append(message)


def _press(parts, post):
    return Press(
        mailer=post,
        letters=parts.letters,
        site=parts.site,
        links=parts.newsletter,
        public_url="http://127.0.0.1",
        sender=parts.settings.mail_from,
        clock=parts.clock,
    )


async def _write(admin, **changed):
    made = await admin.post_form(f"{HOME}/new", {**WRITTEN, **changed})
    assert made.status_code == 303, made.text
    return made.headers["location"].partition("?")[0]


async def _rows(parts, query):
    async with parts.database.reading() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


async def _begun(parts, admin, clock):
    """Begin an issue, and take its job off the queue: the test does it."""
    page = await _write(admin)
    await admin.post_form(f"{page}/plan", {"send_at": ""}, form_at=page)
    async with parts.database.unit_of_work() as session:
        await begin_due(session, clock.now())
        await session.execute(text("DELETE FROM procrastinate_jobs"))
    return int(page.rsplit("/", 1)[-1])


async def test_an_issue_is_written_looked_at_planned_and_sent_once_to_each_in_their_language(
    admin, shop, fill, do_jobs, mailbox, clock
):
    await fill("en@example.org", "both@example.org", interests=["offers"])
    await fill("de@example.org", language="de")
    await fill("fr@example.org", language="fr")
    await fill("stories@example.org", interests=["stories"])
    page = await _write(admin, interest="offers")
    shown = re.findall(r'<div lang="(..)"><h2 id', (await admin.get(page)).text)
    await admin.post_form(f"{page}/sample", {}, form_at=page)
    await do_jobs()
    samples = [mail.recipient for mail in mailbox.mails if mail.subject in SUBJECTS]
    hears = {"topic": "newsletter", "channel": "app", "is_wanted": True}
    await admin.patch_json("/api/v1/me/notifications/preferences", {"changes": [hears]})
    read_at = page.removeprefix("/admin")
    too_soon = (await admin.get(read_at)).status_code
    tomorrow = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")

    await admin.post_form(f"{page}/plan", {"send_at": tomorrow}, form_at=page)
    await do_jobs()
    early = [mail for mail in mailbox.mails if mail.subject in SUBJECTS]
    clock.step(timedelta(days=1, hours=3))
    for _ in range(3):
        await do_jobs()

    assert shown == ["en", "de"]
    assert samples == ["admin@example.org"]
    assert len(early) == 1
    issues = [mail for mail in mailbox.mails if mail.subject in SUBJECTS][1:]
    sent = {mail.recipient: mail for mail in issues}
    assert await _rows(shop, _DELIVERIES) == [("sent", 1, "")] * 4
    assert set(sent) == {f"{one}@example.org" for one in ("en", "both", "de", "fr")}
    assert len(issues) == 4
    assert sent["de@example.org"].subject == "Der Herbst ist da"
    assert sent["fr@example.org"].subject == "Autumn is here"
    assert await _rows(shop, "SELECT stage FROM newsletter_issues") == [("sent",)]
    assert "Sent" in (await admin.get(page)).text
    # Members who want to hear of it find it among their news too, and read it in the shop.
    told = "SELECT title, message, link FROM notifications WHERE kind = 'NEWSLETTER_UPDATE'"
    link = f"http://127.0.0.1{read_at}"
    assert await _rows(shop, told) == [("Autumn is here", "Smoke & cedar.", link)]
    assert too_soon == 404
    assert "Smoke &amp; cedar." in (await admin.get(read_at)).text


async def test_each_mail_ends_the_newsletter_with_one_click(admin, shop, fill, clock, client):
    await fill("a@example.org")
    post = Post()
    issue_id = await _begun(shop, admin, clock)

    await _press(shop, post).send_batch(shop.database, issue_id)

    (mail,) = post.mails
    link = mail.headers["List-Unsubscribe"].strip("<>")
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in mail.text
    assert "Smoke &amp; cedar" in mail.html
    assert (await client.post(link.removeprefix("http://127.0.0.1"))).status_code == 200
    assert await _rows(shop, "SELECT stage FROM newsletter_subscribers") == [("left",)]


async def test_whoever_left_since_it_was_planned_gets_nothing(admin, shop, fill, clock):
    await fill("a@example.org", "b@example.org")
    post = Post()
    issue_id = await _begun(shop, admin, clock)
    async with shop.database.unit_of_work() as session:
        await session.execute(
            text(
                "UPDATE newsletter_subscribers SET stage = 'left', left_at = now()"
                " WHERE email = 'a@example.org'"
            )
        )

    await _press(shop, post).send_batch(shop.database, issue_id)

    assert [mail.to for mail in post.mails] == ["b@example.org"]
    stages = await _rows(shop, "SELECT stage FROM newsletter_deliveries ORDER BY subscriber_id")
    assert stages == [("skipped",), ("sent",)]


async def test_two_workers_and_a_crash_send_nobody_a_second_copy(admin, shop, fill, clock):
    await fill(*(f"{n}@example.org" for n in range(12)))
    post = Post()
    issue_id = await _begun(shop, admin, clock)
    # A worker was killed after the mail server's yes and before our note.
    async with shop.database.unit_of_work() as session:
        await session.execute(
            text(
                "UPDATE newsletter_deliveries SET stage = 'claimed', claimed_at = :now,"
                " attempts = 1 WHERE subscriber_id = 1"
            ),
            {"now": clock.now()},
        )

    press = _press(shop, post)
    await asyncio.gather(*(press.send_batch(shop.database, issue_id) for _ in range(3)))
    unsure = await _rows(shop, "SELECT stage FROM newsletter_issues")
    clock.step(timedelta(hours=2))
    async with shop.database.unit_of_work() as session:
        await begin_due(session, clock.now())
    await press.send_batch(shop.database, issue_id)

    assert sorted(mail.to for mail in post.mails) == sorted(
        f"{n}@example.org" for n in range(1, 12)
    )
    assert unsure == [("sending",)]
    assert await _rows(shop, "SELECT stage FROM newsletter_issues") == [("sent",)]


async def test_an_address_that_waits_holds_nobody_up_and_is_tried_so_often_and_no_more(
    admin, shop, fill, clock
):
    await fill("a@example.org", "b@example.org", "c@example.org", "d@example.org")
    post = Post(refused=("b@example.org",), later={"a@example.org": 99, "c@example.org": 1})
    issue_id = await _begun(shop, admin, clock)
    press = _press(shop, post)

    await press.send_batch(shop.database, issue_id)
    first = await _rows(shop, _DELIVERIES)
    waits = await _rows(shop, _NEXT_TRY)
    for _ in range(9):
        await press.send_batch(shop.database, issue_id, again=True)

    assert [one[:2] for one in first] == [
        ("waiting", 1),
        ("refused", 1),
        ("waiting", 1),
        ("sent", 1),
    ]
    assert waits == [(clock.now() + timedelta(minutes=10),)]
    assert [mail.to for mail in post.mails] == ["d@example.org", "c@example.org"]
    assert await _rows(shop, _DELIVERIES) == [
        ("refused", 6, "The mail could not be sent: busy"),
        ("refused", 1, "The mail could not be sent: unknown"),
        ("sent", 2, ""),
        ("sent", 1, ""),
    ]
    assert await _rows(shop, "SELECT stage FROM newsletter_issues") == [("sent",)]


async def test_a_mail_server_that_is_down_costs_no_address_a_try(admin, shop, fill, clock):
    await fill(*(f"{n}@example.org" for n in range(8)))
    post = Post(is_down=True)
    issue_id = await _begun(shop, admin, clock)
    press = _press(shop, post)

    with pytest.raises(MailNotSent):
        await press.send_batch(shop.database, issue_id)
    asked = post.asked
    for _ in range(20):
        await press.send_batch(shop.database, issue_id, again=True)
    post.is_down = False
    await press.send_batch(shop.database, issue_id, again=True)

    assert asked < 8
    assert len({mail.to for mail in post.mails}) == len(post.mails) == 8
    assert await _rows(shop, "SELECT stage FROM newsletter_issues") == [("sent",)]


async def test_an_issue_ends_when_the_mail_server_was_down_for_days(admin, shop, fill, clock):
    await fill("a@example.org")
    issue_id = await _begun(shop, admin, clock)
    press = _press(shop, Post(is_down=True))

    await press.send_batch(shop.database, issue_id)
    clock.step(timedelta(days=4))
    await press.send_batch(shop.database, issue_id, again=True)

    assert [one[0] for one in await _rows(shop, _DELIVERIES)] == ["refused"]
    assert await _rows(shop, "SELECT stage FROM newsletter_issues") == [("sent",)]


async def test_an_issue_is_called_off_changed_and_stopped(admin, shop, fill, clock):
    await fill("a@example.org", "b@example.org")
    page = await _write(admin)
    await admin.post_form(f"{page}/plan", {"send_at": "2099-01-01T09:00"}, form_at=page)
    settled = await admin.get(f"{page}/edit")
    await admin.post_form(f"{page}/off", {}, form_at=page)
    first = (await admin.get(f"{page}/edit")).text
    version = first.split('name="version" value="')[1].split('"')[0]

    saved = await admin.post_form(
        f"{page}/edit", {**WRITTEN, "subject_en": "Changed", "version": version}
    )
    stale = await admin.post_form(
        f"{page}/edit", {**WRITTEN, "subject_en": "Other", "version": version}
    )
    await admin.post_form(f"{page}/plan", {"send_at": ""}, form_at=page)
    async with shop.database.unit_of_work() as session:
        await begin_due(session, clock.now())
    await admin.post_form(f"{page}/off", {}, form_at=page)
    post = Post()
    await _press(shop, post).send_batch(shop.database, int(page.rsplit("/", 1)[-1]))

    assert settled.status_code == 200
    assert (saved.status_code, stale.status_code) == (303, 412)
    assert "Changed" in (await admin.get(page)).text
    assert post.mails == []
    assert await _rows(shop, "SELECT DISTINCT stage FROM newsletter_deliveries") == [("skipped",)]


async def test_an_issue_without_words_in_the_shops_language_is_refused(admin, shop):
    answer = await admin.post_form(f"{HOME}/new", {**WRITTEN, "subject_en": "", "body_en": ""})

    assert answer.status_code == 422
    assert await _rows(shop, "SELECT 1 FROM newsletter_issues") == []


async def test_staff_find_readers_and_take_them_as_csv(staff, customer, shop, fill):
    await fill("ada@example.org", "=cmd@example.org")

    found = (await staff.get("/admin/newsletter?q=ada")).text
    csv = (await staff.get("/admin/newsletter?format=csv&stage=active")).text

    assert "ada@example.org" in found
    assert "=cmd" not in found
    assert "'=cmd@example.org" in csv
    assert (await customer.get("/admin/newsletter")).status_code == 403
