"""Whether a review was helpful: one vote a member, which they may change and take back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.reviews import repository
from cloud.reviews.errors import OwnReview, ReviewNotFound
from cloud.reviews.repository import Reading


async def vote(
    session: AsyncSession, user_id: int, review_id: int, *, is_helpful: bool | None, now: datetime
) -> str:
    """Store a member's vote, None to take it back, and return the slug of the review's product.

    The same vote twice is one. Raises ReviewNotFound, OwnReview.
    """
    review = await repository.find_votable(session, review_id)
    if review is None:
        raise ReviewNotFound
    if review["user_id"] == user_id:
        raise OwnReview
    if is_helpful is None:
        await repository.delete_vote(session, review_id, user_id)
    else:
        await repository.put_vote(session, review_id, user_id, is_helpful=is_helpful, now=now)
    return str(review["slug"])


async def voted(session: Reading, user_id: int, review_ids: Sequence[int]) -> dict[int, bool]:
    """Return a member's votes on some reviews, by review; True is helpful."""
    return await repository.find_voted(session, user_id, review_ids) if review_ids else {}
