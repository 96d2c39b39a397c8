"""Issues as staff write them: a draft, planned for a moment, called off, or stopped."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified

from cloud.foundation.audit import note
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import check_version
from cloud.newsletter import repository
from cloud.newsletter.errors import IssueNotFound, IssueSettled, IssueWordless
from cloud.newsletter.models import Issue
from cloud.newsletter.states import Interest, IssueStage

SUBJECT = "newsletter_issues"
_S = IssueStage


@dataclass(frozen=True, slots=True)
class IssueView:
    """An issue with its texts: subject and body by language."""

    id: int
    title: str
    stage: IssueStage
    interest: Interest | None
    send_at: datetime | None
    begun_at: datetime | None
    version: int
    texts: dict[str, tuple[str, str]]

    def said_in(self, language: str, own: str) -> tuple[str, str]:
        """Return subject and body in a language, else in the shop's own, else in any."""
        said = self.texts.get(language) or self.texts.get(own)
        return said or next(iter(self.texts.values()))


async def view_issue(session: AsyncSession, issue_id: int) -> IssueView:
    """Return an issue; raises IssueNotFound."""
    issue = await repository.find_issue(session, issue_id)
    if issue is None:
        raise IssueNotFound
    texts = await repository.read_texts(session, issue_id)
    return IssueView(
        issue.id,
        issue.title,
        issue.stage,
        issue.interest,
        issue.send_at,
        issue.begun_at,
        issue.version,
        {language: (one.subject, one.body) for language, one in sorted(texts.items())},
    )


async def write_issue(
    session: AsyncSession,
    staff: SignedIn,
    issue_id: int | None,
    said: dict[str, Any],
    own: str,
) -> int:
    """Store a draft, a new one for None, and return its id.

    `said` has title, interest, texts, and the version that was read of one that is there; `own` is
    the shop's language. Raises IssueNotFound, IssueSettled, IssueWordless, ChangedMeanwhile.
    """
    texts: dict[str, tuple[str, str]] = said["texts"]
    if own not in texts:
        raise IssueWordless(f"subject_{own}")
    if issue_id is None:
        issue = Issue(title=said["title"], interest=said["interest"], stage=_S.DRAFT)
        session.add(issue)
        await session.flush()
        before: dict[str, Any] | None = None
    else:
        issue = await _locked(session, issue_id, _S.DRAFT)
        former = await repository.read_texts(session, issue_id)
        before = {
            "title": issue.title,
            "interest": issue.interest,
            "texts": {language: [one.subject, one.body] for language, one in former.items()},
        }
        check_version(issue.version, said["version"], _fields(before))
        issue.title, issue.interest = said["title"], said["interest"]
        # A new text alone is a new version, too.
        flag_modified(issue, "title")
    await repository.put_texts(session, issue.id, texts)
    after = {
        "title": issue.title,
        "interest": issue.interest,
        "texts": {language: list(one) for language, one in texts.items()},
    }
    await note(session, staff, "write", SUBJECT, issue.id, before=before, after=after)
    return issue.id


def _fields(state: dict[str, Any]) -> dict[str, Any]:
    """Return an issue's fields as the form calls them."""
    fields = {"title": state["title"], "interest": state["interest"]}
    for language, (subject, body) in state["texts"].items():
        fields |= {f"subject_{language}": subject, f"body_{language}": body}
    return fields


async def schedule(
    session: AsyncSession, staff: SignedIn, issue_id: int, send_at: datetime
) -> None:
    """Plan a draft for a moment; one in the past is at once. Raises as `write_issue`."""
    issue = await _locked(session, issue_id, _S.DRAFT)
    issue.stage, issue.send_at = _S.SCHEDULED, send_at
    await _noted(session, staff, issue, "schedule", _S.DRAFT)


async def call_off(session: AsyncSession, staff: SignedIn, issue_id: int, now: datetime) -> None:
    """Make a planned issue a draft again, or stop one under way: who waits does not get it."""
    issue = await _locked(session, issue_id, _S.SCHEDULED, _S.SENDING)
    was = issue.stage
    if was is _S.SCHEDULED:
        issue.stage, issue.send_at = _S.DRAFT, None
    else:
        await repository.skip_waiting(session, issue_id, now)
        issue.stage, issue.ended_at = _S.SENT, now
    await _noted(session, staff, issue, "call_off", was)


async def _noted(
    session: AsyncSession, staff: SignedIn, issue: Issue, action: str, was: IssueStage
) -> None:
    before, after = {"stage": was.value}, {"stage": issue.stage.value}
    await note(session, staff, action, SUBJECT, issue.id, before=before, after=after)


async def _locked(session: AsyncSession, issue_id: int, *stages: IssueStage) -> Issue:
    issue = await repository.lock_issue(session, issue_id)
    if issue is None:
        raise IssueNotFound
    if issue.stage not in stages:
        raise IssueSettled
    return issue
