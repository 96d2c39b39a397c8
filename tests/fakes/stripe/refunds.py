"""Refunds: whole or in parts, never above what is left of the charge."""

from tests.fakes.stripe.account import Account, StripeObject, merged_metadata
from tests.fakes.stripe.failures import invalid
from tests.fakes.stripe.params import Params

_LATER_S = 60
_REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def create_refund(account: Account, params: Params) -> StripeObject:
    """Give money back to the card it came from."""
    charge = _charge(account, params)
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = params.integer("amount", at_least=1) or left
    reason = params.text("reason", choices=_REASONS)
    metadata = merged_metadata({}, params.mapping("metadata"))
    params.finish()
    if charge["refunded"]:
        raise invalid(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if amount > left:
        raise invalid(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
            param="amount",
        )
    if _is_disputed(account, charge):
        raise invalid(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    later = account.secrets[charge["payment_method"]]["card"].refunds_later
    refund = account.add(
        "re",
        "refund",
        {
            "amount": amount,
            "currency": charge["currency"],
            "charge": charge["id"],
            "payment_intent": charge["payment_intent"],
            "reason": reason,
            "status": "pending" if later == "succeeded" else "succeeded",
            "metadata": metadata,
        },
    )
    del refund["livemode"]
    if later is not None:
        account.agenda.add(account.now() + _LATER_S, lambda: end_refund(account, refund, later))
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    account.emit("refund.created", refund)
    account.emit("charge.refunded", charge)
    return refund


def end_refund(account: Account, refund: StripeObject, outcome: str) -> None:
    """Let the bank answer: the refund succeeded, or it failed and its money comes back."""
    if refund["status"] == outcome or refund["status"] == "failed":
        return
    refund["status"] = outcome
    if outcome == "failed":
        charge = account.get("charge", refund["charge"])
        refund["failure_reason"] = "lost_or_stolen_card"
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        account.emit("refund.failed", refund)
    account.emit("refund.updated", refund)
    account.emit("charge.refund.updated", refund)


def _is_disputed(account: Account, charge: StripeObject) -> bool:
    """Tell whether a dispute holds the charge's money; one that was won has given it back."""
    return charge["disputed"] and any(
        held["charge"] == charge["id"]
        and not held["is_charge_refundable"]
        and held["status"] not in ("won", "warning_closed")
        for held in account.all("dispute")
    )


def _charge(account: Account, params: Params) -> StripeObject:
    charge_id = params.text("charge")
    intent_id = params.text("payment_intent")
    if (charge_id is None) == (intent_id is None):
        raise invalid("Say one of these: charge, payment_intent.", code="parameter_missing")
    if intent_id is not None:
        intent = account.get("payment_intent", intent_id, param="payment_intent")
        if intent["status"] != "succeeded":
            raise invalid(
                "This PaymentIntent does not have a successful charge to refund.",
                param="payment_intent",
            )
        charge_id = intent["latest_charge"]
    charge = account.get("charge", str(charge_id), param="charge")
    if not charge["paid"] or not charge["captured"]:
        raise invalid("This charge was never captured.", param="charge")
    return charge


def list_refunds(account: Account, params: Params) -> StripeObject:
    """List refunds, of one charge or intent when asked."""
    charge = params.text("charge")
    intent = params.text("payment_intent")
    found = [
        held
        for held in account.all("refund")
        if charge in (None, held["charge"]) and intent in (None, held["payment_intent"])
    ]
    return account.page(found, params, "/v1/refunds")
