"""Stripe's objects read into our states. Pure; tolerant of fields that are missing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cloud.foundation.later import Foreign
from cloud.payments.states import (
    CardState,
    DisputeStage,
    DisputeState,
    EventNotice,
    IntentState,
    IntentStatus,
    PageState,
    PageStatus,
    RefundState,
    RefundStatus,
    Refusal,
)
from cloud.payments.stripe_amounts import received_minor

# The key under which an object names our row; the value is random and found in no other shop.
REFERENCE = "scent_reference"
USER = "scent_user"

_INTENT_STATUS = {
    "succeeded": IntentStatus.SUCCEEDED,
    "canceled": IntentStatus.CANCELLED,
    "requires_action": IntentStatus.NEEDS_CUSTOMER,
}
_REFUND_STATUS = {
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}
# Stages of an inquiry begin with "warning_"; an appeal is under the bank's eyes once more.
_DISPUTE_STAGE = {
    "needs_response": DisputeStage.NEEDS_RESPONSE,
    "warning_needs_response": DisputeStage.NEEDS_RESPONSE,
    "won": DisputeStage.WON,
    "lost": DisputeStage.LOST,
    "warning_closed": DisputeStage.CLOSED,
    "prevented": DisputeStage.CLOSED,
}


def plain(found: Foreign) -> dict[str, Any]:
    """Return an SDK object as plain values."""
    values: dict[str, Any] = found.to_dict()
    return values


def intent_state(intent: Mapping[str, Any]) -> IntentState:
    """Read a PaymentIntent; its card only when `payment_method` is expanded."""
    refusal = _refusal(intent.get("last_payment_error"), _id(intent.get("latest_charge")))
    status = _INTENT_STATUS.get(intent["status"], IntentStatus.OPEN)
    if status is IntentStatus.OPEN and refusal is not None:
        status = IntentStatus.REFUSED
    currency = str(intent["currency"]).upper()
    return IntentState(
        intent_id=intent["id"],
        status=status,
        received_minor=received_minor(intent.get("amount_received") or 0, currency),
        currency=currency,
        reference=_metadata(intent).get(REFERENCE),
        customer_id=_id(intent.get("customer")),
        card=card_state(intent.get("payment_method")),
        refusal=refusal,
        client_secret=intent.get("client_secret"),
        amount_minor=received_minor(intent.get("amount") or 0, currency),
    )


def _refusal(error: Mapping[str, Any] | None, charge_id: str | None) -> Refusal | None:
    if not error:
        return None
    code = error.get("decline_code") or error.get("code") or "card_declined"
    return Refusal(
        code=code,
        message=error.get("message") or "The card was refused.",
        needs_customer=error.get("code") == "authentication_required",
        charge_id=charge_id,
    )


def card_state(method: object) -> CardState | None:
    """Read an expanded card; None for anything else."""
    if not isinstance(method, Mapping) or method.get("type") != "card":
        return None
    card = method["card"]
    return CardState(
        method_id=method["id"],
        customer_id=_id(method.get("customer")),
        brand=card.get("brand") or "card",
        last4=card["last4"],
        exp_month=card["exp_month"],
        exp_year=card["exp_year"],
    )


def page_state(session: Mapping[str, Any]) -> PageState:
    """Read a Checkout Session with its intents expanded."""
    intent = session.get("payment_intent")
    setup = session.get("setup_intent")
    metadata = _metadata(session)
    card = None
    if isinstance(setup, Mapping) and setup.get("status") == "succeeded":
        card = card_state(setup.get("payment_method"))
    return PageState(
        session_id=session["id"],
        status=PageStatus(session.get("status") or "open"),
        url=session.get("url"),
        reference=metadata.get(REFERENCE),
        intent=intent_state(intent) if isinstance(intent, Mapping) else None,
        card=card,
        saved_for_user=user_of(metadata),
    )


def user_of(metadata: Mapping[str, str]) -> int | None:
    """Return the member that metadata name."""
    given = metadata.get(USER, "")
    return int(given) if given.isdigit() else None


def refund_state(refund: Mapping[str, Any]) -> RefundState:
    """Read a Refund."""
    currency = str(refund["currency"]).upper()
    return RefundState(
        refund_id=refund["id"],
        intent_id=_id(refund.get("payment_intent")),
        amount_minor=received_minor(refund["amount"], currency),
        currency=currency,
        status=_REFUND_STATUS.get(refund.get("status") or "", RefundStatus.PENDING),
        reference=_metadata(refund).get(REFERENCE),
    )


def dispute_state(dispute: Mapping[str, Any]) -> DisputeState:
    """Read a Dispute."""
    details = dispute.get("evidence_details") or {}
    due_by = details.get("due_by")
    currency = str(dispute["currency"]).upper()
    return DisputeState(
        dispute_id=dispute["id"],
        intent_id=_id(dispute.get("payment_intent")),
        stage=_DISPUTE_STAGE.get(dispute["status"], DisputeStage.UNDER_REVIEW),
        reason=dispute.get("reason") or "general",
        amount_minor=received_minor(dispute["amount"], currency),
        currency=currency,
        is_inquiry=str(dispute["status"]).startswith("warning_"),
        is_refundable=bool(dispute.get("is_charge_refundable")),
        has_answer=bool(details.get("submission_count")),
        answer_until=datetime.fromtimestamp(due_by, UTC) if due_by else None,
        opened_at=datetime.fromtimestamp(int(dispute["created"]), UTC),
    )


def event_notice(event: Mapping[str, Any]) -> EventNotice:
    """Read an Event; KeyError or TypeError when it is none."""
    return EventNotice(
        event_id=str(event["id"]),
        kind=str(event["type"]),
        object_id=str(event["data"]["object"]["id"]),
        occurred_at=datetime.fromtimestamp(int(event["created"]), UTC),
    )


def _metadata(found: Mapping[str, Any]) -> Mapping[str, str]:
    return found.get("metadata") or {}


def _id(found: object) -> str | None:
    if isinstance(found, Mapping):
        return str(found["id"])
    return found if isinstance(found, str) else None
