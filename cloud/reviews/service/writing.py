"""Writing a review, changing it, and taking it away.

Every text waits for staff. A new text of a review that others read leaves the approved one where
it is until it is approved itself.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.reviews import repository
from cloud.reviews.errors import NothingToReview
from cloud.reviews.events import ReviewWritten
from cloud.reviews.models import Review
from cloud.reviews.schemas import ReviewText
from cloud.reviews.states import ReviewStatus


async def write(
    session: AsyncSession, user_id: int, slug: str, said: ReviewText, language: str, now: datetime
) -> int:
    """Keep what a member says about a scent, and return the review's id.

    One review a member and scent: a second one is a new text of the first. The same text again
    changes nothing, unless it was rejected. Raises NothingToReview.
    """
    product = await repository.find_product(session, slug, now)
    if product is None:
        raise NothingToReview
    line_id = await repository.find_bought_line(session, user_id, product["id"])
    fields = {**said.model_dump(), "language": language, "written_at": now}
    review_id = await repository.insert_once(
        session,
        {
            **fields,
            "user_id": user_id,
            "product_id": product["id"],
            "order_item_id": line_id,
            "is_verified": line_id is not None,
            "status": ReviewStatus.PENDING,
        },
    )
    edition, is_edit = 1, review_id is None
    if review_id is None:
        review = await repository.lock_of(session, user_id, product["id"])
        if review is None:
            # Taken away between the two statements: the next try finds nothing in its way.
            raise NothingToReview
        review_id, edition = review.id, _rewrite(review, fields, line_id)
        if not edition:
            return review_id
    await emit(
        session,
        ReviewWritten(
            review_id=review_id,
            user_id=user_id,
            product_id=product["id"],
            product_slug=product["slug"],
            product_name=product["name"],
            rating=said.rating,
            at=now,
            edition=edition,
            is_edit=is_edit,
        ),
    )
    return review_id


async def remove(session: AsyncSession, user_id: int, slug: str) -> None:
    """Take a member's review of a scent, on sale or not, away with its votes.

    Nothing happens without one. Raises NothingToReview.
    """
    product_id = await repository.find_product_id(session, slug)
    if product_id is None:
        raise NothingToReview
    review = await repository.lock_of(session, user_id, product_id)
    if review is not None:
        await repository.delete_review(session, review.id)


def _rewrite(review: Review, fields: dict[str, object], line_id: int | None) -> int:
    """Change a locked review and return the number of its text; 0 when none is to be read."""
    if not review.is_verified and line_id is not None:
        review.order_item_id, review.is_verified = line_id, True
    # Nobody reads this one: it needs no second look.
    review.keeps_text = bool(fields["keeps_text"])
    is_same = all(
        getattr(review, name) == fields[name] for name in ("rating", "title", "body", "author_name")
    )
    if is_same and review.status is not ReviewStatus.REJECTED:
        return 0
    for name, value in fields.items():
        setattr(review, name, value)
    review.status = ReviewStatus.PENDING
    review.reason, review.decided_at, review.decided_by_user_id = "", None, None
    review.edition += 1
    return review.edition
