"""Sending: the link to confirm with, and an issue, to each reader once.

A mail of an issue is claimed before it goes out, and whether its reader still wants it is looked
up in the same transaction. A worker killed between the mail server's yes and our note leaves the
mail claimed: it is never sent again, for a second copy annoys more than a missing one.

An address that the mail server would take later is put off: everybody else goes first. A mail
server that takes nothing at all costs nobody a try.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.events import emit
from cloud.foundation.jobs import Retry, defer
from cloud.foundation.letters import Letter, Letters, mail_look
from cloud.foundation.locale import best_language
from cloud.foundation.mail import Mailer, MailNotSent, sender_domain
from cloud.foundation.secrets import digest, mint_token
from cloud.foundation.site_facts import SiteFactsSource
from cloud.newsletter import repository
from cloud.newsletter.errors import IssueNotFound
from cloud.newsletter.events import IssueBegan
from cloud.newsletter.links import NewsletterLinks
from cloud.newsletter.models import Subscriber
from cloud.newsletter.service.issues import IssueView, view_issue
from cloud.newsletter.service.subscribing import LINK_LASTS
from cloud.newsletter.states import DeliveryStage, IssueStage, SubscriberStage

SEND_BATCH = "newsletter.send_batch"
MAIL_SAMPLE = "newsletter.mail_sample"
# A job of so many mails ends within minutes even at a slow mail server.
BATCH = 100
# How often an address is tried that is to be tried later, and how far apart: five hours in all.
_PUT_OFF = Retry(attempts=6, first=timedelta(minutes=5), longest=timedelta(hours=6))
# So many in a row that are not taken are the mail server's trouble: it is left alone for a while.
_IN_A_ROW = 3
# An issue is stale that a mail server would not take for so long.
_SERVER_AWAITED = timedelta(days=3)
# The slowest mail server is heard of within that; what is claimed longer was lost in a crash.
_HEARD_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Press:
    """What it takes to write the newsletter's mails and hand them over."""

    mailer: Mailer
    letters: Letters
    site: SiteFactsSource
    links: NewsletterLinks
    public_url: str
    sender: str
    clock: Clock

    async def mail_confirmation(self, database: Database, subscriber_id: int) -> None:
        """Mail a fresh link to whoever still waits for one; an older link is worth nothing."""
        token = mint_token()
        async with database.unit_of_work() as session:
            subscriber = await repository.lock_subscriber(session, subscriber_id)
            if subscriber is None or subscriber.stage is not SubscriberStage.PENDING:
                return
            subscriber.token_digest, subscriber.token_used_at = digest(token), None
            subscriber.token_expires_at = self.clock.now() + LINK_LASTS
        site = await self.site.facts()
        letter = self.letters.write(
            "newsletter/confirm",
            {
                **mail_look(site, self.public_url),
                "name": subscriber.name,
                "url": self.links.confirm(token),
                "days": LINK_LASTS.days,
            },
            best_language(subscriber.language, site.languages),
        )
        unique = f"newsletter-{digest(token).hex()[:24]}@{sender_domain(self.sender)}"
        try:
            await self.mailer.send(letter.to(subscriber.email, unique))
        except MailNotSent as error:
            if error.is_temporary:
                raise
            await self._give_up(database, subscriber_id)

    async def mail_sample(
        self, database: Database, issue_id: int, email: str, language: str, unique: str
    ) -> None:
        """Mail an issue to a member of staff, to look at."""
        async with database.unit_of_work() as session:
            try:
                issue = await view_issue(session, issue_id)
            except IssueNotFound:
                return
        letter = await self.written(issue, language, "")
        await self.mailer.send(letter.to(email, f"{unique}@{sender_domain(self.sender)}"))

    async def send_batch(self, database: Database, issue_id: int, *, again: bool = False) -> None:
        """Send an issue to the next hundred, each tried once, and have the next job do the rest.

        With `again` also to those who were put off. Raises MailNotSent when the mail server wants
        to be left alone: the job comes again, later and later.
        """
        async with database.unit_of_work() as session:
            try:
                issue = await view_issue(session, issue_id)
            except IssueNotFound:
                return
        put_off: list[int] = []
        in_a_row = 0
        for _ in range(BATCH):
            turn = await self._send_next(database, issue, put_off, again=again)
            if turn is None:
                break
            in_a_row = in_a_row + 1 if turn.waits else 0
            if turn.waits:
                put_off.append(turn.subscriber_id)
            if in_a_row >= _IN_A_ROW:
                break
        if in_a_row >= _IN_A_ROW and not again:
            raise MailNotSent(f"{in_a_row} mails in a row were not taken", is_temporary=True)
        async with database.unit_of_work() as session:
            await go_on(session, issue_id, self.clock.now())

    async def written(self, issue: IssueView, language: str, leave_url: str) -> Letter:
        """Return an issue as a mail in a language; `leave_url` "" for a sample."""
        site = await self.site.facts()
        subject, body = issue.said_in(language, site.languages[0])
        context = {
            **mail_look(site, self.public_url),
            "headline": subject,
            "paragraphs": body.split("\n\n"),
            "leave_url": leave_url,
        }
        return self.letters.write(
            "newsletter/issue", context, best_language(language, site.languages)
        )

    async def _send_next(
        self, database: Database, issue: IssueView, put_off: list[int], *, again: bool
    ) -> "_Turn | None":
        """Send one mail of an issue and return whose turn it was; None when none waits."""
        async with database.unit_of_work() as session:
            delivery = await repository.claim_next(
                session, issue.id, self.clock.now(), again=again, but=put_off
            )
            if delivery is None:
                return None
            subscriber = await repository.lock_subscriber(session, delivery.subscriber_id)
            if subscriber is None or subscriber.stage is not SubscriberStage.ACTIVE:
                delivery.stage = DeliveryStage.SKIPPED
                return _Turn(delivery.subscriber_id, waits=False)
            attempts = delivery.attempts
        fields = await self._handed_over(issue, subscriber, attempts)
        async with database.unit_of_work() as session:
            await repository.note_delivery(session, issue.id, subscriber.id, fields)
        return _Turn(subscriber.id, waits=fields["stage"] is DeliveryStage.WAITING)

    async def _handed_over(
        self, issue: IssueView, subscriber: Subscriber, attempts: int
    ) -> dict[str, object]:
        """Hand a mail over and return what is to be noted of it."""
        leave_url = self.links.leave(subscriber.id)
        letter = await self.written(issue, subscriber.language, leave_url)
        unique = f"issue-{issue.id}-{subscriber.id}@{sender_domain(self.sender)}"
        headers = {
            "List-Unsubscribe": f"<{leave_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        try:
            await self.mailer.send(letter.to(subscriber.email, unique, headers))
        except MailNotSent as error:
            return self._not_taken(issue, attempts, error)
        return {"stage": DeliveryStage.SENT, "sent_at": self.clock.now(), "problem": ""}

    def _not_taken(self, issue: IssueView, attempts: int, error: MailNotSent) -> dict[str, object]:
        """Return what is to be noted of a mail that the mail server did not take."""
        waiting = {"stage": DeliveryStage.WAITING, "claimed_at": None}
        problem = str(error)[:500]
        if error.is_of_server:
            is_stale = (issue.begun_at or self.clock.now()) <= self.clock.now() - _SERVER_AWAITED
            # Whose turn it was has no part in that: their try is given back.
            noted = {"stage": DeliveryStage.REFUSED} if is_stale else waiting
            return {**noted, "attempts": attempts - 1, "problem": problem}
        may_wait = error.is_temporary and _PUT_OFF.pause_after(attempts) is not None
        return {**(waiting if may_wait else {"stage": DeliveryStage.REFUSED}), "problem": problem}

    async def _give_up(self, database: Database, subscriber_id: int) -> None:
        async with database.unit_of_work() as session:
            subscriber = await repository.lock_subscriber(session, subscriber_id)
            if subscriber is not None and subscriber.stage is SubscriberStage.PENDING:
                subscriber.stage = SubscriberStage.REFUSED


@dataclass(frozen=True, slots=True)
class _Turn:
    """Whose turn it was, and whether their mail waits still."""

    subscriber_id: int
    waits: bool


async def begin_due(session: AsyncSession, now: datetime) -> None:
    """Begin the issues whose time has come, and go on with those whose job was lost."""
    for issue in await repository.lock_due(session, now):
        if issue.stage is IssueStage.SCHEDULED:
            issue.stage, issue.begun_at = IssueStage.SENDING, now
            await session.flush()
            await repository.fill_deliveries(session, issue.id)
            await emit(session, IssueBegan(issue.id, now))
        await go_on(session, issue.id, now)


async def go_on(session: AsyncSession, issue_id: int, now: datetime) -> None:
    """Have the next job send what waits of an issue; with nothing left, the issue is sent."""
    issue = await repository.lock_issue(session, issue_id)
    if issue is None or issue.stage is not IssueStage.SENDING:
        return
    untried, fewest = await repository.read_waiting(session, issue_id)
    lock = f"{SEND_BATCH}:{issue_id}"
    if untried:
        await defer(session, SEND_BATCH, queueing_lock=lock, lock=lock, issue_id=issue_id)
    elif fewest is not None:
        later = now + (_PUT_OFF.pause_after(fewest) or _PUT_OFF.longest)
        await defer(
            session,
            SEND_BATCH,
            queueing_lock=lock,
            lock=lock,
            schedule_at=later,
            issue_id=issue_id,
            again=True,
        )
    elif not await repository.is_under_way(session, issue_id, now - _HEARD_WITHIN):
        issue.stage, issue.ended_at = IssueStage.SENT, now
