"""One order as staff see it: its page, after looking at it or after a step was refused."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from cloud.admin.back_office import BackOffice, show
from cloud.admin.timeline import timeline
from cloud.disputes import service as disputes
from cloud.foundation.errors import CloudError
from cloud.foundation.web import Templates
from cloud.foundation.words import N_
from cloud.gifts.service import view_gifts
from cloud.invoices import service as invoices
from cloud.notifications import service as notifications
from cloud.orders import service as orders
from cloud.orders.schemas import OrderView
from cloud.orders.status import CANCELLABLE, OrderSource
from cloud.refunds import service as refunds
from cloud.reorders import service as reorders
from cloud.reorders.wording import shown
from cloud.returns import service as returns

_DONE = {
    "shipped": N_("The parcel is recorded and the customer is told."),
    "delivered": N_("The arrival is recorded."),
    "cancelled": N_("The order is cancelled; what was paid goes back by itself."),
    "refunded": N_("The money is on its way back."),
    "moved": N_("The status is changed."),
    "noted": N_("The note is written down."),
    "tagged": N_("The tags are saved."),
    "readdressed": N_("The address is changed."),
    "mailed": N_("The mail goes out again."),
    "placed": N_("The order is placed; the customer gets a mail with the way to pay."),
    "asked": N_("The customer gets the way to pay once more."),
    "settled": N_("The order is paid."),
    "taken": N_("The bottles are out; their money is on its way back."),
}


async def show_order(
    office: BackOffice,
    request: Request,
    pages: Templates,
    number: str,
    *,
    done: str = "",
    error: CloudError | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """Return an order's page: `done` names the step just taken, `typed` what a form held."""
    async with office.database.unit_of_work() as session:
        context = await _context(session, number)
    order = context["order"]
    blank = {
        "amount": "",
        "shipping": "",
        "carrier": "DHL",
        "tracking": "",
        "refund_reason": "",
        "cancel_reason": "",
        "note": "",
        "tags": ", ".join(order.tags),
        **_address(order),
    }
    shown = {
        **context,
        "done": _DONE.get(done, ""),
        "pay_link": office.links.order(order.number, is_guest=order.user_id is None),
        "can_take_out": order.status in CANCELLABLE
        and order.paid_at is not None
        and not order.shipments
        and sum(item.left_to_ship for item in order.items) > 1,
        "to_send": sum(item.left_to_ship for item in order.items),
        "can_readdress": order.shipping_address is not None
        and order.status in CANCELLABLE
        and not order.shipments,
        "typed": {**blank, **(typed or {})},
    }
    return await show(request, pages, "order", shown, error=error)


def _address(order: OrderView) -> dict[str, str]:
    address = order.shipping_address
    return {name: value or "" for name, value in address.model_dump().items()} if address else {}


async def _context(session: AsyncSession, number: str) -> dict[str, Any]:
    order = await orders.view_by_number(session, number)
    sold = await view_gifts(session, order.id) if order.sold_cards_minor else []
    given_back = await refunds.list_refunds(session, order.id)
    sent_back = await returns.list_returns_of(session, order)
    mails = await notifications.list_order_mails(session, order.id)
    notes = await orders.list_notes(session, order.id)
    left = await refunds.get_refundable(session, order.id) if order.can_refund else None
    evidence = None
    if order.source == OrderSource.REORDER:
        evidence = await reorders.explain_order(session, order.id)
    return {
        "order": order,
        "evidence": evidence and shown(evidence),
        "gifts": sold,
        "packed_with": await orders.packed_with(session, order.id),
        "refunds": given_back,
        "disputes": await disputes.list_order_disputes(session, order.id),
        "left": left,
        "left_of": {line.order_item_id: line.left for line in left.lines} if left else {},
        "returns": sent_back,
        "return_status": await returns.standing_of(session, order.id),
        "sheets": await invoices.list_invoices(session, order.id),
        "mails": mails,
        "moments": timeline(order, notes, given_back, sent_back, mails),
    }
