"""The order queue, and one order with what staff may do to it."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, actor_of, show
from cloud.foundation.errors import CloudError, Invalid
from cloud.foundation.money import Money, exponent_of
from cloud.foundation.web import Pages, Staff, Templates
from cloud.orders import service as orders
from cloud.orders.schemas import NewShipment, OrderFilter, OrderView
from cloud.orders.status import OrderStatus
from cloud.refunds import service as refunds
from cloud.refunds.schemas import RefundRequest

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
_DONE = {
    "shipped": "The parcel is recorded and the customer is told.",
    "delivered": "The arrival is recorded.",
    "cancelled": "The order is cancelled; what was paid goes back by itself.",
    "refunded": "The money is on its way back.",
}
Text = Annotated[str, Form(max_length=400)]


class AmountUnreadable(Invalid):
    """What was typed is no amount of the order's currency."""

    code = "amount_unreadable"

    def __init__(self, typed: str, currency: str) -> None:
        super().__init__(
            f"“{typed}” is no amount in {currency}.",
            hint="Write it like 12.50, with no more decimals than the currency has.",
            field="amount",
        )


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
        return await _order(office, request, pages, number, done=_DONE.get(done, ""))

    @router.post("/admin/orders/{number}/ship")
    async def ship(
        request: Request,
        pages: Pages,
        user: Staff,
        number: str,
        carrier: Text,
        tracking: Text = "",
    ) -> Response:
        """Record a parcel."""
        try:
            async with office.database.unit_of_work() as session:
                found = await orders.view_by_number(session, number)
                parcel = NewShipment(
                    carrier=carrier[:60] or "Post",
                    tracking=tracking[:80],
                    item_quantities=await _packed(request, found),
                )
                await orders.ship(
                    session, found.id, parcel, actor=actor_of(user), now=office.clock.now()
                )
        except CloudError as error:
            return await _order(office, request, pages, number, error=error)
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
            return await _order(office, request, pages, number, error=error)
        return RedirectResponse(f"/admin/orders/{number}?done=delivered", 303)

    return router


def money_pages(office: BackOffice) -> APIRouter:
    """Return what gives money back: cancelling and refunding."""
    router = APIRouter(prefix="/admin/orders/{number}", include_in_schema=False)

    @router.post("/cancel")
    async def cancel(
        request: Request, pages: Pages, user: Staff, number: str, reason: Text = ""
    ) -> Response:
        """Call an order off."""
        try:
            async with office.database.unit_of_work() as session:
                found = await orders.view_by_number(session, number)
                await refunds.cancel_order(
                    session,
                    office.gateway,
                    found.id,
                    reason,
                    actor=actor_of(user),
                    now=office.clock.now(),
                )
        except CloudError as error:
            return await _order(office, request, pages, number, error=error)
        return RedirectResponse(f"/admin/orders/{number}?done=cancelled", 303)

    @router.post("/refund")
    async def refund(
        request: Request,
        pages: Pages,
        user: Staff,
        number: str,
        amount: Text,
        reason: Text = "",
        restock: Text = "",
    ) -> Response:
        """Give a part or all of the money back."""
        try:
            async with office.database.unit_of_work() as session:
                found = await orders.view_by_number(session, number)
                asked = RefundRequest(
                    amount_minor=read_amount(amount, found.currency),
                    reason=reason,
                    restock={item.id: item.quantity for item in found.items} if restock else {},
                )
                await refunds.refund_order(
                    session,
                    office.gateway,
                    found.id,
                    asked,
                    actor=actor_of(user),
                    now=office.clock.now(),
                )
        except CloudError as error:
            return await _order(office, request, pages, number, error=error)
        return RedirectResponse(f"/admin/orders/{number}?done=refunded", 303)

    return router


def read_amount(typed: str, currency: str) -> int:
    """Return an amount, typed with a point or a comma, in minor units; AmountUnreadable."""
    try:
        amount = Money.parse(typed.strip().replace(",", "."), currency)
    except (ArithmeticError, ValueError) as error:
        raise AmountUnreadable(typed, currency) from error
    if amount.minor < 1:
        raise AmountUnreadable(typed, currency)
    return amount.minor


async def _packed(request: Request, order: OrderView) -> dict[int, int] | None:
    """Return how many of which line the form packs; None when it does not ask."""
    form = await request.form()
    asked = {item.id: str(form.get(f"line-{item.id}", "")) for item in order.items}
    packed = {line: int(count) for line, count in asked.items() if count.isdecimal() and int(count)}
    return packed or None


async def _order(
    office: BackOffice,
    request: Request,
    pages: Templates,
    number: str,
    *,
    done: str = "",
    error: CloudError | None = None,
) -> Response:
    async with office.database.unit_of_work() as session:
        order = await orders.view_by_number(session, number)
        given_back = await refunds.list_refunds(session, order.id)
    left = Money(order.total_minor - order.refunded_minor, order.currency)
    context = {
        "order": order,
        "done": done,
        "refunds": given_back,
        "refundable": f"{left.major:.{exponent_of(order.currency)}f}",
    }
    return await show(request, pages, "order", context, error=error)
