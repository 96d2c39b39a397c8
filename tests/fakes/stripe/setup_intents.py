"""SetupIntents: saving a card for later charges without taking money now."""

from tests.fakes.stripe.account import Account, StripeObject, fresh_token, merged_metadata, snapshot
from tests.fakes.stripe.customers import attach, resolve_payment_method
from tests.fakes.stripe.failures import card_refused, invalid, wrong_state
from tests.fakes.stripe.params import Params

_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


def create_setup(account: Account, params: Params) -> StripeObject:
    """Open a setup; with `confirm` the card is checked at once."""
    customer = params.text("customer")
    if customer is not None:
        account.get("customer", customer, param="customer")
    given = params.text("payment_method")
    confirm_now = params.flag("confirm")
    return_url = params.text("return_url")
    usage = params.text("usage", choices=("off_session", "on_session")) or "off_session"
    metadata = merged_metadata({}, params.mapping("metadata"))
    params.text("description")
    params.entries("payment_method_types")
    params.mapping("automatic_payment_methods")
    params.finish()
    setup = new_setup(account, customer=customer, usage=usage, metadata=metadata)
    account.emit("setup_intent.created", setup)
    if given is not None:
        setup["payment_method"] = resolve_payment_method(account, given)["id"]
        setup["status"] = "requires_confirmation"
    if confirm_now:
        confirm_card(account, setup, return_url=return_url)
    return setup


def new_setup(
    account: Account, *, customer: str | None, usage: str, metadata: dict[str, str]
) -> StripeObject:
    """Store a setup that waits for a card; says nothing to anybody yet."""
    setup = account.add(
        "seti",
        "setup_intent",
        {
            "customer": customer,
            "usage": usage,
            "status": "requires_payment_method",
            "payment_method": None,
            "payment_method_types": ["card"],
            "last_setup_error": None,
            "next_action": None,
            "metadata": metadata,
            "description": None,
            "cancellation_reason": None,
        },
    )
    setup["client_secret"] = f"{setup['id']}_secret_{fresh_token(24)}"
    return setup


def confirm_setup(account: Account, params: Params, setup_id: str) -> StripeObject:
    """Check the card and tie it to the customer."""
    setup = account.get("setup_intent", setup_id)
    given = params.text("payment_method")
    return_url = params.text("return_url")
    params.finish()
    if setup["status"] not in _OPEN:
        raise wrong_state("setup_intent", setup["status"], "confirm")
    if given is not None:
        setup["payment_method"] = resolve_payment_method(account, given)["id"]
    confirm_card(account, setup, return_url=return_url)
    return setup


def confirm_card(account: Account, setup: StripeObject, *, return_url: str | None) -> None:
    """Make one attempt; answers 402 when the issuer says no."""
    if setup["payment_method"] is None:
        raise invalid("You cannot confirm this SetupIntent: it is missing a payment method.")
    secret = account.secrets[setup["payment_method"]]
    if secret["card"].asks_for_authentication(was_authenticated=secret["was_authenticated"]):
        setup["status"] = "requires_action"
        setup["next_action"] = {
            "type": "redirect_to_url",
            "redirect_to_url": {
                "url": f"{account.base_url}/pages/approve/{setup['id']}",
                "return_url": return_url,
            },
        }
        account.emit("setup_intent.requires_action", setup)
        return
    save_card(account, setup)


def approve_setup(account: Account, setup: StripeObject) -> None:
    """Let the cardholder approve; the card is saved or refused."""
    account.secrets[setup["payment_method"]]["was_authenticated"] = True
    save_card(account, setup)


def reject_setup(account: Account, setup: StripeObject) -> None:
    """Let the cardholder turn the approval down: 402."""
    _refuse(
        account,
        setup,
        "We are unable to authenticate your payment method. Please choose another and try again.",
        code="setup_intent_authentication_failure",
        decline_code=None,
    )


def save_card(account: Account, setup: StripeObject) -> None:
    """Tie the checked card to the customer, or answer 402."""
    refusal = account.secrets[setup["payment_method"]]["card"].refuses(charging=False)
    if refusal is not None:
        _refuse(
            account,
            setup,
            refusal.message,
            code=refusal.code,
            decline_code=refusal.decline_code,
        )
    if setup["customer"]:
        method = account.get("payment_method", setup["payment_method"])
        attach(account, method, setup["customer"])
    setup.update(status="succeeded", next_action=None, last_setup_error=None)
    account.emit("setup_intent.succeeded", setup)


def _refuse(
    account: Account, setup: StripeObject, message: str, *, code: str, decline_code: str | None
) -> None:
    setup.update(
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_setup_error={"type": "card_error", "code": code, "message": message},
    )
    account.emit("setup_intent.setup_failed", setup)
    raise card_refused(message, code=code, decline_code=decline_code, setup_intent=snapshot(setup))


def cancel_setup(account: Account, params: Params, setup_id: str) -> StripeObject:
    """Give up a setup that has not succeeded."""
    setup = account.get("setup_intent", setup_id)
    reason = params.text("cancellation_reason")
    params.finish()
    if setup["status"] not in _OPEN:
        raise wrong_state("setup_intent", setup["status"], "cancel")
    setup.update(status="canceled", cancellation_reason=reason, next_action=None)
    account.emit("setup_intent.canceled", setup)
    return setup


def list_setups(account: Account, params: Params) -> StripeObject:
    """List setups, by customer when asked."""
    customer = params.text("customer")
    found = [held for held in account.all("setup_intent") if customer in (None, held["customer"])]
    return account.page(found, params, "/v1/setup_intents")
