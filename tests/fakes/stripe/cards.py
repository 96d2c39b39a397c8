"""The test cards: which number behaves how, and the ready-made payment methods that stand for them.

Numbers and names are the public test values of Stripe's documentation.
"""

from dataclasses import dataclass

from tests.fakes.stripe.failures import invalid


@dataclass(frozen=True)
class Refusal:
    """Why the issuer says no, in the API's words."""

    code: str
    decline_code: str | None
    message: str


@dataclass(frozen=True)
class Card:
    """One test card and its manners."""

    number: str
    token: str
    brand: str
    note: str
    refusal: Refusal | None = None
    # The card can be saved although every later charge is refused.
    is_refused_only_when_charged: bool = False
    # Strong customer authentication is asked for at the first, on-session, use.
    asks_once: bool = False
    # ... and at every use, off-session ones included.
    asks_always: bool = False
    # What its holder objects to once it was charged; `is_inquiry`: the bank only asks at first.
    disputed_as: str | None = None
    is_inquiry: bool = False
    # How refunds to it end, a minute later: "succeeded" or "failed". None: at once, well.
    refunds_later: str | None = None

    @property
    def last4(self) -> str:
        return self.number[-4:]

    def refuses(self, *, charging: bool) -> Refusal | None:
        """Return the refusal of this use, or None when the issuer agrees."""
        if self.is_refused_only_when_charged and not charging:
            return None
        return self.refusal

    def asks_for_authentication(self, *, was_authenticated: bool) -> bool:
        """Tell whether the cardholder must approve this use in person."""
        return self.asks_always or (self.asks_once and not was_authenticated)


_DECLINED = Refusal("card_declined", "generic_decline", "Your card was declined.")
_NO_FUNDS = Refusal("card_declined", "insufficient_funds", "Your card has insufficient funds.")
_EXPIRED = Refusal("expired_card", None, "Your card has expired.")


def _declined(number: str, name: str, decline_code: str, note: str) -> Card:
    return Card(
        number,
        f"pm_card_chargeDeclined{name}",
        "visa",
        note,
        refusal=Refusal("card_declined", decline_code, "Your card was declined."),
    )


CARDS: tuple[Card, ...] = (
    Card("4242424242424242", "pm_card_visa", "visa", "Pays"),
    Card("5555555555554444", "pm_card_mastercard", "mastercard", "Pays"),
    Card(
        "4000002500003155",
        "pm_card_authenticationRequiredOnSetup",
        "visa",
        "Asks for approval once, then pays",
        asks_once=True,
    ),
    Card(
        "4000002760003184",
        "pm_card_authenticationRequired",
        "visa",
        "Asks for approval every time",
        asks_always=True,
    ),
    Card(
        "4000000000000002",
        "pm_card_chargeDeclined",
        "visa",
        "Is declined",
        refusal=_DECLINED,
    ),
    Card(
        "4000000000009995",
        "pm_card_chargeDeclinedInsufficientFunds",
        "visa",
        "Has insufficient funds",
        refusal=_NO_FUNDS,
    ),
    Card(
        "4000000000000069",
        "pm_card_chargeDeclinedExpiredCard",
        "visa",
        "Has expired",
        refusal=_EXPIRED,
    ),
    Card(
        "4000000000000341",
        "pm_card_chargeCustomerFail",
        "visa",
        "Can be saved, is declined later",
        refusal=_DECLINED,
        is_refused_only_when_charged=True,
    ),
    Card(
        "4000008400001629",
        "pm_card_threeDSecureRequiredChargeDeclined",
        "visa",
        "Asks for approval, then is declined",
        refusal=_DECLINED,
        is_refused_only_when_charged=True,
        asks_always=True,
    ),
    _declined("4000000000009987", "LostCard", "lost_card", "Was lost"),
    _declined("4000000000009979", "StolenCard", "stolen_card", "Was stolen"),
    _declined("4100000000000019", "Fraudulent", "fraudulent", "Is blocked as fraudulent"),
    _declined(
        "4000000000006975",
        "VelocityLimitExceeded",
        "card_velocity_exceeded",
        "Was used too often",
    ),
    Card(
        "4000000000000127",
        "pm_card_chargeDeclinedIncorrectCvc",
        "visa",
        "Has another CVC",
        refusal=Refusal("incorrect_cvc", None, "Your card's security code is incorrect."),
    ),
    Card(
        "4000000000000119",
        "pm_card_chargeDeclinedProcessingError",
        "visa",
        "Fails while it is processed",
        refusal=Refusal("processing_error", None, "An error occurred while processing your card."),
    ),
    Card(
        "4000000000000259",
        "pm_card_createDispute",
        "visa",
        "Pays, then disputes it as fraud",
        disputed_as="fraudulent",
    ),
    Card(
        "4000000000002685",
        "pm_card_createDisputeProductNotReceived",
        "visa",
        "Pays, then says that nothing came",
        disputed_as="product_not_received",
    ),
    Card(
        "4000000000001976",
        "pm_card_createDisputeInquiry",
        "visa",
        "Pays, then its bank inquires",
        disputed_as="fraudulent",
        is_inquiry=True,
    ),
    Card(
        "4000000000007726",
        "pm_card_pendingRefund",
        "visa",
        "Pays; refunds take a minute",
        refunds_later="succeeded",
    ),
    Card(
        "4000000000005126",
        "pm_card_refundFail",
        "visa",
        "Pays; refunds fail after a minute",
        refunds_later="failed",
    ),
)

BY_NUMBER = {card.number: card for card in CARDS}
BY_TOKEN = {card.token: card for card in CARDS}


def card_with_number(number: str) -> Card:
    """Return the test card of a number typed with or without blanks."""
    digits = "".join(number.split())
    if digits not in BY_NUMBER:
        raise invalid(
            "Your card number is not one of the test cards.",
            param="number",
            code="incorrect_number",
        )
    return BY_NUMBER[digits]
