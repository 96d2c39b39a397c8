"""Refunds: whole or in parts, never above what is left of the charge."""

from tests.fakes.stripe.account import Account, StripeObject, merged_metadata
from tests.fakes.stripe.failures import invalid
from tests.fakes.stripe.params import Params

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
    refund = account.add(
        "re",
        "refund",
        {
            "amount": amount,
            "currency": charge["currency"],
            "charge": charge["id"],
            "payment_intent": charge["payment_intent"],
            "reason": reason,
            "status": "succeeded",
            "metadata": metadata,
        },
    )
    del refund["livemode"]
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    account.emit("refund.created", refund)
    account.emit("charge.refunded", charge)
    return refund


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
