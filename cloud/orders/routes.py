"""Orders over HTTP: a member's own, a guest's by key, and the staff's queue."""

from typing import Annotated

from fastapi import Query

from cloud.foundation.web import CurrentUser, Session
from cloud.foundation.web.late_routes import APIRouter
from cloud.orders import service
from cloud.orders.errors import OrderNotFound
from cloud.orders.filter_routes import filter_routes
from cloud.orders.links import OrderLinks
from cloud.orders.numbers import OrderNumber
from cloud.orders.schemas import NoteView, OrderFilter, OrderPage, OrderView
from cloud.orders.staff_routes import After, Limit, staff_routes


def routes(links: OrderLinks) -> APIRouter:
    """Return the routes of orders."""
    router = APIRouter(prefix="/api/v1", tags=["orders"])
    router.include_router(_own_routes(links))
    router.include_router(filter_routes())
    router.include_router(staff_routes())
    return router


def _own_routes(links: OrderLinks) -> APIRouter:
    router = APIRouter()

    @router.get("/me/orders")
    async def get_own_orders(
        session: Session, user: CurrentUser, after: After = None, limit: Limit = 20
    ) -> OrderPage:
        """Return the caller's orders, newest first."""
        return await service.list_orders(
            session, OrderFilter(user_id=user.user_id), after=after, limit=limit
        )

    @router.get("/me/orders/{number}")
    async def get_own_order(number: OrderNumber, session: Session, user: CurrentUser) -> OrderView:
        """Return one of the caller's orders."""
        return await service.view_by_number(session, number, user_id=user.user_id)

    @router.get("/me/orders/{number}/notes")
    async def get_own_notes(
        number: OrderNumber, session: Session, user: CurrentUser
    ) -> list[NoteView]:
        """Return what the shop wrote to the caller about an order, oldest first."""
        order = await service.view_by_number(session, number, user_id=user.user_id)
        return await service.list_notes(session, order.id, only_for_customer=True)

    @router.get("/orders/{number}")
    async def get_guest_order(
        number: OrderNumber, session: Session, key: Annotated[str, Query(max_length=64)]
    ) -> OrderView:
        """Return an order to whoever holds the key from its mail."""
        if not links.opens(number, key):
            raise OrderNotFound(number)
        return await service.view_by_number(session, number)

    return router
