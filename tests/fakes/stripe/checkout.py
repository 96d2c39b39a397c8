"""Checkout Sessions: what the hosted page shows, and what paying or saving a card there does."""

from typing import Any

from tests.fakes.stripe.account import Account, StripeObject, merged_metadata, snapshot
from tests.fakes.stripe.cards import Card
from tests.fakes.stripe.customers import create_customer, new_payment_method
from tests.fakes.stripe.failures import invalid, wrong_state
from tests.fakes.stripe.params import Params
from tests.fakes.stripe.payment_intents import confirm, new_intent
from tests.fakes.stripe.setup_intents import confirm_card, new_setup

_SHORTEST_S = 30 * 60
_LONGEST_S = 24 * 3600


def create_session(account: Account, params: Params) -> StripeObject:
    """Open a session for a payment or for saving a card."""
    mode = params.required("mode", choices=("payment", "setup"))
    customer = params.text("customer")
    if customer is not None:
        account.get("customer", customer, param="customer")
    lines = [_line(fields, index) for index, fields in enumerate(params.entries("line_items"))]
    if mode == "payment" and not lines:
        raise invalid("Say what is bought in `line_items`.", param="line_items")
    if mode == "setup" and lines:
        raise invalid("You cannot pass `line_items` in `setup` mode.", param="line_items")
    currency = _currency(lines, params.text("currency"))
    total = sum(line["amount_total"] for line in lines)
    session = account.add(
        "cs_test",
        "checkout.session",
        {
            "mode": mode,
            "status": "open",
            "payment_status": "unpaid" if mode == "payment" else "no_payment_required",
            "amount_subtotal": total if mode == "payment" else None,
            "amount_total": total if mode == "payment" else None,
            "currency": currency,
            "customer": customer,
            "customer_email": params.text("customer_email"),
            "customer_creation": params.text(
                "customer_creation", choices=("always", "if_required")
            ),
            "customer_details": None,
            "client_reference_id": params.text("client_reference_id"),
            "payment_intent": None,
            "setup_intent": None,
            "payment_method_types": ["card"],
            "success_url": params.required("success_url"),
            "cancel_url": params.text("cancel_url"),
            "expires_at": _expiry(account, params),
            "locale": params.text("locale"),
            "automatic_tax": {"enabled": False, "liability": None, "status": None},
            "custom_fields": [],
            "custom_text": {},
            "shipping_options": [],
            "metadata": merged_metadata({}, params.mapping("metadata")),
            "ui_mode": "hosted_page",
        },
    )
    account.secrets[session["id"]] = {
        "lines": lines,
        "intent": _intent_fields(params.inner("payment_intent_data")),
        "setup": _setup_fields(params.inner("setup_intent_data")),
    }
    params.entries("payment_method_types")
    params.text("submit_type")
    params.text("billing_address_collection")
    params.mapping("saved_payment_method_options")
    params.mapping("custom_text")
    params.finish()
    session["url"] = f"{account.base_url}/pages/pay/{session['id']}"
    return session


def _line(fields: Any, index: int) -> StripeObject:
    line = Params(fields, prefix=f"line_items[{index}]")
    price = line.inner("price_data")
    product = price.inner("product_data")
    quantity = line.integer("quantity", at_least=1, at_most=999_999) or 1
    unit = price.integer("unit_amount")
    if unit is None:
        raise invalid("Missing required param: unit_amount.", code="parameter_missing")
    made = {
        "description": product.required("name"),
        "note": product.text("description"),
        "quantity": quantity,
        "unit_amount": unit,
        "amount_total": unit * quantity,
        "currency": price.required("currency").lower(),
    }
    product.entries("images")
    product.mapping("metadata")
    for level in (product, price, line):
        level.finish()
    return made


def _currency(lines: list[StripeObject], given: str | None) -> str | None:
    used = {line["currency"] for line in lines} | ({given.lower()} if given else set())
    if len(used) > 1:
        raise invalid("All line items must have the same currency.", param="line_items")
    return used.pop() if used else None


def _expiry(account: Account, params: Params) -> int:
    now = account.now()
    asked = params.integer("expires_at", at_most=2**62)
    if asked is None:
        return now + _LONGEST_S
    # A minute of grace: the caller's clock reads earlier than ours when the request is under way.
    if not now + _SHORTEST_S - 60 <= asked <= now + _LONGEST_S + 60:
        raise invalid(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.",
            param="expires_at",
        )
    return asked


def _intent_fields(params: Params) -> dict[str, Any]:
    fields = {
        "metadata": merged_metadata({}, params.mapping("metadata")),
        "setup_future_usage": params.text("setup_future_usage"),
        "description": params.text("description"),
        "receipt_email": params.text("receipt_email"),
        "shipping": params.mapping("shipping") or None,
    }
    params.finish()
    return fields


