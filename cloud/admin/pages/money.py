"""What gives money back: cancelling and refunding."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, actor_of
from cloud.admin.pages.one_order import show_order
from cloud.foundation.errors import CloudError, Invalid, Refused
from cloud.foundation.money import Money, exponent_of
from cloud.foundation.web import Pages, Staff
from cloud.orders import service as orders
from cloud.refunds import service as refunds
from cloud.refunds.errors import RefundTooLarge
from cloud.refunds.schemas import RefundRequest

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


class AmountTooLarge(Refused):
    """More than is left of what the customer paid."""

    code = "refund_too_large"

    def __init__(self, left: Money) -> None:
        words = f"{left.major:.{exponent_of(left.currency)}f} {left.currency}"
        super().__init__(
            f"Only {words} is left to give back.",
            hint="Write an amount up to that.",
            field="amount",
        )


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
            return await show_order(
                office, request, pages, number, error=error, typed={"cancel_reason": reason}
            )
        return RedirectResponse(f"/admin/orders/{number}?done=cancelled", 303)

    @router.post("/refund")
    async def refund(
        request: Request,
        pages: Pages,
        user: Staff,
        number: str,
        amount: Text = "",
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
        except CloudError as refused:
            left = refused.left if isinstance(refused, RefundTooLarge) else None
            error = refused if left is None else AmountTooLarge(left)
            typed = {"amount": amount, "refund_reason": reason}
            return await show_order(office, request, pages, number, error=error, typed=typed)
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
