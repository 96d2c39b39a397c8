"""Mailing the invitations of staff."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository
from cloud.accounts.right_rows import StaffInvitation
from cloud.accounts.service.invitations import LIFETIME, MAIL_INVITATION
from cloud.foundation.database import Database
from cloud.foundation.jobs import JobRegistry, Retry
from cloud.foundation.letters import Letters, mail_look
from cloud.foundation.locale import best_language
from cloud.foundation.mail import Mailer, MailNotSent, sender_domain
from cloud.foundation.secrets import digest, mint_token
from cloud.foundation.site_facts import SiteFactsSource


@dataclass(frozen=True, slots=True)
class InvitationMail:
    """Mints an invitation's link and mails it. The token exists in the mail and nowhere else."""

    mailer: Mailer
    letters: Letters
    site: SiteFactsSource
    public_url: str
    sender: str

    async def send(self, database: Database, invitation_id: int) -> None:
        """Mail the link of an invitation that is still open; an older link is worth nothing."""
        token = mint_token()
        async with database.unit_of_work() as session:
            invitation = await session.get(StaffInvitation, invitation_id, with_for_update=True)
            if invitation is None:
                return
            invitation.token_digest = digest(token)
            email = invitation.email
            wished = await _language(session, invitation)
        site = await self.site.facts()
        letter = self.letters.write(
            "accounts/invitation",
            {
                "url": f"{self.public_url}/invitation/{token}",
                "days": LIFETIME // timedelta(days=1),
                "name": "",
                **mail_look(site, self.public_url),
            },
            best_language(wished, site.languages),
        )
        unique = f"invitation-{digest(token).hex()[:24]}@{sender_domain(self.sender)}"
        try:
            await self.mailer.send(letter.to(email, unique))
        except MailNotSent as error:
            if error.is_temporary:
                raise


async def _language(session: AsyncSession, invitation: StaffInvitation) -> str | None:
    """Return the invited person's language, or else that of who invited them."""
    invited = await repository.find_user_by_email(session, invitation.email)
    if invited is not None and invited.language is not None:
        return invited.language
    host = await repository.find_user(session, invitation.invited_by_user_id)
    return host.language if host is not None else None


def register(jobs: JobRegistry, mail: InvitationMail) -> None:
    """Add the job of invitations."""
    jobs.on_in_stages(MAIL_INVITATION, mail.send, retry=Retry(attempts=8))