def _setup_fields(params: Params) -> dict[str, Any]:
    fields = {
        "metadata": merged_metadata({}, params.mapping("metadata")),
        "description": params.text("description"),
    }
    params.finish()
    return fields


def get_session(account: Account, params: Params, session_id: str) -> StripeObject:
    """Return a session, expired when its time has come."""
    params.finish()
    return current_session(account, session_id)


def current_session(account: Account, session_id: str) -> StripeObject:
    """Return a session after looking at the clock."""
    session = account.get("checkout.session", session_id)
    if session["status"] == "open" and account.now() >= session["expires_at"]:
        _expire(account, session)
    return session


def expire_session(account: Account, params: Params, session_id: str) -> StripeObject:
    """Close an open session so that nobody can pay on it any more."""
    params.finish()
    session = current_session(account, session_id)
    if session["status"] != "open":
        raise invalid(
            f"Only Checkout Sessions with a status of open can be expired; "
            f"this one is {session['status']}."
        )
    _expire(account, session)
    return session


def _expire(account: Account, session: StripeObject) -> None:
    session.update(status="expired", url=None)
    account.emit("checkout.session.expired", session)


def list_sessions(account: Account, params: Params) -> StripeObject:
    """List sessions, of one customer or intent when asked."""
    customer = params.text("customer")
    intent = params.text("payment_intent")
    found = [
        held
        for held in account.all("checkout.session")
        if customer in (None, held["customer"]) and intent in (None, held["payment_intent"])
    ]
    return account.page(found, params, "/v1/checkout/sessions")


def list_lines(account: Account, params: Params, session_id: str) -> StripeObject:
    """List what a session sells."""
    account.get("checkout.session", session_id)
    lines = [
        {
            "id": f"li_{session_id[-16:]}{index}",
            "object": "item",
            "created": account.now(),
            "description": line["description"],
            "quantity": line["quantity"],
            "amount_subtotal": line["amount_total"],
            "amount_total": line["amount_total"],
            "currency": line["currency"],
        }
        for index, line in enumerate(account.secrets[session_id]["lines"])
    ]
    return account.page(lines, params, f"/v1/checkout/sessions/{session_id}/line_items")


def pay_with_card(
    account: Account, session: StripeObject, card: Card, *, email: str, name: str
) -> StripeObject:
    """Do what the page's button does; returns the intent, answers 402 when the card is refused."""
    _require_open(session)
    details = {"email": email or None, "name": name or None}
    method = new_payment_method(account, card, billing_details=details)
    intent = _intent_of(account, session, email, name)
    intent["payment_method"] = method["id"]
    session["customer_details"] = {"email": email or None, "name": name or None, "address": None}
    if session["mode"] == "setup":
        confirm_card(account, intent, return_url=None)
    else:
        confirm(account, intent, off_session=False, return_url=None)
    complete_if_done(account, session)
    return intent


def _require_open(session: StripeObject) -> None:
    if session["status"] != "open":
        raise wrong_state("checkout_session", session["status"], "pay")


def _intent_of(account: Account, session: StripeObject, email: str, name: str) -> StripeObject:
    """Return the session's intent, made at the first attempt as the hosted page does."""
    secret = account.secrets[session["id"]]
    held = session["payment_intent"] or session["setup_intent"]
    if held is not None:
        return account.objects[held]
    if session["customer"] is None and session["customer_creation"] == "always":
        made = create_customer(account, Params({"email": email, "name": name}))
        session["customer"] = made["id"]
    if session["mode"] == "setup":
        setup = new_setup(
            account,
            customer=session["customer"],
            usage="off_session",
            metadata=snapshot(secret["setup"]["metadata"]),
        )
        session["setup_intent"] = setup["id"]
        account.emit("setup_intent.created", setup)
        return setup
    intent = new_intent(
        account,
        amount=session["amount_total"],
        currency=session["currency"],
        customer=session["customer"],
    )
    intent.update(snapshot(secret["intent"]))
    session["payment_intent"] = intent["id"]
    account.emit("payment_intent.created", intent)
    return intent


def complete_if_done(account: Account, session: StripeObject) -> None:
    """Close the session once its intent has succeeded."""
    intent = account.objects[session["payment_intent"] or session["setup_intent"]]
    if intent["status"] != "succeeded" or session["status"] != "open":
        return
    paid = "paid" if session["mode"] == "payment" else "no_payment_required"
    session.update(status="complete", payment_status=paid, url=None)
    account.emit("checkout.session.completed", session)


def session_of_intent(account: Account, intent_id: str) -> StripeObject | None:
    """Return the session whose page made this intent, if one did."""
    for session in account.all("checkout.session"):
        if intent_id in (session["payment_intent"], session["setup_intent"]):
            return session
    return None


def success_address(session: StripeObject) -> str:
    """Return where the page sends the buyer afterwards, the session's id filled in."""
    address: str = session["success_url"]
    return address.replace("{CHECKOUT_SESSION_ID}", session["id"])
