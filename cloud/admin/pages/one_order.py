"""One order as staff see it: its page, after looking at it or after a step was refused."""

from collections.abc import Mapping

from fastapi import Request
from starlette.responses import Response

from cloud.admin.back_office import BackOffice, show
from cloud.foundation.errors import CloudError
from cloud.foundation.money import Money, exponent_of
from cloud.foundation.web import Templates
from cloud.orders import service as orders
from cloud.refunds import service as refunds

_DONE = {
    "shipped": "The parcel is recorded and the customer is told.",
    "delivered": "The arrival is recorded.",
    "cancelled": "The order is cancelled; what was paid goes back by itself.",
    "refunded": "The money is on its way back.",
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
        order = await orders.view_by_number(session, number)
        given_back = await refunds.list_refunds(session, order.id)
    left = Money(order.total_minor - order.refunded_minor, order.currency)
    blank = {
        "amount": f"{left.major:.{exponent_of(order.currency)}f}",
        "carrier": "DHL",
        "tracking": "",
        "refund_reason": "",
        "cancel_reason": "",
    }
    context = {
        "order": order,
        "done": _DONE.get(done, ""),
        "refunds": given_back,
        "to_send": sum(item.quantity - item.shipped_quantity for item in order.items),
        "typed": {**blank, **(typed or {})},
    }
    return await show(request, pages, "order", context, error=error)
