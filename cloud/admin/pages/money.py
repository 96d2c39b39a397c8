"""What gives money back: cancelling, and refunding by line, delivery or amount."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Form, Request
from starlette.responses import RedirectResponse, Response

from cloud.admin.amounts import AmountTooLarge, AmountUnreadable, read_amount
from cloud.admin.back_office import BackOffice
from cloud.admin.pages.one_order import show_order
from cloud.foundation import permits
from cloud.foundation.errors import CloudError, Invalid
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, allowed
from cloud.foundation.web.late_routes import APIRouter
from cloud.orders import service as orders
from cloud.orders.numbers import OrderNumber
from cloud.orders.schemas import OrderView
from cloud.refunds import service as refunds
from cloud.refunds.errors import RefundTooLarge, ShippingRefundTooLarge
from cloud.refunds.schemas import RefundRequest

Text = Annotated[str, Form(max_length=400)]
_MOST_BOTTLES = 99


class BottlesUnreadable(Invalid):
    """What was typed is no number of bottles."""

    code = "bottles_unreadable"

    def __init__(self, typed: str, field: str) -> None:
        super().__init__(
            f"“{typed}” is no number of bottles.", hint="Write a whole number.", field=field
        )


def money_pages(office: BackOffice) -> APIRouter:
    """Return what gives money back: cancelling and refunding."""
    router = APIRouter(prefix="/admin/orders/{number}", include_in_schema=False)

    @router.post("/cancel")
    async def cancel(
        request: Request,
        pages: Pages,
        number: OrderNumber,
        reason: Text = "",
        user: SignedIn = allowed(permits.ORDERS_CANCEL),
    ) -> Response:
        """Call an order off."""
        try:
            async with office.database.unit_of_work() as session:
                await refunds.cancel_by_staff(
                    session, office.gateway, number, reason, user, office.clock.now()
                )
        except CloudError as error:
            return await show_order(
                office, request, pages, number, error=error, typed={"cancel_reason": reason}
            )
        return RedirectResponse(f"/admin/orders/{number}?done=cancelled", 303)

    @router.post("/refund")
    async def refund(
        request: Request,
        pages: Pages,
        number: OrderNumber,
        user: SignedIn = allowed(permits.ORDERS_REFUND),
    ) -> Response:
        """Give bottles' money, the delivery's or an amount back."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        try:
            async with office.database.unit_of_work() as session:
                asked = read_refund(form, await orders.view_by_number(session, number))
                await refunds.refund_by_staff(
                    session, office.gateway, number, asked, user, office.clock.now()
                )
        except CloudError as refused:
            typed = {**form, "refund_reason": form.get("reason", "")}
            return await show_order(
                office, request, pages, number, error=_in_words(refused), typed=typed
            )
        return RedirectResponse(f"/admin/orders/{number}?done=refunded", 303)

    return router


def read_refund(form: Mapping[str, str], order: OrderView) -> RefundRequest:
    """Return the refund that a form describes; AmountUnreadable, BottlesUnreadable.

    A form that chooses neither bottles nor delivery nor an amount is unreadable: everything goes
    back only when somebody wrote so.
    """
    lines = _counts(form, "refund", order)
    shipping = form.get("shipping", "").strip()
    typed = form.get("amount", "")
    amount = read_amount(typed, order.currency) if typed.strip() else None
    shipping_minor = read_amount(shipping, order.currency, "shipping") if shipping else 0
    if amount is None and not lines and not shipping_minor:
        raise AmountUnreadable(typed, order.currency)
    return RefundRequest(
        lines=lines,
        shipping_minor=shipping_minor,
        amount_minor=amount,
        reason=form.get("reason", "")[:500],
        restock=_counts(form, "restock", order),
    )


def _counts(form: Mapping[str, str], name: str, order: OrderView) -> dict[int, int]:
    counted = {}
    for item in order.items:
        field = f"{name}-{item.id}"
        text = form.get(field, "").strip()
        if not text:
            continue
        if not (text.isascii() and text.isdigit() and len(text) < 3):
            raise BottlesUnreadable(text, field)
        if 0 < int(text) <= _MOST_BOTTLES:
            counted[item.id] = int(text)
    return counted


def _in_words(refused: CloudError) -> CloudError:
    if isinstance(refused, RefundTooLarge):
        return AmountTooLarge(refused.left)
    if isinstance(refused, ShippingRefundTooLarge):
        return AmountTooLarge(refused.left, "shipping")
    return refused
