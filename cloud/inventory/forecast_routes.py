"""Forecasts and the drafts that come of them over HTTP, for staff."""

from typing import Annotated

from fastapi import Query

from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import RequestClock, Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.inventory.forecast import answers, drafting
from cloud.inventory.forecast.answers import (
    DraftWish,
    ForecastPage,
    ForecastView,
    Proposal,
    Written,
)

_VIEW: SignedIn = allowed(permits.STOCK_VIEW)
_PROPOSE: SignedIn = allowed(permits.PURCHASES_VIEW)
_WRITE: SignedIn = allowed(permits.PURCHASES_CHANGE)


def routes() -> APIRouter:
    """Return the routes of forecasts."""
    router = APIRouter(prefix="/api/v1/staff/forecasts", tags=["forecasts"])

    @router.get("")
    async def list_forecasts(
        session: Session,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        _staff: SignedIn = _VIEW,
    ) -> ForecastPage:
        """Return forecasts, what runs out first before the others."""
        return await answers.list_forecasts(session, limit)

    @router.get("/drafts")
    async def propose_drafts(
        session: Session, clock: RequestClock, _staff: SignedIn = _PROPOSE
    ) -> Proposal:
        """Return the purchase orders that would be written now."""
        return answers.as_proposal(await drafting.propose(session, clock.now()))

    @router.post("/drafts", status_code=201)
    async def write_drafts(
        session: Session, clock: RequestClock, wish: DraftWish, staff: SignedIn = _WRITE
    ) -> Written:
        """Write the purchase orders that are due as drafts; each need is ordered once."""
        made = await drafting.write(session, staff, clock.now(), supplier_id=wish.supplier_id)
        return Written(purchase_orders=made)

    @router.get("/{variant_id}")
    async def get_forecast(
        session: Session, clock: RequestClock, variant_id: RowId, _staff: SignedIn = _VIEW
    ) -> ForecastView:
        """Return a variant's forecast with its past and the weeks to come."""
        return await answers.get_forecast(session, variant_id, clock.now())

    return router
