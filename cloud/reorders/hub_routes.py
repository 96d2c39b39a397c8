"""What hubs ask of reorders: with a hub's key nothing can be bought, only proposed."""

from fastapi import Request

from cloud.foundation.web import Limiter, RequestClock, Session
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.hubs.routes.bearer import bearer_token
from cloud.hubs.service import sessions
from cloud.reorders import service
from cloud.reorders.limits import PROPOSALS
from cloud.reorders.schemas import HubProposal, Proposed
from cloud.reorders.service import Desk


def hub_routes(desk: Desk) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1/hubs/{hub_id}", tags=["hubs"])

    @router.post("/proposals")
    async def propose(
        hub_id: RowId,
        asked: HubProposal,
        request: Request,
        session: Session,
        clock: RequestClock,
        limiter: Limiter,
    ) -> Proposed:
        """Ask the adults of the home for a refill, as a voice or a panel there was asked to."""
        now, token = clock.now(), bearer_token(request.headers)
        key = await sessions.authenticate(session, hub_id, token, now, lock=True)
        await limiter.count(f"propose-hub:{hub_id}", PROPOSALS)
        place = (asked.diffuser_id, asked.slot_no)
        made = await service.propose_by_hub(session, desk, key, place, asked.asked_by, now)
        return Proposed(reorder_id=made)

    return router
