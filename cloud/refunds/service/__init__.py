"""What can go back: an order's money, an unwanted payment, an order as a whole."""

from cloud.refunds.service.asking import (
    cancel_order,
    refund_order,
    restock,
    return_payment,
)
from cloud.refunds.service.by_staff import cancel_by_staff, refund_by_staff
from cloud.refunds.service.paying_back import get_refundable, read_paid
from cloud.refunds.service.settling import (
    ask_again_about_unsettled,
    send_refund,
    settle_refund,
)
from cloud.refunds.service.taking_out import take_out_by_staff
from cloud.refunds.service.views import list_refunds

__all__ = [
    "ask_again_about_unsettled",
    "cancel_by_staff",
    "cancel_order",
    "get_refundable",
    "list_refunds",
    "read_paid",
    "refund_by_staff",
    "refund_order",
    "restock",
    "return_payment",
    "send_refund",
    "settle_refund",
    "take_out_by_staff",
]
