"""What checkout does: quote and place, start a payment, settle what came of it."""

from cloud.checkout.service.carts import check_out, empty_cart
from cloud.checkout.service.paying import charge_card, pay_by_page, settle_return
from cloud.checkout.service.placing import (
    Buyer,
    Purchase,
    PurchaseLine,
    place_order,
    quote_purchase,
)
from cloud.checkout.service.settling import (
    end_unpaid,
    end_unpaid_orders,
    note_given_up,
    note_page_expired,
    settle,
    settle_test,
)

__all__ = [
    "Buyer",
    "Purchase",
    "PurchaseLine",
    "charge_card",
    "check_out",
    "empty_cart",
    "end_unpaid",
    "end_unpaid_orders",
    "note_given_up",
    "note_page_expired",
    "pay_by_page",
    "place_order",
    "quote_purchase",
    "settle",
    "settle_return",
    "settle_test",
]
