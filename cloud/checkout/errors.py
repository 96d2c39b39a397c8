"""What checkout refuses."""

from collections.abc import Mapping

from cloud.foundation.errors import Conflict, Refused
from cloud.foundation.money import Money


class TotalChanged(Conflict):
    """The total is not the one that the buyer saw."""

    code = "total_changed"

    def __init__(self, seen_minor: int, total: Money) -> None:
        super().__init__(
            "The total changed since it was shown.",
            hint="Look at the new total and confirm again.",
        )
        self.seen_minor = seen_minor
        self.total = total

    def wire_facts(self) -> Mapping[str, object]:
        """Return both totals."""
        return {
            "seen_minor": self.seen_minor,
            "total_minor": self.total.minor,
            "currency": self.total.currency,
        }


class NotPayable(Conflict):
    """The order does not wait for a payment."""

    code = "order_not_payable"

    def __init__(self, number: str, status: str) -> None:
        words = status.lower().replace("_", " ")
        super().__init__(
            f"Order {number} does not wait for a payment; it is {words}.",
            hint="Load the order again to see how it stands.",
        )


class AddressMissing(Refused):
    """Nobody said where the parcel should go."""

    code = "address_missing"

    def __init__(self) -> None:
        super().__init__(
            "The shipping address is missing.",
            hint="Write an address, or choose one from your account.",
            field="shipping_address",
        )


class EmailMissing(Refused):
    """A guest did not say where to write to."""

    code = "email_missing"

    def __init__(self) -> None:
        super().__init__(
            "We need an e-mail address to tell you about your order.",
            hint="Write your e-mail address, or sign in.",
            field="email",
        )
