"""What checkout does: quote and place, start a payment, settle what came of it."""

from cloud.checkout.service.by_staff import (
    StaffOrder,
    ask_payment,
    note_transfer,
    place_by_staff,
    purchase_of,
    quote_for,
)
from cloud.checkout.service.carts import (
    CheckedOut,
    check_out,
    empty_cart,
    follow_cart,
    standing_order,
)
from cloud.checkout.service.companies import NO_COMPANY, Company, recognise_company
from cloud.checkout.service.intents import Completion, complete, pay_by_intent
from cloud.checkout.service.paying import (
    begin_first_page,
    charge_again,
    charge_card,
    pay_by_page,
    settle_return,
)
from cloud.checkout.service.placing import (
    Buyer,
    Purchase,
    PurchaseLine,
    place_order,
    shopper_of,
)
from cloud.checkout.service.refusals import find_refused, tell_refused
from cloud.checkout.service.settling import (
    end_unpaid,
    end_unpaid_orders,
    note_attempt_ended,
    note_given_up,
    settle,
    settle_free,
    settle_test,
)
from cloud.discounts.service import quote as quote_purchase

__all__ = [
    "NO_COMPANY",
    "Buyer",
    "CheckedOut",
    "Company",
    "Completion",
    "Purchase",
    "PurchaseLine",
    "StaffOrder",
    "ask_payment",
    "begin_first_page",
    "charge_again",
    "charge_card",
    "check_out",
    "complete",
    "empty_cart",
    "end_unpaid",
    "end_unpaid_orders",
    "find_refused",
    "follow_cart",
    "note_attempt_ended",
    "note_given_up",
    "note_transfer",
    "pay_by_intent",
    "pay_by_page",
    "place_by_staff",
    "place_order",
    "purchase_of",
    "quote_for",
    "quote_purchase",
    "recognise_company",
    "settle",
    "settle_free",
    "settle_return",
    "settle_test",
    "shopper_of",
    "standing_order",
    "tell_refused",
]
