"""One order as its buyer sees it: how far it is, what can be done with it, its papers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from cloud.accounts import repository as accounts
from cloud.foundation.errors import CloudError
from cloud.foundation.web import Templates
from cloud.foundation.words import N_
from cloud.gifts.service import view_gifts
from cloud.invoices import service as invoices
from cloud.orders import service as orders
from cloud.orders.schemas import OrderView
from cloud.orders.status import OrderSource, OrderStatus
from cloud.reorders import service as reorders
from cloud.reorders.wording import Shown, shown
from cloud.returns import service as returns
from cloud.returns.wording import REASONS, STAGES
from cloud.reviews import service as reviews
from cloud.reviews.schemas import ToReview
from cloud.storefront.front_desk import FrontDesk, show
from cloud.storefront.order_doors import Door

_S = OrderStatus
_ENDED = {
    _S.CANCELLED: (N_("This order is cancelled. What was paid goes back by itself."), "warn"),
    _S.FAILED: (N_("The payment did not go through, and nothing was charged."), "bad"),
    _S.REFUND_PENDING: (N_("Your money is on its way back."), "warn"),
    _S.REFUNDED: (N_("Your money went back."), "warn"),
    _S.ON_HOLD: (N_("We are looking at this order and will write to you."), "warn"),
}
_DONE = {
    "cancelled": N_("The order is cancelled."),
    "returned": N_("We have your wish and will answer soon."),
    "withdrawn": N_("The return is withdrawn."),
    "claimed": N_("The order is in your account now."),
}
_STOPPED = frozenset({_S.CANCELLED, _S.FAILED, _S.REFUNDED})


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop on an order's way: `at` is None while it is to come."""

    words: str
    at: datetime | None


def stops(order: OrderView) -> list[Stop]:
    """Return the way of an order, from its placing to the door; a stopped one ends where it did."""
    way = [
        Stop(N_("Ordered"), order.placed_at),
        Stop(N_("Paid"), order.paid_at),
        Stop(N_("Shipped"), order.shipments[0].shipped_at if order.shipments else None),
        Stop(N_("Delivered"), order.delivered_at),
    ]
    if not order.shipping_method:
        way = way[:2]
    if order.status in _STOPPED:
        return [stop for stop in way if stop.at is not None]
    return way


async def show_order(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    door: Door,
    *,
    error: CloudError | None = None,
    page: str = "order",
) -> Response:
    """Return an order's page, or its form for a return (`page` "return"), after any step."""
    async with desk.database.unit_of_work() as session:
        order = await door.order(session)
        context = await _context(desk, session, door, order)
    form = await request.form() if request.method == "POST" else {}
    typed = {name: str(value) for name, value in form.items()}
    done = _DONE.get(request.query_params.get("done", ""), "")
    return await show(request, pages, page, {**context, "typed": typed, "done": done}, error=error)


async def _context(
    desk: FrontDesk, session: AsyncSession, door: Door, order: OrderView
) -> dict[str, Any]:
    words, kind = _ENDED.get(order.status, ("", "good"))
    gifts = order.sold_cards_minor > 0
    return {
        "order": order,
        "evidence": await _evidence(session, order),
        "gifts": await view_gifts(session, order.id, sealer=desk.sealer) if gifts else [],
        "door": door,
        "headline": words,
        "headline_kind": kind,
        "stops": stops(order),
        "can_pay": order.status in (_S.PENDING, _S.AWAITING_PAYMENT),
        "can_claim": await can_claim(session, door, order),
        "notes": await orders.list_notes(session, order.id, only_for_customer=True),
        "sheets": await invoices.list_invoices(session, order.id),
        "returns": await returns.list_returns_of(session, order),
        "returnable": await returns.get_returnable(session, order.id, desk.clock.now()),
        "stages": STAGES,
        "reasons": REASONS,
        "to_review": await _to_review(session, door, order, desk.clock.now()),
    }


async def _to_review(
    session: AsyncSession, door: Door, order: OrderView, now: datetime
) -> list[ToReview]:
    """Return what of a delivered order its buyer, signed in, can say something about."""
    if door.user is None or order.user_id != door.user.user_id or order.delivered_at is None:
        return []
    if order.is_test:
        return []
    return await reviews.list_to_review(session, door.user.user_id, now, order_id=order.id)


async def _evidence(session: AsyncSession, order: OrderView) -> Shown | None:
    if order.source != OrderSource.REORDER:
        return None
    found = await reorders.explain_order(session, order.id)
    return None if found is None else shown(found)


async def can_claim(session: AsyncSession, door: Door, order: OrderView) -> bool:
    """Tell whether a guest's order is the visitor's: they proved to read the address it has."""
    if order.user_id is not None or door.user is None:
        return False
    member = await accounts.find_user(session, door.user.user_id)
    if member is None or member.email_verified_at is None:
        return False
    return member.email.lower() == order.email.lower()
