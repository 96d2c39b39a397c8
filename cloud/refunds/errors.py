"""What refunds refuse."""

from collections.abc import Mapping
from typing import Self

from cloud.foundation.errors import Conflict, Refused
from cloud.foundation.money import Money
from cloud.foundation.words import N_, Phrase


class RefundTooLarge(Refused):
    """More would go back than is left of what was paid."""

    code = "refund_too_large"

    def __init__(self, asked_minor: int, left: Money) -> None:
        super().__init__(
            "More would go back than was paid and not yet given back.",
            hint="Choose an amount up to what is left.",
            field="amount_minor",
        )
        self.asked_minor = asked_minor
        self.left = left

    def wire_facts(self) -> Mapping[str, object]:
        """Return what is left."""
        return {"left_minor": self.left.minor, "currency": self.left.currency}


class NotRefundable(Conflict):
    """The order was not paid, or everything went back already."""

    code = "order_not_refundable"

    def __init__(self, sentence: Phrase) -> None:
        super().__init__(
            sentence, hint=N_("So nothing can be refunded. Load the order to see how it stands.")
        )

    @classmethod
    def all_gone(cls, number: str) -> Self:
        """Return the refusal for an order of which everything went back."""
        return cls(Phrase("Everything of order %(number)s went back already.", number=number))

    @classmethod
    def worthless(cls, number: str) -> Self:
        """Return the refusal of bottles that cost nothing."""
        return cls(Phrase("What was chosen of order %(number)s cost nothing.", number=number))

    @classmethod
    def unpaid(cls, number: str) -> Self:
        """Return the refusal for an order whose payment nobody knows."""
        return cls(Phrase("No payment for order %(number)s is known.", number=number))


class NotTakenOut(Conflict):
    """Nothing can be taken out of the order: it is not paid, or a parcel left."""

    code = "order_not_editable"

    def __init__(self, number: str) -> None:
        super().__init__(
            Phrase(
                "Order %(number)s cannot be changed: it is not paid, or a parcel has left.",
                number=number,
            ),
            hint=N_("Cancel an unpaid order and make a new one; refund what was sent."),
        )


class NothingLeft(Refused):
    """Nothing was chosen, or nothing that anybody paid for would be left of the order."""

    code = "order_left_empty"

    def __init__(self, sentence: Phrase) -> None:
        super().__init__(sentence, hint=N_("To take everything out, cancel the order."))

    @classmethod
    def of_bottles(cls, number: str) -> Self:
        """Return the refusal when nothing or everything was chosen."""
        return cls(
            Phrase("Choose some bottles of order %(number)s, not all of them.", number=number)
        )

    @classmethod
    def of_money(cls, number: str) -> Self:
        """Return the refusal when what is left would be free bottles with free delivery."""
        return cls(
            Phrase(
                "What would be left of order %(number)s costs nothing, and is not sent alone.",
                number=number,
            )
        )


class NotCancellable(Conflict):
    """Something of the order has left the house already, or it is over."""

    code = "order_not_cancellable"

    def __init__(self, sentence: Phrase) -> None:
        super().__init__(
            sentence,
            hint=N_(
                "So it cannot be cancelled. Once it has arrived, it can be sent back and refunded."
            ),
        )

    @classmethod
    def on_its_way(cls, number: str) -> Self:
        """Return the refusal for an order of which something left."""
        return cls(Phrase("A part of order %(number)s is on its way.", number=number))


class BadRestock(Refused):
    """More bottles would return than the order took."""

    code = "restock_invalid"

    def __init__(self, item_id: int, most: int) -> None:
        super().__init__(
            Phrase(
                "Of line %(item_id)s at most %(most)s can return to the shelf.",
                item_id=item_id,
                most=most,
            ),
            hint="Correct the number and try again.",
            field=f"restock.{item_id}",
        )


class RefundLineTooMany(Refused):
    """The money of more bottles would go back than is left of a line."""

    code = "refund_line_too_many"

    def __init__(self, item_id: int, left: int) -> None:
        super().__init__(
            Phrase(
                "Of line %(item_id)s the money of %(left)s more can go back.",
                item_id=item_id,
                left=left,
            ),
            hint="Choose a number up to that.",
            field=f"lines.{item_id}",
        )
        self.left = left

    def wire_facts(self) -> Mapping[str, object]:
        """Return how many are left."""
        return {"left": self.left}


class ShippingRefundTooLarge(Refused):
    """More of the delivery would go back than is left of what it cost."""

    code = "refund_shipping_too_large"

    def __init__(self, left: Money) -> None:
        super().__init__(
            "More would go back for the delivery than it cost.",
            hint="Choose an amount up to what is left.",
            field="shipping_minor",
        )
        self.left = left

    def wire_facts(self) -> Mapping[str, object]:
        """Return what is left."""
        return {"left_minor": self.left.minor, "currency": self.left.currency}
