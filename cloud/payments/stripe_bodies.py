"""The bodies of our requests to Stripe. Pure: the same request gives the same body, always."""

from datetime import datetime
from typing import Any

from cloud.foundation.money import Money
from cloud.payments.ports import ChargeRequest, IntentRequest, PageLine, PageRequest
from cloud.payments.stripe_amounts import sent_amount
from cloud.payments.stripe_states import REFERENCE, USER


def page_body(request: PageRequest) -> dict[str, Any]:
    """Return the body of a Checkout Session that takes a payment."""
    metadata = {REFERENCE: request.reference, "order": request.order_number}
    intent: dict[str, Any] = {
        "description": f"Order {request.order_number}",
        "metadata": metadata,
    }
    body: dict[str, Any] = {
        "mode": "payment",
        "line_items": [_line(line) for line in request.lines],
        "client_reference_id": request.order_number,
        "metadata": metadata,
        "payment_intent_data": intent,
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
        "expires_at": _seconds(request.expires_at),
        "locale": request.language,
    }
    if request.customer_id is None:
        body["customer_email"] = request.email
        return body
    body["customer"] = request.customer_id
    if request.save_card:
        intent["setup_future_usage"] = "off_session"
    return body


def _line(line: PageLine) -> dict[str, Any]:
    product = {"name": line.name}
    if line.note:
        product["description"] = line.note
    return {
        "quantity": line.quantity,
        "price_data": {
            "currency": line.unit.currency.lower(),
            "unit_amount": sent_amount(line.unit),
            "product_data": product,
        },
    }


def card_page_body(
    user_id: int, customer_id: str, currency: str, success_url: str, cancel_url: str
) -> dict[str, Any]:
    """Return the body of a Checkout Session that saves a card."""
    metadata = {USER: str(user_id)}
    return {
        "mode": "setup",
        "customer": customer_id,
        "currency": currency.lower(),
        "metadata": metadata,
        "setup_intent_data": {"metadata": metadata},
        "success_url": success_url,
        "cancel_url": cancel_url,
    }


def intent_body(request: IntentRequest) -> dict[str, Any]:
    """Return the body of a PaymentIntent that the buyer's program confirms."""
    body: dict[str, Any] = {
        "amount": sent_amount(request.amount),
        "currency": request.amount.currency.lower(),
        "payment_method_types": ["card"],
        "description": f"Order {request.order_number}",
        "metadata": {REFERENCE: request.reference, "order": request.order_number},
    }
    if request.customer_id is None:
        body["receipt_email"] = request.email
        return body
    body["customer"] = request.customer_id
    if request.method_id is not None:
        body["payment_method"] = request.method_id
    if request.save_card:
        body["setup_future_usage"] = "off_session"
    return body


def charge_body(request: ChargeRequest) -> dict[str, Any]:
    """Return the body of a PaymentIntent that charges a saved card at once."""
    return {
        "amount": sent_amount(request.amount),
        "currency": request.amount.currency.lower(),
        "customer": request.customer_id,
        "payment_method": request.method_id,
        "off_session": True,
        "confirm": True,
        "description": f"Order {request.order_number}",
        "metadata": {
            **request.facts,
            REFERENCE: request.reference,
            "order": request.order_number,
        },
        "expand": ["payment_method"],
    }


def refund_body(reference: str, intent_id: str, amount: Money) -> dict[str, Any]:
    """Return the body of a Refund."""
    return {
        "payment_intent": intent_id,
        "amount": sent_amount(amount),
        "reason": "requested_by_customer",
        "metadata": {REFERENCE: reference},
    }


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
