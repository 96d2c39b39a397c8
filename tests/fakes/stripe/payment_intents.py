"""PaymentIntents: create, confirm, capture, cancel, and the charge each attempt leaves."""

from tests.fakes.stripe.account import Account, StripeObject, fresh_token, merged_metadata, snapshot
from tests.fakes.stripe.customers import attach, resolve_payment_method
from tests.fakes.stripe.disputes import open_dispute
from tests.fakes.stripe.failures import card_refused, invalid, wrong_state
from tests.fakes.stripe.params import Params

CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
CANCELABLE = (*CONFIRMABLE, "requires_capture", "processing")


def create_intent(account: Account, params: Params) -> StripeObject:
    """Open an intent; with `confirm` the first attempt happens at once."""
    amount = params.amount()
    currency = params.required("currency")
    confirm_now = params.flag("confirm")
    off_session = params.flag("off_session")
    return_url = params.text("return_url")
    if off_session and not confirm_now:
        raise invalid("You may only specify off_session when confirm is true.", param="off_session")
    intent = new_intent(
        account,
        amount=amount,
        currency=currency,
        customer=_customer(account, params),
        capture_method=params.text("capture_method", choices=("automatic", "manual"))
        or "automatic",
        setup_future_usage=params.text("setup_future_usage"),
    )
    _fill(account, intent, params)
    account.emit("payment_intent.created", intent)
    if confirm_now:
        confirm(account, intent, off_session=off_session, return_url=return_url)
    return intent


def new_intent(
    account: Account,
    *,
    amount: int,
    currency: str,
    customer: str | None,
    capture_method: str = "automatic",
    setup_future_usage: str | None = None,
) -> StripeObject:
    """Store an intent that waits for a payment method; says nothing to anybody yet."""
    intent = account.add(
        "pi",
        "payment_intent",
        {
            "amount": amount,
            "amount_capturable": 0,
            "amount_received": 0,
            "currency": currency.lower(),
            "customer": customer,
            "status": "requires_payment_method",
            "capture_method": capture_method,
            "confirmation_method": "automatic",
            "payment_method": None,
            "payment_method_types": ["card"],
            "latest_charge": None,
            "last_payment_error": None,
            "next_action": None,
            "setup_future_usage": setup_future_usage,
            "description": None,
            "receipt_email": None,
            "statement_descriptor_suffix": None,
            "shipping": None,
            "metadata": {},
            "canceled_at": None,
            "cancellation_reason": None,
        },
    )
    intent["client_secret"] = f"{intent['id']}_secret_{fresh_token(24)}"
    return intent


def _customer(account: Account, params: Params) -> str | None:
    customer_id = params.text("customer")
    if customer_id is not None:
        account.get("customer", customer_id, param="customer")
    return customer_id


def _fill(account: Account, intent: StripeObject, params: Params) -> None:
    for field in ("description", "receipt_email", "statement_descriptor_suffix"):
        if field in params:
            intent[field] = params.text(field)
    if "shipping" in params:
        intent["shipping"] = params.mapping("shipping")
    params.entries("payment_method_types")
    params.mapping("automatic_payment_methods")
    given = params.text("payment_method")
    if given is not None:
        use_method(account, intent, given)
    intent["metadata"] = merged_metadata(intent["metadata"], params.mapping("metadata"))
    params.finish()


def use_method(account: Account, intent: StripeObject, given: str) -> None:
    """Choose the card of the next attempt."""
    method = resolve_payment_method(account, given)
    if account.secrets[method["id"]].get("is_detached"):
        raise invalid(
            "This PaymentMethod was detached from its customer and can't be used again.",
            param="payment_method",
        )
    if method["customer"] not in (None, intent["customer"]):
        raise invalid(
            "The PaymentMethod belongs to another Customer; say which with `customer`.",
            param="payment_method",
        )
    intent["payment_method"] = method["id"]
    if intent["status"] == "requires_payment_method":
        intent["status"] = "requires_confirmation"


def update_intent(account: Account, params: Params, intent_id: str) -> StripeObject:
    """Change an intent that has not been paid."""
    intent = account.get("payment_intent", intent_id)
    if intent["status"] not in CONFIRMABLE:
        raise wrong_state("payment_intent", intent["status"], "update")
    amount = params.integer("amount", at_least=1)
    if amount is not None:
        intent["amount"] = amount
    _fill(account, intent, params)
    return intent


def confirm_intent(account: Account, params: Params, intent_id: str) -> StripeObject:
    """Try to take the money."""
    intent = account.get("payment_intent", intent_id)
    given = params.text("payment_method")
    off_session = params.flag("off_session")
    return_url = params.text("return_url")
    params.finish()
    if intent["status"] not in CONFIRMABLE:
        raise wrong_state("payment_intent", intent["status"], "confirm")
    if given is not None:
        use_method(account, intent, given)
    confirm(account, intent, off_session=off_session, return_url=return_url)
    return intent


def confirm(
    account: Account, intent: StripeObject, *, off_session: bool, return_url: str | None
) -> None:
    """Make one attempt with the chosen card; answers 402 when the issuer says no."""
    if intent["payment_method"] is None:
        raise invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
        )
    secret = account.secrets[intent["payment_method"]]
    if secret["card"].asks_for_authentication(was_authenticated=secret["was_authenticated"]):
        _ask_cardholder(account, intent, off_session=off_session, return_url=return_url)
        return
    charge_card(account, intent)


