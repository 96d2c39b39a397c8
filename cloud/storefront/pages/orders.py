"""A customer's orders: the list, one order, and a guest's order by its key."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from cloud.checkout import service as checkout
from cloud.foundation.errors import CloudError
from cloud.foundation.web import CurrentUser, Pages, Templates
from cloud.orders import service as orders
from cloud.orders.actors import Actor, ActorKind
from cloud.orders.errors import OrderNotFound
from cloud.orders.schemas import OrderFilter, OrderView
from cloud.orders.status import OrderStatus
from cloud.refunds import service as refunds
from cloud.storefront.front_desk import FrontDesk, show

_S = OrderStatus
_PAGE = 20
_ENDED = {
    _S.CANCELLED: ("This order is cancelled. What was paid goes back by itself.", "warn"),
    _S.FAILED: ("The payment did not go through, and nothing was charged.", "bad"),
    _S.REFUND_PENDING: ("Your money is on its way back.", "warn"),
    _S.REFUNDED: ("Your money went back.", "warn"),
    _S.ON_HOLD: ("We are looking at this order and will write to you.", "warn"),
}


def order_pages(desk: FrontDesk) -> APIRouter:
    """Return the pages of orders."""
    router = APIRouter(include_in_schema=False)

    @router.get("/account/orders")
    async def listing(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        after: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    ) -> Response:
        """Return the member's orders, newest first."""
        async with desk.database.unit_of_work() as session:
            page = await orders.list_orders(
                session, OrderFilter(user_id=user.user_id), after, _PAGE
            )
        return await show(request, pages, "orders", {"page": page})

    @router.get("/account/orders/{number}")
    async def own(request: Request, pages: Pages, user: CurrentUser, number: str) -> Response:
        """Return one of the member's orders."""
        async with desk.database.unit_of_work() as session:
            order = await orders.view_by_number(session, number, user_id=user.user_id)
        return await _order(request, pages, order)

    @router.get("/orders/{number}")
    async def guests(
        request: Request,
        pages: Pages,
        number: str,
        key: Annotated[str, Query(max_length=60)] = "",
    ) -> Response:
        """Return an order to whoever holds its key."""
        if not desk.links.opens(number, key):
            raise OrderNotFound(number)
        async with desk.database.unit_of_work() as session:
            order = await orders.view_by_number(session, number)
        return await _order(request, pages, order, key=key)

    @router.post("/orders/{number}/pay")
    async def guest_pays(
        request: Request, pages: Pages, number: str, key: Annotated[str, Form(max_length=60)] = ""
    ) -> Response:
        """Go on to the payment page of an order that waits for a guest's payment."""
        if not desk.links.opens(number, key):
            raise OrderNotFound(number)
        async with desk.database.unit_of_work() as session:
            order = await orders.view_by_number(session, number)
        return await _pay(desk, request, pages, order, key)

    @router.post("/account/orders/{number}/cancel")
    async def cancel(request: Request, pages: Pages, user: CurrentUser, number: str) -> Response:
        """Call an order off while nothing has left the house."""
        try:
            async with desk.database.unit_of_work() as session:
                order = await orders.view_by_number(session, number, user_id=user.user_id)
                await refunds.cancel_order(
                    session,
                    desk.gateway,
                    order.id,
                    "cancelled by the customer",
                    actor=Actor(ActorKind.CUSTOMER, user.user_id, user.name),
                    now=desk.clock.now(),
                )
        except CloudError as error:
            async with desk.database.unit_of_work() as session:
                order = await orders.view_by_number(session, number, user_id=user.user_id)
            return await _order(request, pages, order, error)
        return RedirectResponse(f"/account/orders/{number}", 303)

    @router.post("/account/orders/{number}/pay")
    async def pay(request: Request, pages: Pages, user: CurrentUser, number: str) -> Response:
        """Go on to the payment page of an order that waits for its payment."""
        async with desk.database.unit_of_work() as session:
            order = await orders.view_by_number(session, number, user_id=user.user_id)
        return await _pay(desk, request, pages, order)

    return router


async def _pay(
    desk: FrontDesk, request: Request, pages: Templates, order: OrderView, key: str = ""
) -> Response:
    try:
        url = await checkout.pay_by_page(
            desk.database, desk.gateway, desk.clock, desk.links, order.id
        )
    except CloudError as error:
        return await _order(request, pages, order, error, key=key)
    return RedirectResponse(url, 303)


async def _order(
    request: Request,
    pages: Templates,
    order: OrderView,
    error: CloudError | None = None,
    *,
    key: str = "",
) -> Response:
    words, kind = _ENDED.get(order.status, ("", "good"))
    context = {
        "order": order,
        "headline": words,
        "headline_kind": kind,
        "progress": _progress(order),
        "can_pay": order.status in (_S.PENDING, _S.AWAITING_PAYMENT),
        "key": key,
    }
    return await show(request, pages, "order", context, error=error)


def _progress(order: OrderView) -> list[tuple[str, bool]]:
    reached: set[Any] = {step.status for step in order.history}
    return [
        ("Ordered", True),
        ("Paid", order.paid_at is not None),
        ("Shipped", bool(order.shipments)),
        ("Delivered", _S.DELIVERED in reached),
    ]
