"""What staff decide about reviews: show them, or not and why; and what the shop answers.

A decision names the text it is about (`edition`): when its writer was quicker, nothing is decided.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.audit import note
from cloud.foundation.events import emit
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import ChangedMeanwhile
from cloud.reviews import repository
from cloud.reviews.errors import ReviewChangedMeanwhile, ReviewNotFound
from cloud.reviews.events import ReviewAnswered, ReviewApproved, ReviewRejected
from cloud.reviews.models import Review
from cloud.reviews.states import ReviewStatus

SUBJECT = "reviews"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Shown, or not and why: an empty `reason` is yes.

    `hides_former`: a no that takes away a former text that others still read, too.
    """

    reason: str = ""
    hides_former: bool = False

    @property
    def status(self) -> ReviewStatus:
        """Return where a text stands then."""
        return ReviewStatus.REJECTED if self.reason else ReviewStatus.APPROVED

    def changes(self, review: Review) -> bool:
        """Tell whether it makes a difference to a review."""
        if (review.status, review.reason) != (self.status, self.reason):
            return True
        return self.hides_former and review.shown_at is not None


async def decide(
    session: AsyncSession,
    staff: SignedIn,
    review_id: int,
    edition: int,
    verdict: Verdict,
    now: datetime,
    *,
    seen: str | None = None,
) -> None:
    """Let others read a text, or not and tell its writer why; doing so twice changes nothing.

    One that others read is taken away by a no; when they read a former text, that one stays,
    unless the verdict says so. `seen` is the `decision_mark` that was read; None decides over
    whatever colleagues decided. Raises ReviewNotFound, ReviewChangedMeanwhile, ChangedMeanwhile.
    """
    review = await repository.lock(session, review_id)
    if review is None:
        raise ReviewNotFound
    if review.edition != edition:
        raise ReviewChangedMeanwhile
    if not verdict.changes(review):
        return
    if seen is not None and seen != decision_mark(review.decided_at):
        raise ChangedMeanwhile(review.edition, {"reason": review.reason})
    told = await _carry_out(session, staff, review, verdict, now)
    if told is not None:
        await emit(session, told)


def decision_mark(decided_at: datetime | None) -> str:
    """Return what tells one decision about a review from the next; empty before the first."""
    return decided_at.isoformat() if decided_at else ""


async def decide_many(
    session: AsyncSession,
    staff: SignedIn,
    editions: Mapping[int, int],
    verdict: Verdict,
    now: datetime,
) -> int:
    """Decide about many texts, `editions` by review, alike; return how many that was.

    What is gone, changed meanwhile or was decided so before is left out.
    """
    decided = [
        await _carry_out(session, staff, review, verdict, now)
        for review in await repository.lock_many(session, list(editions))
        if review.edition == editions[review.id] and verdict.changes(review)
    ]
    # Listeners lock what is of the writer: two such runs meet in the same order.
    news = [told for told in decided if told is not None]
    for told in sorted(news, key=lambda one: (one.user_id, one.review_id)):
        await emit(session, told)
    return len(decided)


async def answer(
    session: AsyncSession,
    staff: SignedIn,
    review_id: int,
    reply: str,
    now: datetime,
    *,
    seen: str | None = None,
) -> None:
    """Write below a review what the shop says to it; "" takes it away.

    `seen` is the reply that was read; None overwrites any. Raises ReviewNotFound, ChangedMeanwhile.
    """
    review = await repository.lock(session, review_id)
    if review is None:
        raise ReviewNotFound
    if seen is not None and review.reply not in (seen, reply):
        raise ChangedMeanwhile(review.edition, {"reply": review.reply})
    before, is_first = {"reply": review.reply}, review.replied_at is None
    review.reply = reply
    review.replied_at = (review.replied_at or now) if reply else None
    after = {"reply": reply}
    await note(session, staff, "answer", SUBJECT, review_id, before=before, after=after)
    if reply and is_first and review.user_id is not None:
        facts = await _facts(session, review, review.user_id, now)
        await emit(session, ReviewAnswered(**facts))


async def _carry_out(
    session: AsyncSession, staff: SignedIn, review: Review, verdict: Verdict, now: datetime
) -> ReviewApproved | ReviewRejected | None:
    """Decide about a locked review and return the news for its writer; None: they are gone."""
    before, is_first = _state(review), review.first_shown_at is None
    if not verdict.reason:
        _show(review, now)
    elif review.status is ReviewStatus.APPROVED or verdict.hides_former:
        _hide(review)
    review.status, review.reason = verdict.status, verdict.reason
    review.decided_at, review.decided_by_user_id = now, staff.user_id
    action = "reject" if verdict.reason else "approve"
    await note(session, staff, action, SUBJECT, review.id, before=before, after=_state(review))
    if review.user_id is None:
        return None
    facts = await _facts(session, review, review.user_id, now)
    if verdict.reason:
        return ReviewRejected(**facts, edition=review.edition, reason=verdict.reason)
    return ReviewApproved(**facts, is_first=is_first)


def _show(review: Review, now: datetime) -> None:
    review.shown_rating, review.shown_title = review.rating, review.title
    review.shown_body, review.shown_name = review.body, review.author_name
    review.shown_at = review.shown_at or now
    review.first_shown_at = review.first_shown_at or now


def _hide(review: Review) -> None:
    review.shown_rating = review.shown_title = review.shown_body = None
    review.shown_name = review.shown_at = None


def _state(review: Review) -> dict[str, object]:
    return {
        "status": review.status.value,
        "reason": review.reason,
        "is_shown": review.shown_at is not None,
    }


async def _facts(
    session: AsyncSession, review: Review, user_id: int, now: datetime
) -> dict[str, Any]:
    product = await repository.find_product_of(session, review.product_id)
    return {
        "review_id": review.id,
        "user_id": user_id,
        "product_id": review.product_id,
        "product_slug": product["slug"],
        "product_name": product["name"],
        "rating": review.rating,
        "at": now,
    }
