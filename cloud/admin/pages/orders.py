"""The order queue, and one order with what staff may do to it."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, actor_of, show
from cloud.admin.pages.one_order import show_order
from cloud.admin.parcels import read_parcel
from cloud.foundation.errors import CloudError
from cloud.foundation.web import Pages, Staff
from cloud.orders import service as orders
from cloud.orders.schemas import OrderFilter
from cloud.orders.status import OrderStatus

_S = OrderStatus
_PAGE = 50

_QUEUES: dict[str, tuple[str, frozenset[OrderStatus] | None]] = {
    "open": ("To send", frozenset({_S.PAID, _S.PROCESSING})),
    "waiting": ("Awaiting payment", frozenset({_S.PENDING, _S.AWAITING_PAYMENT})),
    "way": ("On the way", frozenset({_S.SHIPPED, _S.IN_TRANSIT, _S.OUT_FOR_DELIVERY})),
    "hold": ("On hold", frozenset({_S.ON_HOLD, _S.REFUND_PENDING})),
    "done": (
        "Done",
        frozenset({_S.DELIVERED, _S.COMPLETED, _S.CANCELLED, _S.REFUNDED, _S.FAILED}),
    ),
    "all": ("All", None),
}


def order_pages(office: BackOffice) -> APIRouter:
    """Return the pages of orders."""
    router = APIRouter(include_in_schema=False)

    @router.get("/admin")
    async def start(_user: Staff) -> Response:
        """Go to the day's work."""
        return RedirectResponse("/admin/orders", 303)

    @router.get("/admin/orders")
    async def queue(
        request: Request,
        pages: Pages,
        _user: Staff,
        queue: Annotated[str, Query(max_length=20)] = "",
        q: Annotated[str, Query(max_length=200)] = "",
        after: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    ) -> Response:
        """Return the orders of one queue, newest first; words are searched in all."""
        chosen = queue if queue in _QUEUES else ("all" if q else "open")
        wanted = OrderFilter(statuses=_QUEUES[chosen][1], text=q.strip() or None)
        async with office.database.unit_of_work() as session:
            page = await orders.list_orders(session, wanted, after, _PAGE)
            counts = await orders.count_orders_by_status(session)
        queues = [
            (key, title, sum(n for status, n in counts.items() if among is None or status in among))
            for key, (title, among) in _QUEUES.items()
        ]
        context = {"page": page, "queues": queues, "queue": chosen, "words": q.strip()}
        return await show(request, pages, "orders", context)

    @router.get("/admin/orders/{number}")
    async def order(
        request: Request, pages: Pages, _user: Staff, number: str, done: str = ""
    ) -> Response:
        """Return one order with its history."""
        return await show_order(office, request, pages, number, done=done)

    @router.post("/admin/orders/{number}/ship")
    async def ship(
        request: Request,
        pages: Pages,
        user: Staff,
        number: str,
    ) -> Response:
        """Record a parcel."""
        form = await request.form()
        try:
            async with office.database.unit_of_work() as session:
                found = await orders.view_by_number(session, number)
                parcel = read_parcel(form, found)
                await orders.ship(
                    session, found.id, parcel, actor=actor_of(user), now=office.clock.now()
                )
        except CloudError as error:
            typed = {name: str(form.get(name, "")) for name in ("carrier", "tracking")}
            return await show_order(office, request, pages, number, error=error, typed=typed)
        return RedirectResponse(f"/admin/orders/{number}?done=shipped", 303)

    @router.post("/admin/orders/{number}/delivered")
    async def delivered(
        request: Request,
        pages: Pages,
        user: Staff,
        number: str,
        shipment_id: Annotated[int, Form(ge=1, lt=2**63)],
    ) -> Response:
        """Record that a parcel arrived."""
        try:
            async with office.database.unit_of_work() as session:
                found = await orders.view_by_number(session, number)
                await orders.mark_delivered(
                    session,
                    found.id,
                    actor=actor_of(user),
                    now=office.clock.now(),
                    shipment_id=shipment_id,
                )
        except CloudError as error:
            return await show_order(office, request, pages, number, error=error)
        return RedirectResponse(f"/admin/orders/{number}?done=delivered", 303)

    return router
