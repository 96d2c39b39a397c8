"""Disputes over HTTP, for staff."""

from typing import Annotated

from fastapi import Query

from cloud.disputes import service
from cloud.disputes.schemas import DisputePage, DisputeView, EvidenceForm
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import RequestClock, Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter

After = Annotated[int | None, Query(ge=1, lt=2**63, description="`next` of the page before.")]


def routes() -> APIRouter:
    """Return the routes of disputes."""
    router = APIRouter(prefix="/api/v1/staff/disputes", tags=["disputes"])

    @router.get("")
    async def get_disputes(
        session: Session,
        _staff: SignedIn = allowed(permits.DISPUTES_VIEW),
        after: After = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
    ) -> DisputePage:
        """Return disputes, newest first."""
        return await service.list_disputes(session, after=after, limit=limit)

    @router.get("/{dispute_id}")
    async def get_dispute(
        dispute_id: RowId,
        session: Session,
        _staff: SignedIn = allowed(permits.DISPUTES_VIEW),
    ) -> DisputeView:
        """Return one dispute."""
        return await service.get_dispute(session, dispute_id)

    @router.post("/{dispute_id}/evidence")
    async def send_evidence(
        dispute_id: RowId,
        form: EvidenceForm,
        session: Session,
        clock: RequestClock,
        staff: SignedIn = allowed(permits.DISPUTES_CHANGE),
    ) -> DisputeView:
        """Send what the shop says to the buyer's bank; it takes that once."""
        await service.answer(session, dispute_id, form.text, staff=staff, now=clock.now())
        return await service.get_dispute(session, dispute_id)

    return router