def _ask_cardholder(
    account: Account, intent: StripeObject, *, off_session: bool, return_url: str | None
) -> None:
    if off_session:
        _refuse(
            account,
            intent,
            "This transaction requires authentication.",
            code="authentication_required",
            decline_code="authentication_required",
        )
    intent["status"] = "requires_action"
    intent["next_action"] = {
        "type": "redirect_to_url",
        "redirect_to_url": {
            "url": f"{account.base_url}/pages/approve/{intent['id']}",
            "return_url": return_url,
        },
    }
    account.emit("payment_intent.requires_action", intent)


def approve(account: Account, intent: StripeObject) -> None:
    """Let the cardholder approve; the charge follows and answers 402 when refused."""
    account.secrets[intent["payment_method"]]["was_authenticated"] = True
    charge_card(account, intent)


def reject(account: Account, intent: StripeObject) -> None:
    """Let the cardholder turn the approval down: 402, and another card is wanted."""
    _refuse(
        account,
        intent,
        "We are unable to authenticate your payment method. Please choose another and try again.",
        code="payment_intent_authentication_failure",
        decline_code=None,
    )


def charge_card(account: Account, intent: StripeObject) -> None:
    """Take the amount from the chosen card, or answer 402."""
    refusal = account.secrets[intent["payment_method"]]["card"].refuses(charging=True)
    if refusal is not None:
        _refuse(
            account,
            intent,
            refusal.message,
            code=refusal.code,
            decline_code=refusal.decline_code,
        )
    if intent["setup_future_usage"] and intent["customer"]:
        method = account.get("payment_method", intent["payment_method"])
        attach(account, method, intent["customer"])
    is_captured = intent["capture_method"] == "automatic"
    charge = _new_charge(account, intent, is_captured=is_captured)
    intent.update(
        latest_charge=charge["id"],
        next_action=None,
        last_payment_error=None,
        status="succeeded" if is_captured else "requires_capture",
        amount_received=intent["amount"] if is_captured else 0,
        amount_capturable=0 if is_captured else intent["amount"],
    )
    account.emit("charge.succeeded", charge)
    outcome = "succeeded" if is_captured else "amount_capturable_updated"
    account.emit(f"payment_intent.{outcome}", intent)
    if is_captured and intent["id"] in account.secrets:
        account.secrets[intent["id"]]["on_paid"]()
    card = account.secrets[intent["payment_method"]]["card"]
    if is_captured and card.disputed_as is not None:
        open_dispute(account, charge, reason=card.disputed_as, is_inquiry=card.is_inquiry)


def _refuse(
    account: Account, intent: StripeObject, message: str, *, code: str, decline_code: str | None
) -> None:
    charge = _new_charge(account, intent, is_captured=False)
    charge.update(paid=False, status="failed", failure_code=code, failure_message=message)
    method = account.get("payment_method", intent["payment_method"])
    intent.update(
        status="requires_payment_method",
        next_action=None,
        latest_charge=charge["id"],
        payment_method=None,
        last_payment_error={
            "type": "card_error",
            "code": code,
            "message": message,
            "payment_method": snapshot(method),
            **({"decline_code": decline_code} if decline_code else {}),
        },
    )
    account.emit("charge.failed", charge)
    account.emit("payment_intent.payment_failed", intent)
    raise card_refused(
        message,
        code=code,
        decline_code=decline_code,
        charge=charge["id"],
        payment_intent=snapshot(intent),
        payment_method=snapshot(method),
    )


def _new_charge(account: Account, intent: StripeObject, *, is_captured: bool) -> StripeObject:
    method = account.get("payment_method", intent["payment_method"])
    return account.add(
        "ch",
        "charge",
        {
            "amount": intent["amount"],
            "amount_captured": intent["amount"] if is_captured else 0,
            "amount_refunded": 0,
            "captured": is_captured,
            "currency": intent["currency"],
            "customer": intent["customer"],
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "payment_method_details": {"type": "card", "card": snapshot(method["card"])},
            "billing_details": snapshot(method["billing_details"]),
            "description": intent["description"],
            "metadata": snapshot(intent["metadata"]),
            "paid": True,
            "refunded": False,
            "disputed": False,
            "status": "succeeded",
            "failure_code": None,
            "failure_message": None,
        },
    )


def capture_intent(account: Account, params: Params, intent_id: str) -> StripeObject:
    """Take what was only reserved, or a part of it; the rest is let go."""
    intent = account.get("payment_intent", intent_id)
    if intent["status"] != "requires_capture":
        raise wrong_state("payment_intent", intent["status"], "capture")
    amount = params.integer("amount_to_capture", at_least=1) or intent["amount"]
    params.finish()
    if amount > intent["amount_capturable"]:
        raise invalid("The amount to capture is above the capturable one.", param="amount")
    charge = account.get("charge", intent["latest_charge"])
    charge.update(captured=True, amount_captured=amount)
    intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
    account.emit("charge.captured", charge)
    account.emit("payment_intent.succeeded", intent)
    return intent


def cancel_intent(account: Account, params: Params, intent_id: str) -> StripeObject:
    """Give up an intent that has not been paid."""
    intent = account.get("payment_intent", intent_id)
    reason = params.text("cancellation_reason")
    params.finish()
    if intent["status"] not in CANCELABLE:
        raise wrong_state("payment_intent", intent["status"], "cancel")
    intent.update(
        status="canceled",
        canceled_at=account.now(),
        cancellation_reason=reason,
        amount_capturable=0,
        next_action=None,
    )
    account.emit("payment_intent.canceled", intent)
    return intent


def list_intents(account: Account, params: Params) -> StripeObject:
    """List intents, by customer when asked."""
    customer = params.text("customer")
    found = [held for held in account.all("payment_intent") if customer in (None, held["customer"])]
    return account.page(found, params, "/v1/payment_intents")
