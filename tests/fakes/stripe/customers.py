"""Customers and their payment methods."""

from typing import Any

from tests.fakes.stripe.account import Account, StripeObject, merged_metadata
from tests.fakes.stripe.cards import BY_TOKEN, Card, card_with_number
from tests.fakes.stripe.failures import card_refused, invalid
from tests.fakes.stripe.params import Params


def create_customer(account: Account, params: Params) -> StripeObject:
    """Open a customer."""
    customer = account.add(
        "cus",
        "customer",
        {
            "email": None,
            "name": None,
            "phone": None,
            "description": None,
            "metadata": {},
            "address": None,
            "balance": 0,
            "default_source": None,
            "delinquent": False,
            "preferred_locales": [],
            "invoice_settings": {"default_payment_method": None},
        },
    )
    _fill(account, customer, params)
    account.emit("customer.created", customer)
    return customer


def update_customer(account: Account, params: Params, customer_id: str) -> StripeObject:
    """Change the fields sent and keep the others."""
    customer = account.get("customer", customer_id)
    _fill(account, customer, params)
    account.emit("customer.updated", customer)
    return customer


def _fill(account: Account, customer: StripeObject, params: Params) -> None:
    for field in ("email", "name", "phone", "description"):
        if field in params:
            customer[field] = params.text(field)
    settings = params.inner("invoice_settings")
    chosen = settings.text("default_payment_method")
    if chosen is not None:
        method = account.get("payment_method", chosen, param="default_payment_method")
        if method["customer"] != customer["id"]:
            raise invalid("The customer does not have this payment method attached.")
        customer["invoice_settings"]["default_payment_method"] = chosen
    if "address" in params:
        customer["address"] = params.mapping("address")
    customer["preferred_locales"] = (
        params.entries("preferred_locales") or customer["preferred_locales"]
    )
    customer["metadata"] = merged_metadata(customer["metadata"], params.mapping("metadata"))
    params.finish()


def list_customers(account: Account, params: Params) -> StripeObject:
    """List customers, by e-mail when asked."""
    email = params.text("email")
    found = [held for held in account.all("customer") if email in (None, held["email"])]
    return account.page(found, params, "/v1/customers")


def delete_customer(account: Account, params: Params, customer_id: str) -> StripeObject:
    """Forget a customer and detach its payment methods."""
    customer = account.get("customer", customer_id)
    params.finish()
    for method in account.all("payment_method"):
        if method["customer"] == customer_id:
            method["customer"] = None
    account.remove(customer)
    account.emit("customer.deleted", customer)
    return {"id": customer_id, "object": "customer", "deleted": True}


def create_payment_method(account: Account, params: Params) -> StripeObject:
    """Make a card payment method from a test number or a `tok_…` stand-in."""
    params.required("type", choices=("card",))
    typed = params.inner("card")
    token = typed.text("token")
    if token is not None:
        card = _card_behind(token.replace("tok_", "pm_card_", 1))
    else:
        card = card_with_number(typed.required("number"))
        typed.integer("exp_month", at_least=1, at_most=12)
        typed.integer("exp_year", at_least=2000, at_most=2100)
        typed.text("cvc")
    typed.finish()
    details = params.mapping("billing_details")
    metadata = merged_metadata({}, params.mapping("metadata"))
    params.finish()
    return new_payment_method(account, card, billing_details=details, metadata=metadata)


def new_payment_method(
    account: Account,
    card: Card,
    *,
    billing_details: dict[str, Any] | None = None,
    metadata: dict[str, str] | None = None,
    expires: tuple[int, int] = (12, 2034),
) -> StripeObject:
    """Store a card, attached to nobody yet."""
    method = account.add(
        "pm",
        "payment_method",
        {
            "type": "card",
            "customer": None,
            "billing_details": {
                "address": None,
                "email": None,
                "name": None,
                "phone": None,
                **(billing_details or {}),
            },
            "card": {
                "brand": card.brand,
                "last4": card.last4,
                "exp_month": expires[0],
                "exp_year": expires[1],
                "country": "US",
                "funding": "credit",
                "fingerprint": card.token[-16:],
            },
            "metadata": metadata or {},
            "allow_redisplay": "unspecified",
        },
    )
    account.secrets[method["id"]] = {"card": card, "was_authenticated": False}
    return method


def resolve_payment_method(account: Account, given: str) -> StripeObject:
    """Return the method of an id; a `pm_card_…` name makes a fresh one of that test card."""
    if given in BY_TOKEN:
        return new_payment_method(account, BY_TOKEN[given])
    return account.get("payment_method", given, param="payment_method")


def attach_payment_method(account: Account, params: Params, given: str) -> StripeObject:
    """Tie a payment method to a customer."""
    customer_id = params.required("customer")
    params.finish()
    account.get("customer", customer_id, param="customer")
    method = resolve_payment_method(account, given)
    if method["customer"] not in (None, customer_id):
        raise invalid("The payment method you provided has already been attached to a customer.")
    refusal = account.secrets[method["id"]]["card"].refuses(charging=False)
    if refusal is not None:
        raise card_refused(refusal.message, code=refusal.code, decline_code=refusal.decline_code)
    attach(account, method, customer_id)
    return method


def attach(account: Account, method: StripeObject, customer_id: str) -> None:
    """Tie a method to a customer once; a second time changes nothing."""
    if method["customer"] == customer_id:
        return
    method["customer"] = customer_id
    account.emit("payment_method.attached", method)


def detach_payment_method(account: Account, params: Params, method_id: str) -> StripeObject:
    """Untie a payment method; it can never be used again."""
    params.finish()
    method = account.get("payment_method", method_id)
    if method["customer"] is None:
        raise invalid("The payment method you provided is not attached to a customer.")
    method["customer"] = None
    account.secrets[method_id]["is_detached"] = True
    account.emit("payment_method.detached", method)
    return method


def list_payment_methods(account: Account, params: Params) -> StripeObject:
    """List the methods of one customer."""
    customer_id = params.required("customer")
    return _methods_of(account, params, customer_id, "/v1/payment_methods")


def list_customer_methods(account: Account, params: Params, customer_id: str) -> StripeObject:
    """List the methods of the customer in the address."""
    url = f"/v1/customers/{customer_id}/payment_methods"
    return _methods_of(account, params, customer_id, url)


def _methods_of(account: Account, params: Params, customer_id: str, url: str) -> StripeObject:
    params.text("type")
    account.get("customer", customer_id, param="customer")
    held = [method for method in account.all("payment_method") if method["customer"] == customer_id]
    return account.page(held, params, url)


def _card_behind(token: str) -> Card:
    if token not in BY_TOKEN:
        raise invalid(f"No such token: '{token}'", param="card[token]", code="resource_missing")
    return BY_TOKEN[token]
