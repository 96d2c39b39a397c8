"""What payments refuse, and how the provider fails."""

from cloud.foundation.errors import CloudError, Conflict, Malformed, NotFound, Unavailable
from cloud.foundation.words import Phrase


class GatewayUnavailable(Unavailable):
    """The provider gave no usable answer; whether it acted is unknown. Trying again can help."""

    code = "payment_provider_unavailable"

    def __init__(self, reason: str) -> None:
        super().__init__(
            "The payment provider does not answer just now.",
            hint="Nothing was charged twice; try again in a minute.",
            retry_after_s=30,
        )
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.message} ({self.reason})"


class PaymentsOff(GatewayUnavailable):
    """The shop was given no key for its payment provider."""

    code = "payments_off"

    def __init__(self) -> None:
        super().__init__("no key is set")
        self.message = "This shop takes no payments yet."
        self.hint = "Whoever runs it sets SCENT_STRIPE_SECRET_KEY."


class GatewayRefused(CloudError):
    """The provider understood and will never do this: the request is wrong, not the moment."""

    code = "payment_request_refused"

    def __init__(self, reason: str, provider_code: str | None = None) -> None:
        super().__init__(
            "The payment provider refused the request.",
            hint="Start the payment again; if it stays, tell the shop.",
        )
        self.reason = reason
        self.provider_code = provider_code

    def __str__(self) -> str:
        return f"{self.message} ({self.provider_code}: {self.reason})"


class BadSignature(Malformed):
    """A webhook that the provider did not sign, or not lately."""

    code = "webhook_signature_invalid"

    def __init__(self, reason: str) -> None:
        super().__init__(
            Phrase("The webhook's signature is not valid: %(reason)s.", reason=reason),
            hint="Check that the signing secret in the settings is the endpoint's own.",
        )


class BadEvent(Malformed):
    """A signed webhook whose body is not an event."""

    code = "webhook_malformed"

    def __init__(self, reason: str) -> None:
        super().__init__(
            Phrase("The webhook's body is not an event: %(reason)s.", reason=reason),
            hint="Send the events of the pinned API version as snapshots.",
        )


class CardNotFound(NotFound):
    """There is no such saved card, or it is not the caller's."""

    code = "card_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such card.", hint="Choose one from the list of your cards.")


class PaymentUnderWay(Conflict):
    """The saved card is being charged this moment."""

    code = "payment_under_way"

    def __init__(self) -> None:
        super().__init__(
            "A payment for this order is under way.",
            hint="Wait a minute and load the order again.",
        )


class PaymentNotFound(NotFound):
    """There is no such payment."""

    code = "payment_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such payment.", hint="Look at the order instead.")


class UnknownReference(CloudError):
    """The provider speaks of a payment of ours that is not stored (yet); try again later."""

    code = "payment_reference_unknown"

    def __init__(self, reference: str) -> None:
        super().__init__(
            Phrase("No payment has the reference %(reference)s.", reference=reference),
            hint="If it stays, this provider account also serves another shop.",
        )
