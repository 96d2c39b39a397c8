"""Invoices of subscriptions: made, finalized, charged, and what comes of a card that refuses."""

from collections.abc import Callable

from tests.fakes.stripe.account import Account, StripeObject, fresh_token
from tests.fakes.stripe.failures import ApiFailure, invalid
from tests.fakes.stripe.params import Params
from tests.fakes.stripe.payment_intents import confirm, new_intent, use_method


def new_invoice(
    account: Account,
    subscription: StripeObject,
    *,
    period: tuple[int, int],
    reason: str,
    on_paid: Callable[[], None],
    is_free: bool = False,
) -> StripeObject:
    """Store an open invoice over a period of a subscription."""
    lines = [
        _line(subscription, item, period, is_free=is_free) for item in subscription["items"]["data"]
    ]
    total = sum(line["amount"] for line in lines)
    parent = {
        "type": "subscription_details",
        "quote_details": None,
        "subscription_details": {"metadata": {}, "subscription": subscription["id"]},
    }
    invoice = account.add(
        "in",
        "invoice",
        {
            "amount_due": total,
            "amount_overpaid": 0,
            "amount_paid": 0,
            "amount_remaining": total,
            "amount_shipping": 0,
            "attempt_count": 0,
            "attempted": False,
            "automatic_tax": {"enabled": False, "liability": None, "status": None},
            "billing_reason": reason,
            "collection_method": "charge_automatically",
            "confirmation_secret": None,
            "currency": subscription["currency"],
            "customer": subscription["customer"],
            "default_tax_rates": [],
            "discounts": [],
            "issuer": {"type": "self"},
            "lines": {
                "object": "list",
                "url": "/v1/invoices/lines",
                "has_more": False,
                "data": lines,
            },
            "metadata": {},
            "number": None,
            "parent": parent,
            "payment_settings": {"default_mandate": None},
            "period_end": period[1],
            "period_start": period[0],
            "post_payment_credit_notes_amount": 0,
            "pre_payment_credit_notes_amount": 0,
            "starting_balance": 0,
            "status": "draft",
            "status_transitions": {"finalized_at": None, "paid_at": None, "voided_at": None},
            "subtotal": total,
            "total": total,
        },
    )
    account.secrets[invoice["id"]] = {"on_paid": on_paid, "intent": None}
    account.emit("invoice.created", invoice)
    return invoice


def _line(
    subscription: StripeObject, item: StripeObject, period: tuple[int, int], *, is_free: bool
) -> StripeObject:
    amount = 0 if is_free else item["price"]["unit_amount"] * item["quantity"]
    return {
        "id": f"il_{fresh_token(24)}",
        "object": "line_item",
        "amount": amount,
        "currency": subscription["currency"],
        "description": None,
        "discountable": True,
        "discounts": [],
        "livemode": False,
        "metadata": {},
        "period": {"start": period[0], "end": period[1]},
        "quantity": item["quantity"],
        "subscription": subscription["id"],
        "subtotal": amount,
    }


def finalize(account: Account, invoice: StripeObject) -> StripeObject | None:
    """Open an invoice with its intent, which is returned; one of nothing is paid at once."""
    invoice["status"] = "open"
    invoice["number"] = f"STAND-{len(account.all('invoice')):04}"
    invoice["status_transitions"]["finalized_at"] = account.now()
    account.emit("invoice.finalized", invoice)
    if invoice["amount_due"] == 0:
        _mark_paid(account, invoice)
        return None
    intent = new_intent(
        account,
        amount=invoice["amount_due"],
        currency=invoice["currency"],
        customer=invoice["customer"],
        setup_future_usage="off_session",
    )
    account.secrets[invoice["id"]]["intent"] = intent["id"]
    account.secrets[intent["id"]] = {"on_paid": lambda: _mark_paid(account, invoice)}
    invoice["confirmation_secret"] = {
        "client_secret": intent["client_secret"],
        "type": "payment_intent",
    }
    account.emit("payment_intent.created", intent)
    return intent


def charge(account: Account, invoice: StripeObject, method_id: str | None) -> bool:
    """Try to take an open invoice's money off-session; tell whether that worked."""
    intent = account.objects[account.secrets[invoice["id"]]["intent"]]
    invoice["attempt_count"] += 1
    invoice["attempted"] = True
    try:
        if method_id is not None:
            use_method(account, intent, method_id)
        confirm(account, intent, off_session=True, return_url=None)
    except ApiFailure:
        account.emit("invoice.payment_failed", invoice)
        return False
    return bool(intent["status"] == "succeeded")


def _mark_paid(account: Account, invoice: StripeObject) -> None:
    if invoice["status"] != "open":
        return
    invoice.update(status="paid", amount_paid=invoice["amount_due"], amount_remaining=0)
    invoice["status_transitions"]["paid_at"] = account.now()
    account.emit("invoice.paid", invoice)
    account.emit("invoice.payment_succeeded", invoice)
    account.secrets[invoice["id"]]["on_paid"]()


def pay_invoice(account: Account, params: Params, invoice_id: str) -> StripeObject:
    """Try to take the money of an open invoice now."""
    invoice = account.get("invoice", invoice_id)
    given = params.text("payment_method")
    params.finish()
    if invoice["status"] != "open":
        raise invalid(f"This invoice is {invoice['status']}; only an open one can be paid.")
    if not charge(account, invoice, given or _card_of(account, invoice)):
        intent = account.objects[account.secrets[invoice_id]["intent"]]
        error = intent["last_payment_error"] or {"message": "There is no card.", "code": None}
        raise ApiFailure(402, "card_error", error["message"], code=error["code"])
    return invoice


def _card_of(account: Account, invoice: StripeObject) -> str | None:
    subscription = invoice["parent"]["subscription_details"]["subscription"]
    return card_of(account, account.objects[subscription])


def card_of(account: Account, subscription: StripeObject) -> str | None:
    """Return the card that a subscription charges: its own, or its customer's default one."""
    own: str | None = subscription["default_payment_method"]
    customer = account.objects[subscription["customer"]]
    chosen: str | None = customer["invoice_settings"]["default_payment_method"]
    return own or chosen


def void(account: Account, invoice: StripeObject) -> None:
    """Let an invoice never be paid."""
    invoice.update(status="void", amount_remaining=0)
    invoice["status_transitions"]["voided_at"] = account.now()
    account.emit("invoice.voided", invoice)


def void_invoice(account: Account, params: Params, invoice_id: str) -> StripeObject:
    """Void an open invoice."""
    invoice = account.get("invoice", invoice_id)
    params.finish()
    if invoice["status"] != "open":
        raise invalid(f"This invoice is {invoice['status']}; only an open one can be voided.")
    void(account, invoice)
    return invoice


def list_invoices(account: Account, params: Params) -> StripeObject:
    """List invoices, of one customer or subscription when asked."""
    customer = params.text("customer")
    subscription = params.text("subscription")
    status = params.text("status")
    found = [
        held
        for held in account.all("invoice")
        if customer in (None, held["customer"])
        and subscription in (None, held["parent"]["subscription_details"]["subscription"])
        and status in (None, held["status"])
    ]
    return account.page(found, params, "/v1/invoices")
