"""How subscriptions live by the account's clock: periods, invoices, retries, the end."""

from tests.fakes.stripe.account import Account, StripeObject
from tests.fakes.stripe.failures import ApiFailure
from tests.fakes.stripe.invoices import card_of, charge, finalize, new_invoice, void
from tests.fakes.stripe.periods import moment_after

_DAY_S = 24 * 3600
# Days after a refusal at which the card is tried again; after the last the subscription ends.
_RETRIES = (1, 3, 5, 7)
# An unpaid first invoice is waited for so long.
_FIRST_PAYMENT_S = 23 * 3600


def begin(account: Account, subscription: StripeObject, behavior: str) -> None:
    """Make and charge the first invoice; 402 with `error_if_incomplete` and a card that refuses."""
    account.secrets[subscription["id"]] = {"cycles": 0}
    account.emit("customer.subscription.created", subscription)
    trial_end = subscription["trial_end"]
    if trial_end is not None:
        _enter(account, subscription, (account.now(), trial_end), "trialing")
        _invoice(account, subscription, "subscription_create", is_free=True)
        return
    _enter(account, subscription, _next_period(account, subscription), "incomplete")
    invoice = _invoice(account, subscription, "subscription_create")
    if invoice["status"] == "paid":
        return
    is_paid = behavior != "default_incomplete" and charge(
        account, invoice, card_of(account, subscription)
    )
    if is_paid:
        return
    if behavior == "error_if_incomplete":
        cancel(account, subscription)
        raise ApiFailure(402, "card_error", "Your card was declined.", code="card_declined")
    account.agenda.add(account.now() + _FIRST_PAYMENT_S, lambda: _expire(account, subscription))


def _next_period(account: Account, subscription: StripeObject) -> tuple[int, int]:
    """Count one period further and return its first and last second."""
    secret = account.secrets[subscription["id"]]
    recurring = subscription["items"]["data"][0]["price"]["recurring"]
    anchor = subscription["billing_cycle_anchor"]
    length = recurring["interval_count"]
    start = moment_after(anchor, recurring["interval"], length * secret["cycles"])
    secret["cycles"] += 1
    return start, moment_after(anchor, recurring["interval"], length * secret["cycles"])


def _enter(
    account: Account, subscription: StripeObject, period: tuple[int, int], status: str
) -> None:
    subscription["status"] = status
    for item in subscription["items"]["data"]:
        item.update(current_period_start=period[0], current_period_end=period[1])
    account.agenda.add(period[1], lambda: _renew(account, subscription))


def _invoice(
    account: Account, subscription: StripeObject, reason: str, *, is_free: bool = False
) -> StripeObject:
    item = subscription["items"]["data"][0]
    invoice = new_invoice(
        account,
        subscription,
        period=(item["current_period_start"], item["current_period_end"]),
        reason=reason,
        on_paid=lambda: _activate(account, subscription),
        is_free=is_free,
    )
    subscription["latest_invoice"] = invoice["id"]
    paused = subscription["pause_collection"]
    if paused is None:
        finalize(account, invoice)
    elif paused["behavior"] != "keep_as_draft":
        void(account, invoice)
    return invoice


def _activate(account: Account, subscription: StripeObject) -> None:
    if subscription["status"] in ("incomplete", "past_due", "unpaid"):
        subscription["status"] = "active"
        account.emit("customer.subscription.updated", subscription)


def _renew(account: Account, subscription: StripeObject) -> None:
    if subscription["status"] not in ("active", "trialing", "past_due"):
        return
    if subscription["cancel_at_period_end"]:
        cancel(account, subscription)
        return
    paused = subscription["pause_collection"]
    if paused and paused["resumes_at"] and paused["resumes_at"] <= account.now():
        subscription["pause_collection"] = None
    status = "active" if subscription["status"] == "trialing" else subscription["status"]
    _enter(account, subscription, _next_period(account, subscription), status)
    account.emit("customer.subscription.updated", subscription)
    invoice = _invoice(account, subscription, "subscription_cycle")
    if invoice["status"] == "open":
        _try(account, subscription, invoice, _RETRIES)


def _try(
    account: Account, subscription: StripeObject, invoice: StripeObject, retries: tuple[int, ...]
) -> None:
    if invoice["status"] != "open" or subscription["status"] == "canceled":
        return
    if charge(account, invoice, card_of(account, subscription)):
        return
    if not retries:
        cancel(account, subscription)
        return
    if subscription["status"] != "past_due":
        subscription["status"] = "past_due"
        account.emit("customer.subscription.updated", subscription)
    account.agenda.add(
        account.now() + retries[0] * _DAY_S,
        lambda: _try(account, subscription, invoice, retries[1:]),
    )


def cancel(account: Account, subscription: StripeObject) -> None:
    """End a subscription; its open invoices stay as they are."""
    subscription.update(status="canceled", canceled_at=account.now(), ended_at=account.now())
    account.emit("customer.subscription.deleted", subscription)


def _expire(account: Account, subscription: StripeObject) -> None:
    if subscription["status"] == "incomplete":
        subscription.update(status="incomplete_expired", ended_at=account.now())
        account.emit("customer.subscription.updated", subscription)
