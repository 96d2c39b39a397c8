"""Disputes: a cardholder tells their bank that a charge is wrong, and the bank decides."""

from typing import Any

from tests.fakes.stripe.account import Account, StripeObject, merged_metadata
from tests.fakes.stripe.failures import invalid
from tests.fakes.stripe.params import Params

_ANSWER_WITHIN_S = 9 * 24 * 3600
_OPEN = ("needs_response", "warning_needs_response")
_UNDER_REVIEW = {"needs_response": "under_review", "warning_needs_response": "warning_under_review"}
_ENDS = ("won", "lost", "warning_closed")


def open_dispute(
    account: Account,
    charge: StripeObject,
    *,
    reason: str = "fraudulent",
    is_inquiry: bool = False,
    amount: int | None = None,
) -> StripeObject:
    """Let the cardholder object to a charge; unless it is an inquiry, its money is taken away."""
    if charge["disputed"]:
        raise invalid(f"Charge {charge['id']} is disputed already.", code="charge_disputed")
    due_by = account.now() + _ANSWER_WITHIN_S
    dispute = account.add(
        "du",
        "dispute",
        {
            "amount": amount or charge["amount"],
            "balance_transactions": [],
            "charge": charge["id"],
            "currency": charge["currency"],
            "enhanced_eligibility_types": [],
            "evidence": {"uncategorized_text": None, "enhanced_evidence": {}},
            "evidence_details": {
                "due_by": due_by,
                "enhanced_eligibility": {},
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
                "submission_method": "not_submitted",
            },
            "intended_submission_method": None,
            "is_charge_refundable": is_inquiry,
            "metadata": {},
            "network_reason_code": "10.4",
            "payment_intent": charge["payment_intent"],
            "payment_method_details": None,
            "reason": reason,
            "status": "warning_needs_response" if is_inquiry else "needs_response",
        },
    )
    charge["disputed"] = True
    account.emit("charge.dispute.created", dispute)
    if not is_inquiry:
        account.emit("charge.dispute.funds_withdrawn", dispute)
    account.agenda.add(due_by, lambda: _end_unanswered(account, dispute))
    return dispute


def _end_unanswered(account: Account, dispute: StripeObject) -> None:
    if dispute["status"] in _OPEN:
        dispute["evidence_details"]["past_due"] = True
        decide(account, dispute, "lost")


def decide(account: Account, dispute: StripeObject, outcome: str) -> None:
    """Let the bank decide: won, lost or, for an inquiry, warning_closed; once."""
    if outcome not in _ENDS:
        raise invalid(f"A dispute ends as one of {', '.join(_ENDS)}.", param="outcome")
    if dispute["status"] in _ENDS:
        raise invalid(f"This dispute is already closed as {dispute['status']}.")
    is_inquiry = dispute["status"].startswith("warning_")
    dispute["status"] = "warning_closed" if is_inquiry and outcome == "won" else outcome
    dispute["is_charge_refundable"] = False
    if outcome != "lost" and not is_inquiry:
        account.emit("charge.dispute.funds_reinstated", dispute)
    account.emit("charge.dispute.closed", dispute)


def update_dispute(account: Account, params: Params, dispute_id: str) -> StripeObject:
    """Store evidence and, with `submit`, send it to the bank.

    As with Stripe's test mode, the text `winning_evidence` or `losing_evidence` decides at once.
    """
    dispute = account.get("dispute", dispute_id)
    given = params.mapping("evidence")
    is_sent = params.flag("submit")
    metadata = params.mapping("metadata")
    params.finish()
    if dispute["status"] not in _OPEN:
        raise invalid(f"This dispute is {dispute['status']}; its evidence cannot be changed.")
    if any(not isinstance(text, str) or len(text) > 20_000 for text in given.values()):
        raise invalid("A field of evidence has 20,000 characters at most.", param="evidence")
    dispute["evidence"].update(given)
    dispute["metadata"] = merged_metadata(dispute["metadata"], metadata)
    dispute["evidence_details"]["has_evidence"] = _has_evidence(dispute)
    if is_sent:
        dispute["evidence_details"].update(submission_count=1, submission_method="manual")
        dispute["status"] = _UNDER_REVIEW[dispute["status"]]
    account.emit("charge.dispute.updated", dispute)
    outcome = {"winning_evidence": "won", "losing_evidence": "lost"}.get(
        dispute["evidence"]["uncategorized_text"] or ""
    )
    if is_sent and outcome is not None:
        decide(account, dispute, outcome)
    return dispute


def _has_evidence(dispute: StripeObject) -> bool:
    evidence: dict[str, Any] = dispute["evidence"]
    return any(isinstance(text, str) and text for text in evidence.values())


def close_dispute(account: Account, params: Params, dispute_id: str) -> StripeObject:
    """Accept that the cardholder is right."""
    dispute = account.get("dispute", dispute_id)
    params.finish()
    decide(account, dispute, "lost")
    return dispute


def list_disputes(account: Account, params: Params) -> StripeObject:
    """List disputes, of one charge or intent when asked."""
    charge = params.text("charge")
    intent = params.text("payment_intent")
    found = [
        held
        for held in account.all("dispute")
        if charge in (None, held["charge"]) and intent in (None, held["payment_intent"])
    ]
    return account.page(found, params, "/v1/disputes")
