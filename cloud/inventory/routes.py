"""Stock over HTTP, for staff."""

from typing import Annotated

from fastapi import Query

from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import RequestClock, Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.inventory import keeping
from cloud.inventory.schemas import (
    Arrival,
    Carriage,
    Correction,
    Limit,
    LocationChange,
    LocationFields,
    LocationView,
    MovementPage,
    SetParts,
    StockView,
)

_MAY_VIEW: SignedIn = allowed(permits.STOCK_VIEW)
_MAY_CHANGE: SignedIn = allowed(permits.STOCK_CHANGE)


def routes() -> APIRouter:
    """Return the routes of stock."""
    router = APIRouter(tags=["stock"])
    router.include_router(_stock_routes())
    router.include_router(_place_routes())
    return router


def _stock_routes() -> APIRouter:
    router = APIRouter(prefix="/api/v1/staff/stock/{variant_id}")

    @router.get("")
    async def get_stock(
        session: Session, clock: RequestClock, variant_id: RowId, _staff: SignedIn = _MAY_VIEW
    ) -> StockView:
        """Return a variant's stock in every place."""
        return await keeping.view_stock(session, variant_id, clock.now())

    @router.get("/movements")
    async def get_movements(
        session: Session,
        variant_id: RowId,
        before: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        _staff: SignedIn = _MAY_VIEW,
    ) -> MovementPage:
        """Return why a variant's stock is what it is, newest first."""
        return await keeping.read_ledger(session, variant_id, before=before, limit=limit)

    @router.post("/arrivals", status_code=201)
    async def take_in(
        session: Session,
        clock: RequestClock,
        variant_id: RowId,
        arrival: Arrival,
        staff: SignedIn = _MAY_CHANGE,
    ) -> StockView:
        """Add bottles that came in."""
        await keeping.take_in(session, staff, variant_id, arrival)
        return await keeping.view_stock(session, variant_id, clock.now())

    @router.post("/corrections", status_code=201)
    async def set_right(
        session: Session,
        clock: RequestClock,
        variant_id: RowId,
        correction: Correction,
        staff: SignedIn = _MAY_CHANGE,
    ) -> StockView:
        """Book what counting found."""
        await keeping.set_right(session, staff, variant_id, correction)
        return await keeping.view_stock(session, variant_id, clock.now())

    @router.post("/carriages", status_code=201)
    async def carry(
        session: Session,
        clock: RequestClock,
        variant_id: RowId,
        carriage: Carriage,
        staff: SignedIn = _MAY_CHANGE,
    ) -> StockView:
        """Carry bottles from one place to another."""
        await keeping.carry_over(session, staff, variant_id, carriage)
        return await keeping.view_stock(session, variant_id, clock.now())

    @router.put("/limit")
    async def put_limit(
        session: Session,
        clock: RequestClock,
        variant_id: RowId,
        limit: Limit,
        staff: SignedIn = _MAY_CHANGE,
    ) -> StockView:
        """Say when a variant counts as running low."""
        await keeping.set_limit(session, staff, variant_id, limit.low_stock_at)
        return await keeping.view_stock(session, variant_id, clock.now())

    @router.put("/parts")
    async def put_parts(
        session: Session,
        clock: RequestClock,
        variant_id: RowId,
        parts: SetParts,
        staff: SignedIn = _MAY_CHANGE,
    ) -> StockView:
        """Make a variant a set of others, or none any more."""
        await keeping.choose_parts(session, staff, variant_id, parts)
        return await keeping.view_stock(session, variant_id, clock.now())

    return router


def _place_routes() -> APIRouter:
    router = APIRouter(prefix="/api/v1/staff/places")

    @router.get("")
    async def list_places(session: Session, _staff: SignedIn = _MAY_VIEW) -> list[LocationView]:
        """Return the places that hold stock, the preferred first."""
        return await keeping.list_locations(session)

    @router.post("", status_code=201)
    async def make_place(
        session: Session, wish: LocationFields, staff: SignedIn = _MAY_CHANGE
    ) -> LocationView:
        """Make a place."""
        return await keeping.make_location(session, staff, wish)

    @router.put("/{place_id}")
    async def put_place(
        session: Session, place_id: RowId, change: LocationChange, staff: SignedIn = _MAY_CHANGE
    ) -> LocationView:
        """Change a place; what an inactive one holds cannot be bought."""
        return await keeping.change_location(session, staff, place_id, change)

    return router
