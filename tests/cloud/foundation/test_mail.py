"""Mails over real SMTP."""

import pytest

from cloud.composition import feature_folders
from cloud.foundation.letters import Letters, Look
from cloud.foundation.mail import MailNotSent, Message, SmtpMailer, SmtpSecurity, SmtpServer


def _mailer(port: int, clock) -> SmtpMailer:
    server = SmtpServer("127.0.0.1", port, "The Scent <shop@scent.test>", SmtpSecurity.NONE)
    return SmtpMailer(server, clock)


MESSAGE = Message(
    to="robin@example.org",
    subject="Grüße aus dem Laden",
    text="Hallo Robin",
    html="<p>Hallo Robin</p>",
    message_id="note-17@scent.test",
)


async def test_a_mail_arrives_whole(mailbox, clock):
    await _mailer(mailbox.smtp_port, clock).send(MESSAGE)

    (mail,) = mailbox.mails
    assert mail.recipient == "robin@example.org"
    assert mail.subject == "Grüße aus dem Laden"
    assert mail.message_id == "<note-17@scent.test>"
    assert mail.text.strip() == "Hallo Robin"
    assert "<p>Hallo Robin</p>" in mail.html
    assert mail.message["From"] == "The Scent <shop@scent.test>"
    assert mail.message["Date"].datetime == clock.now()


@pytest.mark.parametrize(
    ("answer", "is_temporary", "is_of_server"),
    [("451 later", True, False), ("554 never", False, False), ("421 closing", True, True)],
)
async def test_a_refusal_tells_whether_trying_again_can_help_and_of_whom_it_is(
    mailbox, clock, answer, is_temporary, is_of_server
):
    mailbox.refusal = answer

    with pytest.raises(MailNotSent) as refused:
        await _mailer(mailbox.smtp_port, clock).send(MESSAGE)

    assert refused.value.is_temporary is is_temporary
    assert refused.value.is_of_server is is_of_server


async def test_an_absent_server_is_temporary(mailbox, clock):
    port = mailbox.smtp_port
    await mailbox.stop()

    with pytest.raises(MailNotSent) as refused:
        await _mailer(port, clock).send(MESSAGE)

    assert refused.value.is_temporary is True
    assert refused.value.is_of_server is True


async def test_a_header_cannot_be_smuggled_in(mailbox, clock):
    smuggled = Message(
        to="robin@example.org",
        subject="Hello\nBcc: everybody@example.org",
        text="",
        message_id="x@scent.test",
    )

    with pytest.raises(ValueError, match=r"newline|linefeed"):
        await _mailer(mailbox.smtp_port, clock).send(smuggled)

    assert mailbox.mails == []


def test_a_letter_has_a_subject_a_text_and_an_escaped_page():
    letter = Letters(feature_folders()).write(
        "accounts/verify_email",
        {
            "name": "<Robin>",
            "url": "https://shop.example.org/link/x",
            "hours": 72,
            "minutes": 4320,
            "site_name": "Scent & Co",
            "look": Look("#2a7c8a", "#ffffff", ""),
        },
    )

    assert letter.subject == "Please confirm your address for Scent & Co"
    assert "Hello <Robin>," in letter.text
    assert "Scent &amp; Co" in letter.html
    assert "https://shop.example.org/link/x" in letter.html


async def test_the_mailbox_shows_what_arrived(mailbox, clock):
    import httpx2

    await _mailer(mailbox.smtp_port, clock).send(MESSAGE)

    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{mailbox.http_port}") as browser:
        index = await browser.get("/")
        mail = await browser.get("/mail/1")
        listed = (await browser.get("/mails.json")).json()
        missing = await browser.get("/mail/2")

    assert "Grüße aus dem Laden" in index.text
    assert "Hallo Robin" in mail.text
    assert listed[0]["to"] == "robin@example.org"
    assert missing.status_code == 404
