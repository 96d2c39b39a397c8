"""Reading reviews: a scent's, one's own, and all of them for staff."""

from datetime import datetime

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.reviews import repository
from cloud.reviews.errors import NothingToReview, ReviewNotFound
from cloud.reviews.marks import ReviewMark
from cloud.reviews.models import Review
from cloud.reviews.repository import Reading
from cloud.reviews.schemas import (
    OwnReview,
    ReviewPage,
    ReviewShown,
    StaffReview,
    StaffReviewPage,
    Stand,
    ToReview,
)
from cloud.reviews.states import ReviewOrder, ReviewStatus

MOST_OWN = 200
MOST_TO_REVIEW = 20


async def read_page(
    session: Reading,
    slug: str,
    now: datetime,
    *,
    order: ReviewOrder = ReviewOrder.HELPFUL,
    stars: int | None = None,
    after: str | None = None,
    limit: int = 10,
) -> ReviewPage:
    """Return one page of a scent's reviews; `stars` keeps those with so many.

    Raises NothingToReview, ReviewMarkInvalid.
    """
    mark = ReviewMark.read(after, order) if after else None
    product = await repository.find_product(session, slug, now)
    if product is None:
        raise NothingToReview
    rows = await repository.list_shown(session, product["id"], order, mark, limit + 1, stars)
    more = rows[limit - 1] if len(rows) > limit else None
    return ReviewPage(
        stand=_stand(product),
        reviews=[ReviewShown.model_validate(dict(row)) for row in rows[:limit]],
        next=ReviewMark(order, more["key"], more["id"]).written() if more else None,
    )


async def read_first(session: Reading, product_id: int, most: int) -> list[ReviewShown]:
    """Return the reviews of a scent that helped most."""
    rows = await repository.list_shown(
        session, product_id, ReviewOrder.HELPFUL, None, most, stars=None
    )
    return [ReviewShown.model_validate(dict(row)) for row in rows]


async def list_own(session: AsyncSession, user_id: int) -> list[OwnReview]:
    """Return a member's reviews, the newest text first, 200 at most."""
    rows = await repository.list_own(session, user_id, MOST_OWN)
    return [_own(review, slug, name) for review, slug, name in rows]


async def view_own(session: AsyncSession, user_id: int, slug: str, now: datetime) -> OwnReview:
    """Return a member's review of a scent; raises NothingToReview, ReviewNotFound."""
    product = await repository.find_product(session, slug, now)
    if product is None:
        raise NothingToReview
    review = await repository.find_own(session, user_id, product["id"])
    if review is None:
        raise ReviewNotFound
    return _own(review, product["slug"], product["name"])


async def list_to_review(
    session: AsyncSession, user_id: int, now: datetime, *, order_id: int | None = None
) -> list[ToReview]:
    """Return scents that reached a member and wait for a review, with one order or with any."""
    rows = await repository.list_to_review(
        session, user_id, now, order_id=order_id, most=MOST_TO_REVIEW
    )
    return [ToReview.model_validate(dict(row)) for row in rows]


async def view_for_staff(session: AsyncSession, review_id: int) -> StaffReview:
    """Return a review as staff see it; raises ReviewNotFound."""
    row = await repository.find_for_staff(session, review_id)
    if row is None:
        raise ReviewNotFound
    return StaffReview.model_validate(dict(row))


async def page_for_staff(
    session: AsyncSession, status: ReviewStatus | None, after: int | None, limit: int
) -> StaffReviewPage:
    """Return reviews as staff see them, the last ones first."""
    rows = await repository.list_for_staff(session, status, after, limit + 1)
    return StaffReviewPage(
        reviews=[StaffReview.model_validate(dict(row)) for row in rows[:limit]],
        next=rows[limit - 1]["id"] if len(rows) > limit else None,
    )


def _stand(product: RowMapping) -> Stand:
    count = product["rating_count"]
    return Stand(
        count=count,
        average=round(product["rating_sum"] / count, 2) if count else None,
        counts=list(product["rating_counts"]),
    )


def _own(review: Review, slug: str, name: str) -> OwnReview:
    return OwnReview(
        id=review.id,
        product_id=review.product_id,
        product_slug=slug,
        product_name=name,
        status=review.status,
        reason=review.reason,
        rating=review.rating,
        title=review.title,
        body=review.body,
        author_name=review.author_name,
        keeps_text=review.keeps_text,
        is_verified=review.is_verified,
        written_at=review.written_at,
        is_shown=review.shown_at is not None,
        helpful=review.helpful_count,
        unhelpful=review.unhelpful_count,
        reply=review.reply,
    )
