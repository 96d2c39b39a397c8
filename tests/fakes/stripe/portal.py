"""The billing portal: a link to a page on which a customer looks after their cards."""

from tests.fakes.stripe.account import Account, StripeObject, fresh_token
from tests.fakes.stripe.params import Params


def create_portal(account: Account, params: Params) -> StripeObject:
    """Open a portal session for a customer."""
    customer = account.get("customer", params.required("customer"), param="customer")
    return_url = params.text("return_url")
    locale = params.text("locale")
    params.finish()
    return account.add(
        "bps",
        "billing_portal.session",
        {
            "configuration": "bpc_of_the_stand_in",
            "customer": customer["id"],
            "flow": None,
            "locale": locale,
            "on_behalf_of": None,
            "return_url": return_url,
            "url": f"{account.base_url}/pages/portal/{fresh_token(24)}",
        },
    )


def session_at(account: Account, token: str) -> StripeObject | None:
    """Return the portal session behind an address; None when there is none."""
    for session in account.all("billing_portal.session"):
        if session["url"].endswith(f"/{token}"):
            return session
    return None


def cards_of(account: Account, session: StripeObject) -> list[StripeObject]:
    """Return the cards of the portal's customer."""
    methods = account.all("payment_method")
    return [method for method in methods if method["customer"] == session["customer"]]
