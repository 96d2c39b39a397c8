"""Saved views of the queue over HTTP."""

from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.orders import service
from cloud.orders.schemas import FilterView, NewFilter


def filter_routes() -> APIRouter:
    """Return the routes of saved views."""
    router = APIRouter(prefix="/staff/order-filters")

    @router.get("")
    async def get_filters(
        session: Session, staff: SignedIn = allowed(permits.ORDERS_VIEW)
    ) -> list[FilterView]:
        """Return the caller's saved views and those that colleagues share."""
        return await service.list_filters(session, staff.user_id)

    @router.post("", status_code=201)
    async def save_filter(
        new: NewFilter, session: Session, staff: SignedIn = allowed(permits.ORDERS_VIEW)
    ) -> FilterView:
        """Keep a view of the queue under a name; one of the same name is replaced."""
        filter_id = await service.save_filter(session, staff.user_id, new)
        return await service.find_filter(session, staff.user_id, filter_id)

    @router.delete("/{filter_id}", status_code=204)
    async def remove_filter(
        filter_id: RowId, session: Session, staff: SignedIn = allowed(permits.ORDERS_VIEW)
    ) -> None:
        """Forget one of the caller's own views."""
        await service.remove_filter(session, staff.user_id, filter_id)

    return router
