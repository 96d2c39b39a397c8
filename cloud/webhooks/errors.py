"""What can be wrong with a webhook."""

from cloud.foundation.errors import Conflict, Invalid, NotFound
from cloud.foundation.words import Phrase


class EndpointNotFound(NotFound):
    """There is no such endpoint, or it was removed."""

    code = "webhook_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such webhook.", hint="Look at the list of webhooks.")


class DeliveryNotFound(NotFound):
    """There is no such delivery, or it is older than the log."""

    code = "webhook_delivery_not_found"

    def __init__(self) -> None:
        super().__init__(
            "There is no such delivery.", hint="Deliveries are kept for 30 days; see the log."
        )


class UnfitAddress(Invalid):
    """The address cannot be delivered to; the message, marked with N_, says why."""

    code = "webhook_address_unfit"

    def __init__(self, message: str) -> None:
        super().__init__(
            message,
            hint="Give a public https address, for example https://example.org/hooks/scent.",
            field="url",
        )


class TooManyEndpoints(Conflict):
    """There are as many endpoints as there may be."""

    code = "too_many_webhooks"

    def __init__(self, most: int) -> None:
        super().__init__(
            Phrase("There are %(most)s webhooks already.", most=most),
            hint="Remove one that is not needed any more.",
        )
