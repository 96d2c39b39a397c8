"""The staff's orders over HTTP: the queue, one order and what is done with it, many at once."""

from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.responses import StreamingResponse

from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import RequestClock, Session, allowed
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.web.services import services_of
from cloud.orders import service
from cloud.orders.numbers import OrderNumber
from cloud.orders.schemas import (
    BulkFulfilment,
    BulkResult,
    Delivery,
    NewNote,
    NewShipment,
    NoteView,
    OrderFilter,
    OrderPage,
    OrderView,
    PostalAddress,
    StatusChange,
    Tags,
)
from cloud.orders.standing import PaymentStanding
from cloud.orders.status import OrderSource, OrderStatus

After = Annotated[int | None, Query(ge=1, lt=2**63, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=100)]
_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {}}, "description": "The orders, newest first."}
}


def _wanted(
    status: Annotated[list[OrderStatus] | None, Query(max_length=14)] = None,
    source: OrderSource | None = None,
    text: Annotated[str | None, Query(max_length=120, pattern=r"^[^\x00]*$")] = None,
    tag: Annotated[str | None, Query(max_length=40, pattern=r"^[^\x00]*$")] = None,
    payment: PaymentStanding | None = None,
) -> OrderFilter:
    statuses = frozenset(status) if status else None
    return OrderFilter(
        statuses=statuses, source=source, text=text or None, tag=tag or None, payment=payment
    )


Wanted = Annotated[OrderFilter, Depends(_wanted)]


def staff_routes() -> APIRouter:
    """Return the staff's routes of orders."""
    router = APIRouter(prefix="/staff")
    router.include_router(_many_orders())
    router.include_router(_one_order())
    router.include_router(_on_its_way())
    return router


def _many_orders() -> APIRouter:
    router = APIRouter()

    @router.get("/orders")
    async def get_orders(
        session: Session,
        wanted: Wanted,
        after: After = None,
        limit: Limit = 50,
        _staff: SignedIn = allowed(permits.ORDERS_VIEW),
    ) -> OrderPage:
        """Return orders, newest first, narrowed by status, source, payment, tag and a text."""
        return await service.list_orders(session, wanted, after=after, limit=limit)

    @router.get("/orders.csv", response_class=StreamingResponse, responses=_CSV)
    async def get_orders_csv(
        request: Request, wanted: Wanted, _staff: SignedIn = allowed(permits.ORDERS_VIEW)
    ) -> StreamingResponse:
        """Return orders as CSV, streamed."""
        rows = service.as_csv(services_of(request).database, wanted)
        headers = {"content-disposition": 'attachment; filename="orders.csv"'}
        return StreamingResponse(rows, media_type="text/csv", headers=headers)

    @router.post("/orders/fulfil")
    async def fulfil_orders(
        request: Request,
        asked: BulkFulfilment,
        clock: RequestClock,
        staff: SignedIn = allowed(permits.ORDERS_FULFIL),
    ) -> list[BulkResult]:
        """Send many orders, each in one parcel; one that is refused takes no other with it."""
        return await service.fulfil_many(
            services_of(request).database, asked.numbers, asked.carrier, staff, clock.now()
        )

    return router


def _one_order() -> APIRouter:
    router = APIRouter(prefix="/orders/{number}")

    @router.get("")
    async def get_order(
        number: OrderNumber, session: Session, _staff: SignedIn = allowed(permits.ORDERS_VIEW)
    ) -> OrderView:
        """Return one order."""
        return await service.view_by_number(session, number)

    @router.get("/notes")
    async def get_notes(
        number: OrderNumber, session: Session, _staff: SignedIn = allowed(permits.ORDERS_VIEW)
    ) -> list[NoteView]:
        """Return the notes about an order, oldest first."""
        order = await service.view_by_number(session, number)
        return await service.list_notes(session, order.id)

    @router.post("/notes", status_code=201)
    async def add_note(
        number: OrderNumber,
        new: NewNote,
        session: Session,
        clock: RequestClock,
        staff: SignedIn = allowed(permits.ORDERS_CHANGE),
    ) -> NoteView:
        """Write something down about an order, for colleagues or for its buyer."""
        order = await service.view_by_number(session, number)
        return await service.add_note(session, order.id, new, staff, clock.now())

    @router.put("/tags")
    async def put_tags(
        number: OrderNumber,
        asked: Tags,
        session: Session,
        staff: SignedIn = allowed(permits.ORDERS_CHANGE),
    ) -> OrderView:
        """Give an order the words that staff sort it by."""
        await service.set_tags(session, number, asked.tags, staff)
        return await service.view_by_number(session, number)

    @router.put("/shipping-address")
    async def put_shipping_address(
        number: OrderNumber,
        address: PostalAddress,
        session: Session,
        staff: SignedIn = allowed(permits.ORDERS_CHANGE),
    ) -> OrderView:
        """Change where an order goes, within its country, while nothing is on its way."""
        await service.edit_address(session, number, address, staff)
        return await service.view_by_number(session, number)

    return router


def _on_its_way() -> APIRouter:
    router = APIRouter(prefix="/orders/{number}")

    @router.post("/shipments", status_code=201)
    async def ship(
        number: OrderNumber,
        new: NewShipment,
        session: Session,
        clock: RequestClock,
        staff: SignedIn = allowed(permits.ORDERS_FULFIL),
    ) -> OrderView:
        """Record a parcel; the order is shipped once nothing is left to send."""
        await service.ship_by_staff(session, number, new, staff, clock.now())
        return await service.view_by_number(session, number)

    @router.post("/delivered")
    async def deliver(
        number: OrderNumber,
        arrived: Delivery,
        session: Session,
        clock: RequestClock,
        staff: SignedIn = allowed(permits.ORDERS_FULFIL),
    ) -> OrderView:
        """Record that one parcel arrived, or all of them."""
        await service.deliver_by_staff(session, number, arrived.shipment_id, staff, clock.now())
        return await service.view_by_number(session, number)

    @router.post("/status")
    async def set_status(
        number: OrderNumber,
        change: StatusChange,
        session: Session,
        clock: RequestClock,
        staff: SignedIn = allowed(permits.ORDERS_CHANGE),
    ) -> OrderView:
        """Move an order by hand: processing, hold and back, and what the carrier tells."""
        await service.set_status_by_staff(
            session, number, change.status, change.comment, staff, clock.now()
        )
        return await service.view_by_number(session, number)

    return router
