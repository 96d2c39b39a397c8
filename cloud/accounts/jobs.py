"""Background work of accounts: mails with one-time links, and tidying up."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository
from cloud.accounts.kinds import LinkPurpose
from cloud.accounts.service.desk import MAIL_LINK
from cloud.accounts.service.links import LIFETIMES, OneTimeLinks
from cloud.foundation.database import Database
from cloud.foundation.jobs import JobRegistry, PeriodicRun, Retry
from cloud.foundation.letters import Letters
from cloud.foundation.mail import Mailer, MailNotSent, sender_domain
from cloud.foundation.secrets import digest
from cloud.foundation.site_facts import SiteFactsSource

_LETTERS = {
    LinkPurpose.VERIFY_EMAIL: "accounts/verify_email",
    LinkPurpose.RESET_PASSWORD: "accounts/reset_password",
    LinkPurpose.SIGN_IN: "accounts/sign_in_link",
}


@dataclass(frozen=True, slots=True)
class LinkMail:
    """Mints a one-time link and mails it. The token exists in the mail and nowhere else."""

    mailer: Mailer
    letters: Letters
    links: OneTimeLinks
    site: SiteFactsSource
    public_url: str
    sender: str

    async def send(self, database: Database, user_id: int, purpose: str) -> None:
        """Mail a fresh link to the address the account has now; an older one becomes useless."""
        kind = LinkPurpose(purpose)
        async with database.unit_of_work() as session:
            user = await repository.find_user(session, user_id)
            if user is None:
                return
            await self.links.void(session, user_id, kind)
            token = await self.links.mint(session, kind, user_id=user_id, email=user.email)
            email, name = user.email, user.name
        letter = self.letters.write(
            _LETTERS[kind],
            {
                "name": name,
                "url": f"{self.public_url}/link/{token}",
                "hours": int(LIFETIMES[kind] / timedelta(hours=1)),
                "minutes": int(LIFETIMES[kind] / timedelta(minutes=1)),
                "site_name": (await self.site.facts()).name,
            },
        )
        unique = digest(token).hex()[:24]
        try:
            await self.mailer.send(letter.to(email, f"link-{unique}@{sender_domain(self.sender)}"))
        except MailNotSent as error:
            if error.is_temporary:
                raise


async def _tidy(session: AsyncSession, run: PeriodicRun) -> None:
    await repository.delete_stale(session, run.now)


def register(jobs: JobRegistry, link_mail: LinkMail) -> None:
    """Add the jobs of accounts."""
    jobs.on_in_stages(MAIL_LINK, link_mail.send, retry=Retry(attempts=8))
    jobs.every(timedelta(hours=1), "accounts.tidy", _tidy)
