"""Points for what members do beside buying: once each, whoever says so again."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.loyalty.errors import SharedAlready
from cloud.loyalty.kinds import EntryKind
from cloud.loyalty.repository import points as rows
from cloud.loyalty.service.earning import grant
from cloud.loyalty.service.ledger import Reason
from cloud.loyalty.terms import QUIZ_POINTS, REVIEW_POINTS, SHARE_POINTS, SIGN_UP_POINTS


async def thank_for_signing_up(session: AsyncSession, user_id: int, now: datetime) -> bool:
    """Give points for a proven account, once; tell whether they are new."""
    reason = _once(EntryKind.EARN_SIGN_UP, "sign-up", SIGN_UP_POINTS)
    return await grant(session, user_id, reason, SIGN_UP_POINTS, now)


async def thank_for_review(
    session: AsyncSession, user_id: int, product_id: int, product_name: str, now: datetime
) -> bool:
    """Give points for a review that is shown, once a product; tell whether they are new."""
    key = f"review:{product_id}"
    reason = _once(EntryKind.EARN_REVIEW, key, REVIEW_POINTS, note=product_name)
    return await grant(session, user_id, reason, REVIEW_POINTS, now)


async def thank_for_quiz(session: AsyncSession, user_id: int, now: datetime) -> bool:
    """Give points for a finished quiz, once an account; tell whether they are new."""
    reason = _once(EntryKind.EARN_COMPLETE_QUIZ, "quiz", QUIZ_POINTS)
    return await grant(session, user_id, reason, QUIZ_POINTS, now)


async def thank_for_sharing(session: AsyncSession, user_id: int, now: datetime) -> None:
    """Give points for telling others, once a calendar month; raises SharedAlready."""
    reason = _once(EntryKind.EARN_SOCIAL_SHARE, _share_key(now), SHARE_POINTS)
    if not await grant(session, user_id, reason, SHARE_POINTS, now):
        raise SharedAlready


async def has_shared(session: AsyncSession, user_id: int, now: datetime) -> bool:
    """Tell whether a member had their points for sharing this month."""
    return await rows.find_once(session, user_id, _share_key(now)) is not None


def _share_key(now: datetime) -> str:
    return f"share:{now:%Y-%m}"


def _once(kind: EntryKind, key: str, points: int, *, note: str = "") -> Reason:
    return Reason(kind, note, once_key=key, tier_points=points)
