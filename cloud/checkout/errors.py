"""What checkout refuses."""

from collections.abc import Mapping

from cloud.foundation.errors import Conflict, Invalid, Refused
from cloud.foundation.money import Money
from cloud.foundation.words import N_, Phrase
from cloud.orders.errors import standing_in_words
from cloud.orders.status import OrderStatus


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

    def __init__(self, number: str, status: OrderStatus) -> None:
        super().__init__(
            standing_in_words(number, status),
            hint=N_("So it does not wait for a payment. Load it again to see how it stands."),
        )


class UnknownBottle(Invalid):
    """No bottle has this SKU."""

    code = "unknown_bottle"

    def __init__(self, sku: str) -> None:
        super().__init__(
            Phrase("There is no bottle with the SKU %(sku)s.", sku=sku),
            hint=N_("Look it up in the list of products."),
            field="bottles",
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


class VatNumberUnknown(Refused):
    """The register of its country does not know the VAT number, or not any more."""

    code = "vat_number_unknown"

    def __init__(self, number: str) -> None:
        super().__init__(
            Phrase("The VAT number %(number)s is not in force.", number=number),
            hint="Look for a slip of the pen; without a VAT number, leave it out.",
            field="vat_number",
        )
        self.number = number


class EmailMissing(Refused):
    """A guest did not say where to write to."""

    code = "email_missing"

    def __init__(self) -> None:
        super().__init__(
            "We need an e-mail address to tell you about your order.",
            hint="Write your e-mail address, or sign in.",
            field="email",
        )
