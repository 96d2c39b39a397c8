"""Sending one mail to whoever asks for it, to see whether the shop's mails arrive."""

import secrets
from dataclasses import dataclass

from cloud.foundation.errors import Unavailable
from cloud.foundation.letters import Letters, mail_look
from cloud.foundation.mail import Mailer, MailNotSent, sender_domain
from cloud.foundation.site_facts import SiteFacts
from cloud.foundation.words import N_


@dataclass(frozen=True, slots=True)
class MailTrial:
    """What a mail is sent with. `sender` is the From line: "The Scent <shop@host>"."""

    mailer: Mailer
    letters: Letters
    sender: str
    public_url: str

    async def send(self, to: str, name: str, site: SiteFacts, language: str) -> None:
        """Send a mail that says it arrived; Unavailable with the mail server's words."""
        look = mail_look(site, self.public_url)
        letter = self.letters.write("admin/trial", {"name": name, **look}, language)
        unique = f"trial-{secrets.token_hex(12)}@{sender_domain(self.sender)}"
        try:
            await self.mailer.send(letter.to(to, unique))
        except MailNotSent as error:
            hint = N_("The mail server is set by SCENT_SMTP_HOST and its neighbours.")
            raise Unavailable(error.message, hint=hint) from error
