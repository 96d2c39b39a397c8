"""Sending one mail, by a port with an SMTP implementation. Knows no template and no recipient."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from enum import StrEnum
from typing import Protocol

import aiosmtplib

from cloud.foundation.clock import Clock
from cloud.foundation.errors import CloudError

_DEADLINE_S = 20.0
# "Service not available, closing transmission channel" (RFC 5321, 4.2.3): at any step of a talk.
_CLOSING = 421


class MailNotSent(CloudError):
    """A mail could not be handed over. `is_temporary` tells whether trying again can help.

    `is_of_server`: the server is away or takes nothing from us at all, whoever a mail is for.
    """

    code = "mail_not_sent"

    def __init__(self, reason: str, *, is_temporary: bool, is_of_server: bool = False) -> None:
        super().__init__(
            f"The mail could not be sent: {reason}",
            hint="It will be tried again." if is_temporary else "Check the recipient's address.",
        )
        self.is_temporary = is_temporary
        self.is_of_server = is_of_server


@dataclass(frozen=True, slots=True)
class Message:
    """One mail to one person, as text and optionally as HTML.

    `message_id` makes a repeat recognisable to the receiving side: derive it from the row that
    the mail is about ("notification-17@host"). Extra headers may not contain line breaks.
    """

    to: str
    subject: str
    text: str
    message_id: str
    html: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Mailer(Protocol):
    """Hands mails over to whoever delivers them."""

    async def send(self, message: Message) -> None:
        """Hand a mail over; MailNotSent when it was not taken."""


class SmtpSecurity(StrEnum):
    """How the way to the mail server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mails go, and as whom. `sender` is the From line: "The Scent <shop@host>"."""

    host: str
    port: int
    sender: str
    security: SmtpSecurity = SmtpSecurity.STARTTLS
    user: str | None = None
    password: str | None = None


class SmtpMailer:
    """Hands each mail to an SMTP server over a connection of its own, within 20 s."""

    def __init__(self, server: SmtpServer, clock: Clock) -> None:
        self._server = server
        self._clock = clock

    async def send(self, message: Message) -> None:
        """Hand a mail over; MailNotSent when it was not taken.

        4xx answers and connection trouble are temporary, 5xx answers are not.
        """
        server = self._server
        try:
            await aiosmtplib.send(
                self._composed(message),
                hostname=server.host,
                port=server.port,
                username=server.user,
                password=server.password,
                use_tls=server.security is SmtpSecurity.TLS,
                start_tls=server.security is SmtpSecurity.STARTTLS,
                timeout=_DEADLINE_S,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refusal.code for refusal in error.recipients]
            raise MailNotSent(
                f"the server refused {message.to}",
                is_temporary=all(code < 500 for code in codes),
                is_of_server=_CLOSING in codes,
            ) from error
        except aiosmtplib.SMTPResponseException as error:
            is_of_mail = isinstance(error, aiosmtplib.SMTPDataError) and error.code != _CLOSING
            raise MailNotSent(
                error.message, is_temporary=error.code < 500, is_of_server=not is_of_mail
            ) from error
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
            reason = str(error) or type(error).__name__
            raise MailNotSent(reason, is_temporary=True, is_of_server=True) from error

    def _composed(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._server.sender
        mail["To"] = message.to
        mail["Subject"] = message.subject
        mail["Date"] = format_datetime(self._clock.now())
        mail["Message-ID"] = f"<{message.message_id}>"
        mail["Auto-Submitted"] = "auto-generated"
        for name, value in message.headers.items():
            mail[name] = value
        mail.set_content(message.text)
        if message.html is not None:
            mail.add_alternative(message.html, subtype="html")
        return mail


def sender_domain(sender: str) -> str:
    """Return the domain of a From line, for message ids; "localhost" when it has none."""
    return parseaddr(sender)[1].partition("@")[2] or "localhost"
