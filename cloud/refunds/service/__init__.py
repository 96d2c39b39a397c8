"""What can go back: an order's money, an unwanted payment, an order as a whole."""

from cloud.refunds.service.asking import cancel_order, list_refunds, refund_order, return_payment
from cloud.refunds.service.settling import (
    ask_again_about_unsettled,
    send_refund,
    settle_refund,
)

__all__ = [
    "ask_again_about_unsettled",
    "cancel_order",
    "list_refunds",
    "refund_order",
    "return_payment",
    "send_refund",
    "settle_refund",
]
