"""Products and prices: what subscriptions and payment pages are made of."""

from typing import Any

from tests.fakes.stripe.account import Account, StripeObject, merged_metadata
from tests.fakes.stripe.failures import invalid
from tests.fakes.stripe.params import Params

_INTERVALS = ("day", "week", "month", "year")


def create_product(account: Account, params: Params) -> StripeObject:
    """Put a product on the list."""
    name = params.required("name")
    active = params.flag("active", default=True)
    product = account.add(
        "prod",
        "product",
        {
            "active": active,
            "default_price": None,
            "description": params.text("description"),
            "images": params.entries("images"),
            "marketing_features": [],
            "metadata": merged_metadata({}, params.mapping("metadata")),
            "name": name,
            "type": "service",
            "updated": account.now(),
        },
    )
    params.finish()
    account.emit("product.created", product)
    return product


def update_product(account: Account, params: Params, product_id: str) -> StripeObject:
    """Change the fields sent and keep the others."""
    product = account.get("product", product_id)
    product["name"] = params.text("name") or product["name"]
    product["description"] = params.text("description") or product["description"]
    product["active"] = params.flag("active", default=product["active"])
    product["metadata"] = merged_metadata(product["metadata"], params.mapping("metadata"))
    product["updated"] = account.now()
    params.finish()
    account.emit("product.updated", product)
    return product


def list_products(account: Account, params: Params) -> StripeObject:
    """List products, active ones alone when asked."""
    active = params.text("active", choices=("true", "false"))
    found = [
        held
        for held in account.all("product")
        if active is None or held["active"] is (active == "true")
    ]
    return account.page(found, params, "/v1/products")


def create_price(account: Account, params: Params) -> StripeObject:
    """Give a product a price, once or every so often."""
    fields = params.inner("product_data")
    product_id = params.text("product")
    if product_id is None:
        made = Params({"name": fields.required("name")})
        fields.finish()
        product_id = create_product(account, made)["id"]
    price = new_price(account, params, product_id)
    price["nickname"] = params.text("nickname")
    price["lookup_key"] = params.text("lookup_key")
    price["metadata"] = merged_metadata({}, params.mapping("metadata"))
    params.finish()
    account.emit("price.created", price)
    return price


def new_price(account: Account, params: Params, product_id: str) -> StripeObject:
    """Store a price from `currency`, `unit_amount` and `recurring`; the caller ends the reading."""
    account.get("product", product_id, param="product")
    unit = params.integer("unit_amount")
    if unit is None:
        raise invalid("Missing required param: unit_amount.", code="parameter_missing")
    recurring = _recurring(params.inner("recurring")) if "recurring" in params else None
    return account.add(
        "price",
        "price",
        {
            "active": True,
            "billing_scheme": "per_unit",
            "currency": params.required("currency").lower(),
            "lookup_key": None,
            "metadata": {},
            "nickname": None,
            "product": product_id,
            "recurring": recurring,
            "tax_behavior": "unspecified",
            "type": "recurring" if recurring else "one_time",
            "unit_amount": unit,
        },
    )


def _recurring(params: Params) -> dict[str, Any]:
    made = {
        "interval": params.required("interval", choices=_INTERVALS),
        "interval_count": params.integer("interval_count", at_least=1, at_most=52) or 1,
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }
    params.finish()
    return made


def update_price(account: Account, params: Params, price_id: str) -> StripeObject:
    """Change what may change of a price; its amount never does."""
    price = account.get("price", price_id)
    price["active"] = params.flag("active", default=price["active"])
    price["nickname"] = params.text("nickname") or price["nickname"]
    price["metadata"] = merged_metadata(price["metadata"], params.mapping("metadata"))
    params.finish()
    account.emit("price.updated", price)
    return price


def list_prices(account: Account, params: Params) -> StripeObject:
    """List prices, of one product when asked."""
    product = params.text("product")
    found = [held for held in account.all("price") if product in (None, held["product"])]
    return account.page(found, params, "/v1/prices")
