"""Background work of accounts: mails with one-time links, and tidying up."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import device_rows, identity_rows, repository
from cloud.accounts.cookies import DEVICE_KEPT
from cloud.accounts.kinds import LinkPurpose
from cloud.accounts.service.desk import MAIL_LINK
from cloud.accounts.service.links import LIFETIMES, OneTimeLinks
from cloud.accounts.service.notices import MAIL_ERASED
from cloud.accounts.service.privacy import FORGET_PERSON, MAKE_EXPORT, Privacy
from cloud.foundation.database import Database
from cloud.foundation.jobs import JobRegistry, PeriodicRun, Retry
from cloud.foundation.letters import Letter, Letters, mail_look
from cloud.foundation.locale import best_language
from cloud.foundation.mail import Mailer, MailNotSent, sender_domain
from cloud.foundation.secrets import digest, mint_token
from cloud.foundation.site_facts import SiteFactsSource

LETTERS = {
    LinkPurpose.VERIFY_EMAIL: "accounts/verify_email",
    LinkPurpose.RESET_PASSWORD: "accounts/reset_password",
    LinkPurpose.SIGN_IN: "accounts/sign_in_link",
    LinkPurpose.CHANGE_EMAIL: "accounts/change_email",
    LinkPurpose.ERASE_ACCOUNT: "accounts/erase_account",
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

    async def send(
        self,
        database: Database,
        user_id: int,
        purpose: str,
        email: str = "",
        language: str = "",
    ) -> None:
        """Mail a fresh link; an older one becomes useless.

        It goes to `email` or else to the address the account has now, in the account's language
        or else the one that is wished. Nobody is mailed who has been erased.
        """
        kind = LinkPurpose(purpose)
        async with database.unit_of_work() as session:
            user = await repository.find_user(session, user_id)
            if user is None or user.erased_at is not None:
                return
            await self.links.void(session, user_id, kind)
            token = await self.links.mint(session, kind, user_id=user_id, email=email or user.email)
            email, name, wished = email or user.email, user.name, user.language or language
        site = await self.site.facts()
        letter = self.letters.write(
            LETTERS[kind],
            {
                "name": name,
                "url": f"{self.public_url}/link/{token}",
                "hours": int(LIFETIMES[kind] / timedelta(hours=1)),
                "minutes": int(LIFETIMES[kind] / timedelta(minutes=1)),
                **mail_look(site, self.public_url),
            },
            best_language(wished, site.languages),
        )
        await self._send(letter, email, f"link-{digest(token).hex()[:24]}")

    async def say_goodbye(
        self, _database: Database, email: str, name: str, language: str = ""
    ) -> None:
        """Tell somebody that they are forgotten."""
        site = await self.site.facts()
        letter = self.letters.write(
            "accounts/erased",
            {"name": name, **mail_look(site, self.public_url)},
            best_language(language, site.languages),
        )
        await self._send(letter, email, f"erased-{mint_token()[:24]}")

    async def _send(self, letter: Letter, email: str, unique: str) -> None:
        try:
            await self.mailer.send(letter.to(email, f"{unique}@{sender_domain(self.sender)}"))
        except MailNotSent as error:
            if error.is_temporary:
                raise


async def _tidy(session: AsyncSession, run: PeriodicRun) -> None:
    await repository.delete_stale(session, run.now)
    await identity_rows.delete_stale_attempts(session, run.now)
    await identity_rows.delete_stale_exports(session, run.now)
    await device_rows.delete_stale_devices(session, run.now - DEVICE_KEPT)


@dataclass(frozen=True, slots=True)
class _Forgetting:
    privacy: Privacy

    async def run(self, session: AsyncSession, _run: PeriodicRun) -> None:
        await self.privacy.look_after(session)


def register(jobs: JobRegistry, link_mail: LinkMail, privacy: Privacy) -> None:
    """Add the jobs of accounts."""
    jobs.on_in_stages(MAIL_LINK, link_mail.send, retry=Retry(attempts=8))
    jobs.on_in_stages(MAIL_ERASED, link_mail.say_goodbye, retry=Retry(attempts=8))
    jobs.on(MAKE_EXPORT, privacy.make_export, retry=Retry(attempts=8))
    jobs.on(FORGET_PERSON, privacy.look_after_person, retry=Retry(attempts=5))
    jobs.every(timedelta(hours=1), "accounts.forget", _Forgetting(privacy).run)
    jobs.every(timedelta(hours=1), "accounts.tidy", _tidy)
