"""News of refunds that is not news of an order."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PaymentReturned:
    """Money that an order could not take went back: paid twice, too late, or too much.

    `reason` is paid_already, order_closed, out_of_stock or wrong_amount.
    """

    order_id: int
    number: str
    user_id: int | None
    at: datetime
    amount_minor: int
    currency: str
    reason: str


@dataclass(frozen=True, slots=True)
class RefundSettled:
    """Money of an order left for good; what the order never took is no refund of it."""

    refund_id: int
    order_id: int
    at: datetime
