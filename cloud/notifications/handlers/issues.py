"""Telling members of an issue of the newsletter: in their list, or by mail if they said so."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.foundation.events import Handler
from cloud.foundation.jobs import JobRegistry, defer
from cloud.newsletter import repository as newsletter
from cloud.newsletter.errors import IssueNotFound
from cloud.newsletter.events import IssueBegan
from cloud.newsletter.service.issues import IssueView, view_issue
from cloud.notifications import preference_rows
from cloud.notifications.kinds import NotificationKind
from cloud.notifications.service.desk import NewsDesk
from cloud.notifications.service.telling import News
from cloud.notifications.service.writing import Writer
from cloud.notifications.topics import Topic
from cloud.site.service import read_site

_BATCH = 200
_ISSUE = "notifications.tell_issue"
_KIND = NotificationKind.NEWSLETTER_UPDATE


@dataclass(frozen=True, slots=True)
class IssueHerald:
    """Turns an issue into notifications of those who want to hear of the newsletter."""

    desk: NewsDesk

    def handlers(self) -> Mapping[type, Handler]:
        """Return what is told at which event."""
        return {IssueBegan: self._on_began}

    def register(self, jobs: JobRegistry) -> None:
        """Add the job that tells a crowd."""
        jobs.on(_ISSUE, self.tell_issue)

    async def _on_began(self, session: AsyncSession, event: IssueBegan) -> None:
        await defer(session, _ISSUE, issue_id=event.issue_id, at=event.at.isoformat())

    async def tell_issue(
        self, session: AsyncSession, issue_id: int, at: str, after: int = 0
    ) -> None:
        """Tell a batch of those who said that they want to hear of the newsletter."""
        try:
            issue = await view_issue(session, issue_id)
        except IssueNotFound:
            return
        found = await preference_rows.who_said(
            session, Topic.NEWSLETTER, is_wanted=True, after=after, limit=_BATCH
        )
        own = (await read_site(session)).languages[0]
        for user_id in found:
            await self._tell(session, issue, own, user_id, datetime.fromisoformat(at))
        if len(found) == _BATCH:
            await defer(session, _ISSUE, issue_id=issue_id, at=at, after=found[-1])

    async def _tell(
        self, session: AsyncSession, issue: IssueView, own: str, user_id: int, now: datetime
    ) -> None:
        user = await accounts.find_user(session, user_id)
        if user is None:
            return
        # Who subscribed gets the whole issue by mail: no second mail about it.
        by_mail = not await newsletter.is_addressed(session, issue.id, user.email)
        link = self.desk.pages.page(f"/newsletter/issues/{issue.id}")

        def write(writer: Writer) -> News:
            return replace(_news(issue, own, writer, link), by_mail=by_mail)

        await self.desk.tell_member(session, user_id, now, write)


def _news(issue: IssueView, own: str, writer: Writer, link: str) -> News:
    subject, body = issue.said_in(writer.language, own)
    opening = body.split("\n\n")[0].strip()
    facts = {"subject": subject, "opening": opening[:500]}
    return News(f"issue:{issue.id}", _KIND, _KIND.value, facts, link)
