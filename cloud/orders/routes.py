"""Orders over HTTP: a member's own, a guest's by key, and the staff's queue."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from cloud.foundation.identity import SignedIn
from cloud.foundation.web import CurrentUser, RequestClock, Session, Staff
from cloud.orders import service
from cloud.orders.actors import Actor, ActorKind
from cloud.orders.errors import OrderNotFound
from cloud.orders.links import OrderLinks
from cloud.orders.schemas import (
    Delivery,
    NewShipment,
    OrderFilter,
    OrderPage,
    OrderView,
    StatusChange,
)
from cloud.orders.status import OrderSource, OrderStatus

Number = Annotated[str, Path(max_length=40)]
After = Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=100)]


def routes(links: OrderLinks) -> APIRouter:
    """Return the routes of orders."""
    router = APIRouter(prefix="/api/v1", tags=["orders"])
    router.include_router(_own_routes(links))
    router.include_router(_staff_routes())
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
    async def get_own_order(number: Number, session: Session, user: CurrentUser) -> OrderView:
        """Return one of the caller's orders."""
        return await service.view_by_number(session, number, user_id=user.user_id)

    @router.get("/orders/{number}")
    async def get_guest_order(
        number: Number, session: Session, key: Annotated[str, Query(max_length=64)]
    ) -> OrderView:
        """Return an order to whoever holds the key from its mail."""
        if not links.opens(number, key):
            raise OrderNotFound(number)
        return await service.view_by_number(session, number)

    return router


def _staff_routes() -> APIRouter:
    router = APIRouter(prefix="/staff/orders")

    @router.get("")
    async def get_orders(
        session: Session,
        _staff: Staff,
        status: Annotated[list[OrderStatus] | None, Query()] = None,
        source: OrderSource | None = None,
        text: Annotated[str | None, Query(max_length=120)] = None,
        after: After = None,
        limit: Limit = 50,
    ) -> OrderPage:
        """Return orders, newest first, narrowed by status, source, and a part of a text."""
        wanted = OrderFilter(
            statuses=frozenset(status) if status else None, source=source, text=text
        )
        return await service.list_orders(session, wanted, after=after, limit=limit)

    @router.get("/{number}")
    async def get_order(number: Number, session: Session, _staff: Staff) -> OrderView:
        """Return one order."""
        return await service.view_by_number(session, number)

    @router.post("/{number}/shipments", status_code=201)
    async def ship(
        number: Number, new: NewShipment, session: Session, staff: Staff, clock: RequestClock
    ) -> OrderView:
        """Record a parcel; the order is shipped once nothing is left to send."""
        order = await service.view_by_number(session, number)
        await service.ship(session, order.id, new, actor=_actor(staff), now=clock.now())
        return await service.get_order_view(session, order.id)

    @router.post("/{number}/delivered")
    async def deliver(
        number: Number, arrived: Delivery, session: Session, staff: Staff, clock: RequestClock
    ) -> OrderView:
        """Record that one parcel arrived, or all of them."""
        order = await service.view_by_number(session, number)
        await service.mark_delivered(
            session,
            order.id,
            actor=_actor(staff),
            now=clock.now(),
            shipment_id=arrived.shipment_id,
        )
        return await service.get_order_view(session, order.id)

    @router.post("/{number}/status")
    async def set_status(
        number: Number, change: StatusChange, session: Session, staff: Staff, clock: RequestClock
    ) -> OrderView:
        """Move an order by hand: processing, hold and back, and what the carrier tells."""
        order = await service.view_by_number(session, number)
        await service.mark_status(
            session,
            order.id,
            change.status,
            actor=_actor(staff),
            now=clock.now(),
            comment=change.comment,
        )
        return await service.get_order_view(session, order.id)

    return router


def _actor(user: SignedIn) -> Actor:
    return Actor(ActorKind.STAFF, user.user_id, user.name or user.email)
