"""Reviews over HTTP for staff's programs."""

from typing import Annotated

from fastapi import Query

from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import RequestClock, Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.reviews import service
from cloud.reviews.schemas import (
    Approval,
    Decided,
    Decisions,
    Rejection,
    Reply,
    StaffReview,
    StaffReviewPage,
)
from cloud.reviews.service import Verdict
from cloud.reviews.states import ReviewStatus


def staff_review_routes() -> APIRouter:
    """Return the staff's routes of reviews."""
    router = APIRouter(prefix="/api/v1/staff/reviews", tags=["reviews"])
    router.include_router(_reading())
    router.include_router(_deciding())
    return router


def _reading() -> APIRouter:
    router = APIRouter()

    @router.get("")
    async def get_all_reviews(
        session: Session,
        status: ReviewStatus | None = None,
        after: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
        _staff: SignedIn = allowed(permits.REVIEWS_VIEW),
    ) -> StaffReviewPage:
        """Return reviews, the last ones first."""
        return await service.page_for_staff(session, status, after, limit)

    @router.get("/{review_id}")
    async def get_review(
        review_id: RowId,
        session: Session,
        _staff: SignedIn = allowed(permits.REVIEWS_VIEW),
    ) -> StaffReview:
        """Return one review."""
        return await service.view_for_staff(session, review_id)

    return router


def _deciding() -> APIRouter:
    router = APIRouter()

    @router.post("/decisions")
    async def decide_about_reviews(
        decisions: Decisions,
        session: Session,
        clock: RequestClock,
        staff: SignedIn = allowed(permits.REVIEWS_CHANGE),
    ) -> Decided:
        """Decide about many reviews alike."""
        verdict = Verdict(decisions.reason)
        decided = await service.decide_many(
            session, staff, decisions.editions, verdict, clock.now()
        )
        return Decided(decided=decided)

    @router.post("/{review_id}/approve")
    async def approve_review(
        review_id: RowId,
        yes: Approval,
        session: Session,
        clock: RequestClock,
        staff: SignedIn = allowed(permits.REVIEWS_CHANGE),
    ) -> StaffReview:
        """Let others read a review."""
        await service.decide(session, staff, review_id, yes.edition, Verdict(), clock.now())
        return await service.view_for_staff(session, review_id)

    @router.post("/{review_id}/reject")
    async def reject_review(
        review_id: RowId,
        no: Rejection,
        session: Session,
        clock: RequestClock,
        staff: SignedIn = allowed(permits.REVIEWS_CHANGE),
    ) -> StaffReview:
        """Do not show a review, and tell its writer why."""
        verdict = Verdict(no.reason, hides_former=no.hides_former)
        await service.decide(session, staff, review_id, no.edition, verdict, clock.now())
        return await service.view_for_staff(session, review_id)

    @router.put("/{review_id}/reply")
    async def reply_to_review(
        review_id: RowId,
        reply: Reply,
        session: Session,
        clock: RequestClock,
        staff: SignedIn = allowed(permits.REVIEWS_CHANGE),
    ) -> StaffReview:
        """Answer a review below it."""
        await service.answer(session, staff, review_id, reply.text, clock.now())
        return await service.view_for_staff(session, review_id)

    return router
