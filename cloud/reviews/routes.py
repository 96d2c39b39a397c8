"""Reviews over HTTP: a scent's for everybody, a member's own, and votes."""

from typing import Annotated

from fastapi import Path, Query, Request

from cloud.foundation.web import (
    CurrentUser,
    Limiter,
    Pages,
    Reader,
    RequestClock,
    Session,
)
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.reviews import service
from cloud.reviews.limits import VOTES, WRITINGS
from cloud.reviews.schemas import OwnReview, ReviewPage, ReviewText, ToReview, Vote
from cloud.reviews.states import ReviewOrder

Slug = Annotated[str, Path(max_length=200, pattern=r"^[a-z0-9-]+$")]
Stars = Annotated[int | None, Query(ge=1, le=5, description="Only those with so many.")]
After = Annotated[str | None, Query(max_length=200, description="`next` of the page before.")]


def routes() -> APIRouter:
    """Return the routes of reviews."""
    router = APIRouter(prefix="/api/v1", tags=["reviews"])
    router.include_router(_product_routes())
    router.include_router(_vote_routes())
    return router


def _product_routes() -> APIRouter:
    router = APIRouter()

    @router.get("/products/{slug}/reviews")
    async def get_reviews(
        slug: Slug,
        reader: Reader,
        clock: RequestClock,
        order: ReviewOrder = ReviewOrder.HELPFUL,
        stars: Stars = None,
        after: After = None,
        limit: Annotated[int, Query(ge=1, le=50)] = 10,
    ) -> ReviewPage:
        """Return one page of what buyers say about a scent."""
        return await service.read_page(
            reader, slug, clock.now(), order=order, stars=stars, after=after, limit=limit
        )

    @router.get("/products/{slug}/reviews/mine")
    async def get_own_review(
        slug: Slug, session: Session, user: CurrentUser, clock: RequestClock
    ) -> OwnReview:
        """Return the caller's review of a scent."""
        return await service.view_own(session, user.user_id, slug, clock.now())

    @router.put("/products/{slug}/reviews/mine")
    async def put_own_review(
        request: Request,
        slug: Slug,
        said: ReviewText,
        session: Session,
        user: CurrentUser,
        clock: RequestClock,
        limiter: Limiter,
        pages: Pages,
    ) -> OwnReview:
        """Write or change the caller's review of a scent; others read it once it is approved."""
        await limiter.count(f"reviews:{user.user_id}", WRITINGS)
        language, _languages = await pages.language_of(request)
        now = clock.now()
        await service.write(session, user.user_id, slug, said, language, now)
        return await service.view_own(session, user.user_id, slug, now)

    @router.delete("/products/{slug}/reviews/mine", status_code=204)
    async def delete_own_review(slug: Slug, session: Session, user: CurrentUser) -> None:
        """Take the caller's review away."""
        await service.remove(session, user.user_id, slug)

    @router.get("/me/reviews")
    async def get_own_reviews(session: Session, user: CurrentUser) -> list[OwnReview]:
        """Return the caller's reviews, the newest text first."""
        return await service.list_own(session, user.user_id)

    @router.get("/me/reviews/to-write")
    async def get_to_review(
        session: Session, user: CurrentUser, clock: RequestClock
    ) -> list[ToReview]:
        """Return scents that reached the caller and wait for a review."""
        return await service.list_to_review(session, user.user_id, clock.now())

    return router


def _vote_routes() -> APIRouter:
    router = APIRouter(prefix="/reviews/{review_id}/vote")

    @router.put("", status_code=204)
    async def put_vote(
        review_id: RowId,
        vote: Vote,
        session: Session,
        user: CurrentUser,
        clock: RequestClock,
        limiter: Limiter,
    ) -> None:
        """Say whether a review was helpful, in place of what the caller said before."""
        await limiter.count(f"review-votes:{user.user_id}", VOTES)
        now = clock.now()
        await service.vote(session, user.user_id, review_id, is_helpful=vote.is_helpful, now=now)

    @router.delete("", status_code=204)
    async def delete_vote(
        review_id: RowId,
        session: Session,
        user: CurrentUser,
        clock: RequestClock,
        limiter: Limiter,
    ) -> None:
        """Take the caller's vote back."""
        await limiter.count(f"review-votes:{user.user_id}", VOTES)
        await service.vote(session, user.user_id, review_id, is_helpful=None, now=clock.now())

    return router
