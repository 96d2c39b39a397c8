"""Subscriptions: begun, changed, paused, ended by their customer."""

from typing import Any

from tests.fakes.stripe.account import Account, StripeObject, fresh_token, merged_metadata, snapshot
from tests.fakes.stripe.failures import invalid
from tests.fakes.stripe.params import Params
from tests.fakes.stripe.prices import new_price
from tests.fakes.stripe.renewals import begin, cancel

_BEHAVIORS = ("allow_incomplete", "default_incomplete", "error_if_incomplete")
_DAY_S = 24 * 3600


def create_subscription(account: Account, params: Params) -> StripeObject:
    """Begin a subscription; its first period is charged at once unless it is a trial."""
    customer = account.get("customer", params.required("customer"), param="customer")
    behavior = params.text("payment_behavior", choices=_BEHAVIORS) or _BEHAVIORS[0]
    now = account.now()
    trial_days = params.integer("trial_period_days", at_least=1, at_most=730)
    trial_end = params.integer("trial_end", at_least=now, at_most=2**62)
    if trial_days is not None:
        trial_end = now + trial_days * _DAY_S
    given = [
        Params(fields, prefix=f"items[{index}]")
        for index, fields in enumerate(params.entries("items"))
    ]
    if not given:
        raise invalid("Missing required param: items.", param="items", code="parameter_missing")
    subscription = _new(account, params, customer["id"], now, trial_end)
    subscription["items"]["data"] = [_item(account, fields, subscription) for fields in given]
    prices = [item["price"] for item in subscription["items"]["data"]]
    if len({(price["currency"], str(price["recurring"])) for price in prices}) > 1:
        raise invalid("All prices of a subscription need one currency and one interval.")
    subscription["currency"] = prices[0]["currency"]
    params.finish()
    begin(account, subscription, behavior)
    return subscription


def _new(
    account: Account, params: Params, customer: str, now: int, trial_end: int | None
) -> StripeObject:
    anchor = trial_end or now
    return account.add(
        "sub",
        "subscription",
        {
            "automatic_tax": {"enabled": False, "liability": None, "disabled_reason": None},
            "billing_cycle_anchor": anchor,
            "billing_mode": {"type": "flexible", "updated_at": now},
            "billing_schedules": [],
            "cancel_at": None,
            "cancel_at_period_end": params.flag("cancel_at_period_end"),
            "canceled_at": None,
            "collection_method": "charge_automatically",
            "currency": "",
            "customer": customer,
            "default_payment_method": params.text("default_payment_method"),
            "description": params.text("description"),
            "discounts": [],
            "ended_at": None,
            "invoice_settings": {"issuer": {"type": "self"}},
            "items": {
                "object": "list",
                "url": "/v1/subscription_items",
                "has_more": False,
                "data": [],
            },
            "latest_invoice": None,
            "metadata": merged_metadata({}, params.mapping("metadata")),
            "pause_collection": None,
            "start_date": now,
            "status": "incomplete",
            "trial_end": trial_end,
            "trial_start": now if trial_end else None,
        },
    )


def _item(account: Account, fields: Params, subscription: StripeObject) -> StripeObject:
    price = _price(account, fields)
    quantity = fields.integer("quantity", at_least=1, at_most=999_999) or 1
    metadata = merged_metadata({}, fields.mapping("metadata"))
    fields.finish()
    return {
        "id": f"si_{fresh_token(14)}",
        "object": "subscription_item",
        "created": account.now(),
        "current_period_start": account.now(),
        "current_period_end": subscription["billing_cycle_anchor"],
        "discounts": [],
        "metadata": metadata,
        "plan": _plan(price),
        "price": snapshot(price),
        "quantity": quantity,
        "subscription": subscription["id"],
    }


def _price(account: Account, fields: Params) -> StripeObject:
    price_id = fields.text("price")
    if price_id is not None:
        price = account.get("price", price_id, param="price")
    else:
        made = fields.inner("price_data")
        price = new_price(account, made, made.required("product"))
        made.finish()
    if price["recurring"] is None:
        raise invalid("The price of a subscription must recur.", param="items")
    return price


def _plan(price: StripeObject) -> dict[str, Any]:
    """Return a price in the words of its forerunner, which items still carry."""
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": price["currency"],
        "interval": price["recurring"]["interval"],
        "interval_count": price["recurring"]["interval_count"],
        "livemode": False,
        "metadata": {},
        "product": price["product"],
        "usage_type": "licensed",
    }


def update_subscription(account: Account, params: Params, subscription_id: str) -> StripeObject:
    """Change a subscription from its next period on; nothing is prorated here."""
    subscription = account.get("subscription", subscription_id)
    if subscription["status"] in ("canceled", "incomplete_expired"):
        raise invalid("A canceled subscription can only update its metadata.")
    for index, fields in enumerate(params.entries("items")):
        _change_item(account, subscription, Params(fields, prefix=f"items[{index}]"))
    chosen = params.text("default_payment_method")
    if chosen is not None:
        account.get("payment_method", chosen, param="default_payment_method")
        subscription["default_payment_method"] = chosen
    subscription["cancel_at_period_end"] = params.flag(
        "cancel_at_period_end", default=subscription["cancel_at_period_end"]
    )
    if params.is_cleared("pause_collection"):
        subscription["pause_collection"] = None
    elif "pause_collection" in params:
        subscription["pause_collection"] = _pause(params.inner("pause_collection"))
    subscription["metadata"] = merged_metadata(subscription["metadata"], params.mapping("metadata"))
    params.text("proration_behavior", choices=("none", "create_prorations", "always_invoice"))
    params.finish()
    account.emit("customer.subscription.updated", subscription)
    return subscription


def _pause(params: Params) -> dict[str, Any]:
    behaviors = ("keep_as_draft", "mark_uncollectible", "void")
    made = {
        "behavior": params.required("behavior", choices=behaviors),
        "resumes_at": params.integer("resumes_at", at_most=2**62),
    }
    params.finish()
    return made


def _change_item(account: Account, subscription: StripeObject, fields: Params) -> None:
    item_id = fields.required("id")
    held = [item for item in subscription["items"]["data"] if item["id"] == item_id]
    if not held:
        raise invalid(f"No such subscription item: '{item_id}'", param="items")
    quantity = fields.integer("quantity", at_least=1, at_most=999_999)
    if quantity is not None:
        held[0]["quantity"] = quantity
    if "price" in fields or "price_data" in fields:
        price = _price(account, fields)
        held[0].update(price=snapshot(price), plan=_plan(price))
    fields.finish()


def cancel_subscription(account: Account, params: Params, subscription_id: str) -> StripeObject:
    """End a subscription now."""
    subscription = account.get("subscription", subscription_id)
    params.finish()
    if subscription["status"] == "canceled":
        raise invalid(f"No such subscription: '{subscription_id}'", code="resource_missing")
    cancel(account, subscription)
    return subscription


def list_subscriptions(account: Account, params: Params) -> StripeObject:
    """List subscriptions; canceled ones only with `status` all or canceled."""
    customer = params.text("customer")
    status = params.text("status")
    found = [
        held
        for held in account.all("subscription")
        if customer in (None, held["customer"])
        and (status in ("all", held["status"]) or (status is None and held["status"] != "canceled"))
    ]
    return account.page(found, params, "/v1/subscriptions")
