"""Prices of bottles in other currencies, over HTTP for staff."""

from cloud.catalogue.editing import price_lists
from cloud.catalogue.editing.price_lists import PriceList
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter


def price_routes() -> APIRouter:
    """Return the routes of entered prices."""
    router = APIRouter(
        prefix="/api/v1/staff/variants/{variant_id}/prices", tags=["catalogue, staff"]
    )

    @router.get("")
    async def read(
        session: Session, variant_id: RowId, _staff: SignedIn = allowed(permits.PRODUCTS_VIEW)
    ) -> PriceList:
        """Return what is entered for a bottle."""
        return await price_lists.read_prices(session, variant_id)

    @router.put("")
    async def write(
        session: Session,
        variant_id: RowId,
        wish: PriceList,
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> PriceList:
        """Enter a bottle's prices in other currencies, all at once; none: all are converted."""
        await price_lists.write_prices(session, staff, variant_id, wish)
        return await price_lists.read_prices(session, variant_id)

    return router
